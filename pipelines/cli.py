"""The command `reconcile`: the same job as the schedule's, for people and scripts.

Exit status: 0 well, 1 the run failed or what was asked for is not there, 2 the command was not understood.
"""

import argparse
import logging
import os
import re
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from rich.console import Console

from pipelines.delivery_commands import add_delivery_commands
from pipelines.edi_commands import add_edi_commands
from pipelines.error_report_commands import add_error_report_command
from pipelines.fetch_commands import add_fetch_commands, fetch_and_tell
from pipelines.flag_commands import add_flag_commands
from pipelines.register_commands import add_register_commands
from pipelines.report_commands import add_report_commands
from pipelines.return_commands import add_return_commands
from pipelines.settings import ROOT, Settings, UserError, read_settings
from pipelines.source_commands import add_source_commands
from pipelines.version import software_version

#: What a person says on the command line, and what is recorded.
_LINK_DECISIONS = {"same": "same", "different": "different", "withdraw": "withdrawn"}


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"[{text}] is no date; give yyyy-mm-dd") from None


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"[{text}] is no whole number of at least 1")
    return int(text)


def _version(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9.-]{0,39}", text):
        raise argparse.ArgumentTypeError(
            f"[{text}] is no name for a model; give small letters, digits, dots and hyphens, a letter first"
        )
    return text


def _said(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return " ".join(text.split())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="reconcile",
        description="Reconciles vocational results between centres, awarding organisations and UCAS.",
        epilog="State lies in the folder `data` of the checkout, or in RECONCILE_DATA. See docs/operating.md.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {software_version()}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run the nightly job now", description="Run the nightly job in this process.")
    run.add_argument("--landing", metavar="DIR", type=Path, help="folder with one sub-folder a feed")
    run.add_argument("--as-of", metavar="DATE", type=_day, help="the run's day, yyyy-mm-dd (default: today)")
    run.add_argument(
        "--cycle", metavar="YEAR", type=_positive, default=0, help="the cycle's year (default: from the day)"
    )
    run.add_argument("--published", metavar="FILE", type=Path, help="the file that analysts open")
    run.add_argument("--quiet", action="store_true", help="no summary at the end")
    run.add_argument(
        "--no-history", action="store_true", help="keep no events for the Dagster UI; takes seconds off a run"
    )
    run.add_argument("--reports", action="store_true", help="write the reports of `reconcile reports` at the end")
    run.add_argument("--fetch", action="store_true", help="fetch deliveries first, as `reconcile fetch` does")
    run.set_defaults(action=_run)

    generate = commands.add_parser(
        "generate",
        help="make a cycle of invented learners",
        description="Make a cycle of invented learners, of any size.",
    )
    generate.add_argument("--learners", metavar="N", type=_positive, required=True, help="number of learners")
    generate.add_argument("--seed", metavar="S", type=int, default=2026, help="the same seed makes the same files")
    generate.add_argument("--output", metavar="DIR", type=Path, required=True, help="folder to write into")
    generate.set_defaults(action=_generate)

    explain = commands.add_parser(
        "explain",
        help="lay out one flag, or what one learner can still achieve",
        description="Lay out one flag: subject, values, sources, rule, what to do. Or one registration: what the learner "
        "can still achieve, and what each unit has to do with it.",
    )
    asked = explain.add_mutually_exclusive_group(required=True)
    asked.add_argument("flag_id", metavar="FLAG_ID", nargs="?", help="from published.flags")
    asked.add_argument("--registration", metavar="NUMBER", help="from published.achievability")
    explain.add_argument("--published", metavar="FILE", type=Path, help="the file that analysts open")
    explain.set_defaults(action=_explain)

    check = commands.add_parser(
        "check-specification",
        help="prove a specification file, or say what is wrong with it",
        description="Prove specification files: keys, sources, bounds, and by solving them that each rule can be "
        "satisfied, each grade reached and each unit counted. Exit status 1 if one is refused.",
    )
    check.add_argument("files", metavar="FILE", type=Path, nargs="+", help="<specification>.<version>.yaml")
    check.set_defaults(action=_check_specification)
    _add_link_commands(commands)
    add_flag_commands(commands, day=_day, said=_said, positive=_positive)
    add_report_commands(commands, _day)
    add_register_commands(commands, _day)
    add_delivery_commands(commands, positive=_positive)
    add_fetch_commands(commands, _day)
    add_return_commands(commands)
    add_error_report_command(commands)
    add_edi_commands(commands)
    add_source_commands(commands, _day)

    ui = commands.add_parser("ui", help="open the Dagster UI on this machine", description="Open the Dagster UI.")
    ui.add_argument("--port", type=_positive, default=3000, help="port on 127.0.0.1 (default: 3000)")
    ui.set_defaults(action=_ui)

    docs = commands.add_parser("docs", help="write the generated pages of docs/", description="Write generated pages.")
    docs.set_defaults(action=_docs)
    return parser


def _add_link_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    train = commands.add_parser(
        "train-links",
        help="train a match model for links",
        description="Train a match model, measure it, and write it with its card. No run uses it until "
        "RECONCILE_LINK_MODEL names its file.",
    )
    train.add_argument(
        "--version", metavar="NAME", type=_version, required=True, help="the model's name, as in people-2"
    )
    source = train.add_mutually_exclusive_group()
    source.add_argument(
        "--learners", metavar="N", type=_positive, default=250_000, help="of an invented cycle (default: %(default)s)"
    )
    source.add_argument("--own-feeds", action="store_true", help="train on the feeds as the last night left them")
    train.add_argument("--seed", metavar="S", type=int, default=2027, help="the same seed trains the same model")
    train.add_argument(
        "--output", metavar="FILE", type=Path, help="new .json file (default: models/NAME.json in the data folder)"
    )
    train.set_defaults(action=_train_links)

    review = commands.add_parser(
        "link-review",
        help="show which links wait for a person",
        description="Count the pairs of records that may be one person's, by reason, and write them as a workbook.",
    )
    review.add_argument("--workbook", metavar="FILE", type=Path, help="new .xlsx file to fill in; holds personal data")
    review.add_argument("--published", metavar="FILE", type=Path, help="the file that analysts open")
    review.set_defaults(action=_link_review)

    decide = commands.add_parser(
        "decide-link",
        help="say whether two records are one person's",
        usage="reconcile decide-link PAIR_ID|RECORD_ID RECORD_ID same|different|withdraw --by WHO --reason WHY\n"
        "       reconcile decide-link --workbook FILE --by WHO",
        description="Record a person's decision about a link. It counts from the next run on, until it is withdrawn.",
    )
    decide.add_argument(
        "words",
        metavar="PAIR_ID DECISION",
        nargs="*",
        help="the pair, from published.link_review (or two records, from published.person_links), and one of same, "
        "different, withdraw",
    )
    decide.add_argument("--workbook", metavar="FILE", type=Path, help="the filled-in workbook of `link-review`")
    decide.add_argument("--by", metavar="WHO", type=_said, required=True, help="who decides")
    decide.add_argument("--reason", metavar="WHY", type=_said, help="why; needed for same and different")
    decide.add_argument("--published", metavar="FILE", type=Path, help="the file that analysts open")
    decide.set_defaults(action=_decide_link, misunderstood=decide.error)


def _run(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    landing = arguments.landing.absolute() if arguments.landing else settings.landing
    if not landing.is_dir():
        raise UserError(f"the landing folder [{landing}] does not exist; name one with --landing")
    published = arguments.published.absolute() if arguments.published else settings.published
    unfetched = fetch_and_tell(settings, landing, arguments.as_of, console) if arguments.fetch else 0
    # Dagster takes seconds to import; a mistyped folder is answered before that.
    from pipelines.run import run_nightly
    from pipelines.summary import show_summary

    run_nightly(
        settings,
        landing=str(landing),
        as_of=arguments.as_of or "",
        cycle=arguments.cycle,
        published=str(published),
        history=not arguments.no_history,
    )
    if not arguments.quiet:
        show_summary(published, console)
    if arguments.reports:
        from pipelines.reports import Wanted, write_reports

        write_reports(published, settings.data / "reports", Wanted(), console)
    if unfetched:
        raise UserError(
            f"the run is published, but [{unfetched}] sources could not be fetched as a whole, as said above"
        )


def _generate(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    from fixtures.generate import generate

    cycle = generate(arguments.learners, arguments.seed, arguments.output, progress=console.print)
    console.print(f"An invented cycle of {arguments.learners:,} learners, as of {cycle.as_of}, in {arguments.output}")
    console.print(f"  reconcile run --landing {arguments.output / 'landing'} --as-of {cycle.as_of}", soft_wrap=True)


def _explain(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    published = arguments.published or settings.published
    if arguments.registration:
        from pipelines.explain_registration import explain_registration

        explain_registration(published, arguments.registration, console)
    else:
        from pipelines.explain import explain

        explain(published, arguments.flag_id, console)


def _check_specification(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    from pipelines.check_specification import check_specifications

    check_specifications(arguments.files, console)


def _train_links(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    from pipelines.train_links import invented_source, own_source, train_links

    seed, version = arguments.seed, arguments.version
    output = arguments.output or settings.data / "models" / f"{version}.json"
    source = own_source(settings) if arguments.own_feeds else invented_source(arguments.learners, seed)
    train_links(source, version=version, seed=seed, output=output, console=console)


def _link_review(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    from pipelines.ledger import open_ledger
    from pipelines.link_review import show_queue

    with open_ledger(settings.ledger_url) as ledger:
        show_queue(arguments.published or settings.published, ledger, arguments.workbook, console)


def _decide_link(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    *identifiers, word = arguments.words or [""]
    if arguments.workbook:
        if arguments.words or arguments.reason:
            arguments.misunderstood("a workbook says itself which pairs, what of them and why")
    elif len(identifiers) not in (1, 2) or word not in _LINK_DECISIONS:
        arguments.misunderstood("give a pair's id or two records' ids, then same, different or withdraw")
    elif word != "withdraw" and not arguments.reason:
        arguments.misunderstood(f"say with --reason why it is [{word}]")
    from pipelines.decide_link import decide_pair, decide_workbook
    from pipelines.ledger import open_ledger

    publication, by, at = arguments.published or settings.published, arguments.by, datetime.now(UTC)
    with open_ledger(settings.ledger_url) as ledger:
        if arguments.workbook:
            decide_workbook(publication, ledger, arguments.workbook, by=by, at=at, console=console)
        else:
            decision, reason = _LINK_DECISIONS[word], arguments.reason or ""
            decide_pair(publication, ledger, identifiers, decision, by=by, at=at, reason=reason, console=console)


def _ui(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    from pipelines.run import prepare_dagster_home

    prepare_dagster_home(settings)
    console.print(f"Dagster UI on http://127.0.0.1:{arguments.port} (Ctrl-C ends it)", highlight=False)
    dagster = Path(sys.executable).with_name("dagster")
    command = [str(dagster), "dev", "--module-name", "pipelines.definitions", "--host", "127.0.0.1"]
    # Dagster would warn of the dagster.yaml in the checkout, whose copy in its home is the one that counts.
    os.chdir(settings.data)
    os.execv(dagster, [*command, "--port", str(arguments.port)])


def _docs(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    from pipelines.pages import write_pages

    for path in write_pages(ROOT / "docs"):
        console.print(f"wrote {path.relative_to(ROOT)}")


def _unexpected(error: Exception) -> str:
    """One line for an error that nobody foresaw; its text, which may quote a delivered value, goes to the restricted log."""
    from pipelines.redaction import keep_error_texts_apart

    # A disk that is too full for the log must not put the text on the terminal instead.
    logging.raiseExceptions = False
    keep_error_texts_apart().error("the command failed", exc_info=error)
    return (
        f"stopped by an unexpected [{type(error).__name__}]; its text is in log/errors.log of the data folder. "
        "The last good publication stays in place."
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point of the command; returns the exit status."""
    arguments = _parser().parse_args(argv)
    try:
        # A log or a pipe has no width of its own: wide enough there for the tables of the summary.
        console = Console() if sys.stdout.isatty() else Console(width=120)
        arguments.action(arguments, read_settings(), console)
    except UserError as error:
        print(f"reconcile: {error}", file=sys.stderr)
        return 1
    except Exception as error:
        print(f"reconcile: {_unexpected(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("reconcile: stopped; the last good publication stays in place", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
