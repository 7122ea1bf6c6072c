"""The Individualised Learner Record (ILR) of a provider: what its learners are on becomes registrations and unit entries.

One row a learning aim that is a qualification. The record says neither the centre number nor whose a qualification is; the
source does. It holds no claims. `line` is the number of the learning aim (LearningDelivery) in the file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import polars as pl

from assets.landed.reader import Delivered, Part, Reader
from assets.landed.readers._ilr_facts import FACTS
from assets.landed.readers._ilr_options import IlrOptions
from assets.landed.readers._ilr_rows import parts_of
from assets.landed.readers._xml_reading import Root, elements, root_of, shown, text_columns, texts
from assets.landed.refusals import RefusedDelivery

_BATCH = 50_000

_NAMESPACE = re.compile(r"^ESFA/ILR/20([0-9]{2})-([0-9]{2})$")

#: Elements that are taken, and the column that each becomes.
_LEARNER = {
    "LearnRefNumber": "centre_learner_reference",
    "ULN": "uln",
    "FamilyName": "surname",
    "GivenNames": "forename",
    "DateOfBirth": "date_of_birth",
    "Sex": "sex",
    "Postcode": "postcode",
}
_AIM = {
    "LearnAimRef": "aim",
    "LearnStartDate": "start",
    "OrigLearnStartDate": "original_start",
    "LearnPlanEndDate": "planned_end",
    "CompStatus": "completion_status",
    "AchDate": "graded_on",
    "OutGrade": "centre_grade",
}


@dataclass(kw_only=True)
class _Tags:
    """Names of elements as they stand in one file."""

    root: Root
    learner: str = field(init=False)
    delivery: str = field(init=False)
    higher_education: str = field(init=False)
    of_learner: tuple[str, ...] = field(init=False)
    of_aim: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        tag = self.root.tag
        self.learner, self.delivery, self.higher_education = tag("Learner"), tag("LearningDelivery"), tag("LearnerHE")
        self.of_learner, self.of_aim = tuple(map(tag, _LEARNER)), tuple(map(tag, _AIM))


@dataclass(kw_only=True)
class _Learners:
    """Learners and their aims as they are read, until there are enough for a frame."""

    tags: _Tags
    read: int = 0
    people: list[tuple[str | None, ...]] = field(default_factory=list)
    aims: list[tuple[str | None, ...]] = field(default_factory=list)
    of: list[int] = field(default_factory=list)

    def add(self, learner: Any) -> None:
        tags = self.tags
        held = texts(learner.iterchildren(*tags.of_learner))
        he = learner.find(f"{tags.higher_education}/{tags.root.tag('UCASPERID')}")
        self.people.append((*map(held.get, tags.of_learner), None if he is None else he.text))
        number = len(self.people) - 1
        for delivery in learner.iterchildren(tags.delivery):
            self.aims.append(tuple(map(texts(delivery.iterchildren(*tags.of_aim)).get, tags.of_aim)))
            self.of.append(number)

    def taken(self) -> pl.DataFrame:
        """One row an aim, with its learner's columns, `learner` and `line`; what was gathered is forgotten."""
        people = text_columns((*_LEARNER.values(), "personal_id"), self.people)
        aims = text_columns(_AIM.values(), self.aims)
        of = pl.Series("learner", self.of, pl.Int64)
        lines = pl.int_range(self.read + 1, self.read + 1 + len(of), eager=True).alias("line")
        self.read += len(of)
        self.people, self.aims, self.of = [], [], []
        return pl.concat([people[of], aims], how="horizontal").with_columns(of, lines)


def _read(delivered: Delivered, options: IlrOptions) -> Iterator[Part]:
    root = root_of(delivered.path)
    year = _year(root)
    learners = _Learners(tags=_Tags(root=root))
    centre = None
    for element in elements(delivered.path, root, ("CollectionDetails", "LearningProvider", "Learner")):
        if element.tag == learners.tags.learner:
            if centre is None:
                raise _misplaced("A [Learner] stands before the [LearningProvider].")
            learners.add(element)
            if len(learners.of) >= _BATCH:
                yield from parts_of(learners.taken(), centre, options)
        elif element.tag == root.tag("LearningProvider"):
            if centre is not None:
                raise _misplaced("There is more than one [LearningProvider].")
            centre = _centre(_text(element, root.tag("UKPRN")), options)
        elif _text(element, root.tag("Year")) not in (None, year):
            raise _misplaced("The [Year] in its header is another than that of its namespace.")
    if centre is not None:
        yield from parts_of(learners.taken(), centre, options)


def _text(element: Any, tag: str) -> str | None:
    """The trimmed text of a child; None without one."""
    return (texts(element.iterchildren(tag)).get(tag) or "").strip() or None


def _year(root: Root) -> str:
    """The year that a file is of, as its header writes it, such as 2526.

    Raises:
        RefusedDelivery: `other_document`, if it is no ILR.
    """
    years = _NAMESPACE.fullmatch(root.namespace)
    if root.name != "Message" or years is None or int(years[2]) != (int(years[1]) + 1) % 100:
        raise RefusedDelivery(
            "other_document",
            "Its root element is not [Message] in a namespace of the form [ESFA/ILR/yyyy-yy].",
            advice="Send an Individualised Learner Record of 2017-18 or later as it is returned to the department.",
        )
    return years[1] + years[2]


def _centre(provider: str | None, options: IlrOptions) -> str:
    centre = options.centre_numbers.get(provider or "")
    if centre is None:
        raise RefusedDelivery(
            "unknown_provider",
            "The source's [centre_numbers] do not have the UKPRN of its learning provider.",
            advice="Add the provider to the source, or put the file into the folder of its own source.",
        )
    return centre


def _misplaced(what: str) -> RefusedDelivery:
    return RefusedDelivery(
        "other_document", what, advice="Have the file exported again, and send it whole and unchanged."
    )


READER = Reader(
    name="ilr",
    title="Individualised Learner Record (ILR)",
    meaning="The yearly return of a further-education provider as XML. Its learning aims become the centre's registrations, "
    "and those that are units, if the source lists them, unit entries with grades.",
    endings=("xml",),
    text=False,
    options=IlrOptions,
    feeds=lambda options: ("centre_registrations", *(["centre_unit_entries"] if options.units else [])),
    read=_read,
    shown=partial(shown, record="LearningDelivery", within="Learner"),
    facts=FACTS,
)
