"""The file by which an awarding organisation tells UCAS of entries, results and amendments (H, S and T records).

One row a subject of each candidate. The file names people by centre and candidate number and carries no Personal ID, so
who is which applicant, which code means which qualification, and whose code the sender's is, are told by the source. The
layout is `schemas.ucas_file`; such a file is made by `reconcile ucas-file`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Literal, Self

import polars as pl
from pydantic import model_validator

from assets.landed.line_blocks import BLANK, line_blocks
from assets.landed.reader import Delivered, Fact, Options, Part, Reader
from assets.landed.readers._ucas_records import (
    ORGANISATIONS,
    SEND_AGAIN,
    counted_subjects,
    letter_of,
    refused,
    subject_rows,
    wrapping_record,
)
from assets.landed.refusals import RefusedDelivery, require_delta
from assets.landed.sources import Lookup
from schemas.fields import FIELDS
from schemas.ucas_file import (
    COUNTED_BESIDE,
    DAY,
    FIELD,
    FILE_TYPES,
    HEADER,
    HEADER_FIELDS,
    STATUS_OF_CODE,
    TRAILER,
    TRAILER_FIELDS,
    WITHOUT_STATUS,
)

_CHUNK = 8 << 20
#: A candidate number for examinations: given by a centre for a series, and another candidate's at the next centre
#: (Pearson, Registration and entry data, qualifications.pearson.com).
_OF_CENTRE = re.compile(r"[0-9]{4}", re.ASCII)
_STATUSES = FIELDS["result_status"].codes or ()


class UcasFileOptions(Options):
    """What the source says.

    Attributes:
        awarding_organisations: recognition number of each sending organisation, by its code.
        feed: `ucas_results`, what UCAS was sent; or `ao_awards`, what the organisation itself holds of it, whose
            registration number is the candidate number.
        qualifications: qualification number by subject code. A code that is not listed is taken as it is.
        no_qualifications: subject codes that stand for no qualification; their rows are set aside.
        personal_ids: UCAS Personal ID by candidate number, for `ucas_results`; or by centre and candidate number, as
            `99001/0042`, which a number of four digits needs, because it is the candidate's at one centre.
        candidate_number_is: `personal_id` where the candidate number is one, instead of such a list.
        statuses: for `ao_awards`, state of an award by the code in its grade's place, before those that UCAS states.
        count: what the trailer counts beside header and trailer: lines of candidates, or subjects.
        entries: whether an entries file makes rows without a grade, or is refused.
        complete: whether each file, amendments apart, holds all that the feed has (for `ucas_results`: of all
            organisations); else files must be deltas.
    """

    awarding_organisations: Lookup
    feed: Literal["ucas_results", "ao_awards"] = "ucas_results"
    qualifications: Lookup = {}
    no_qualifications: list[str] = []
    personal_ids: Lookup | None = None
    candidate_number_is: Literal["personal_id"] | None = None
    statuses: Lookup = {}
    count: Literal["records", "subjects"] = "records"
    entries: Literal["rows", "refused"] = "rows"
    complete: bool = False

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        identified = (self.personal_ids is not None) + (self.candidate_number_is is not None)
        if self.feed == "ucas_results" and identified != 1:
            raise ValueError("for ucas_results give one of [personal_ids] and [candidate_number_is]")
        if self.feed == "ao_awards" and identified:
            raise ValueError("[personal_ids] and [candidate_number_is] are for ucas_results; leave them out")
        if self.feed != "ao_awards" and self.statuses:
            raise ValueError("[statuses] is for ao_awards; leave it out")
        if any(_OF_CENTRE.fullmatch(number) for number in self.personal_ids or {}):
            raise ValueError(
                "[personal_ids] has a number of four digits alone; write its centre before it, as 99001/0042"
            )
        if not set(self.statuses.values()) <= set(_STATUSES):
            raise ValueError(f"[statuses] gives each code one of [{', '.join(_STATUSES)}]")
        return self


@dataclass(kw_only=True)
class _File:
    """What is known of a file on the way through it."""

    header: dict[str, str] = field(default_factory=dict)
    trailer: dict[str, str] = field(default_factory=dict)
    counted: int = 0
    rows: int = 0


def read(delivered: Delivered, options: UcasFileOptions) -> Iterator[Part]:
    """The file in parts; see `Reader.read`.

    Raises:
        RefusedDelivery: header or trailer is missing or does not agree with the rest; or it is a full delivery of a file
            that tells a part.
    """
    file, begun, personal_ids = _File(), 1, _personal_ids(options)
    with delivered.path.open("rb") as opened:
        for block in line_blocks(iter(partial(opened.read, _CHUNK), b""), delivered.limits):
            texts = pl.Series("text", [block.decode().removesuffix("\n")]).str.split("\n").explode()
            lines = pl.DataFrame([pl.int_range(begun, begun + len(texts), eager=True).alias("line"), texts])
            begun += len(texts)
            filled = lines.with_columns(pl.col("text").str.strip_chars(BLANK)).filter(pl.col("text") != "")
            if filled.height:
                within = _unwrapped(filled, file, delivered, options)
                yield _part(within, filled.height, file, options, personal_ids)
    _require_agreement(file)


def _unwrapped(lines: pl.DataFrame, file: _File, delivered: Delivered, options: UcasFileOptions) -> pl.DataFrame:
    """The lines between header and trailer; those two are read where they stand."""
    if not file.header:
        if letter_of(lines["text"][0]) != HEADER:
            raise RefusedDelivery("header_missing", f"The file does not begin with a header [{HEADER}].", SEND_AGAIN)
        file.header = wrapping_record(lines["text"][0], HEADER_FIELDS, "header")
        _require_usable(file.header["file_type"], delivered.kind, options)
        lines = lines[1:]
    if lines.height and not file.trailer and letter_of(lines["text"][-1]) == TRAILER:
        file.trailer = wrapping_record(lines["text"][-1], TRAILER_FIELDS, "trailer")
        lines = lines[:-1]
    elif lines.height and file.trailer:
        raise _after_trailer()
    letters = lines["text"].str.split(FIELD).list.first()
    if (letters == HEADER).any():
        raise RefusedDelivery("several_files", "A second header stands in the file.", "Send each file on its own.")
    if (letters == TRAILER).any():
        raise _after_trailer()
    file.counted += lines.height if options.count == "records" else counted_subjects(lines)
    return lines


def _after_trailer() -> RefusedDelivery:
    return RefusedDelivery("after_trailer", "Lines follow the trailer.", SEND_AGAIN)


def _require_usable(file_type: str, kind: str, options: UcasFileOptions) -> None:
    if file_type == FILE_TYPES["entries"] and options.entries == "refused":
        raise RefusedDelivery(
            "entries", "The file holds entries, which its source does not take.", "Nothing needs doing."
        )
    replaced = (
        "all results of all organisations" if options.feed == "ucas_results" else "all awards of the organisation"
    )
    amends = file_type == FILE_TYPES["amendments"]
    require_delta(kind, replaced, complete=None if amends else options.complete)


def _require_agreement(file: _File) -> None:
    if not file.trailer:
        raise RefusedDelivery("trailer_missing", f"The file does not end with a trailer [{TRAILER}].", SEND_AGAIN)
    header, trailer = file.header, file.trailer
    agrees = {
        "count": int(trailer["record_count"]) == file.counted + COUNTED_BESIDE,
        "month": trailer["exam_date"] == header["exam_month"] + header["exam_year"],
        "organisations": all(trailer[name] == header[name] for name in ORGANISATIONS),
    }
    wrong = [name for name, well in agrees.items() if not well]
    if wrong:
        what = f"The trailer does not agree with the rest of the file in [{', '.join(wrong)}]."
        raise RefusedDelivery("trailer_disagrees", what, SEND_AGAIN)
    if not file.counted:
        raise RefusedDelivery("header_only", "The file holds a header and a trailer, and nothing between.")


def _part(lines: pl.DataFrame, filled: int, file: _File, options: UcasFileOptions, personal_ids: pl.DataFrame) -> Part:
    rows, reasons = subject_rows(lines, file.header, file.rows + 1)
    file.rows += rows.height
    wanted = rows.filter(~pl.col("subject_code").is_in(options.no_qualifications))
    if options.feed == "ucas_results":
        records, unknown = _results(wanted, file.header["created_on"], options, personal_ids)
    else:
        records, unknown = _awards(wanted, options)
    of_wanted = pl.col("row").is_null() | pl.col("row").is_in(wanted["row"].implode())
    texts = pl.col(pl.String)
    return Part(
        feed=options.feed,
        records=records.with_columns(pl.when(texts != "").then(texts)),
        refused=pl.concat([reasons.filter(of_wanted), unknown]),
        lines=filled,
        set_aside=rows.height - wanted.height,
    )


def _results(
    rows: pl.DataFrame, created_on: str, options: UcasFileOptions, personal_ids: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    if options.candidate_number_is == "personal_id":
        known = rows.with_columns(pl.col("candidate_number").alias("personal_id"))
    else:
        # the number with its centre says more than the number alone
        at_centre = pl.format("{}/{}", "centre_number", "candidate_number")
        known = rows.with_columns(at_centre=at_centre).join(
            personal_ids.rename({"personal_id": "at_that_centre"}),
            left_on="at_centre",
            right_on="candidate",
            how="left",
        )
        known = known.join(personal_ids, left_on="candidate_number", right_on="candidate", how="left").sort("row")
        known = known.with_columns(personal_id=pl.coalesce("at_that_centre", "personal_id"))
    not_known = refused(
        known,
        "candidate_number",
        pl.col("personal_id").is_null(),
        "personal_id_not_known",
        "[candidate_number] is not in the source's list of Personal IDs.",
        feeds="personal_id",
    )
    received_on = datetime.strptime(created_on, DAY).date().isoformat()
    records = known.select(
        "line",
        "row",
        "personal_id",
        *_organisation_and_qualification(options),
        "grade",
        "previous_grade",
        pl.lit(received_on).alias("received_on"),
    )
    return records, not_known


def _awards(rows: pl.DataFrame, options: UcasFileOptions) -> tuple[pl.DataFrame, pl.DataFrame]:
    told = {**STATUS_OF_CODE} | {code.strip().upper(): status for code, status in options.statuses.items()}
    unclear = [code for code in WITHOUT_STATUS if code not in told]
    code = pl.col("grade").str.strip_chars().str.to_uppercase()
    not_known = refused(
        rows,
        "grade",
        code.is_in(unclear),
        "status_not_known",
        "[grade] holds a code of which the source does not say under [statuses] what it means of the award.",
        feeds="result_status",
    )
    no_registration = refused(
        rows,
        "candidate_number",
        pl.col("candidate_number").str.contains(f"(?-u)^{_OF_CENTRE.pattern}$"),
        "candidate_number_of_a_centre",
        "[candidate_number] of four digits is the candidate's at one centre and series, and no registration number.",
        feeds="registration_number",
    )
    records = rows.select(
        "line",
        "row",
        *_organisation_and_qualification(options),
        pl.col("candidate_number").alias("registration_number"),
        pl.when(~code.is_in(unclear))
        .then(code.replace_strict(told, default="issued", return_dtype=pl.String))
        .alias("result_status"),
        "grade",
        "previous_grade",
    )
    return records, pl.concat([not_known, no_registration])


def _organisation_and_qualification(options: UcasFileOptions) -> tuple[pl.Expr, pl.Expr]:
    return (
        pl.col("sending_organisation").replace(options.awarding_organisations).alias("awarding_organisation_rn"),
        pl.col("subject_code").replace(options.qualifications).alias("qualification_number"),
    )


def _personal_ids(options: UcasFileOptions) -> pl.DataFrame:
    listed = options.personal_ids or {}
    names = ("candidate", "personal_id")
    return pl.DataFrame([list(listed), list(listed.values())], schema=dict.fromkeys(names, pl.String), orient="col")


_SERVICE = "SkillsFundingAgency/tl-results-and-certification (GitHub), UcasDataService and its test files"
_CODES = "UCAS, Results processing service: grades explained (ucas.com results-processing-service-abl/grades-explained)"

READER = Reader(
    name="ucas_file",
    title="UCAS results file (H, S, T records)",
    meaning="The text file by which an awarding organisation tells UCAS of entries, results and amendments; made into "
    "ucas_results, or into ao_awards.",
    endings=("txt",),
    text=True,
    options=UcasFileOptions,
    feeds=lambda options: (options.feed,),
    read=read,
    facts=(
        Fact(what="records H, S and T, their fields and separators", mark="primary source", source=_SERVICE),
        Fact(what="the trailer counts the lines of candidates and 2", mark="primary source", source=_SERVICE),
        Fact(what="several subjects in one line of a candidate", mark="primary source", source=_SERVICE),
        Fact(what="blank, Q and # in a grade's place", mark="primary source", source=_CODES),
        Fact(what="codes of organisations and subjects", mark="configuration"),
        Fact(what="what X and the codes of T Levels say of an award", mark="configuration"),
        Fact(what="who a candidate number is: Personal ID", mark="configuration"),
    ),
    rows_a_line=True,
)
