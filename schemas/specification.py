"""A specification: the rule of combination of one version of a qualification, as its handbook states it.

This room holds the shapes alone. The YAML's keys are read in `schemas.specification_text`, what a specification must
prove is in `schemas.specification_proof`, the shipped files are in `schemas/specifications`. Applying one to learners
belongs in `assets.reconciled.achievability`.

A file is one version: it holds for the registrations of its dates. Every value group cites a source or says
`stated: false`; a file with one value that no source states is a worked example and says so.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["internal", "external"]
Measure = Literal["guided_learning_hours", "credits"]
Method = Literal["points_and_thresholds", "pass_only"]

KINDS: tuple[Kind, ...] = ("internal", "external")
MEASURES: tuple[Measure, ...] = ("guided_learning_hours", "credits")
METHODS: tuple[Method, ...] = ("points_and_thresholds", "pass_only")

#: How a measure is written in sentences for exams officers.
MEASURE_WORDS: dict[Measure, str] = {"guided_learning_hours": "GLH", "credits": "credits"}


class SpecificationError(ValueError):
    """A specification is refused. The message names the file, the key, the value and what to do."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(f"specification [{file}]: [{key}] {problem}")
        self.file = file
        self.key = key


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where values were taken from.

    Attributes:
        name: what value groups cite it by.
        title: what it is.
        address: where it can be found.
        edition: issue, commit or date of the source itself.
        mark: `primary` (the awarding organisation's or regulator's own words) or `secondary`.
        taken_on: day on which the values were taken.
    """

    name: str
    title: str
    address: str
    edition: str
    mark: str
    taken_on: date


@dataclass(frozen=True, kw_only=True)
class UnitGrades:
    """The grades of a unit. `passes` ascend; `near_pass` lies between `fail` and the lowest pass."""

    fail: str
    near_pass: str | None
    passes: tuple[str, ...]

    @property
    def ascending(self) -> tuple[str, ...]:
        """Every grade, lowest first."""
        return (self.fail, *((self.near_pass,) if self.near_pass else ()), *self.passes)


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One unit.

    Attributes:
        number: as results carry it, upper case.
        title: for readers.
        size: in the specification's measure.
        kind: `external` units are entered by series, `internal` ones are graded and claimed.
        must_pass: a selection may hold it only if it is passed (or nearly, where `near_pass` accepts that).
        near_pass: whether a near pass counts as achieved.
        attempts: how often an external unit may be sat; None: no limit is known.
    """

    number: str
    title: str
    size: int
    kind: Kind
    must_pass: bool
    near_pass: bool
    attempts: int | None


@dataclass(frozen=True, kw_only=True)
class Group:
    """Units of which all, or some, are taken.

    Attributes:
        name: for readers.
        units: numbers of its units, in the order of the file.
        all_of: every unit must be taken.
        minimum_units, maximum_units: how many units a selection takes from it.
        minimum_size, maximum_size: how much size a selection takes from it; None: no upper bound of size.
    """

    name: str
    units: tuple[str, ...]
    all_of: bool
    minimum_units: int
    maximum_units: int
    minimum_size: int
    maximum_size: int | None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a selection as a whole must keep to.

    Attributes:
        size_at_fail: most size of units at the fail grade that a selection may hold.
        near_passes: most near passes that count; None: no limit.
        size_at_pass: least size of units at Pass or above; near passes do not count towards it.
    """

    size_at_fail: int
    near_passes: int | None
    size_at_pass: int


@dataclass(frozen=True, kw_only=True)
class Grading:
    """How the overall grade is made.

    Attributes:
        method: `points_and_thresholds`, or `pass_only`: one grade for every complete combination.
        points: unit points by size, then grade; empty for `pass_only`.
        thresholds: grades with the least points each needs, lowest first; for `pass_only` the grade with 0.
    """

    method: Method
    points: dict[int, dict[str, int]]
    thresholds: tuple[tuple[str, int], ...]


@dataclass(frozen=True, kw_only=True)
class Specification:
    """One version of a qualification's rule of combination.

    Attributes:
        name, version: identify it; the file is named `<name>.<version>.yaml`.
        suite: the sizes of one subject share it.
        worked_example: at least one value is not stated by a source.
        title, qualification_numbers, awarding_organisation_rn: what it is the specification of.
        measure: what sizes are counted in.
        size: the qualification's size, which a selection must reach.
        registered_from, registered_to: first and last registration date; None: no last one.
        unit_grades, units, groups, limits, grading: the rule.
        not_stated: paths of the values that no source states.
        sources: what was read.
    """

    name: str
    version: str
    suite: str
    worked_example: bool
    title: str
    qualification_numbers: tuple[str, ...]
    awarding_organisation_rn: str
    measure: Measure
    size: int
    registered_from: date
    registered_to: date | None
    unit_grades: UnitGrades
    units: tuple[Unit, ...]
    groups: tuple[Group, ...]
    limits: Limits
    grading: Grading
    not_stated: tuple[str, ...]
    sources: tuple[Source, ...]

    @property
    def file(self) -> str:
        """Name of the file that holds it."""
        return f"{self.name}.{self.version}.yaml"

    @property
    def positions(self) -> dict[str, int]:
        """Each unit number's place in the specification, from 0."""
        return {unit.number: place for place, unit in enumerate(self.units)}

    def refusal(self, key: str, problem: str) -> SpecificationError:
        """The error to raise about one of its values."""
        return SpecificationError(self.file, key, problem)
