"""Proving a specification by solving it: the rule can be satisfied, each grade be reached, each unit count.

Every unit is taken at its best grade and every gate as met: if the rule cannot be satisfied then, nobody can satisfy it.
The same search is used as for learners. What a file must prove by itself is in `schemas.specification_proof`.
"""

from dataclasses import replace

import numpy as np

from assets.reconciled.achievability.clashes import smallest_clashes
from assets.reconciled.achievability.engine import rules_of
from assets.reconciled.achievability.grades import best_grades
from assets.reconciled.achievability.offers import Held
from assets.reconciled.achievability.rule import ABSENT, FAIL, Constraint, Node, Rule, at_least_once
from assets.reconciled.achievability.selection import NONE, best_points, best_worth, satisfiable
from assets.reconciled.achievability.supply import Alone, WorthOf
from assets.reconciled.achievability.words import clash_in_words, on_pathway
from schemas.specification import Specification
from schemas.specification_proof import group_places, limit_places


def prove_by_solving(specification: Specification) -> None:
    """Check one specification of one cohort.

    Raises:
        SpecificationError: the rule of some pathway cannot be satisfied, a grade cannot be reached, or a unit can never
            count; the message names the value, its line, and what clashes.
    """
    rules = rules_of(specification)
    for rule in rules:
        for node in rule.nodes:
            _group_alone(rule, node)
        _satisfiable(rule)
        _least_size(rule)
    _top_grade(specification, rules)
    _every_unit(specification, rules)


def _at_best(rule: Rule) -> Held:
    reported = [[int(rule.points[column, rule.best[column]]) for column in rule.reported]]
    return Held(codes=rule.best[np.newaxis, :].copy(), reported=np.array(reported, dtype=np.int64).reshape(1, -1))


def _group_alone(rule: Rule, node: Node) -> None:
    """A group's bounds can be met by its own units, whatever else the rule says."""
    for inner in node.nodes:
        _group_alone(rule, inner)
    alone = replace(rule, required=(), nodes=(node,), rows=())
    if best_points(alone, _at_best(rule))[0] == NONE:
        key, problem = _place_of(rule, Constraint(part="group", place=node.place))
        raise rule.specification.refusal(key, f"{problem} by its units; correct the bounds or its members")


def _satisfiable(rule: Rule) -> None:
    held = _at_best(rule)
    if satisfiable(rule, held)[0]:
        return
    clashes = smallest_clashes(rule, held)
    (clash,) = clashes.found
    key, problem = _place_of(rule, clash[-1] if clash[-1].part != "points" or len(clash) == 1 else clash[0])
    words = clash_in_words(rule, clash, int(clashes.reached[0]), np.zeros(len(rule.size), dtype=np.uint8))
    if clash == (Constraint(part="size"),):
        words = f"is [{rule.specification.size}], and units that count add up to [{clashes.reached[0]}] at most"
        raise rule.specification.refusal(key, words)
    raise rule.specification.refusal(key, f"{problem}: {on_pathway(rule.combination.pathway, words)}")


def _place_of(rule: Rule, constraint: Constraint) -> tuple[str, str]:
    """The path of a constraint in the file, and how the message about it begins."""
    found = rule.specification
    if constraint.part == "group":
        name = rule.groups[constraint.place].name
        path = next(path for path, group, _ in group_places(found) if group.name == name)
        return f"{path}.choose", f"of [{name}] cannot be met"
    if constraint.part == "limit":
        limit = rule.combination.limits[constraint.place]
        path = next(path for path, one in limit_places(found) if one.name == limit.name)
        return path, f"of [{limit.name}] cannot be met"
    if constraint.part == "points":
        return f"grading.thresholds.grades.{found.grading.grades[0]}", "cannot be reached"
    if constraint.part == "component":
        return f"grading.{found.grading.method}", "cannot be met"
    return ("size.total", "cannot be met") if constraint.part == "size" else ("combination", "cannot be met")


def _least_size(rule: Rule) -> None:
    """What must be taken may not add up to more than the size."""
    every = np.broadcast_to(rule.size, (1, len(rule.size))).copy()
    held = _at_best(rule)
    way = WorthOf(codes=held.codes, points=0 * every, worth=0 * every)
    plain = replace(rule, rows=tuple(row for row in rule.rows if row.constraint.part != "size"))
    left = int(best_worth(Alone(plain, (way,), left_out=every))[0])
    least = int(rule.size[list({c for node in rule.nodes for c in node.all_columns} | set(rule.required))].sum()) - left
    if least > rule.specification.size:
        words = f"is [{rule.specification.size}], and what must be taken adds up to [{least}]"
        raise rule.specification.refusal("size.total", words)


def _top_grade(specification: Specification, rules: tuple[Rule, ...]) -> None:
    grading = specification.grading
    grade = grading.grades[-1]
    if max(int(best_grades(rule, _at_best(rule))[0]) for rule in rules) == len(grading.grades) - 1:
        return
    if grading.components:
        raise specification.refusal(f"grading.{grading.method}", f"gives [{grade}] to no valid combination; correct it")
    most = max(int(best_points(rule, _at_best(rule))[0]) / rule.scale for rule in rules)
    raise specification.refusal(
        f"grading.thresholds.grades.{grade}",
        f"is [{grading.thresholds[-1]}], and all units at their best give [{most:g}] points",
    )


def _every_unit(specification: Specification, rules: tuple[Rule, ...]) -> None:
    for column, unit in enumerate(specification.units):
        if not any(rule.best[column] != ABSENT and _can_count(rule, column) for rule in rules):
            raise specification.refusal(
                f"units.list[{column}]",
                f"is unit [{unit.number}], which no valid combination can hold; correct the groups and limits or drop it",
            )


def _can_count(rule: Rule, column: int) -> bool:
    held = at_least_once(Constraint(part="unit", place=column), len(rule.size), [column], FAIL)
    return bool(best_points(replace(rule, rows=(*rule.rows, held)), _at_best(rule))[0] >= 0)
