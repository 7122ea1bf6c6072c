"""`reconcile corrections-list`: what each centre, awarding organisation and UCAS is asked to correct, since its last list.

The first list of a recipient has everything; each later one only what is new, changed or withdrawn since, and where nothing
is, none is written. The register (`pipelines.returns`) knows what was sent; what a row says is `pipelines.correction_words`,
whose it is `pipelines.correction_rows`. Only numbers of recipients and counts are printed.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console

from pipelines.correction_files import MOST_ROWS, Listed, cells_of, corrections_csv, corrections_workbook
from pipelines.correction_rows import CorrectionRows, Owed, Recipient, open_corrections
from pipelines.correction_words import Correction, withdrawn
from pipelines.returns import CHANGED, NEW, UCAS, UNCHANGED, WITHDRAWN, Asked, Register, ReturnRow, Sent, changes
from pipelines.settings import UserError

KIND = "corrections_list"

#: So many centres are read together.
_TOGETHER = 200

#: A part of a file's name: what a centre's or an organisation's number may be.
_NUMBER = re.compile(r"[A-Za-z0-9]{1,20}")

_TITLES = {"centre": "Corrections for centre", "awarding_organisation": "Corrections for awarding organisation"}

_RESOLVED = "It is no longer found: there is nothing left to put right."
_WAIVED = "Somebody decided that nothing has to be done about it for now."
_ELSEWHERE = "It is no longer yours to put right."


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Whose lists are asked for; none named: everybody's.

    Attributes:
        centres: their numbers.
        organisations: their numbers.
        ucas: the list of UCAS.
        full: everything again, and not what has changed since the last list alone.
    """

    centres: Sequence[str] = ()
    organisations: Sequence[str] = ()
    ucas: bool = False
    full: bool = False

    @property
    def everybody(self) -> bool:
        return not (self.centres or self.organisations or self.ucas)


def write_corrections_lists(
    publication: Path, register: Register, folder: Path, wanted: Wanted, *, made_at: datetime, console: Console
) -> None:
    """Write and record the lists that have something to say, and print how many.

    Args:
        publication: the file that analysts open.
        register: knows what was sent before.
        folder: is made if need be, for its owner alone; files in it are never written over.
        wanted: whose.
        made_at: now.
        console: takes the counts.

    Raises:
        UserError: nothing is published, a number is not known, or a file cannot be written.
    """
    told: Counter[str] = Counter()
    with open_corrections(publication.resolve()) as rows:
        recipients = _recipients(rows, register, wanted)
        _make_folder(folder)
        lists = _Lists(rows=rows, register=register, folder=folder, full=wanted.full, made_at=made_at)
        for recipient, owed in _read(rows, recipients):
            found = lists.make(recipient, owed)
            told.update(found)
            told["written" if found else "unchanged lists"] += 1
            if not wanted.everybody:
                _say(console, f"{_words(recipient)}: {_counts(found)}")
        as_of = rows.rests_on.as_of
    if wanted.everybody:
        _say(console, f"Rows: {_counts(told)}.")
    _say(
        console,
        f"Corrections as of {as_of}: {told['written']:,} lists written; for {told['unchanged lists']:,} recipients there is "
        "nothing that they have not been told, and no file.",
    )
    if told["written"]:
        _say(console, f"They hold personal data and lie in {folder}")


def _recipients(rows: CorrectionRows, register: Register, wanted: Wanted) -> list[Recipient]:
    """Whose lists are made; also theirs who were sent one and have nothing in this publication any more.

    Raises:
        UserError: a number is neither in the publication nor in the register.
    """
    known = {(one.side, one.number): one for one in rows.recipients()}
    for number in register.recipients(KIND):
        side = "ucas" if number == UCAS else "awarding_organisation" if number.startswith("RN") else "centre"
        known.setdefault((side, number), Recipient(side=side, number=number))
    if wanted.everybody:
        return [known[key] for key in sorted(known)]
    asked = [("centre", number) for number in wanted.centres]
    asked += [("awarding_organisation", number) for number in wanted.organisations]
    asked += [("ucas", UCAS)] if wanted.ucas else []
    if missing := [number for side, number in asked if (side, number) not in known]:
        raise UserError(
            f"the publication has nothing of [{', '.join(sorted(missing))}]; give the number that the centre or awarding "
            "organisation has now"
        )
    return [known[key] for key in sorted(set(asked))]


def _read(rows: CorrectionRows, recipients: Sequence[Recipient]) -> Iterator[tuple[Recipient, Owed]]:
    centres = [one.number for one in recipients if one.side == "centre"]
    for start in range(0, len(centres), _TOGETHER):
        yield from rows.of_centres(centres[start : start + _TOGETHER])
    for one in recipients:
        if one.side == "awarding_organisation":
            yield rows.of_organisation(one.number)
        elif one.side == "ucas":
            yield rows.of_ucas()


@dataclass(frozen=True, kw_only=True)
class _Lists:
    """What making the lists needs: where from, where to, whether everything is given again, and when."""

    rows: CorrectionRows
    register: Register
    folder: Path
    full: bool
    made_at: datetime

    def make(self, recipient: Recipient, owed: Owed) -> Counter[str]:
        """Write and record one list; returns how many rows of each change it has, nothing where there is no list."""
        sent = self.register.sent(Asked(kind=KIND, recipient=recipient.number))
        if not sent.same_key and not self.full:
            raise UserError(
                f"the lists of [{recipient.number}] so far were recorded under another key than the data folder has: put "
                "back its file returns.key, or give everything again with --full"
            )
        digests = {flag: self.register.row_digest(*_said(row)) for flag, row in owed.corrections.items()}
        found = changes(sent.rows, digests)
        listed = [
            (owed.corrections[flag], change)
            for flag, change in found.items()
            if change in (NEW, CHANGED) or (self.full and change == UNCHANGED)
        ]
        listed += self._lost([flag for flag, change in found.items() if change == WITHDRAWN], recipient, owed)
        if listed:
            kept = [
                ReturnRow(row.flag_id, digests.get(row.flag_id) or sent.rows[row.flag_id], change, (row.flag_id,))
                for row, change in listed
            ]
            self._record(recipient, listed, kept, sent)
        return Counter(change for _, change in listed)

    def _lost(self, flags: Sequence[str], recipient: Recipient, owed: Owed) -> list[Listed]:
        """The rows of flags that the recipient was sent and that ask for nothing any more.

        Of a flag that must wait for a release nothing is said: neither that it is raised nor that it is gone, as both would
        tell the result. It stays as the recipient has it.
        """
        lost = [flag for flag in flags if flag not in owed.waiting]
        known = self.rows.gone(lost) if lost else {}
        waived = self.rows.waived(lost) if lost else set()
        listed = []
        for flag in lost:
            history = known.get(flag)
            if history is not None and owed.must_wait(history):
                continue
            why = _WAIVED if flag in waived else _RESOLVED if history is None or history["resolved_on"] else _ELSEWHERE
            positions = owed.places.of(history) if history is not None else ()
            listed.append((withdrawn(recipient.side, flag, history, positions, why), WITHDRAWN))
        return listed

    def _record(self, recipient: Recipient, listed: Sequence[Listed], kept: Sequence[ReturnRow], sent: Sent) -> None:
        number, rests_on = recipient.number, self.rows.rests_on
        if not _NUMBER.fullmatch(number):
            raise UserError(
                f"a recipient's number has [{len(number)}] characters or signs that cannot stand in a file's name; correct "
                "it in its feed"
            )
        asked = Asked(kind=KIND, recipient=number)
        name = f"corrections-{number}-{rests_on.as_of}-{self.register.count(asked) + 1}"
        files = {self.folder / f"{name}.csv": corrections_csv(listed)}
        if len(listed) <= MOST_ROWS:
            title = f"{_TITLES.get(recipient.side, 'Corrections for')} {number}"
            files[self.folder / f"{name}.xlsx"] = corrections_workbook(listed, title=title, as_of=rests_on.as_of)
        self.register.make(asked, files, kept, rests_on=rests_on, made_at=self.made_at, sent=sent, whole=self.full)


def _said(row: Correction) -> list[object]:
    """What makes a row another one if it changes: all but its urgency, which comes and goes with the days."""
    return [cell for heading, cell in cells_of(row, "").items() if heading != "Urgent"]


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"[{folder}] cannot be made ({error.strerror}); name another with --output") from None


def _words(recipient: Recipient) -> str:
    return recipient.number if recipient.side == "ucas" else f"{recipient.side.replace('_', ' ')} {recipient.number}"


def _counts(found: Counter[str]) -> str:
    if not any(found[change] for change in (NEW, CHANGED, WITHDRAWN, UNCHANGED)):
        return "nothing that has not been told, and no file is written"
    told = f"{found[NEW]:,} new, {found[CHANGED]:,} changed, {found[WITHDRAWN]:,} withdrawn"
    return f"{told}, {found[UNCHANGED]:,} unchanged" if found[UNCHANGED] else told


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
