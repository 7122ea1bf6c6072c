"""`make bench-reports`: the reports of an invented publication, written for the first time and then again unchanged.

    python -m pipelines.bench_reports [--centres 4000] [--learners 225] [--folder data/bench]

The publication holds nothing but what the reports read; its names are numbers. Each measurement is a process of its own.
"""

import argparse
import json
import resource
import shutil
import time
from pathlib import Path

import duckdb
from rich.console import Console

from pipelines.own_process import in_a_process, peak_mb
from pipelines.settings import ROOT
from schemas.published import PUBLISHED

_TABLES = ("runs", "flag_catalogue", "centres", "centre_summary", "checkpoint", "flags", "calendar")

#: The rows of each table, by column; the others are empty. Half as many flags as registrations, a tenth of them urgent.
_MADE = {
    "runs": "SELECT DATE '2026-05-15' AS as_of",
    "flag_catalogue": """
        SELECT 'claim_missing' AS flag_code, 'centre' AS family, 'centre' AS owner, 'awarding_organisation' AS shared_with,
            'Make the claim, or ask the awarding organisation what is missing.' AS action
    """,
    "centres": """
        SELECT printf('%05d', 10000 + n) AS centre_number, centre_number AS current_centre_number, 'Centre ' || n AS name,
            'exams@' || n || '.example' AS exams_officer_email, 'Contact ' || n AS senior_contact_name
        FROM range($centres) AS made (n)
    """,
    "centre_summary": """
        SELECT printf('%05d', 10000 + n) AS centre_number, 'Centre ' || n AS centre_name,
            $learners AS open_registrations, 0 AS blocks_award, 0 AS affects_place, 0 AS delays_award, 0 AS data_quality,
            0 AS waived
        FROM range($centres) AS made (n)
    """,
    "checkpoint": """
        SELECT printf('%05d', 10000 + n // $learners) AS centre_number,
            printf('RN%04d', 5000 + n % 2) AS awarding_organisation_rn, 'R' || n AS registration_number,
            printf('6000%04d', n % 12) AS qualification_number,
            'Level 3 National Extended Diploma in Subject ' || n % 12 AS qualification_title, 'L' || n AS learner_id,
            TRUE AS stands, TRUE AS held_by_centre, centre_number AS recorded_centre_number,
            printf('%06d', n) AS centre_learner_reference,
            'Forename' || n % 997 AS forename, 'Surname' || n % 9973 AS surname,
            DATE '2008-01-01' + (n % 365)::INTEGER AS date_of_birth, printf('%010d', n) AS uln,
            '2026-06' AS planned_completion,
            CASE n % 5 WHEN 0 THEN NULL ELSE 'Y' END AS expects_result_this_summer,
            CASE n % 5 WHEN 0 THEN 'unconfirmed' ELSE 'confirmed' END AS intent, TRUE AS expected,
            ['achieved', 'on_track', 'on_track', 'action_needed', 'unachievable'][1 + n % 5] AS status,
            'Enter unit 3 by 2026-05-22; claim unit 7 by 2026-07-05' AS actions, DATE '2026-05-22' AS act_by,
            FALSE AS rests_on_unreleased_results, FALSE AS award_is_unreleased, 0 AS flags
        FROM range($centres * $learners) AS made (n)
    """,
    "flags": """
        SELECT 'F' || n AS flag_id, 'claim_missing' AS flag_code, 'blocks_award' AS severity, 'centre' AS owner,
            CASE n % 10 WHEN 0 THEN 'urgent' ELSE 'routine' END AS urgency, DATE '2026-07-05' AS act_by,
            'The units of Level 3 National Extended Diploma in Subject 1 are secured, and no full claim has been made.'
                AS detail,
            printf('%05d', 10000 + n * 2 // $learners) AS centre_number, 'L' || n * 2 AS learner_id,
            'RN5000' AS awarding_organisation_rn, 'R' || n * 2 AS registration_number,
            printf('6000%04d', n * 2 % 12) AS qualification_number, FALSE AS waived, DATE '2026-05-01' AS first_seen
        FROM range($centres * $learners // 2) AS made (n)
    """,
    "calendar": """
        SELECT printf('%05d', 10000 + n) AS centre_number, organisation AS awarding_organisation_rn,
            'claim_deadline' AS event, printf('2026-%02d', 1 + d) AS series,
            TIMESTAMP '2026-01-15' + to_days(17 * d::INTEGER) AS falls_on, 'invented' AS source
        FROM range($centres) AS made (n)
        CROSS JOIN range(12) AS days (d)
        CROSS JOIN (VALUES ('RN5000'), ('RN5001')) AS organisations (organisation)
    """,
}


def make_publication(path: Path, centres: int, learners: int) -> None:
    """An invented publication in a new file.

    Args:
        path: the file.
        centres: number of centres.
        learners: registrations of each.
    """
    path.unlink(missing_ok=True)
    with duckdb.connect(path) as connection:
        connection.execute("CREATE SCHEMA published")
        sizes = {"centres": centres, "learners": learners}
        for name in _TABLES:
            connection.execute(f"CREATE TABLE published.{name} ({PUBLISHED[name].column_ddl})")
            query = _MADE[name]
            used = {size: value for size, value in sizes.items() if f"${size}" in query}
            connection.execute(f"INSERT INTO published.{name} BY NAME {query}", used)


def _measure(folder: Path) -> dict[str, object]:
    """Wall seconds, processor seconds of all processes, and the first one's peak memory, of writing all reports."""
    from pipelines.reports import Wanted, write_reports

    began = time.perf_counter()
    with (folder / "said.txt").open("w", encoding="utf-8") as said:
        write_reports(folder / "publication.duckdb", folder / "reports", Wanted(), Console(file=said))
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    busy = sum(one.ru_utime + one.ru_stime for one in used)
    return {"seconds": time.perf_counter() - began, "busy": busy, "peak_mb": peak_mb()}


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description="Time the reports on an invented publication.")
    parser.add_argument("--centres", type=int, default=4_000, help="centres (default: %(default)s)")
    parser.add_argument("--learners", type=int, default=225, help="registrations a centre (default: %(default)s)")
    parser.add_argument("--folder", type=Path, default=ROOT / "data" / "bench", help="where it is written")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    folder = arguments.folder / "reports-work"
    if arguments.measure:
        print(json.dumps(_measure(folder)))
        return
    console = Console()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make_publication(folder / "publication.duckdb", arguments.centres, arguments.learners)
    for words in ("written", "again, unchanged"):
        found = in_a_process("pipelines.bench_reports", ["--measure", "--folder", str(arguments.folder)])
        console.print(
            f"{arguments.centres:,} centres of {arguments.learners:,} registrations, {words}: "
            f"{found['seconds']:.1f} s (processors busy {found['busy']:.1f} s), first process {found['peak_mb']:,.0f} MB",
            highlight=False,
            soft_wrap=True,
        )
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
