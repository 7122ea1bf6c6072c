"""`reconcile ucas-file`: an awarding organisation's entries, results or amendments for UCAS, and their record.

Only learners whose registration and application the identity step has accepted as one person's; no grade before results go
to UCAS; and only what UCAS was not sent before, which the register of returns knows without knowing a grade. A grade is
written as the organisation has it: the channel `ucas` has no codes of its own and carries N (`schemas.grade_codes`).

The file holds personal data: it is its owner's alone and never written over another. What is printed is counts.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

import polars as pl
from rich.console import Console

from assets.published.ucas_records import ROW_COLUMNS, UNUSABLE, file_text, in_order, unusable_because
from pipelines.returns import UCAS, Asked, Register, RestsOn, Return, ReturnRow, Sent
from pipelines.settings import LONDON, Settings, UserError
from pipelines.ucas_positions import Positions, read_positions
from pipelines.ucas_selection import Chosen, choose_entries, choose_results, keys_of
from schemas.identifiers import uln_check_passes
from schemas.layers import cycle_of
from schemas.ucas_file import DAY, FIELD, FILE_TYPES

#: Kinds of return that say one thing of one result.
_ENTRIES, _RESULTS = ("ucas_entries",), ("ucas_results", "ucas_amendments")


@dataclass(frozen=True, kw_only=True)
class UcasFile:
    """What is asked for. What UCAS and the organisation agree between them has no default.

    Attributes:
        kind: `entries`, `results` or `amendments`.
        organisation: recognition number.
        sender: the organisation's code at UCAS.
        receiver: UCAS's own code.
        exam_month: first day of the month that the file is of.
        as_of: UK local time for which it is made; None: now on the publication's day, else the beginning of that day.
        cycle: the cycle that the publication must be of; None: whatever it is of.
        candidate_number: what stands as the candidate number: `uln` (as for T Levels), `registration_number` or
            `personal_id`.
        subject_codes: subject code by qualification number; None: the qualification number itself.
        centre_codes: what stands as the centre number, by National Centre Number; None: that number itself.
        centre: one that stands for all centres (as for T Levels).
        encoding: of the file.
        whole: whether it stands in place of all that was sent before.
    """

    kind: str
    organisation: str
    sender: str
    receiver: str
    exam_month: date
    as_of: datetime | None = None
    cycle: int | None = None
    candidate_number: str = "uln"
    subject_codes: Mapping[str, str] | None = None
    centre_codes: Mapping[str, str] | None = None
    centre: str | None = None
    encoding: str = "utf-8"
    whole: bool = False


def write_ucas_file(
    settings: Settings,
    publication: Path,
    output: Path,
    asked: UcasFile,
    register: Register,
    *,
    now: datetime,
    console: Console,
) -> None:
    """Write the file and record it; or say that there is nothing to send.

    Args:
        settings: where the last run left its work.
        publication: the file that analysts open.
        output: a file that does not exist yet.
        asked: what is asked for.
        register: what UCAS was sent before.
        now: the present moment, with its zone.
        console: takes the counts.

    Raises:
        UserError: nothing is published, or of another cycle; the time lies ahead or before the publication; no results
            were sent that could be amended; or the file exists or cannot be written.
    """
    _check(asked)
    positions = read_positions(settings, publication, asked.organisation)
    at = _moment(asked, positions, now.astimezone(LONDON).replace(tzinfo=None))
    meant = Asked(kind=f"ucas_{asked.kind}", recipient=UCAS, sender=asked.organisation)
    chosen, sent = _chosen(asked, meant, positions, register, at)
    chosen.rows = _usable(chosen, asked)
    if chosen.rows.is_empty():
        _say(console, f"nothing to send of {asked.kind} as of {at:%Y-%m-%d %H:%M}; no file is written")
    else:
        made = register.make(
            meant,
            {output: file_text(chosen.rows, _header(asked, at)).encode(asked.encoding)},
            _return_rows(chosen.rows),
            rests_on=RestsOn(publication_id=positions.publication_id, as_of=positions.as_of),
            made_at=now.astimezone(UTC),
            sent=sent,
            whole=asked.whole,
        )
        _say(
            console,
            f"{chosen.rows.height:,} {asked.kind} of {chosen.rows.n_unique('candidate_number'):,} candidates as of "
            f"{at:%Y-%m-%d %H:%M}, with personal data, are in {output}",
        )
        _tell(asked, chosen.rows, made, output.name, console)
    for title, counts in (("", chosen.remarks), ("Not in it:", chosen.left_out)):
        told = [f"  {count:,} {what}" for what, count in counts.items() if count]
        for line in [title, *told] if title and told else told:
            _say(console, line)


def _check(asked: UcasFile) -> None:
    codes = {"sender": asked.sender, "receiver": asked.receiver, "centre": asked.centre or "-"}
    for name, code in codes.items():
        if not code.strip() or FIELD in code or not code.isprintable():
            raise UserError(f"--{name} is empty or holds a bar or a line break; give the code alone")


def _moment(asked: UcasFile, positions: Positions, now: datetime) -> datetime:
    """UK local time for which the file is made: what is released by then may go."""
    if asked.cycle is not None and asked.cycle != positions.cycle:
        raise UserError(f"the publication is of cycle [{positions.cycle}], not [{asked.cycle}]")
    if cycle_of(asked.exam_month) != positions.cycle:
        raise UserError(
            f"--exam-month [{asked.exam_month:%Y-%m}] is not in the publication's cycle [{positions.cycle}]"
        )
    begins = datetime.combine(positions.as_of, time())
    if asked.as_of is None:
        return now if now.date() == positions.as_of else begins
    if asked.as_of < begins:
        raise UserError(f"--as-of [{asked.as_of}] lies before the publication, which is of [{positions.as_of}]")
    # a night may have been made for a day that lies ahead; beyond that day nobody knows anything
    latest = datetime.combine(positions.as_of, time.max) if begins > now else now
    if asked.as_of > latest:
        raise UserError(f"--as-of [{asked.as_of}] lies ahead; a file is made for the present or the publication's day")
    return asked.as_of


def _chosen(
    asked: UcasFile, meant: Asked, positions: Positions, register: Register, at: datetime
) -> tuple[Chosen, Sent]:
    """The rows that UCAS does not have, and what it has."""
    entries, results = register.sent(meant, _ENTRIES), register.sent(meant, _RESULTS)
    sent = entries if asked.kind == "entries" else results
    amend = asked.kind == "amendments"
    if amend and not sent.number:
        raise UserError(
            "no results of this organisation were sent yet that could be amended; send --type results first"
        )
    if not (asked.whole or (entries.same_key and results.same_key)):
        again = "results" if amend else asked.kind
        raise UserError(
            "the register's key is another than when earlier files were made, so it cannot tell what UCAS has; put back "
            f"[returns.key] of the data folder, or send all again with --type {again} --full"
        )
    held = {} if asked.whole else sent.rows
    rows = positions.rows.with_columns(
        pl.Series("key", keys_of(positions.rows, register, asked.organisation), dtype=pl.String)
    )
    if asked.kind == "entries":
        return choose_entries(rows, register, held, results.rows), sent
    chosen = choose_results(rows, register, held, positions.grades, at, amend=amend)
    chosen.left_out["of learners without an accepted link to a live application"] = positions.without_application
    return chosen, sent


def _usable(chosen: Chosen, asked: UcasFile) -> pl.DataFrame:
    """The rows as they stand in the file, in its order; those that cannot are counted by their reason."""
    number = pl.col(asked.candidate_number)
    if asked.candidate_number == "uln":
        number = pl.when(uln_check_passes(number)).then(number)
    rows = chosen.rows.with_columns(
        number.alias("candidate_number"),
        _by_list(pl.col("qualification_number"), asked.subject_codes).alias("subject_code"),
        pl.lit(asked.centre).alias("centre_number")
        if asked.centre
        else _by_list(pl.col("centre_number"), asked.centre_codes),
    )
    why = unusable_because(rows.select(*ROW_COLUMNS), asked.encoding)
    counts = Counter(why.drop_nulls())
    chosen.left_out.update(
        {f"that cannot stand in the file: {UNUSABLE[reason]}": counts[reason] for reason in UNUSABLE}
    )
    return in_order(rows.filter(why.is_null()))


def _by_list(number: pl.Expr, codes: Mapping[str, str] | None) -> pl.Expr:
    if codes is None:
        return number
    return number.replace_strict(dict(codes), default=None, return_dtype=pl.String)


def _header(asked: UcasFile, at: datetime) -> dict[str, str]:
    return {
        "sending_organisation": asked.sender,
        "receiving_organisation": asked.receiver,
        "file_type": FILE_TYPES[asked.kind],
        "exam_month": f"{asked.exam_month:%m}",
        "exam_year": f"{asked.exam_month:%Y}",
        "created_on": at.strftime(DAY),
    }


def _return_rows(rows: pl.DataFrame) -> list[ReturnRow]:
    columns = rows.select("key", "digest", "change", pl.col("flags").fill_null([]))
    return [ReturnRow(key, digest, change, flags) for key, digest, change, flags in columns.iter_rows()]


def _tell(asked: UcasFile, rows: pl.DataFrame, made: Return, name: str, console: Console) -> None:
    _say(console, f"  return {made.return_id}, SHA-256 {made.files[name]}")
    for change, count in sorted(Counter(rows["change"]).items()):
        _say(console, f"  {count:,} {change}")
    if elsewhen := rows.filter(pl.col("planned_completion") != f"{asked.exam_month:%Y-%m}").height:
        _say(console, f"  {elsewhen:,} planned for another month than the file's")
    flagged = rows.filter(pl.col("flags").is_not_null())
    if flagged.height:
        _say(console, f"  {flagged.height:,} with flags that name an application")


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
