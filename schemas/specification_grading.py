"""How a specification's overall grade is made, from the values of its `grading`.

Units' own points are in `schemas.specification_text`, proof that grades can be reached in
`assets.reconciled.achievability.proof`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.specification import Cohort, Component, Grading, SpecificationError
from schemas.specification_reader import Reader

Values = Mapping[str, Any]

#: The part that each method is described by; no other may stand beside it.
_PARTS = {
    "points_and_thresholds": "thresholds",
    "look_up": "look_up",
    "final_unit": "final_unit",
    "pass_only": "grade",
}


def points_by_size(values: Values) -> Mapping[int, Mapping[str, int]]:
    """Unit points by size and grade; empty where the file gives none."""
    found: Mapping[int, Mapping[str, int]] = values.get("unit_points", {}).get("by_size", {})
    return found


def grading_of(reader: Reader, values: Values) -> Grading:
    """The grading.

    Raises:
        SpecificationError: the part that the method needs is missing, or another method's stands there.
    """
    method = values["method"]
    part = _PARTS[method]
    line = reader.lines["grading"]
    if part not in values:
        raise SpecificationError(reader.file, f"grading.{part}", f"is missing; method [{method}] needs it", line)
    allowed = {"method", part, *(["unit_points"] if method == "points_and_thresholds" else [])}
    if others := [key for key in values if key not in allowed]:
        raise SpecificationError(
            reader.file, f"grading.{others[0]}", f"has no place in method [{method}]; drop it", line
        )
    if method == "points_and_thresholds":
        least = values[part]["grades"]
        return Grading(method=method, grades=tuple(least), thresholds=tuple(least.values()))
    if method == "pass_only":
        return Grading(method=method, grades=(values[part]["name"],), thresholds=(0,))
    if method == "final_unit":
        return _final_unit(values[part])
    return _look_up(reader, values[part])


def _final_unit(values: Values) -> Grading:
    grades = tuple(dict.fromkeys(values["grades"].values()))
    return Grading(
        method="final_unit",
        grades=grades,
        thresholds=(0,) * len(grades),
        components=(Component(name="final unit", units=tuple(number.upper() for number in values["units"])),),
        cohorts=(Cohort(name="all", table={(grade,): overall for grade, overall in values["grades"].items()}),),
    )


def _look_up(reader: Reader, values: Values) -> Grading:
    components = tuple(
        Component(name=one["name"], units=tuple(number.upper() for number in one["units"]))
        for one in values["components"]
    )
    cohorts = []
    for place, one in enumerate(values["cohorts"]):
        path = f"grading.look_up.cohorts[{place}].table"
        rows = dict(_rows(one["table"], ()))
        for row in rows:
            if len(row) != len(components):
                raise SpecificationError(
                    reader.file,
                    path,
                    f"has [{' '.join(row)}] of [{len(row)}] grades, and there are [{len(components)}] components",
                    reader.lines[path],
                )
        cohorts.append(
            Cohort(
                name=one["name"],
                registered_from=one["registered"]["from"],
                registered_to=one["registered"].get("to"),
                table=rows,
            )
        )
    return Grading(
        method="look_up",
        grades=values["grades"],
        thresholds=(0,) * len(values["grades"]),
        components=components,
        cohorts=tuple(cohorts),
    )


def _rows(table: Values, before: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The rows of a table of tables: grades of the components and the overall grade."""
    for grade, found in table.items():
        if isinstance(found, str):
            yield (*before, grade), found
        else:
            yield from _rows(found, (*before, grade))
