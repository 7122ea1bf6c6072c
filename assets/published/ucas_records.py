"""The text of a file for UCAS, from rows of candidates' subjects; and which rows would break it.

The layout is `schemas.ucas_file`. Who is sent what, and when, is decided in `pipelines.ucas_return`; such a file is read
back by `assets.landed.readers.ucas_file`.
"""

from collections.abc import Mapping

import polars as pl

from schemas.ucas_file import (
    CANDIDATE_FIELDS,
    COUNTED_BESIDE,
    DAY,
    FIELD,
    GROUP,
    HEADER,
    HEADER_FIELDS,
    NAME,
    SUBJECT,
    SUBJECT_FIELDS,
    TRAILER,
    TRAILER_FIELDS,
    RecordField,
)

#: What a row of the file is made of, besides the header's organisations.
ROW_COLUMNS = {
    "centre_number": pl.String,
    "candidate_number": pl.String,
    "surname": pl.String,
    "forename": pl.String,
    "sex": pl.String,
    "date_of_birth": pl.Date,
    "subject_code": pl.String,
    "grade": pl.String,
    "previous_grade": pl.String,
}
_TEXTS = tuple(name for name, kind in ROW_COLUMNS.items() if kind == pl.String)

#: What would end a field, a group or a line, or is shown by nobody. Nothing is put in its place: a name is not changed.
_BREAKING = rf"[\p{{Cc}}\p{{Zl}}\p{{Zp}}{FIELD}]"

#: Why a row cannot stand in a file, in the order in which it is told.
UNUSABLE = {
    "no_centre_number": "the list of centres does not name the centre",
    "no_candidate_number": "there is no candidate number of that kind, or its check digit fails",
    "no_subject_code": "the list of codes does not name the qualification",
    "breaks_the_record": f"a field holds [{FIELD}] or a line break, or is [{GROUP}]; or a name holds [{NAME}]",
    "not_in_encoding": "a name has letters that the encoding does not have",
    "subject_twice": "the same candidate would have the same subject twice",
}


def unusable_because(rows: pl.DataFrame, encoding: str) -> pl.Series:
    """Why each row cannot stand in a file: a key of `UNUSABLE`; empty where it can.

    Args:
        rows: `ROW_COLUMNS`.
        encoding: of the file, as Python names it.
    """
    texts = [pl.col(name).fill_null("") for name in _TEXTS]
    breaking = [text.str.contains(_BREAKING) | (text == GROUP) for text in texts]
    names = [pl.col(name).str.contains(NAME, literal=True) for name in ("surname", "forename")]
    foreign = pl.Series(
        [not _fits(line, encoding) for line in rows.select(pl.concat_str(texts)).to_series()], dtype=pl.Boolean
    )
    found = rows.with_columns(
        pl.when(pl.col("centre_number").is_null())
        .then(pl.lit("no_centre_number"))
        .when(pl.col("candidate_number").is_null())
        .then(pl.lit("no_candidate_number"))
        .when(pl.col("subject_code").is_null())
        .then(pl.lit("no_subject_code"))
        .when(pl.any_horizontal(*breaking, *names))
        .then(pl.lit("breaks_the_record"))
        .when(pl.lit(foreign))
        .then(pl.lit("not_in_encoding"))
        .alias("why")
    )
    of_usable = pl.col("why").is_null()
    twice = of_usable & pl.struct("candidate_number", "subject_code", of_usable.alias("usable")).is_duplicated()
    return found.select(pl.when(twice).then(pl.lit("subject_twice")).otherwise("why").alias("why")).to_series()


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows in the order in which they stand in the file."""
    return rows.sort(*ROW_COLUMNS, nulls_last=False)


def file_text(rows: pl.DataFrame, header: Mapping[str, str]) -> str:
    """The whole file.

    Args:
        rows: `ROW_COLUMNS`, all usable, in order; an empty text is a blank.
        header: text of each of `HEADER_FIELDS`.

    Returns:
        Text with the line ends of Unix. Subjects of a candidate whose details are the same stand in one line.
    """
    fields = rows.select(
        *(pl.lit(header[name]).alias(name) for name in ("sending_organisation", "receiving_organisation")),
        "centre_number",
        "candidate_number",
        pl.concat_str("surname", "forename", separator=NAME).alias("candidate_name"),
        pl.col("sex").fill_null("").replace("U", ""),
        pl.col("date_of_birth").dt.strftime(DAY),
        *(pl.col(one.name).fill_null("") for one in SUBJECT_FIELDS),
    )
    candidate = [one.name for one in CANDIDATE_FIELDS]
    group = pl.concat_str(*(one.name for one in SUBJECT_FIELDS), pl.lit(GROUP), separator=FIELD) + FIELD
    by_candidate = fields.group_by(candidate, maintain_order=True).agg(group.str.join("").alias("subjects"))
    lines = by_candidate.select(
        pl.concat_str(pl.lit(SUBJECT), *candidate, pl.lit(GROUP), "subjects", separator=FIELD)
    ).to_series()
    trailer = {
        **header,
        "record_count": str(len(lines) + COUNTED_BESIDE),
        "exam_date": header["exam_month"] + header["exam_year"],
    }
    around = _record(HEADER, HEADER_FIELDS, header), _record(TRAILER, TRAILER_FIELDS, trailer)
    return "".join(f"{line}\n" for line in (around[0], *lines, around[1]))


def _record(letter: str, fields: tuple[RecordField, ...], values: Mapping[str, str]) -> str:
    return FIELD.join([letter, *(values[one.name] for one in fields)]) + FIELD
