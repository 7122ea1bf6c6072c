"""The command says what it wants, refuses in one line, and never shows a traceback for a user's error."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.cli import main
from tests.integration.nights import ROOT


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert all(
        command in printed
        for command in (
            "run",
            "generate",
            "explain",
            "train-links",
            "link-review",
            "decide-link",
            "decide",
            "replay",
            "reports",
            "take-declaration",
            "corrections-list",
            "late-results-return",
            "returns",
            "check-specification",
            "ui",
            "docs",
        )
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--as-of", "15/05/2026"], "[15/05/2026] is no date; give yyyy-mm-dd"),
        (["generate", "--learners", "many", "--output", "x"], "[many] is no whole number"),
        (["generate", "--learners", "100"], "--output"),
        (["reconcile-everything"], "invalid choice"),
    ],
)
def test_a_command_that_is_not_understood_ends_with_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_help_is_quick_because_nothing_heavy_is_loaded_for_it() -> None:
    heavy = ("dagster", "great_expectations", "polars")
    code = f"import sys, pipelines.cli; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_explaining_before_anything_is_published_says_what_to_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["explain", "abc", "--published", str(tmp_path / "none.duckdb")]) == 1
    assert capsys.readouterr().err == (
        f"reconcile: nothing is published at [{tmp_path / 'none.duckdb'}]; run `reconcile run` first\n"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [("RECONCILE_MEMORY", "much"), ("RECONCILE_THREADS", "0"), ("RECONCILE_KEEP", "-1"), ("RECONCILE_BOUNDS", "[1]")],
)
def test_a_setting_that_cannot_be_used_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert main(["explain", "abc"]) == 1
    printed = capsys.readouterr().err
    assert printed.startswith(f"reconcile: {name} is [{value}]")
    assert printed.count("\n") == 1


def test_a_flag_is_laid_out_with_subject_values_sources_rule_and_action(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    published = tmp_path / "reconciliation.duckdb"
    with duckdb.connect(published) as connection:
        connection.execute("CREATE SCHEMA published")
        connection.execute(
            """
            CREATE TABLE published.flags AS SELECT
                'f1' AS flag_id, 'claim_missing' AS flag_code, NULL AS reason, 'blocks_award' AS severity,
                'urgent' AS urgency, 'centre' AS owner, DATE '2026-07-05' AS act_by, 'No claim was made.' AS detail,
                'L1' AS learner_id, NULL AS personal_id, NULL AS declared_number, '99001' AS centre_number,
                NULL AS centre_learner_reference, 'RN9901' AS awarding_organisation_rn, 'R1' AS registration_number,
                '60000012' AS qualification_number, NULL AS unit_number, NULL AS series, NULL AS choice_number,
                '{"award_status": null}' AS cause,
                '[{"alias": "registration", "feed": "ao_registrations", "delivery_id": "d1", "line": 7}]' AS sources,
                'reopened' AS state, DATE '2026-05-01' AS first_seen, DATE '2026-05-15' AS last_seen,
                'waived' AS decision, TRUE AS waived, NULL AS assigned_to, 'sent again' AS decision_reason,
                DATE '2026-06-01' AS decision_expires_on, 'A. Nother' AS decided_by, DATE '2026-05-14' AS decided_on
            """
        )
        connection.execute(
            """
            CREATE TABLE published.flag_catalogue AS SELECT 'claim_missing' AS flag_code, 'A claim is made.' AS statement,
                'AQA' AS authority, '{}' AS reasons, 'Make the claim.' AS action
            """
        )
        connection.execute(
            "CREATE TABLE published.deliveries AS SELECT 'd1' AS delivery_id, 'a/b.csv' AS file_name, 'accepted' AS status"
        )
    assert main(["explain", "f1", "--published", str(published)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    for words in (
        "No claim was made.",
        "registration_number R1",
        "award_status not given",
        "registration ao_registrations, a/b.csv, line 7",
        "states A claim is made.",
        "authority AQA",
        "action Make the claim.",
        "act by 2026-07-05",
        "state reopened: raised again on this day, after it was resolved",
        "first seen, last seen 2026-05-01, 2026-05-15",
        "decision waived by A. Nother on 2026-05-14, until 2026-06-01: sent again",
    ):
        assert words in printed


def test_a_flag_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    published = tmp_path / "reconciliation.duckdb"
    with duckdb.connect(published) as connection:
        connection.execute("CREATE SCHEMA published")
        connection.execute("CREATE TABLE published.flags (flag_id VARCHAR)")
        connection.execute(
            "CREATE TABLE published.flag_history AS SELECT 'f3' AS flag_id, 'claim_missing' AS flag_code, "
            "DATE '2026-05-01' AS first_seen, DATE '2026-05-14' AS last_seen, DATE '2026-05-15' AS resolved_on"
        )
    assert main(["explain", "f2", "--published", str(published)]) == 1
    assert "no flag [f2] in this publication" in capsys.readouterr().err
    assert main(["explain", "f3", "--published", str(published)]) == 1
    assert "last on [2026-05-14], and resolved on [2026-05-15]" in (said := capsys.readouterr().err)
    assert said.count("\n") == 1
