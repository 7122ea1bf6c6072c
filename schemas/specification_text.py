"""From the text of a specification file to a `Specification`.

`parse_specification` is the way in. The keys are described in `schemas.specification_language` and read in
`schemas.specification_reader`; here they become units, groups, limits, gates and grading. A new shape of rule is a new
key there and, if limits and groups cannot say it, a new attribute in `schemas.specification`. Opening files belongs in
`assets.reconciled.achievability.held`.
"""

from collections.abc import Mapping
from typing import Any

from schemas.specification import (
    Bounds,
    Gate,
    Group,
    Limit,
    Pathway,
    Source,
    Specification,
    SpecificationError,
    Unit,
    UnitGrades,
)
from schemas.specification_grading import grading_of, points_by_size
from schemas.specification_language import NAMED, SPECIFICATION
from schemas.specification_proof import prove
from schemas.specification_reader import Reader
from schemas.strict_yaml import located

Values = Mapping[str, Any]


def parse_specification(file: str, text: str) -> Specification:
    """A specification from the text of its file, proved as far as it can be without solving it.

    Args:
        file: the file's name, `<specification>.<version>.yaml`.
        text: its YAML.

    Raises:
        SpecificationError: a key is unknown, missing or misread, a value rests on nothing, or the file contradicts
            itself; the message names the file, the line and the key.
    """
    try:
        whole = located(text)
    except ValueError as error:
        raise SpecificationError(file, "", str(error)) from error
    reader = Reader(file, NAMED)
    values = reader.read(SPECIFICATION, whole, "")
    found = _specification(reader, values)
    if file != found.file:
        line = reader.lines["specification"]
        words = f"and version make [{found.file}]; name the file so or correct them"
        raise SpecificationError(file, "specification", words, line)
    _check_ground(found, reader)
    prove(found)
    return found


def _specification(reader: Reader, values: Values) -> Specification:
    qualification, registered, combination = values["qualification"], values["registered"], values["combination"]
    units = _units(reader, values)
    every = tuple(unit.number for unit in units)
    levels = {unit.number: unit.level for unit in units}
    return Specification(
        name=values["specification"],
        version=values["version"],
        suite=values["suite"],
        worked_example=values["worked_example"],
        title=qualification["title"],
        qualification_numbers=qualification["qualification_numbers"],
        awarding_organisation_rn=qualification["awarding_organisation_rn"],
        measure=values["size"]["measure"],
        size=values["size"]["total"],
        registered_from=registered["from"],
        registered_to=registered.get("to"),
        units=units,
        groups=_groups(reader, combination.get("groups", ()), "combination.groups"),
        limits=(
            *_limits(values.get("limits", {}).get("list", ()), every, levels),
            *(_barred(one) for one in values.get("barred", {}).get("list", ())),
        ),
        pathways=tuple(
            Pathway(
                name=one["name"],
                known_as=one.get("known_as", ()),
                groups=_groups(reader, one.get("groups", ()), f"combination.pathways[{place}].groups"),
                limits=_limits(one.get("limits", ()), every, levels),
            )
            for place, one in enumerate(combination.get("pathways", ()))
        ),
        gates=tuple(_gate(one) for one in values.get("gates", {}).get("list", ())),
        grading=grading_of(reader, values["grading"]),
        not_stated=tuple(reader.not_stated),
        sources=tuple(Source(name=name, **one) for name, one in values["sources"].items()),
        lines=reader.lines,
    )


def _scale(values: Values) -> UnitGrades:
    return UnitGrades(fail=values["fail"], near_pass=values.get("near_pass"), passes=values["pass"])


def _units(reader: Reader, values: Values) -> tuple[Unit, ...]:
    common, by_size = _scale(values["unit_grades"]), points_by_size(values["grading"])
    units = tuple(_unit(one, common, by_size) for one in values["units"]["list"])
    known = {grade for unit in units for grade in unit.grades.ascending}
    for size, row in by_size.items():
        for grade in row:
            if grade not in known:
                path = f"grading.unit_points.by_size.{size}.{grade}"
                raise SpecificationError(reader.file, path, "is a grade that no unit has; drop it", reader.lines[path])
    limits = [*values.get("limits", {}).get("list", ()), *_pathway_limits(values)]
    if any("level" in limit for limit in limits):
        _check_levels(reader, units)
    return units


def _pathway_limits(values: Values) -> list[Values]:
    return [limit for one in values["combination"].get("pathways", ()) for limit in one.get("limits", ())]


def _check_levels(reader: Reader, units: tuple[Unit, ...]) -> None:
    for place, unit in enumerate(units):
        if unit.level is None:
            raise SpecificationError(
                reader.file,
                f"units.list[{place}].level",
                f"of unit [{unit.number}] is missing, and a limit asks for levels; add it",
                reader.lines[f"units.list[{place}]"],
            )


def _unit(one: Values, common: UnitGrades, by_size: Mapping[int, Mapping[str, int]]) -> Unit:
    grades = _scale(one["grades"]) if "grades" in one else common
    own = one.get("points")
    row = by_size.get(one["size"], {})
    points = dict(own) if isinstance(own, Mapping) else {g: row[g] for g in grades.ascending if g in row}
    if "reported_up_to" in one:
        points = {grades.passes[-1]: one["reported_up_to"]}
    return Unit(
        number=one["number"].upper(),
        title=one["title"],
        size=one["size"],
        kind=one["kind"],
        grades=grades,
        must_pass=one.get("must_pass", False),
        near_pass=one.get("near_pass", False),
        attempts=one.get("attempts"),
        level=one.get("level"),
        offered_in=one.get("offered_in", ()),
        equivalents=_numbers(one.get("equivalents", ())),
        points=points,
        reported=own == "reported",
    )


def _numbers(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value.upper() for value in values)


def _bounds(values: Values, of: str) -> Bounds:
    """`of: n` is short for at least and at most n."""
    exactly = values.get(of)
    return Bounds(
        minimum=values.get(f"minimum_{of}", 0) if exactly is None else exactly,
        maximum=values.get(f"maximum_{of}") if exactly is None else exactly,
    )


def _groups(reader: Reader, values: tuple[Values, ...], path: str) -> tuple[Group, ...]:
    return tuple(_group(reader, one, f"{path}[{place}]") for place, one in enumerate(values))


def _group(reader: Reader, one: Values, path: str) -> Group:
    of = tuple(
        member.upper() if isinstance(member, str) else _group(reader, member, f"{path}.of[{place}]")
        for place, member in enumerate(one["of"])
    )
    if ("all" in one) == ("choose" in one) or one.get("all") is False:
        raise SpecificationError(
            reader.file, path, "must say all: true, or choose: with bounds, and not both", reader.lines[path]
        )
    choose = one.get("choose", {"members": len(of)})
    for bound in ("members", "units", "size"):
        if bound in choose and {f"minimum_{bound}", f"maximum_{bound}"} & set(choose):
            raise SpecificationError(
                reader.file,
                f"{path}.choose.{bound}",
                f"says exactly how much, and minimum_ or maximum_{bound} again; drop one",
                reader.lines[f"{path}.choose"],
            )
    return Group(
        name=one["name"],
        of=of,
        members=_bounds(choose, "members"),
        units=_bounds(choose, "units"),
        size=_bounds(choose, "size"),
    )


def _limits(values: tuple[Values, ...], every: tuple[str, ...], levels: Mapping[str, int | None]) -> tuple[Limit, ...]:
    return tuple(
        Limit(
            name=one["name"],
            units=tuple(
                number
                for number in _numbers(one.get("of", every))
                if "level" not in one or (levels.get(number, one["level"]) or -1) >= one["level"]
            ),
            at=one.get("at", "any"),
            count=_bounds(one, "units"),
            size=_bounds(one, "size"),
        )
        for one in values
    )


def _barred(one: Values) -> Limit:
    units = _numbers(one["units"])
    most = one.get("at_most", 1 if len(units) == 2 else len(units))
    return Limit(name=f"{', '.join(units)} barred", units=units, count=Bounds(maximum=most), barred=True)


def _gate(one: Values) -> Gate:
    return Gate(
        code=one["code"].upper(),
        name=one["name"],
        met_by=_numbers(one.get("met_by", ())),
        quantity=one.get("quantity"),
        unit_of=one.get("unit_of", ""),
    )


def _check_ground(found: Specification, reader: Reader) -> None:
    """Every cited source is described and every described one is cited; a worked example says that it is one."""
    names = {source.name for source in found.sources}
    for name, path in reader.cited.items():
        if name not in names:
            raise found.refusal(path, f"is [{name}], which [sources] does not describe; describe it there")
    for name in sorted(names - set(reader.cited)):
        raise found.refusal(f"sources.{name}", "is cited by no value; drop it or cite it")
    if found.not_stated and not found.worked_example:
        raise found.refusal(found.not_stated[0], "is not stated by a source; the file must say worked_example: true")
    if found.worked_example and not found.not_stated:
        raise found.refusal("worked_example", "is [true], and sources state every value; write false")
