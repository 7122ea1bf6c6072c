"""What a specification must prove by itself, so that an error in a file is found when it is read.

Units stand once, bounds ascend and can be kept within each group, points rise with grades, thresholds ascend, look-up
tables are complete and never fall, limits keep the promise that a better grade never counts for less. Whether the whole
rule can be satisfied, and each grade reached, is proved by solving it: `assets.reconciled.achievability.proof`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from schemas.specification import AT_LEAST, AT_MOST, Bounds, Group, Limit, Specification, Unit
from schemas.specification_proof_grading import prove_grading

#: A cell of a situation holds a grade in four bits, 0 to 2 being no grade, fail and near pass.
MOST_PASS_GRADES = 12


def prove(specification: Specification) -> None:
    """Check one specification.

    Raises:
        SpecificationError: something does not hold; the message names the file, the line, the value and what to do.
    """
    _dates(specification)
    _units(specification)
    _placed(specification)
    for path, group, counted in group_places(specification):
        _group(specification, path, group, counted=counted)
    for path, limit in limit_places(specification):
        _limit(specification, path, limit)
    _names(specification)
    _gates(specification)
    prove_grading(specification)


def group_places(found: Specification) -> Iterator[tuple[str, Group, bool]]:
    """Every group with its path in the file, and whether the group around it counts how many groups are chosen."""
    for place, group in enumerate(found.groups):
        yield from _within(f"combination.groups[{place}]", group, False)
    for number, pathway in enumerate(found.pathways):
        for place, group in enumerate(pathway.groups):
            yield from _within(f"combination.pathways[{number}].groups[{place}]", group, False)


def _within(path: str, group: Group, counted: bool) -> Iterator[tuple[str, Group, bool]]:
    yield path, group, counted
    for place, member in enumerate(group.of):
        if isinstance(member, Group):
            yield from _within(f"{path}.of[{place}]", member, group.members.binding and not group.all_of)


def limit_places(found: Specification) -> Iterator[tuple[str, Limit]]:
    """Every limit with its path in the file."""
    barred = [limit for limit in found.limits if limit.barred]
    plain = [limit for limit in found.limits if not limit.barred]
    yield from ((f"limits.list[{place}]", limit) for place, limit in enumerate(plain))
    yield from ((f"barred.list[{place}]", limit) for place, limit in enumerate(barred))
    for number, pathway in enumerate(found.pathways):
        yield from (
            (f"combination.pathways[{number}].limits[{place}]", limit) for place, limit in enumerate(pathway.limits)
        )


def _repeated(values: Sequence[str]) -> str | None:
    return next((value for value, times in Counter(values).items() if times > 1), None)


def _dates(found: Specification) -> None:
    if found.registered_to is not None and found.registered_to < found.registered_from:
        raise found.refusal("registered.to", f"is [{found.registered_to}], before [from]; correct one of them")
    if number := _repeated(found.qualification_numbers):
        raise found.refusal("qualification.qualification_numbers", f"holds [{number}] twice; drop one")
    if found.size < 1:
        raise found.refusal("size.total", f"is [{found.size}]; write a size above 0")


def _units(found: Specification) -> None:
    own = [unit.number for unit in found.units]
    for number, times in Counter(own).items():
        if times > 1:
            raise found.refusal("units.list", f"holds unit [{number}] [{times}] times; a unit stands once")
    for place, unit in enumerate(found.units):
        key = f"units.list[{place}]"
        scale = f"{key}.grades" if f"{key}.grades" in found.lines else "unit_grades"
        if grade := _repeated([grade.upper() for grade in unit.grades.ascending]):
            raise found.refusal(scale, f"holds [{grade}] twice; every grade has one place")
        if len(unit.grades.passes) > MOST_PASS_GRADES:
            raise found.refusal(scale, f"holds more than [{MOST_PASS_GRADES}] pass grades; no more can be told apart")
        if unit.size < 1:
            raise found.refusal(f"{key}.size", f"of unit [{unit.number}] is [{unit.size}]; write a size above 0")
        if (unit.kind == "internal" and unit.attempts is not None) or unit.attempts == 0:
            raise found.refusal(
                f"{key}.attempts", f"is [{unit.attempts}]; only external units have attempts, at least 1"
            )
        if unit.kind == "internal" and unit.offered_in:
            raise found.refusal(f"{key}.offered_in", "names series; only external units are entered by series")
        if unit.near_pass and unit.grades.near_pass is None:
            raise found.refusal(f"{key}.near_pass", f"is [true], and [{scale}] has no near_pass; add it or drop this")
        _points(found, key, unit)
    others = [*own, *(number for unit in found.units for number in unit.equivalents)]
    if twice := _repeated([*others, *(gate.code for gate in found.gates)]):
        raise found.refusal(
            "units.list", f"uses the number [{twice}] twice, among units, equivalents and gates; drop one"
        )


def _points(found: Specification, key: str, unit: Unit) -> None:
    ascending = [unit.points[grade] for grade in unit.grades.ascending if grade in unit.points]
    if ascending != sorted(ascending):
        raise found.refusal(f"{key}.points", f"are [{ascending}]; points must not be negative or fall as grades rise")
    if strange := [grade for grade in unit.points if grade not in unit.grades.ascending]:
        raise found.refusal(f"{key}.points", f"names grade [{strange[0]}], which unit [{unit.number}] does not have")


def _placed(found: Specification) -> None:
    """In each complete rule a unit stands at most once; over all of them every unit stands somewhere."""
    known, used = set(found.positions) - {gate.code for gate in found.gates}, set()
    for path, group, _ in group_places(found):
        for number in group.own_units:
            if number not in known:
                raise found.refusal(f"{path}.of", f"names unit [{number}], which [units] does not hold; add or drop it")
            used.add(number)
    for rule in found.combinations:
        if again := _repeated(rule.units):
            where = [path for path, group, _ in group_places(found) if again in group.own_units]
            raise found.refusal(f"{where[-1]}.of", f"names unit [{again}] again (see [{where[0]}]); a unit stands once")
        if not rule.groups:
            raise found.refusal("combination.groups", "are missing; say what is taken")
    for number in (unit.number for unit in found.units):
        if number not in used:
            raise found.refusal("combination.groups", f"place unit [{number}] nowhere; put it into a group or drop it")


def _group(found: Specification, path: str, group: Group, *, counted: bool) -> None:
    key, within = f"{path}.choose", len(group.all_units)
    size = sum(found.unit(number).size for number in group.all_units)
    for bounds, of, most in (
        (group.members, f"[{len(group.of)}] members", len(group.of)),
        (group.units, f"[{within}] units", within),
        (group.size, f"a size of [{size}]", size),
    ):
        _ascending(found, key, bounds)
        if bounds.minimum > most or bounds.maximum == 0:
            raise found.refusal(
                key,
                f"takes [{bounds.minimum}] to [{bounds.maximum}] of {of}; "
                "the bounds must ascend and not exceed the group",
            )
    if group.all_of and (group.members.maximum or len(group.of)) < len(group.of):
        raise found.refusal(key, "takes all and not all")
    if counted and not _asks(group):
        raise found.refusal(
            key, f"of [{group.name}] asks for nothing, and it is one of several; say the least that is taken from it"
        )


def _asks(group: Group) -> bool:
    """Whether choosing the group asks for at least one unit."""
    return any(bounds.minimum > 0 for bounds in (group.members, group.units, group.size))


def _ascending(found: Specification, key: str, bounds: Bounds) -> None:
    if bounds.maximum is not None and bounds.maximum < bounds.minimum:
        raise found.refusal(key, f"takes [{bounds.minimum}] to [{bounds.maximum}]; bounds must ascend")


def _limit(found: Specification, path: str, limit: Limit) -> None:
    for number in limit.units:
        if number not in {unit.number for unit in found.units}:
            raise found.refusal(path, f"names unit [{number}], which [units] does not hold; add or drop it")
    if not limit.units or _repeated(limit.units):
        raise found.refusal(path, "looks at no unit, or at one twice; name each unit once")
    if limit.barred and (len(limit.units) < 2 or not 0 < (limit.count.maximum or 0) < len(limit.units)):
        raise found.refusal(
            path,
            f"bars [{', '.join(limit.units)}]; name two units or more, and for more than two say at_most, below all",
        )
    if not limit.count.binding and not limit.size.binding:
        raise found.refusal(path, f"of [{limit.name}] bounds nothing; give minimum_ or maximum_ units or size")
    for bounds in (limit.count, limit.size):
        _ascending(found, path, bounds)
        if bounds.minimum > 0 and limit.at not in AT_LEAST:
            raise found.refusal(path, f"asks for a least amount at [{limit.at}]; that is said of {', '.join(AT_LEAST)}")
        if bounds.maximum is not None and limit.at not in AT_MOST:
            raise found.refusal(path, f"allows a most amount at [{limit.at}]; that is said of {', '.join(AT_MOST)}")
    size = sum(found.unit(number).size for number in limit.units)
    if limit.size.minimum > size or limit.count.minimum > len(limit.units):
        raise found.refusal(
            path, f"of [{limit.name}] asks for more than its units, [{len(limit.units)}] of [{size}] in all, can give"
        )


def _names(found: Specification) -> None:
    groups = [group.name for _, group, _ in group_places(found)]
    limits = [limit.name for _, limit in limit_places(found)]
    if name := _repeated([*groups, *limits]):
        raise found.refusal("combination", f"uses the name [{name}] twice among groups and limits; rename one")
    if len(found.pathways) == 1:
        raise found.refusal("combination.pathways", "hold one; with a single way through, write groups")
    if name := _repeated([n.casefold() for one in found.pathways for n in (one.name, *one.known_as)]):
        raise found.refusal("combination.pathways", f"use the name [{name}] twice; rename one")


def _gates(found: Specification) -> None:
    for place, gate in enumerate(found.gates):
        if bool(gate.met_by) == (gate.quantity is not None) or gate.quantity == 0:
            raise found.refusal(f"gates.list[{place}]", "must give met_by or a quantity above 0, and not both")
