"""Bulk registrations of T Levels become `ao_registrations`, active.

Delivered in full, a file would replace all registrations of the organisation, those for its other qualifications included,
so it is refused unless it is a delta (`kind: delta` in the source, or `.delta.` in its name) or the source says that each
file is complete. The same holds for entries and results.
"""

from collections.abc import Iterator

from assets.landed.reader import Delivered, Part, Reader
from assets.landed.readers._tlevel_learners import LEARNER_FACTS, LearnerOptions, registration_parts
from assets.landed.refusals import require_delta


class RegistrationOptions(LearnerOptions):
    """What registrations do not say themselves.

    Attributes:
        awarding_organisation_rn: whose file it is.
        centres: UKPRN to national centre number.
        registration_dates: academic year to day of registration.
        planned_completions: academic year to the month of completion; those left out leave it empty.
        pathways: specialism codes, in their order and joined by commas, to the pathway's name in the specification; those
            left out are their own name.
        complete: whether each file holds all registrations of the organisation; else files must be deltas.
    """

    complete: bool = False


def _read(delivered: Delivered, options: RegistrationOptions) -> Iterator[Part]:
    require_delta(delivered.kind, "all registrations of the organisation", complete=options.complete)
    yield from registration_parts(delivered, options, "active")


READER = Reader(
    name="tlevel_registrations",
    title="T Level bulk registrations",
    meaning="An awarding organisation's registrations as it uploads them to the T Level service, one learner a line. Each "
    "becomes an active registration: its number is the ULN, its qualification the core, its pathway the specialisms.",
    endings=("csv",),
    text=True,
    options=RegistrationOptions,
    feeds=lambda options: ("ao_registrations",),
    read=_read,
    facts=LEARNER_FACTS,
)
