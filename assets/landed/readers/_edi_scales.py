"""Grade scales for overall grades of two characters: what a code means depends on the qualification and on the channel.

The scale is what the source says, else the one of the shipped specifications that name the qualification. It is settled when
the source is read, so that it is part of what the source's fingerprint rests on.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import polars as pl

from schemas.overall_grade_codes import overall_grade


@cache
def _texts() -> tuple[tuple[str, str], ...]:
    folder = files("schemas") / "specifications"
    found = sorted(folder.iterdir(), key=lambda path: path.name)
    return tuple((path.name, path.read_text(encoding="utf-8")) for path in found if path.name.endswith(".yaml"))


@cache
def shipped_scale(qualification_number: str) -> tuple[str, ...] | None:
    """The grades that shipped specifications give a qualification, lowest first; None where there are none or several."""
    from schemas.specification_text import parse_specification

    scales = set()
    for name, text in _texts():
        if qualification_number in text:
            found = parse_specification(name, text)
            if qualification_number in found.qualification_numbers:
                scales |= {one.grading.grades for one in found.by_cohort()}
    return scales.pop() if len(scales) == 1 else None


def with_shipped(scales: Mapping[str, list[str]], qualification_numbers: Iterable[str]) -> dict[str, list[str]]:
    """The scales with those that are shipped for further qualifications."""
    shipped = {number: shipped_scale(number) for number in qualification_numbers if number and number not in scales}
    return dict(scales) | {number: list(grades) for number, grades in sorted(shipped.items()) if grades}


def decoded(rows: pl.DataFrame, column: str, scales: Mapping[str, list[str]], channel: str) -> pl.Series:
    """The grade that each code of a column means for its `qualification_number`; null where there is none."""
    pairs = rows.select("qualification_number", column).unique().drop_nulls()
    grades = [
        overall_grade(code.upper(), channel=channel, grades=scales[number]) if number in scales else None
        for number, code in pairs.rows()
    ]
    known = pairs.with_columns(pl.Series("decoded", grades, dtype=pl.String))
    joined = rows.join(known, on=["qualification_number", column], how="left", maintain_order="left")
    return joined["decoded"]
