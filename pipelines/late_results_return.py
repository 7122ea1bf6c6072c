"""`reconcile late-results-return`: the regulator's file of late and missing results, as far as its fields are known.

The file holds personal data: it is written for its owner alone and never over another. What is printed is counts. Which
results are late, and the reason code of each, stands in `published.late_results`; the fields in
`schemas.regulator_late_results`. That it was made is not recorded.
"""

import csv
import io
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from pipelines.settings import UserError
from schemas.fields import ULN_NOT_KNOWN
from schemas.regulator_late_results import LATE_RESULTS, NOT_HELD, NOT_KNOWN, RETURN_FIELDS


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What the return is made from: the run's day and cycle, and rows of `published.late_results`."""

    as_of: date
    cycle: int
    rows: Sequence[dict[str, Any]]


def write_late_results_return(
    publication: Path, output: Path, *, organisation: str | None, preview: bool, console: Console
) -> None:
    """Write the file and print what is in it, and what is not.

    Args:
        publication: the file that analysts open.
        output: a file that does not exist yet.
        organisation: recognition number of the one organisation to report; None: all.
        preview: also results whose results day has not come.
        console: takes the counts.

    Raises:
        UserError: nothing is published, results day has not come, nothing is late, a value does not fit its field, or the
            file exists or cannot be written.
    """
    found = _read(publication, organisation)
    rows = [row for row in found.rows if preview or row["standing"] != "forecast"]
    if not rows:
        raise UserError(_nothing(found, organisation))
    lines = [return_line(row, found.as_of, found.cycle) for row in rows]
    _refuse_what_does_not_fit(lines)
    _write(output, lines)
    _tell(rows, output, found.as_of, console)


def return_line(row: dict[str, Any], as_of: date, cycle: int) -> dict[str, str]:
    """One record of the file: RETURN_FIELDS by name, -2 for what is not held.

    Args:
        row: of `published.late_results`.
        as_of: the run's day, which stands for the day on which the return is due.
        cycle: the cycle's year; its academic year ends in it.
    """
    number = row["qualification_number"]
    first, _, middle = row["forename"].strip().partition(" ")
    uln = None if row["uln"] == ULN_NOT_KNOWN else row["uln"]
    return {
        "ReportingDate": as_of.isoformat(),
        "AcademicYear": f"{cycle - 1}-{cycle}",
        "AwardingOrganisation": row["awarding_organisation_rn"],
        "QualificationNumber": f"{number[:3]}/{number[3:7]}/{number[7:]}",
        "UniqueLearnerNumber": uln or NOT_HELD,
        "UniqueCandidateIdentifier": row["uci"] or NOT_HELD,
        "CandidateIdentifierOther": _other_identifier(row["registration_number"], known=bool(uln or row["uci"])),
        "FirstName": first,
        "MiddleNames": middle.strip() or NOT_HELD,
        "Surname": row["surname"],
        "DOB": row["date_of_birth"].isoformat(),
    }


def _other_identifier(registration_number: str, *, known: bool) -> str:
    """The registration number. Where it is too long for the field, -2 will do beside a ULN or UCI, and alone will not."""
    (field,) = (one for one in RETURN_FIELDS if one.name == "CandidateIdentifierOther")
    return NOT_HELD if known and len(registration_number) > field.longest else registration_number


def _read(publication: Path, organisation: str | None) -> Publication:
    if not publication.exists():
        raise UserError(f"nothing is published at [{publication}]; run `reconcile run` first")
    names = ", ".join(LATE_RESULTS.column_names)
    with duckdb.connect(publication, read_only=True) as connection:
        try:
            ((as_of, cycle),) = connection.execute("SELECT as_of, cycle FROM published.runs").fetchall()
            result = connection.execute(
                f"SELECT {names} FROM published.late_results WHERE awarding_organisation_rn = coalesce(?, "
                "awarding_organisation_rn) ORDER BY awarding_organisation_rn, registration_number, qualification_number",
                [organisation],
            )
        except duckdb.CatalogException:
            raise UserError(
                f"the publication at [{publication}] is of an earlier version; run `reconcile run` again"
            ) from None
        rows = [dict(zip(LATE_RESULTS.column_names, row, strict=True)) for row in result.fetchall()]
    return Publication(as_of=as_of, cycle=cycle, rows=rows)


def _nothing(found: Publication, organisation: str | None) -> str:
    of_whom = f" of [{organisation}]" if organisation else ""
    if not found.rows:
        return f"no result{of_whom} is late as of [{found.as_of}], and none is known to become late; no file is written"
    days = sorted({row["due_on"] for row in found.rows if row["due_on"]})
    comes = f"comes on [{days[0]}]" if days else "is in no key date"
    return (
        f"results day{of_whom} {comes}, and the publication is of [{found.as_of}]: no result is late yet. "
        f"--preview writes the {len(found.rows):,} that will be, as the data stand"
    )


def _refuse_what_does_not_fit(lines: Sequence[dict[str, str]]) -> None:
    for field in RETURN_FIELDS:
        beyond = sum(not 0 < len(line[field.name]) <= field.longest for line in lines)
        if beyond:
            raise UserError(
                f"{beyond:,} values of [{field.name}] are empty or longer than the file's {field.longest} characters; "
                "correct them in the feed"
            )


def _write(path: Path, lines: Sequence[dict[str, str]]) -> None:
    content = io.StringIO(newline="")
    writer = csv.DictWriter(content, [field.name for field in RETURN_FIELDS])
    writer.writeheader()
    writer.writerows(lines)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise UserError(f"[{path}] exists; name another file or move it away") from None
    except OSError as error:
        raise UserError(f"[{path}] cannot be written ({error.strerror}); name another file") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(content.getvalue())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise UserError(f"[{path}] cannot be written ({error.strerror}); name another file") from None


def _tell(rows: Sequence[dict[str, Any]], output: Path, as_of: date, console: Console) -> None:
    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    say(f"{len(rows):,} late or missing results as of {as_of}, with personal data, are in {output}")
    if ahead := sum(row["standing"] == "forecast" for row in rows):
        say(f"  A preview: for {ahead:,} of them results day has not come. Do not send it.")
    for code, count in sorted(Counter(row["reason_code"] or "" for row in rows).items()):
        say(f"  {code or 'no code'}: {count:,}")
    say("ReportingDate is the run's day; set it to the day on which the return is due.")
    say("Not in the file: " + "; ".join(NOT_KNOWN) + ". Reason codes stand in published.late_results.")
