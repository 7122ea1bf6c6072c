"""Bulk withdrawals of T Levels become `ao_registrations` with the status `withdrawn`, in the place of the active ones.

The file has the columns of registrations, so a withdrawn row is complete. It tells whose registration ended and nothing of
anybody else, so it is refused unless it is delivered as a change (`kind: delta` in the source, or `.delta.` in its name).
"""

from collections.abc import Iterator

from assets.landed.reader import Delivered, Part, Reader
from assets.landed.readers._tlevel_learners import LEARNER_FACTS, LearnerOptions, registration_parts
from assets.landed.refusals import require_delta


def _read(delivered: Delivered, options: LearnerOptions) -> Iterator[Part]:
    require_delta(delivered.kind, "all registrations of the organisation")
    yield from registration_parts(delivered, options, "withdrawn")


READER = Reader(
    name="tlevel_withdrawals",
    title="T Level bulk withdrawals",
    meaning="An awarding organisation's withdrawals as it uploads them to the T Level service, one learner a line. Each "
    "becomes a withdrawn registration in the place of the active one. Only a delta.",
    endings=("csv",),
    text=True,
    options=LearnerOptions,
    feeds=lambda options: ("ao_registrations",),
    read=_read,
    facts=LEARNER_FACTS,
)
