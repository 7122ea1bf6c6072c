"""The commands `decide` and `replay` on the command line; what they do belongs in modules of those names."""

import argparse
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from rich.console import Console

from pipelines.settings import LONDON, Settings, UserError, today

#: What a person says on the command line, and what is recorded.
_DECISIONS = {
    "acknowledged": "acknowledged",
    "waived": "waived",
    "assigned": "assigned",
    "withdrawn": "withdrawn",
    "withdraw": "withdrawn",
}


def add_flag_commands(
    commands: Any, *, day: Callable[[str], str], said: Callable[[str], str], positive: Callable[[str], int]
) -> None:
    """Add both commands.

    Args:
        commands: what `add_subparsers` returned.
        day: reads a date from an argument.
        said: reads words from an argument, of which there must be some.
        positive: reads a whole number of at least 1 from an argument.
    """
    decide = commands.add_parser(
        "decide",
        help="acknowledge, waive or assign a flag, or many in a workbook",
        usage="reconcile decide FLAG_ID acknowledged|waived|assigned|withdrawn --by WHO [--reason WHY] [--expires DATE] "
        "[--to WHOM]\n"
        "       reconcile decide --queue FILE [--owner O] [--centre N] [--organisation RN] [--code CODE]\n"
        "       reconcile decide --workbook FILE --by WHO\n"
        "       reconcile decide --history FLAG_ID",
        description="Record a person's decision about a flag. It counts from the next run on, until it expires or is "
        "withdrawn; a waiver needs --reason and --expires, an assignment --to.",
    )
    decide.add_argument("words", metavar="FLAG_ID DECISION", nargs="*", help="from published.flags; what is decided")
    decide.add_argument("--by", metavar="WHO", type=said, help="who decides")
    decide.add_argument("--reason", metavar="WHY", type=said, help="why")
    decide.add_argument("--expires", metavar="DATE", type=day, help="last day on which it holds, yyyy-mm-dd")
    decide.add_argument("--to", metavar="WHOM", type=said, help="who is to see to it")
    decide.add_argument("--on", metavar="DATE", type=day, help="the day on which it was decided, if not today")
    decide.add_argument("--queue", metavar="FILE", type=Path, help="new .xlsx file to fill in; holds personal data")
    decide.add_argument("--owner", nargs="+", default=[], metavar="O", help="of the queue: owners")
    decide.add_argument("--centre", nargs="+", default=[], metavar="N", help="of the queue: centre numbers")
    decide.add_argument("--organisation", nargs="+", default=[], metavar="RN", help="of the queue: organisations")
    decide.add_argument("--code", nargs="+", default=[], metavar="CODE", help="of the queue: flag codes")
    decide.add_argument("--workbook", metavar="FILE", type=Path, help="the filled-in workbook of --queue")
    decide.add_argument("--history", metavar="FLAG_ID", help="show all that was decided about a flag")
    decide.add_argument("--published", metavar="FILE", type=Path, help="the file that analysts open")
    decide.set_defaults(action=_decide, misunderstood=decide.error)

    replay = commands.add_parser(
        "replay",
        help="run the job for each day of a period",
        description="Run the job for one day after the other, each with the deliveries dated by then and the decisions in "
        "force on it. It publishes to a place of its own; the nightly publication is not touched.",
    )
    replay.add_argument("--from", dest="first", metavar="DATE", type=day, required=True, help="first day, yyyy-mm-dd")
    replay.add_argument("--to", dest="last", metavar="DATE", type=day, required=True, help="last day")
    replay.add_argument(
        "--every", metavar="N", type=positive, default=1, help="days from one run to the next (default: 1)"
    )
    replay.add_argument("--resume", action="store_true", help="go on after the last day that is published there")
    replay.add_argument("--landing", metavar="DIR", type=Path, help="folder with one sub-folder a feed")
    replay.add_argument(
        "--published", metavar="FILE", type=Path, help="file to publish (default: in replay/ of the data folder)"
    )
    replay.set_defaults(action=_replay, misunderstood=replay.error)


def _decide(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    _check(arguments)
    from pipelines.decide import decide_flag, decide_flag_workbook, show_decisions, write_queue
    from pipelines.flag_queue import Wanted
    from pipelines.ledger import open_ledger
    from schemas.flag_life import FlagDecision

    publication, now = arguments.published or settings.published, datetime.now(UTC)
    with open_ledger(settings.ledger_url) as ledger:
        if arguments.history:
            show_decisions(ledger, arguments.history.strip().lower(), today(), console)
        elif arguments.queue:
            wanted = Wanted(
                owner=arguments.owner,
                centre_number=arguments.centre,
                awarding_organisation_rn=arguments.organisation,
                flag_code=arguments.code,
            )
            write_queue(publication, ledger, arguments.queue, wanted, console)
        elif arguments.workbook:
            at = _moment(arguments.on, now)
            decide_flag_workbook(
                publication, ledger, arguments.workbook, by=arguments.by, at=at, now=now, console=console
            )
        else:
            flag, word = arguments.words
            try:
                said = FlagDecision(
                    flag_id=flag.strip().lower(),
                    decision=_DECISIONS[word],
                    decided_by=arguments.by,
                    decided_at=_moment(arguments.on, now),
                    assigned_to=arguments.to or "",
                    reason=arguments.reason or "",
                    expires_on=date.fromisoformat(arguments.expires) if arguments.expires else None,
                )
            except ValueError as error:
                raise UserError(str(error)) from None
            decide_flag(publication, ledger, said, now, console)


def _check(arguments: argparse.Namespace) -> None:
    """What goes together, as far as the words alone can tell."""
    refuse = arguments.misunderstood
    ways = [arguments.queue, arguments.workbook, arguments.history]
    if sum(way is not None for way in ways) + bool(arguments.words) != 1:
        refuse("give a flag's id and a decision, or one of --queue, --workbook, --history")
    of_one = arguments.reason or arguments.expires or arguments.to
    if any(way is not None for way in ways) and of_one:
        refuse("--reason, --expires and --to go with a flag's id; a workbook says them itself")
    if not arguments.queue and (arguments.owner or arguments.centre or arguments.organisation or arguments.code):
        refuse("--owner, --centre, --organisation and --code go with --queue")
    if (arguments.words or arguments.workbook) and not arguments.by:
        refuse("say with --by who decides")
    if not arguments.words:
        return
    if len(arguments.words) != 2 or arguments.words[1] not in _DECISIONS:
        refuse("give a flag's id, then acknowledged, waived, assigned or withdrawn")
    word = arguments.words[1]
    if word == "waived" and not (arguments.reason and arguments.expires):
        refuse("say with --reason why it is waived, and with --expires until when")
    if (word == "assigned") != bool(arguments.to):
        refuse("say with --to whom it is assigned to, and of no other decision")


def _moment(on: str | None, now: datetime) -> datetime:
    """When it was decided: now, or at noon of the day that is named.

    Raises:
        UserError: that day is still to come.
    """
    if on is None or on == today().isoformat():
        return now
    if on > today().isoformat():
        raise UserError(f"[{on}] is still to come; a decision counts from the day on which it is made")
    return datetime.combine(date.fromisoformat(on), time(12), tzinfo=LONDON)


def _replay(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    first, last = (date.fromisoformat(day) for day in (arguments.first, arguments.last))
    if last < first:
        arguments.misunderstood(f"the last day [{last}] comes before the first [{first}]")
    landing = arguments.landing.absolute() if arguments.landing else settings.landing
    if not landing.is_dir():
        raise UserError(f"the landing folder [{landing}] does not exist; name one with --landing")
    from pipelines.replay import Period, replay

    replay(
        settings,
        Period(first=first, last=last, every=arguments.every),
        landing=landing,
        published=arguments.published.absolute() if arguments.published else None,
        resume=arguments.resume,
        console=console,
    )
