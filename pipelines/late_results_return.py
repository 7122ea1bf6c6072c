"""`reconcile late-results-return`: the regulator's file of late and missing results, as far as its fields are known.

The file holds personal data: it is written for its owner alone and never over another. What is printed is counts. Which
results are late, and the reason code of each, stands in `published.late_results`; the fields in
`schemas.regulator_late_results`. That it was made stands in the register (`pipelines.returns`), its rows with the flags that
name the registration. The regulator takes a whole file each time; one that would say what the last one said is not written.
"""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from assets.named_rows import named_rows
from pipelines.return_files import new_file
from pipelines.returns import CHANGED, NEW, OFQUAL, Asked, Register, RestsOn, ReturnRow, Sent, changes
from pipelines.settings import UserError
from schemas.fields import ULN_NOT_KNOWN
from schemas.regulator_late_results import LATE_RESULTS, NOT_HELD, NOT_KNOWN, RETURN_FIELDS

KIND = "late_results"

#: Changes from day to day without anything being different.
_DAY_OF_THE_FILE = "ReportingDate"


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What the return is made from: the run's id, day and cycle, and rows of `published.late_results` with their flags."""

    rests_on: RestsOn
    cycle: int
    rows: Sequence[dict[str, Any]]

    @property
    def as_of(self) -> date:
        return self.rests_on.as_of


def write_late_results_return(
    publication: Path,
    output: Path,
    register: Register,
    *,
    organisation: str | None,
    again: bool,
    made_at: datetime,
    console: Console,
) -> None:
    """Write and record the file, and print what is in it, and what is not; or that nothing has changed.

    Args:
        publication: the file that analysts open.
        output: a file that does not exist yet.
        register: knows what the last file said.
        organisation: recognition number of the one organisation to report; None: all. Each has files of its own.
        again: write it though nothing has changed.
        made_at: now.
        console: takes the counts.

    Raises:
        UserError: nothing is published, results day has not come, nothing is late, a value does not fit its field, or the
            file exists or cannot be written.
    """
    found = _read(publication, organisation)
    rows, lines = _lines(found, organisation, preview=False)
    asked = Asked(kind=KIND, recipient=OFQUAL, sender=organisation or "")
    sent = register.sent(asked)
    kept = _kept(register, rows, lines, sent)
    last = register.last(asked)
    if last is not None and not again and sent.same_key and sent.rows == {row.key: row.digest for row in kept}:
        _say(
            console,
            f"nothing has changed since the file of {last.rests_on.as_of} ({len(rows):,} late or missing results), but its "
            "ReportingDate; no file is written. --again writes it",
        )
        return
    register.make(asked, {output: _csv(lines)}, kept, rests_on=found.rests_on, made_at=made_at, sent=sent, whole=True)
    _tell(rows, output, found.as_of, console)
    if last is not None:
        told = Counter(row.change for row in kept)
        gone = len(sent.rows.keys() - {row.key for row in kept})
        _say(
            console,
            f"Since the file of {last.rests_on.as_of}: {told[NEW]:,} new, {told[CHANGED]:,} changed, {gone:,} no longer in "
            "it. It is whole and stands in place of that one.",
        )


def _kept(
    register: Register, rows: Sequence[dict[str, Any]], lines: Sequence[dict[str, str]], sent: Sent
) -> list[ReturnRow]:
    """What the register keeps of each row: hashes, what it is beside the last file, and the flags that name it."""
    keys = [register.row_key(KIND, *(row[name] for name in LATE_RESULTS.key)) for row in rows]
    said = [[value for name, value in line.items() if name != _DAY_OF_THE_FILE] for line in lines]
    digests = {key: register.row_digest(*values) for key, values in zip(keys, said, strict=True)}
    found = changes(sent.rows, digests)
    return [
        ReturnRow(key, digests[key], found[key], row["flag_ids"] or ()) for key, row in zip(keys, rows, strict=True)
    ]


def preview_late_results(publication: Path, output: Path, *, organisation: str | None, console: Console) -> None:
    """Write what will be late as the data stand, for ourselves: it is no return and is not recorded.

    Raises:
        UserError: nothing is published, nothing will be late, a value does not fit its field, or the file exists or cannot
            be written.
    """
    found = _read(publication, organisation)
    rows, lines = _lines(found, organisation, preview=True)
    content = _csv(lines)
    if not new_file(output, content):
        raise UserError(f"[{output}] exists; name another file or move it away")
    _tell(rows, output, found.as_of, console)


def _lines(
    found: Publication, organisation: str | None, *, preview: bool
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """The rows that are reported, and the file's record of each."""
    rows = [row for row in found.rows if preview or row["standing"] != "forecast"]
    if not rows:
        raise UserError(_nothing(found, organisation))
    lines = [return_line(row, found.as_of, found.cycle) for row in rows]
    _refuse_what_does_not_fit(lines)
    return rows, lines


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
    names = ", ".join(f"late.{name}" for name in LATE_RESULTS.column_names)
    with duckdb.connect(publication, read_only=True) as connection:
        try:
            ((publication_id, as_of, cycle),) = connection.execute(
                "SELECT publication_id, as_of, cycle FROM published.runs"
            ).fetchall()
            result = connection.execute(
                f"""
                SELECT {names}, flagged.flag_ids
                FROM published.late_results AS late
                LEFT JOIN (
                    SELECT
                        awarding_organisation_rn, registration_number, qualification_number,
                        list(flag_id ORDER BY flag_id) AS flag_ids
                    FROM published.flags GROUP BY ALL
                ) AS flagged USING (awarding_organisation_rn, registration_number, qualification_number)
                WHERE late.awarding_organisation_rn = coalesce(?, late.awarding_organisation_rn)
                ORDER BY late.awarding_organisation_rn, late.registration_number, late.qualification_number
                """,
                [organisation],
            )
        except (duckdb.CatalogException, duckdb.BinderException):
            raise UserError(
                f"the publication at [{publication}] is of an earlier version; run `reconcile run` again"
            ) from None
        rows = named_rows(result)
    return Publication(rests_on=RestsOn(publication_id=publication_id or "", as_of=as_of), cycle=cycle, rows=rows)


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


def _csv(lines: Sequence[dict[str, str]]) -> bytes:
    content = io.StringIO(newline="")
    writer = csv.DictWriter(content, [field.name for field in RETURN_FIELDS])
    writer.writeheader()
    writer.writerows(lines)
    return content.getvalue().encode()


def _tell(rows: Sequence[dict[str, Any]], output: Path, as_of: date, console: Console) -> None:
    _say(console, f"{len(rows):,} late or missing results as of {as_of}, with personal data, are in {output}")
    if ahead := sum(row["standing"] == "forecast" for row in rows):
        _say(console, f"  A preview: for {ahead:,} of them results day has not come. Do not send it.")
    for code, count in sorted(Counter(row["reason_code"] or "" for row in rows).items()):
        _say(console, f"  {code or 'no code'}: {count:,}")
    _say(console, "ReportingDate is the run's day; set it to the day on which the return is due.")
    _say(console, "Not in the file: " + "; ".join(NOT_KNOWN) + ". Reason codes stand in published.late_results.")


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
