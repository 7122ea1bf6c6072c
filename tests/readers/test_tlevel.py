"""T Level bulk files: what their lines become, and every error of a line that breaks the rules of the T Level service.

Rules and words are the service's own: github.com/SkillsFundingAgency/tl-results-and-certification.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from assets.landed import readers
from pipelines.formats_page import EXAMPLES
from schemas.feeds import FEEDS
from tests.readers.examples import FormatsFolder, feeds_of

Land = Callable[[str, str], tuple[FormatsFolder, dict[str, Any]]]

#: Files that are refused as a whole: the reason, and what the message must name.
REFUSED = {
    ("tlevel_registrations", "no-column-ukprn.csv"): ("missing_column", "[UKPRN]"),
    ("tlevel_registrations", "two-columns-of-one-name.csv"): ("duplicate_column", "[Last name]"),
    ("tlevel_registrations", "parted-by-semicolons.csv"): ("wrong_delimiter", "semicolon"),
    ("tlevel_registrations", "header-alone.csv"): ("header_only", "no line"),
    ("tlevel_registrations", "header-with-an-open-quote.csv"): ("unreadable_header", "quotes"),
    ("tlevel_withdrawals", "named-as-a-full-delivery.csv"): ("not_a_delta", "all registrations"),
    ("tlevel_assessment_entries", "no-column-specialism-assessment-entry.csv"): (
        "missing_column",
        "[Specialism assessment entry]",
    ),
    ("tlevel_results", "no-column-of-grades.csv"): ("missing_column", "[ComponentGrade (Core)]"),
    ("tlevel_industry_placements", "named-as-a-full-delivery.csv"): ("not_a_delta", "all results"),
    ("tlevel_reviews_of_marking", "named-as-a-full-delivery.csv"): ("not_a_delta", "all results"),
}

#: Files of which lines are put aside: line, column and rule of every reason.
PUT_ASIDE: dict[tuple[str, str], list[tuple[int, str | None, str]]] = {
    ("tlevel_registrations", "specialisms-without-quotes.csv"): [(3, None, "field_count")],
    ("tlevel_registrations", "learner-on-two-lines.csv"): [
        (2, "registration_number", "repeated_uln"),
        (4, "registration_number", "repeated_uln"),
    ],
    ("tlevel_registrations", "one-line-wrong-in-everything.csv"): [
        (3, "centre_number", "ukprn_form"),
        (3, "date_of_birth", "date_form"),
        (3, "forename", "missing_value"),
        (3, "pathway", "code_form"),
        (3, "pathway", "repeated_code"),
        (3, "qualification_number", "code_form"),
        (3, "registration_date", "academic_year_form"),
        (3, "registration_number", "ten_digits"),
        (3, "surname", "too_long"),
    ],
    ("tlevel_registrations", "line-of-commas.csv"): [
        (3, column, "missing_value")
        for column in (
            "centre_number",
            "date_of_birth",
            "forename",
            "qualification_number",
            "registration_date",
            "registration_number",
            "surname",
        )
    ],
    ("tlevel_registrations", "dates-in-other-forms.csv"): [
        (2, "date_of_birth", "date_form"),
        (3, "date_of_birth", "date_form"),
        (4, "date_of_birth", "date_form"),
        (6, "date_of_birth", "date_not_past"),
    ],
    ("tlevel_registrations", "provider-and-year-not-in-the-source.csv"): [
        (3, "centre_number", "unknown_provider"),
        (4, "registration_date", "unknown_academic_year"),
    ],
    ("tlevel_registrations", "one-specialism-twice.csv"): [(3, "pathway", "repeated_code")],
    ("tlevel_withdrawals", "line-without-a-core.delta.csv"): [(3, "qualification_number", "missing_value")],
    ("tlevel_assessment_entries", "series-without-code.csv"): [
        (3, "qualification_number", "code_missing"),
        (3, "unit_number", "code_missing"),
    ],
    ("tlevel_assessment_entries", "series-in-another-form.csv"): [(3, "series", "series_form")] * 2,
    ("tlevel_assessment_entries", "series-not-in-the-source.csv"): [(3, "series", "unknown_series")],
    ("tlevel_assessment_entries", "nothing-after-the-learner.csv"): [(3, None, "no_component")],
    ("tlevel_assessment_entries", "core-not-named-and-not-known.csv"): [(3, "qualification_number", "unknown_core")],
    ("tlevel_assessment_entries", "codes-of-other-lengths.csv"): [
        (3, "qualification_number", "code_form"),
        (3, "unit_number", "code_form"),
    ],
    ("tlevel_assessment_entries", "learner-on-two-lines.csv"): [
        (2, "registration_number", "repeated_uln"),
        (4, "registration_number", "repeated_uln"),
    ],
    ("tlevel_results", "grade-without-its-series.csv"): [(3, "series", "series_missing")] * 2,
    ("tlevel_results", "grade-without-its-code.csv"): [
        (3, "qualification_number", "code_missing"),
        (3, "unit_number", "code_missing"),
    ],
    ("tlevel_results", "one-grade-for-two-specialisms.csv"): [(3, "grade", "grades_count")],
    ("tlevel_results", "grades-of-another-scale.csv"): [(3, "grade", "unknown_grade")] * 2,
    ("tlevel_results", "series-not-in-the-source.csv"): [
        (3, "result_date", "unknown_series"),
        (3, "series", "unknown_series"),
    ],
    ("tlevel_results", "nothing-after-the-learner.csv"): [(3, None, "no_component")],
    ("tlevel_industry_placements", "status-in-other-words.delta.csv"): [
        (3, "grade", "unknown_status"),
        (4, "grade", "missing_value"),
    ],
    ("tlevel_industry_placements", "hours-and-reason-without-special-consideration.delta.csv"): [
        (3, "Industry placement hours", "only_with_special_consideration"),
        (3, "Special consideration reason", "only_with_special_consideration"),
    ],
    ("tlevel_industry_placements", "special-consideration-without-hours-and-reason.delta.csv"): [
        (3, "Industry placement hours", "needed_with_special_consideration"),
        (3, "Special consideration reason", "needed_with_special_consideration"),
    ],
    ("tlevel_industry_placements", "hours-and-reasons-of-another-form.delta.csv"): [
        (3, "Industry placement hours", "hours_form"),
        (3, "Special consideration reason", "unknown_reason"),
        (4, "Industry placement hours", "hours_form"),
        (4, "Special consideration reason", "repeated_reason"),
    ],
    ("tlevel_reviews_of_marking", "neither-yes-nor-no.delta.csv"): [
        (3, "Core ROMM open", "yes_or_no"),
        (3, "Specialism ROMM open", "missing_value"),
    ],
    ("tlevel_reviews_of_marking", "outcome-without-a-review.delta.csv"): [(3, "grade", "outcome_without_review")],
    ("tlevel_reviews_of_marking", "outcome-that-is-no-grade.delta.csv"): [(3, "grade", "unknown_grade")] * 2,
    ("tlevel_reviews_of_marking", "review-without-its-series.delta.csv"): [(3, "series", "series_missing")] * 2,
}


@pytest.fixture
def land(tmp_path: Path) -> Land:
    """Lands an example file through the example source of its format; gives the folder and the delivery's row."""

    def landed(reader: str, name: str) -> tuple[FormatsFolder, dict[str, Any]]:
        kind = "malformed" if (EXAMPLES / reader / "malformed" / name).exists() else "good"
        folder = FormatsFolder(tmp_path)
        folder.deliver(reader, (EXAMPLES / reader / kind / name).read_bytes(), name)
        (row,) = folder.land_all(feeds_of(reader))
        return folder, row

    return landed


def test_every_malformed_example_has_its_expectation() -> None:
    found = {(path.parts[-3], path.name) for path in EXAMPLES.glob("tlevel_*/malformed/*")}
    assert found == set(REFUSED) | set(PUT_ASIDE)


@pytest.mark.parametrize(("reader", "name"), REFUSED)
def test_a_file_that_cannot_be_used_as_a_whole_is_refused(land: Land, reader: str, name: str) -> None:
    reason, named = REFUSED[reader, name]
    _, row = land(reader, name)
    assert (row["status"], row["reason"]) == ("refused", reason)
    assert named in row["message"]


@pytest.mark.parametrize(("reader", "name"), PUT_ASIDE)
def test_a_line_that_breaks_rules_is_put_aside_with_all_its_errors(land: Land, reader: str, name: str) -> None:
    folder, row = land(reader, name)
    assert row["status"] == "accepted"
    assert [reason[:3] for reason in folder.reasons()] == PUT_ASIDE[reader, name]
    lines = {reason[0] for reason in PUT_ASIDE[reader, name]}
    assert not lines & {one["line"] for one in folder.valid(row)}
    assert folder.valid(row)


def test_the_keys_of_lines_that_are_put_aside_are_known_where_they_can_be_read(land: Land) -> None:
    folder, row = land("tlevel_registrations", "provider-and-year-not-in-the-source.csv")
    keys = [(one["line"], one["key_readable"], one["qualification_number"]) for one in folder.keys(row)]
    assert keys == [(3, True, "77777777"), (4, True, "77777777")]


def test_no_error_repeats_what_stands_in_the_file(land: Land) -> None:
    folder, _ = land("tlevel_registrations", "one-line-wrong-in-everything.csv")
    told = folder.con.execute(
        "SELECT string_agg(message || coalesce(value_class, '')) FROM landed.quarantine"
    ).fetchone()
    assert told is not None
    for value in ("99000001", "SSS", "31022006", "1234", "7777", "700,700"):
        assert value not in told[0]


@pytest.mark.parametrize(
    ("reader", "change", "said"),
    [
        ("tlevel_registrations", {"awarding_organisation_rn": "5156"}, "awarding_organisation_rn"),
        ("tlevel_registrations", {"registration_dates": {"2024/25": "1 October 2024"}}, "no day"),
        ("tlevel_results", {"series": {"Summer 2026": "June"}}, "no month"),
        ("tlevel_results", {"result_dates": "someday"}, "result_dates"),
        ("tlevel_industry_placements", {"result_date": "2026-02-30"}, "result_date"),
        ("tlevel_industry_placements", {"completed_points": 0}, "completed_points"),
    ],
)
def test_an_option_that_cannot_be_meant_fails_before_any_file_is_read(
    reader: str, change: dict[str, Any], said: str
) -> None:
    given: dict[str, dict[str, Any]] = {
        "tlevel_registrations": {
            "awarding_organisation_rn": "RN0077",
            "centres": {"99999901": "99001"},
            "registration_dates": {"2024/25": "2024-10-01"},
        },
        "tlevel_results": {
            "awarding_organisation_rn": "RN0077",
            "series": {"Summer 2026": "2026-06"},
            "result_dates": "delivery",
        },
        "tlevel_industry_placements": {
            "awarding_organisation_rn": "RN0077",
            "unit_number": "PLACEMENT",
            "series": "2026-06",
            "result_date": "delivery",
        },
    }
    options = readers.reader(reader).options
    assert options.model_validate(given[reader])
    with pytest.raises(ValidationError, match=said):
        options.model_validate(given[reader] | change)


def test_the_six_files_are_rows_of_the_awarding_organisation(land: Land) -> None:
    feeds = {name: feeds_of(name) for name in readers.names() if name.startswith("tlevel_")}
    assert len(feeds) == 6
    assert all(FEEDS[feed].side == "awarding_organisation" for names in feeds.values() for feed in names)
