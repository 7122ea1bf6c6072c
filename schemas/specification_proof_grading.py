"""What a specification's grading must prove by itself: points for every grade that counts, thresholds that ascend,
look-up tables that are complete and never fall, cohorts that cover the file's dates once.

Whether each grade can be reached is proved in `assets.reconciled.achievability.proof`.
"""

from datetime import timedelta
from itertools import pairwise, product

from schemas.specification import Cohort, Component, Specification, Unit


def prove_grading(found: Specification) -> None:
    """Check the grading.

    Raises:
        SpecificationError: something does not hold.
    """
    if len(set(found.grading.grades)) < len(found.grading.grades):
        raise found.refusal("grading", "holds an overall grade twice; every grade has one place")
    if found.grading.method == "points_and_thresholds":
        _points(found)
        _thresholds(found)
    for cohort in found.grading.cohorts:
        _table(found, cohort)
    if found.grading.method == "look_up":
        _cohorts(found)


def counting_grades(found: Specification, unit: Unit) -> tuple[str, ...]:
    """The grades at which a selection can hold the unit."""
    limits = [limit for rule in found.combinations for limit in rule.limits]
    tolerated = not unit.must_pass and any(unit.number in one.units and one.tolerates_fail for one in limits)
    near = (unit.grades.near_pass,) if unit.near_pass and unit.grades.near_pass else ()
    return (*((unit.grades.fail,) if tolerated else ()), *near, *unit.grades.passes)


def _points(found: Specification) -> None:
    for unit in found.units:
        if unit.reported:
            if unit.grades.passes[-1] not in unit.points:
                raise found.refusal(
                    f"units.list[{found.positions[unit.number]}].points",
                    f"are reported, and nothing says the most that [{unit.grades.passes[-1]}] gives; say reported_up_to",
                )
            continue
        for grade in counting_grades(found, unit):
            if grade not in unit.points:
                raise found.refusal(
                    f"grading.unit_points.by_size.{unit.size}",
                    f"gives no points for grade [{grade}], which unit [{unit.number}] needs",
                )


def _thresholds(found: Specification) -> None:
    below = -1
    for grade, points in zip(found.grading.grades, found.grading.thresholds, strict=True):
        if points <= below:
            raise found.refusal(
                f"grading.thresholds.grades.{grade}",
                f"is [{points}], not above the one before it; write grades from lowest to highest",
            )
        below = points


def _ladder(found: Specification, component: Component) -> tuple[str, ...]:
    """The grades that the component can have, lowest first."""
    where = f"grading.{found.grading.method}"
    for number in component.units:
        if number not in {unit.number for unit in found.units}:
            raise found.refusal(where, f"names unit [{number}], which [units] does not hold; add or drop it")
    units = [found.unit(number) for number in component.units]
    if len({unit.grades for unit in units}) > 1:
        raise found.refusal(where, f"joins units of different scales in [{component.name}]; one scale can be looked up")
    scale = units[0].grades
    near = (scale.near_pass,) if scale.near_pass and any(unit.near_pass for unit in units) else ()
    return (*near, *scale.passes)


def _table(found: Specification, cohort: Cohort) -> None:
    where = f"grading.{found.grading.method}"
    ladders = [_ladder(found, component) for component in found.grading.components]
    rank = {grade: place for place, grade in enumerate(found.grading.grades)}
    expected = list(product(*ladders))
    for row in expected:
        if row not in cohort.table:
            raise found.refusal(where, f"of [{cohort.name}] has no overall grade for [{' '.join(row)}]; add it")
    for row, overall in cohort.table.items():
        if row not in set(expected):
            raise found.refusal(where, f"of [{cohort.name}] has a row [{' '.join(row)}] that cannot occur; drop it")
        if overall not in rank:
            raise found.refusal(
                where, f"of [{cohort.name}] gives [{overall}], which its grades do not hold; add it there"
            )
    for place, ladder in enumerate(ladders):
        for row in expected:
            step = ladder.index(row[place]) + 1
            if step < len(ladder):
                better = (*row[:place], ladder[step], *row[place + 1 :])
                if rank[cohort.table[better]] < rank[cohort.table[row]]:
                    raise found.refusal(
                        where,
                        f"of [{cohort.name}] gives [{cohort.table[better]}] for [{' '.join(better)}] and "
                        f"[{cohort.table[row]}] for [{' '.join(row)}]; a better grade may not give a worse one",
                    )
    if missing := set(found.grading.grades) - set(cohort.table.values()):
        raise found.refusal(where, f"of [{cohort.name}] never gives [{min(missing)}]; drop it from its grades")


def _cohorts(found: Specification) -> None:
    where = "grading.look_up.cohorts"
    cohorts = sorted(found.grading.cohorts, key=lambda cohort: cohort.registered_from)
    if cohorts[0].registered_from > found.registered_from:
        raise found.refusal(where, f"start on [{cohorts[0].registered_from}], after the file does; cover its dates")
    for earlier, later in pairwise(cohorts):
        if earlier.registered_to is None or later.registered_from != earlier.registered_to + timedelta(days=1):
            raise found.refusal(
                where, f"[{earlier.name}] and [{later.name}] leave a gap or overlap; each day needs one table"
            )
    last = cohorts[-1].registered_to
    if last is not None and (found.registered_to is None or last < found.registered_to):
        raise found.refusal(where, f"end on [{last}], before the file does; cover its dates")
