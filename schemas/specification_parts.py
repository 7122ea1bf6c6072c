"""The parts of a specification: units, groups of units and groups, limits on what is selected, gates.

What a whole specification is, and how its parts make a rule, is in `schemas.specification`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["internal", "external"]
At = Literal["any", "achieved", "pass", "fail", "near_pass", "below_pass"]

KINDS: tuple[Kind, ...] = ("internal", "external")
#: What a limit may ask for at least, and what it may allow at most.
AT_LEAST: tuple[At, ...] = ("any", "achieved", "pass")
AT_MOST: tuple[At, ...] = ("any", "fail", "near_pass", "below_pass")


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
