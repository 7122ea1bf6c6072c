"""A specification: the rule of combination of one version of a qualification, as its handbook states it.

This room holds the shapes alone, and few of them: units, groups, limits and gates (`schemas.specification_parts`), and how
the grade is made. What the YAML's keys are is in `schemas.specification_language`, what a file must prove by
itself in `schemas.specification_proof`, the shipped files are in `schemas/specifications`. Applying one to learners
belongs in `assets.reconciled.achievability`.

The language keeps one promise on which the engine rests: a better grade never counts for less. Least amounts are asked
for at all grades or from a grade upwards, most amounts at all grades or below Pass, points never fall as grades rise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from schemas.specification_parts import (
    AT_LEAST,
    AT_MOST,
    KINDS,
    At,
    Bounds,
    Gate,
    Group,
    Kind,
    Limit,
    Unit,
    UnitGrades,
)

__all__ = [
    "AT_LEAST",
    "AT_MOST",
    "KINDS",
    "MEASURES",
    "MEASURE_WORDS",
    "METHODS",
    "At",
    "Bounds",
    "Cohort",
    "Combination",
    "Component",
    "Gate",
    "Grading",
    "Group",
    "Kind",
    "Limit",
    "Measure",
    "Method",
    "Pathway",
    "Source",
    "Specification",
    "SpecificationError",
    "Unit",
    "UnitGrades",
]

Measure = Literal["guided_learning_hours", "credits"]
Method = Literal["points_and_thresholds", "look_up", "final_unit", "pass_only"]

MEASURES: tuple[Measure, ...] = ("guided_learning_hours", "credits")
METHODS: tuple[Method, ...] = ("points_and_thresholds", "look_up", "final_unit", "pass_only")

#: How a measure is written in sentences for exams officers.
MEASURE_WORDS: dict[Measure, str] = {"guided_learning_hours": "GLH", "credits": "credits"}


class SpecificationError(ValueError):
    """A specification is refused. The message names the file, the line, the key, the value and what to do."""

    def __init__(self, file: str, key: str, problem: str, line: int | None = None) -> None:
        where = f"[{file}]" if line is None else f"[{file}:{line}]"
        super().__init__(f"specification {where}: {f'[{key}] ' if key else ''}{problem}")
        self.file = file
        self.key = key
        self.line = line


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where values were taken from.

    Attributes:
        name: what values cite it by.
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
class Component:
    """A part whose grade a look-up uses: the best grade at which one of its units is taken, near pass or above."""

    name: str
    units: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """A look-up table and the registrations for which it holds. `table`: grades of the components -> overall grade."""

    name: str
    table: Mapping[tuple[str, ...], str]
    registered_from: date = date.min
    registered_to: date | None = None


@dataclass(frozen=True, kw_only=True)
class Grading:
    """How the overall grade is made.

    Attributes:
        method: from points and thresholds, by look-up, by the final unit (a look-up of one component), or the one grade
            of `pass_only`.
        grades: the overall grades, lowest first.
        thresholds: least points of each grade, in their order; all 0 where points do not make the grade.
        components: parts that the look-up uses; empty otherwise.
        cohorts: look-up tables; one, once `Specification.by_cohort` has told them apart.
    """

    method: Method
    grades: tuple[str, ...]
    thresholds: tuple[int, ...]
    components: tuple[Component, ...] = ()
    cohorts: tuple[Cohort, ...] = ()

    @property
    def table(self) -> Mapping[tuple[str, ...], str]:
        """The look-up table, of a specification of one cohort."""
        (cohort,) = self.cohorts
        return cohort.table


@dataclass(frozen=True, kw_only=True)
class Pathway:
    """One of several ways through the qualification: what it asks for beside what all ask for.

    Attributes:
        name: as registrations carry it.
        known_as: other names and codes for it.
        groups, limits: added to the specification's own.
    """

    name: str
    known_as: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Combination:
    """A complete rule: the specification's, or that of one of its pathways."""

    pathway: str | None
    groups: tuple[Group, ...]
    limits: tuple[Limit, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """Numbers of its units, in the order of its groups."""
        return tuple(number for group in self.groups for number in group.all_units)


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
        units: in the order of the file.
        groups, limits: what every learner must keep to.
        pathways: alternatives, each with more of them; empty: none.
        gates: what is asked for beside units.
        grading: how the grade is made.
        not_stated: paths of the values that no source states.
        sources: what was read.
        lines: the line of each path of the file.
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
    units: tuple[Unit, ...]
    groups: tuple[Group, ...]
    limits: tuple[Limit, ...] = ()
    pathways: tuple[Pathway, ...] = ()
    gates: tuple[Gate, ...] = ()
    grading: Grading
    not_stated: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    @property
    def file(self) -> str:
        """Name of the file that holds it."""
        return f"{self.name}.{self.version}.yaml"

    @property
    def positions(self) -> dict[str, int]:
        """Each unit's and gate's place in the specification, from 0; gates follow the units."""
        codes = [*(unit.number for unit in self.units), *(gate.code for gate in self.gates)]
        return {code: place for place, code in enumerate(codes)}

    def unit(self, number: str) -> Unit:
        """The unit of that number."""
        return self.units[self.positions[number]]

    @property
    def combinations(self) -> tuple[Combination, ...]:
        """Its complete rules: one a pathway, or the one it has."""
        if not self.pathways:
            return (Combination(pathway=None, groups=self.groups, limits=self.limits),)
        return tuple(
            Combination(
                pathway=pathway.name,
                groups=(*self.groups, *pathway.groups),
                limits=(*self.limits, *pathway.limits),
            )
            for pathway in self.pathways
        )

    def by_cohort(self) -> tuple["Specification", ...]:
        """It, or where its look-up has several tables one specification each, with that table's registration dates."""
        if len(self.grading.cohorts) < 2:
            return (self,)
        return tuple(
            replace(
                self,
                registered_from=max(self.registered_from, cohort.registered_from),
                registered_to=min(filter(None, (self.registered_to, cohort.registered_to)), default=None),
                grading=replace(self.grading, cohorts=(cohort,)),
            )
            for cohort in self.grading.cohorts
        )

    def refusal(self, key: str, problem: str) -> SpecificationError:
        """The error to raise about one of its values."""
        path, line = key, self.lines.get(key)
        while line is None and path:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
            line = self.lines.get(path)
        return SpecificationError(self.file, key, problem, line)
