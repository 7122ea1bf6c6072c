"""The language of specification files: which keys there are, and what each becomes.

`parse_specification` is the way in. A new shape of rule (nested groups, barred sets, pathways, look-up tables) is a new
key here, a new attribute in `schemas.specification`, and its proof in `schemas.specification_proof`. Opening files
belongs in `assets.reconciled.achievability.held`.
"""

import re
from datetime import date
from typing import TypeVar

from schemas.specification import (
    KINDS,
    MEASURES,
    METHODS,
    Grading,
    Group,
    Limits,
    Method,
    Source,
    Specification,
    SpecificationError,
    Unit,
    UnitGrades,
)
from schemas.specification_proof import prove
from schemas.specification_reader import Ground, Reader
from schemas.strict_yaml import mapping_of

_MARKS = ("primary", "secondary")
_NUMBER = re.compile(r"\d{7}[\dX]")
Word = TypeVar("Word", bound=str)


def parse_specification(file: str, text: str) -> Specification:
    """A specification from the text of its file, proved.

    Args:
        file: the file's name, `<specification>.<version>.yaml`.
        text: its YAML.

    Raises:
        SpecificationError: a key is unknown, missing or misread, a value rests on nothing, or the rule does not prove
            itself; the message names the file and the key.
    """
    try:
        values = mapping_of(text)
    except ValueError as error:
        raise SpecificationError(file, "", str(error)) from error
    ground = Ground()
    top = Reader(file, "", values, ground)
    name, version = top.take("specification", str), top.take("version", str)
    if file != f"{name}.{version}.yaml":
        raise top.error("specification", f"and version make [{name}.{version}.yaml]; name the file so or correct them")
    suite, worked_example = top.take("suite", str), top.take("worked_example", bool)
    top.take("note", str, "")
    qualification, size, registered = top.group("qualification"), top.group("size"), top.group("registered")
    numbers, grades = _qualification_numbers(qualification), _unit_grades(top.group("unit_grades"))
    found = Specification(
        name=name,
        version=version,
        suite=suite,
        worked_example=worked_example,
        title=qualification.take("title", str),
        qualification_numbers=numbers,
        awarding_organisation_rn=qualification.take("awarding_organisation_rn", str),
        measure=_one_of(size, "measure", MEASURES),
        size=size.take("total", int),
        registered_from=registered.take("from", date),
        registered_to=registered.take("to", date) if registered.has("to") else None,
        unit_grades=grades,
        units=_units(top.group("units")),
        groups=_groups(top.group("combination")),
        limits=_limits(top.group("limits")) if top.has("limits") else _NO_LIMITS,
        grading=_grading(top.inner("grading"), grades),
        sources=_sources(top.inner("sources")),
        not_stated=tuple(ground.not_stated),
    )
    for reader in (qualification, size, registered, top):
        reader.finish()
    _check_ground(found, ground)
    prove(found)
    return found


_NO_LIMITS = Limits(size_at_fail=0, near_passes=None, size_at_pass=0)


def _one_of(reader: Reader, key: str, allowed: tuple[Word, ...]) -> Word:
    value = reader.take(key, str)
    for word in allowed:
        if value == word:
            return word
    raise reader.error(key, f"is [{value}]; it must be one of {', '.join(allowed)}")


def _qualification_numbers(reader: Reader) -> tuple[str, ...]:
    numbers = reader.texts("qualification_numbers")
    for number in numbers:
        if not _NUMBER.fullmatch(number):
            raise reader.error("qualification_numbers", f"holds [{number}]; write 8 characters without slashes")
    return numbers


def _unit_grades(reader: Reader) -> UnitGrades:
    found = UnitGrades(
        fail=reader.take("fail", str),
        near_pass=reader.take("near_pass", str) if reader.has("near_pass") else None,
        passes=reader.texts("pass"),
    )
    reader.finish()
    return found


def _units(reader: Reader) -> tuple[Unit, ...]:
    units = []
    for one in reader.each("list"):
        units.append(
            Unit(
                number=one.take("number", str).upper(),
                title=one.take("title", str),
                size=one.take("size", int),
                kind=_one_of(one, "kind", KINDS),
                must_pass=one.take("must_pass", bool, False),
                near_pass=one.take("near_pass", bool, False),
                attempts=one.take("attempts", int) if one.has("attempts") else None,
            )
        )
        one.finish()
    reader.finish()
    return tuple(units)


def _groups(reader: Reader) -> tuple[Group, ...]:
    groups = []
    for one in reader.each("groups"):
        name, units = one.take("name", str), tuple(number.upper() for number in one.texts("of"))
        if one.has("choose"):
            groups.append(_choice(one.inner("choose"), name, units))
        elif one.take("all", bool):
            count = len(units)
            groups.append(
                Group(
                    name=name,
                    units=units,
                    all_of=True,
                    minimum_units=count,
                    maximum_units=count,
                    minimum_size=0,
                    maximum_size=None,
                )
            )
        else:
            raise one.error("all", "is [false]; write all: true, or choose: with bounds")
        one.finish()
    reader.finish()
    return tuple(groups)


def _choice(reader: Reader, name: str, units: tuple[str, ...]) -> Group:
    """A group of which some units are taken; `units: n` is short for at least and at most n."""
    exactly = reader.take("units", int) if reader.has("units") else None
    found = Group(
        name=name,
        units=units,
        all_of=False,
        minimum_units=reader.take("minimum_units", int, 0) if exactly is None else exactly,
        maximum_units=reader.take("maximum_units", int, len(units)) if exactly is None else exactly,
        minimum_size=reader.take("minimum_size", int, 0),
        maximum_size=reader.take("maximum_size", int) if reader.has("maximum_size") else None,
    )
    reader.finish()
    return found


def _limits(reader: Reader) -> Limits:
    found = Limits(
        size_at_fail=reader.take("maximum_size_at_fail", int, 0),
        near_passes=reader.take("maximum_near_passes", int) if reader.has("maximum_near_passes") else None,
        size_at_pass=reader.take("minimum_size_at_pass", int, 0),
    )
    reader.finish()
    return found


def _grading(reader: Reader, grades: UnitGrades) -> Grading:
    method: Method = _one_of(reader, "method", METHODS)
    points: dict[int, dict[str, int]] = {}
    if method == "pass_only":
        only = reader.group("grade")
        thresholds: tuple[tuple[str, int], ...] = ((only.take("name", str), 0),)
        only.finish()
    else:
        unit_points, reached = reader.group("unit_points"), reader.group("thresholds")
        by_size, scale = unit_points.inner("by_size"), reached.inner("grades")
        for size in by_size.keys:
            if not isinstance(size, int) or isinstance(size, bool):
                raise by_size.error(size, "is no size; write a whole number")
            row = by_size.inner(size)
            points[size] = {grade: row.take(grade, int) for grade in grades.ascending if row.has(grade)}
            row.finish()
        thresholds = tuple((str(grade), scale.take(grade, int)) for grade in scale.keys)
        for part in (unit_points, reached):
            part.finish()
    reader.finish()
    return Grading(method=method, points=points, thresholds=thresholds)


def _sources(reader: Reader) -> tuple[Source, ...]:
    found = []
    for name in reader.keys:
        one = reader.inner(name)
        found.append(
            Source(
                name=str(name),
                title=one.take("title", str),
                address=one.take("address", str),
                edition=one.take("edition", str),
                mark=_one_of(one, "mark", _MARKS),
                taken_on=one.take("taken_on", date),
            )
        )
        one.finish()
    return tuple(found)


def _check_ground(found: Specification, ground: Ground) -> None:
    """Every cited source is described and every described one is cited; a worked example says that it is one."""
    names = {source.name for source in found.sources}
    for name, path in ground.cited.items():
        if name not in names:
            raise found.refusal(path, f"is [{name}], which [sources] does not describe; describe it there")
    for name in sorted(names - set(ground.cited)):
        raise found.refusal(f"sources.{name}", "is cited by no value; drop it or cite it")
    if found.not_stated and not found.worked_example:
        raise found.refusal(found.not_stated[0], "is not stated by a source; the file must say worked_example: true")
    if found.worked_example and not found.not_stated:
        raise found.refusal("worked_example", "is [true], and sources state every value; write false")
