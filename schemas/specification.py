"""A specification: the rule of combination of one version of a qualification, as its handbook states it.

This room holds the shapes alone, and few of them: units, groups of units and groups, limits on what is selected, gates,
and how the grade is made. What the YAML's keys are is in `schemas.specification_language`, what a file must prove by
itself in `schemas.specification_proof`, the shipped files are in `schemas/specifications`. Applying one to learners
belongs in `assets.reconciled.achievability`.

The language keeps one promise on which the engine rests: a better grade never counts for less. Least amounts are asked
for at all grades or from a grade upwards, most amounts at all grades or below Pass, points never fall as grades rise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

Kind = Literal["internal", "external"]
Measure = Literal["guided_learning_hours", "credits"]
Method = Literal["points_and_thresholds", "look_up", "final_unit", "pass_only"]
At = Literal["any", "achieved", "pass", "fail", "near_pass", "below_pass"]

KINDS: tuple[Kind, ...] = ("internal", "external")
MEASURES: tuple[Measure, ...] = ("guided_learning_hours", "credits")
METHODS: tuple[Method, ...] = ("points_and_thresholds", "look_up", "final_unit", "pass_only")
#: What a limit may ask for at least, and what it may allow at most.
AT_LEAST: tuple[At, ...] = ("any", "achieved", "pass")
AT_MOST: tuple[At, ...] = ("any", "fail", "near_pass", "below_pass")

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
        grades: its scale.
        must_pass: a selection may hold it only if it is passed (or nearly, where `near_pass` accepts that).
        near_pass: whether a near pass counts as achieved; where it does not, it counts as the fail grade.
        attempts: how often an external unit may be sat; None: no limit is known.
        level: its level; None: not said.
        offered_in: series in which an external unit is offered: months (`01`) or series (`2027-01`); empty: all.
        equivalents: other numbers (of equivalent and predecessor units) under which its results and entries may come.
        points: unit points by grade; empty where the grade is not made from points.
        reported: points are taken from the result row; `points` then says what the best grade gives at most.
    """

    number: str
    title: str
    size: int
    kind: Kind
    grades: UnitGrades
    must_pass: bool = False
    near_pass: bool = False
    attempts: int | None = None
    level: int | None = None
    offered_in: tuple[str, ...] = ()
    equivalents: tuple[str, ...] = ()
    points: Mapping[str, int] = field(default_factory=dict)
    reported: bool = False

    def counts_as(self, grade: str) -> str:
        """The grade at which it is counted: a near pass that it does not accept is a fail."""
        return self.grades.fail if grade == self.grades.near_pass and not self.near_pass else grade

    def stands_at(self, grade: str, at: At) -> bool:
        """Whether the unit, held at this grade, is among those that a limit counts."""
        counted = self.counts_as(grade)
        passed, near = counted in self.grades.passes, counted == self.grades.near_pass
        stands = {
            "any": True,
            "achieved": passed or near,
            "pass": passed,
            "fail": not passed and not near,
            "near_pass": near,
            "below_pass": not passed,
        }
        return stands[at]


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Least and most of something; `maximum` None: no upper bound."""

    minimum: int = 0
    maximum: int | None = None

    @property
    def binding(self) -> bool:
        """Whether it says anything."""
        return self.minimum > 0 or self.maximum is not None

    def hold(self, amount: int) -> bool:
        """Whether the amount keeps to it."""
        return self.minimum <= amount and (self.maximum is None or amount <= self.maximum)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Units and groups of which all, or some, are taken.

    A group is chosen or not. Those that stand directly in the combination are always chosen. One that is not chosen
    contributes no unit, at any depth, and asks for nothing. A chosen one keeps its three bounds.

    Attributes:
        name: for readers; no two groups share it.
        of: its members, in the order of the file: unit numbers and groups.
        members: how many of `of` are taken (units) or chosen (groups): n-of.
        units: how many units are taken from it, at any depth.
        size: how much size is taken from it, at any depth.
    """

    name: str
    of: tuple["str | Group", ...]
    members: Bounds = Bounds()
    units: Bounds = Bounds()
    size: Bounds = Bounds()

    @property
    def all_of(self) -> bool:
        """Every member must be taken."""
        return len(self.of) in (self.members.minimum, self.units.minimum if not self.groups else -1)

    @property
    def groups(self) -> tuple["Group", ...]:
        """Groups directly within it."""
        return tuple(member for member in self.of if isinstance(member, Group))

    @property
    def own_units(self) -> tuple[str, ...]:
        """Numbers of the units directly within it."""
        return tuple(member for member in self.of if isinstance(member, str))

    @property
    def all_units(self) -> tuple[str, ...]:
        """Numbers of its units at any depth, in order."""
        found: list[str] = []
        for member in self.of:
            found.extend([member] if isinstance(member, str) else member.all_units)
        return tuple(found)

    def walk(self) -> Iterator["Group"]:
        """This group and every group within it, outermost first."""
        yield self
        for group in self.groups:
            yield from group.walk()


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What is selected of some units, at some grades, must lie within bounds.

    Barred sets, level minima, most size from outside or at U, least size at Pass and limits on near passes are all this.

    Attributes:
        name: for readers; no two limits share it.
        units: the units it looks at.
        at: the grades at which it counts them; `achieved` is near pass (where accepted) or above, `fail` includes a near
            pass that the unit does not accept, `below_pass` is near pass or fail.
        count: bounds on the number of units.
        size: bounds on their size.
        barred: units that may not be taken together.
    """

    name: str
    units: tuple[str, ...]
    at: At = "any"
    count: Bounds = Bounds()
    size: Bounds = Bounds()
    barred: bool = False

    @property
    def tolerates_fail(self) -> bool:
        """Whether it allows some units at the fail grade; what no limit tolerates cannot be taken at it."""
        return self.at in ("fail", "below_pass") and 0 not in (self.count.maximum, self.size.maximum)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Something that is asked for beside the units: placement hours, English and maths.

    Attributes:
        code: the `unit_number` under which its evidence arrives, upper case.
        name: for readers.
        met_by: a status gate is met by one of these grades, upper case; empty for a quantity gate.
        quantity: a quantity gate is met by this sum of points; None for a status gate.
        unit_of: what the quantity is counted in, for readers.
    """

    code: str
    name: str
    met_by: tuple[str, ...] = ()
    quantity: int | None = None
    unit_of: str = ""


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
