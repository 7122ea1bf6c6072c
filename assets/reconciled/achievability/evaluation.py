"""Whether a selection satisfies a rule: worked out directly, constraint by constraint, without any search.

It judges what others find: answers of the integer programme (`programme`), and in the tests the engine's selections. It
knows nothing of corners, profiles or solvers.
"""

from collections.abc import Mapping

from assets.reconciled.achievability.rule import ABSENT, Constraint, Node, Rule

#: The codes at which columns are selected, by column; columns that are not selected are left out.
Selected = Mapping[int, int]


def broken(rule: Rule, selected: Selected) -> list[str]:
    """What the selection breaks, in words for developers; empty: it satisfies the rule, points apart."""
    found = [f"column {column} is missing" for column in rule.required if column not in selected]
    in_tree = {column for node in rule.nodes for column in node.all_columns}
    found += [f"column {column} has no place" for column in selected if column not in in_tree | set(rule.required)]
    found += [
        f"column {column} cannot count at {code}"
        for column, code in selected.items()
        if code == ABSENT or code not in rule.counts_as[column].tolist()
    ]
    for node in rule.nodes:
        found += [] if _can_be_chosen(rule, node, selected) else [f"group {node.place}"]
    for row in rule.rows:
        amount = sum(int(row.weight[column, code]) for column, code in selected.items())
        if not row.bounds.hold(amount):
            found.append(f"{row.constraint.part} {row.constraint.place} adds up to {amount}")
    return found


def satisfies(rule: Rule, selected: Selected, kept: frozenset[Constraint] | None = None) -> bool:
    """Whether the selection satisfies the rule, or of its constraints those in `kept`; points apart."""
    return not broken(rule if kept is None else rule.keeping(kept), selected)


def points(rule: Rule, selected: Selected, reported: Mapping[int, int] | None = None) -> int:
    """The selection's points, in `rule.scale`ths. `reported`: points of the reported columns."""
    given = reported or {}
    return sum(given.get(column, int(rule.points[column, code])) for column, code in selected.items())


def _can_be_chosen(rule: Rule, node: Node, selected: Selected) -> bool:
    """Whether the group's bounds hold if it is chosen, for some choice of the groups within it."""
    own = [column for column in node.columns if column in selected]
    every = [column for column in node.all_columns if column in selected]
    if not node.units.hold(len(every)) or not node.size.hold(sum(int(rule.size[column]) for column in every)):
        return False
    least = most = len(own)
    for inner in node.nodes:
        can = _can_be_chosen(rule, inner, selected)
        must = any(column in selected for column in inner.all_columns)
        if must and not can:
            return False
        least += must
        most += can
    top = node.members.maximum
    return most >= node.members.minimum and (top is None or least <= top)
