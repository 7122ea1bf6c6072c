"""What a specification must prove before it is used, so that an error in a file is found when it is read.

Units stand once, sizes can reach the total, bounds can be kept, points rise with grades, thresholds ascend and can be
reached. The proof takes every unit at its best grade: if the rule cannot be met then, nobody can meet it. Judging
learners belongs in `assets.reconciled.achievability`.
"""

from collections import Counter

from schemas.specification import Group, Specification, Unit

#: A cell of a situation holds a grade in four bits, 0 to 2 being no grade, fail and near pass.
MOST_PASS_GRADES = 12


def prove(specification: Specification) -> None:
    """Check one specification.

    Raises:
        SpecificationError: something does not hold; the message names the value and what to do.
    """
    _dates_and_grades(specification)
    _units(specification)
    _groups(specification)
    _points(specification)
    _thresholds(specification)
    _reach(specification)


def _dates_and_grades(found: Specification) -> None:
    if found.registered_to is not None and found.registered_to < found.registered_from:
        raise found.refusal("registered.to", f"is [{found.registered_to}], before [from]; correct one of them")
    for number, times in Counter(found.qualification_numbers).items():
        if times > 1:
            raise found.refusal("qualification.qualification_numbers", f"holds [{number}] twice; drop one")
    for grade, times in Counter(found.unit_grades.ascending).items():
        if times > 1:
            raise found.refusal("unit_grades", f"holds [{grade}] twice; every grade has one place")
    if len(found.unit_grades.passes) > MOST_PASS_GRADES:
        raise found.refusal(
            "unit_grades.pass", f"holds more than [{MOST_PASS_GRADES}] grades; no more can be told apart"
        )
    if found.size < 1:
        raise found.refusal("size.total", f"is [{found.size}]; write a size above 0")


def _units(found: Specification) -> None:
    for number, times in Counter(unit.number for unit in found.units).items():
        if times > 1:
            raise found.refusal("units.list", f"holds unit [{number}] [{times}] times; a unit stands once")
    for place, unit in enumerate(found.units):
        key = f"units.list[{place}]"
        if unit.size < 1:
            raise found.refusal(f"{key}.size", f"of unit [{unit.number}] is [{unit.size}]; write a size above 0")
        if unit.attempts is not None and (unit.attempts < 1 or unit.kind == "internal"):
            raise found.refusal(
                f"{key}.attempts", f"is [{unit.attempts}]; only external units have attempts, at least 1"
            )
        if unit.near_pass and found.unit_grades.near_pass is None:
            raise found.refusal(
                f"{key}.near_pass", "is [true], and [unit_grades] has no near_pass; add it or drop this"
            )


def _groups(found: Specification) -> None:
    placed: dict[str, str] = {}
    for place, group in enumerate(found.groups):
        key = f"combination.groups[{place}]"
        for number in group.units:
            if number not in found.positions:
                raise found.refusal(f"{key}.of", f"names unit [{number}], which [units] does not hold; add or drop it")
            if number in placed:
                raise found.refusal(
                    f"{key}.of", f"names unit [{number}] again (see [{placed[number]}]); a unit stands once"
                )
            placed[number] = group.name
        if not 0 <= group.minimum_units <= group.maximum_units <= len(group.units) or group.maximum_units < 1:
            raise found.refusal(
                f"{key}.choose",
                f"takes [{group.minimum_units}] to [{group.maximum_units}] of [{len(group.units)}] units; "
                "the bounds must ascend and not exceed the group",
            )
        if group.minimum_size < 0 or (group.maximum_size is not None and group.maximum_size < group.minimum_size):
            raise found.refusal(
                f"{key}.choose", f"takes a size of [{group.minimum_size}] to [{group.maximum_size}]; bounds must ascend"
            )
    for number in found.positions:
        if number not in placed:
            raise found.refusal("combination.groups", f"place unit [{number}] nowhere; put it into a group or drop it")


def _points(found: Specification) -> None:
    if found.grading.method == "pass_only":
        return
    key = "grading.unit_points.by_size"
    for size, row in found.grading.points.items():
        values = list(row.values())
        if values != sorted(values) or (values and values[0] < 0):
            raise found.refusal(f"{key}.{size}", f"are [{values}]; points must not be negative or fall as grades rise")
    for unit in found.units:
        row = found.grading.points.get(unit.size, {})
        for grade in _grades_that_count(found, unit):
            if grade not in row:
                raise found.refusal(
                    f"{key}.{unit.size}", f"gives no points for grade [{grade}], which unit [{unit.number}] needs"
                )


def _grades_that_count(found: Specification, unit: Unit) -> tuple[str, ...]:
    """The grades at which a selection can hold the unit."""
    grades = found.unit_grades
    fail = (grades.fail,) if not unit.must_pass and unit.size <= found.limits.size_at_fail else ()
    near = (grades.near_pass,) if unit.near_pass and grades.near_pass else ()
    return (*fail, *near, *grades.passes)


def _thresholds(found: Specification) -> None:
    key, below = "grading.thresholds.grades", -1
    if not found.grading.thresholds:
        raise found.refusal(key, "is empty; write each grade with the points it needs")
    for grade, points in found.grading.thresholds:
        if points <= below:
            raise found.refusal(
                f"{key}.{grade}", f"is [{points}], not above the one before it; write grades from lowest to highest"
            )
        below = points


def _reach(found: Specification) -> None:
    limits = found.limits
    if limits.size_at_fail < 0 or limits.size_at_fail >= found.size:
        raise found.refusal("limits.maximum_size_at_fail", f"is [{limits.size_at_fail}]; write 0 to below the total")
    if limits.near_passes is not None and limits.near_passes < 0:
        raise found.refusal("limits.maximum_near_passes", f"is [{limits.near_passes}]; write 0 or more")
    whole = {0: 0}
    for place, group in enumerate(found.groups):
        taken = _takings(found, group)
        if not taken:
            raise found.refusal(f"combination.groups[{place}].choose", f"of [{group.name}] cannot be met by its units")
        whole = _best_sums(whole, taken)
    if max(whole) < found.size:
        raise found.refusal("size.total", f"is [{found.size}], and units that count add up to [{max(whole)}] at most")
    if min(whole) > found.size:
        raise found.refusal("size.total", f"is [{found.size}], and what must be taken adds up to [{min(whole)}]")
    if limits.size_at_pass > max(whole):
        raise found.refusal("limits.minimum_size_at_pass", f"is [{limits.size_at_pass}], more than units can add up to")
    most = max(points for size, points in whole.items() if size >= max(found.size, limits.size_at_pass))
    grade, needed = found.grading.thresholds[-1]
    if needed > most:
        raise found.refusal(
            f"grading.thresholds.grades.{grade}", f"is [{needed}], and all units at their best give [{most}] points"
        )


def _best_sums(left: dict[int, int], right: dict[int, int]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for size, points in left.items():
        for more, further in right.items():
            sums[size + more] = max(sums.get(size + more, 0), points + further)
    return sums


def _takings(found: Specification, group: Group) -> dict[int, int]:
    """What the group's bounds let be taken with every unit at its best: size -> most points."""
    best = found.unit_grades.passes[-1]
    sums: dict[tuple[int, int], int] = {(0, 0): 0}
    for number in group.units:
        unit = found.units[found.positions[number]]
        points = found.grading.points.get(unit.size, {}).get(best, 0)
        for (count, size), total in list(sums.items()):
            if count < group.maximum_units:
                key = (count + 1, size + unit.size)
                sums[key] = max(sums.get(key, 0), total + points)
    takings: dict[int, int] = {}
    for (count, size), total in sums.items():
        within = group.maximum_size is None or size <= group.maximum_size
        if within and count >= group.minimum_units and size >= group.minimum_size:
            takings[size] = max(takings.get(size, 0), total)
    return takings
