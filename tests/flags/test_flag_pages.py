"""What is generated is committed as it would be generated now: the page of flags and the table of grade codes."""

from pathlib import Path

from assets.published.flags_page import flags_page
from assets.reconciled.flags import discover_flags
from assets.reconciled.sql_files import SQL_FOLDER
from schemas.grade_codes import CHANNELS, codes_between, grade_codes_sql, no_grade_codes_sql
from schemas.link_stages import name_lengths_sql

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_flags_is_up_to_date() -> None:
    assert (ROOT / "docs" / "flags.md").read_text(encoding="utf-8") == flags_page()


def test_the_page_of_flags_explains_every_flag() -> None:
    page = flags_page()
    for flag in discover_flags():
        assert f"### {flag.code}\n" in page
        assert flag.header.action in page


def test_the_table_of_grade_codes_is_up_to_date() -> None:
    assert (SQL_FOLDER / "facts" / "grade_codes.sql").read_text(encoding="utf-8") == grade_codes_sql()
    assert (SQL_FOLDER / "facts" / "no_grade_codes.sql").read_text(encoding="utf-8") == no_grade_codes_sql()


def test_the_table_of_lengths_of_cut_names_is_up_to_date() -> None:
    assert (SQL_FOLDER / "facts" / "lengths_of_cut_names.sql").read_text(encoding="utf-8") == name_lengths_sql()


def test_a_near_pass_reads_as_u_only_beside_a_channel_that_cannot_carry_it() -> None:
    assert "N" not in codes_between("centre", "awarding_organisation")
    assert codes_between("awarding_organisation", "edi") == {"N": "U"}
    assert codes_between("centre", "edi") == {"*A": "A*", "*D": "D*", "N": "U"}


def test_every_channel_says_where_its_codes_are_stated() -> None:
    assert all(channel.source for channel in CHANNELS)
