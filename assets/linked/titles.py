"""Titles read into tables: each distinct declared title once, and every qualification's own title.

What a title says is `assets.linked.title_reading`; which qualification it means, `assets.linked.title_candidates`.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Any

import duckdb
import pyarrow as pa

from assets.linked.title_reading import Reading, TitleReader
from assets.linked.title_suggestions import LikelyTitles
from schemas.title_words import FILES, title_words

_TEXT, _TEXTS = pa.string(), pa.list_(pa.string())
_SAID = dict.fromkeys(("title", "whole", "plain"), _TEXT) | dict.fromkeys(
    ("levels", "sizes", "organisations", "words", "subjects", "numbers"), _TEXTS
)
_LIKELY = _SAID | {"why": _TEXT}
_OWN = _SAID | {"qualification_number": _TEXT, "subject": _TEXT, "gives_level": pa.bool_()}

#: Years, credits and guided learning hours that a register's title gives alone in brackets; applicants leave them out.
_NUMBERS_IN_BRACKETS = re.compile(r"\(([0-9 /-]+)\)")

#: So many words of a title at most are tried as brands: 2 to this power are its possible subjects.
_MOST_DOUBTFUL = 6


@cache
def title_reader() -> TitleReader:
    """A reader with the shipped lists of words."""
    folder = files("schemas") / "code_lists"
    return TitleReader(title_words({file: (folder / file).read_text(encoding="utf-8") for file in FILES}))


def read_declared(connection: duckdb.DuckDBPyConnection, titles: Iterable[str]) -> None:
    """Creates `temp.declared_title`, one row a title: title, and what it says (`Reading`).

    `subjects` are what its subject may be, each as `subject` in `register_title`, if the rest of its words are brands.
    `whole` is empty where the title has no word.
    """
    rows = [_said(title, title_reader().read(title)) for title in titles]
    _create(connection, "declared_title", rows, _SAID)


def read_register(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates `temp.register_title`, one row for each of `standardised.qualifications` with what its own title says.

    Columns besides those of `declared_title`: qualification_number, subject (the words without which a title does not
    mean it, in order of the alphabet), gives_level, and the feed's awarding_organisation_rn, operational_start_date and
    certification_end_date.
    """
    held = connection.execute("SELECT qualification_number, title, level FROM standardised.qualifications").fetchall()
    rows = []
    for number, title, level in sorted(held):
        reading = title_reader().read(title)
        subject = _key(_subject(title, reading))
        own = {"qualification_number": number, "gives_level": bool(reading.levels), "subject": subject}
        said = _said(title, reading)
        rows.append(said | own | {"levels": sorted({*reading.levels, level})})
    _create(connection, "register_reading", rows, _OWN)
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE register_title AS
        SELECT
            reading.*,
            held.awarding_organisation_rn,
            held.operational_start_date,
            held.certification_end_date
        FROM register_reading AS reading
        INNER JOIN standardised.qualifications AS held ON reading.qualification_number = held.qualification_number
    """)
    connection.execute("DROP TABLE temp.register_reading")


def read_likely(connection: duckdb.DuckDBPyConnection, titles: Iterable[str]) -> None:
    """Creates `temp.likely_title` from `temp.register_title`: what titles say, and what they are likely to mean.

    Columns: those of `declared_title`, and why (empty for what the title says); one row a reading.
    """
    register = connection.execute(
        "SELECT DISTINCT unnest(string_split(plain, ' ')) FROM temp.register_title"
    ).fetchall()
    reader, likely = title_reader(), LikelyTitles(title_reader().lists, (word for (word,) in register))
    rows = [
        _said(title, reader.read(other)) | {"title": title, "why": why}
        for title in titles
        for other, why in ((title, ""), *likely.of(title))
    ]
    _create(connection, "likely_title", rows, _LIKELY)


def _said(title: str, reading: Reading) -> dict[str, Any]:
    return {
        "title": title,
        "whole": reading.whole or None,
        "plain": reading.plain,
        "levels": reading.levels,
        "sizes": reading.sizes,
        "organisations": reading.organisations,
        "words": reading.words,
        "subjects": _possible_subjects(reading),
        "numbers": reading.numbers,
    }


def _key(words: Iterable[str]) -> str:
    """Words as they are compared whatever their order."""
    return " ".join(sorted(words))


def _subject(title: str, reading: Reading) -> Collection[str]:
    """Words of a register's title without which no title means it: all but brands and numbers alone in brackets."""
    aside = {number for match in _NUMBERS_IN_BRACKETS.findall(title) for number in re.findall("[0-9]+", match)}
    return [word for word in reading.subject if word not in aside] or reading.words


def _possible_subjects(reading: Reading) -> list[str]:
    """Every subject that a title may have: its words without any choice of those that may be brands or numbers aside.

    A title that ends in a joining word lacks a part of its subject.
    """
    if reading.ends_open:
        return []
    brands, words = title_reader().lists.brands, reading.words
    doubtful = [place for place, word in enumerate(words) if word in brands or word.isdigit()][:_MOST_DOUBTFUL]
    left_out = (set(some) for size in range(len(doubtful) + 1) for some in combinations(doubtful, size))
    keys = {_key(word for place, word in enumerate(words) if place not in some) for some in left_out}
    return sorted(keys - {""})


def _create(
    connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]], columns: Mapping[str, Any]
) -> None:
    by_column = {name: [row[name] for row in rows] for name in columns}
    connection.register("titles_read", pa.table(by_column, schema=pa.schema(list(columns.items()))))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM titles_read")
    connection.unregister("titles_read")
