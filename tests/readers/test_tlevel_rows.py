"""What T Level bulk files become: canonical rows of the good examples and the public files, and back again."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.landed import readers
from assets.landed.limits import Limits
from assets.landed.reader import Delivered, Part
from fixtures.formats_written import tlevel_assessment_entries, tlevel_registrations, tlevel_results
from pipelines.formats_page import EXAMPLES
from schemas.feeds import FEEDS
from tests.readers.examples import FormatsFolder, feeds_of

PUBLIC = Path(__file__).resolve().parents[3] / "shared" / "data" / "tlevels"
ORGANISATION = {"awarding_organisation_rn": "RN0077"}
SERIES = {"Autumn 2025": "2025-10", "Summer 2026": "2026-06"}
WORDS = {month: words for words, month in SERIES.items()}
DAYS = {"Autumn 2025": "2026-03-12", "Summer 2026": "2026-08-13"}

needs_public_files = pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public T Level files are not on this machine")


def read(reader: str, path: Path, **options: Any) -> Part:
    """The one part of a file."""
    known = readers.reader(reader)
    delivered = Delivered(path=path, name=path.name, delivered_on=date(2026, 9, 1), limits=Limits(), kind="delta")
    (part,) = known.read(delivered, known.options.model_validate(ORGANISATION | options))
    return part


def good(tmp_path: Path, reader: str, name: str) -> list[dict[str, Any]]:
    """The valid rows of a good example, in order of line."""
    folder = FormatsFolder(tmp_path)
    folder.deliver(reader, (EXAMPLES / reader / "good" / name).read_bytes(), name)
    (row,) = folder.land_all(feeds_of(reader))
    assert row["status"] == "accepted"
    return folder.valid(row)


def test_a_registration_is_the_learner_on_the_core_with_the_specialisms_as_pathway(tmp_path: Path) -> None:
    first, second, third, *_ = good(tmp_path, "tlevel_registrations", "registrations.2025-11-01.csv")
    assert first == {
        "awarding_organisation_rn": "RN0077",
        "registration_number": first["uln"],
        "qualification_number": "77777777",
        "centre_number": "99001",
        "forename": "Ada Invented",
        "surname": "Example",
        "date_of_birth": date(2006, 1, 10),
        "sex": None,
        "postcode": None,
        "uln": first["uln"],
        "uci": None,
        "pathway": "70000001",
        "registration_date": date(2023, 10, 1),
        "planned_completion": "2025-06",
        "status": "active",
        "line": 2,
    }
    assert second["pathway"] == "Two specialisms together"
    assert third["pathway"] == "ZTLOS099"


def test_two_specialisms_are_one_pathway_in_whatever_order_they_stand(tmp_path: Path) -> None:
    rows = good(tmp_path, "tlevel_registrations", "registrations.2025-11-01.csv")
    assert [row["pathway"] for row in rows].count("Two specialisms together") == 2


def test_headings_may_be_written_in_any_case(tmp_path: Path) -> None:
    (row,) = good(tmp_path, "tlevel_registrations", "registrations-added.2026-01-15.delta.csv")
    assert (row["forename"], row["centre_number"]) == ("Pia", "99002")


def test_a_withdrawal_is_the_same_registration_withdrawn(tmp_path: Path) -> None:
    rows = good(tmp_path, "tlevel_withdrawals", "withdrawals.2026-02-01.delta.csv")
    assert {row["status"] for row in rows} == {"withdrawn"}
    registered = good(tmp_path / "before", "tlevel_registrations", "registrations.2025-11-01.csv")
    key = FEEDS["ao_registrations"].key
    assert {tuple(row[name] for name in key) for row in rows} < {tuple(row[name] for name in key) for row in registered}
    assert [row["forename"] for row in rows] == ["Chidi", "Ulla"]


def test_the_core_and_each_specialism_are_entries_of_their_own_and_a_code_without_series_is_none(
    tmp_path: Path,
) -> None:
    rows = good(tmp_path, "tlevel_assessment_entries", "entries.2026-02-20.csv")
    assert [(row["line"], row["qualification_number"], row["unit_number"], row["series"]) for row in rows] == [
        (2, "77777777", "77777777", "2025-10"),
        (2, "77777777", "70000001", "2026-06"),
        (3, "77777777", "77777777", "2026-06"),
        (3, "77777777", "70000002", "2026-06"),
        (3, "77777777", "70000003", "2026-06"),
        (4, "77777777", "77777777", "2026-06"),
        (5, "77777777", "70000001", "2026-06"),
        (6, "77777777", "70000001", "2026-06"),
        (7, "7777776X", "7777776X", "2025-10"),
    ]
    assert {row["entry_status"] for row in rows} == {"entered"}


def test_words_of_grades_become_the_codes_that_ucas_is_sent(tmp_path: Path) -> None:
    rows = good(tmp_path, "tlevel_results", "results.2026-08-10.csv")
    assert [(row["line"], row["unit_number"], row["grade"], row["result_date"]) for row in rows] == [
        (2, "77777777", "A*", date(2026, 3, 12)),
        (2, "70000001", "D", date(2026, 8, 13)),
        (3, "77777777", "U", date(2026, 8, 13)),
        (3, "70000002", "M", date(2026, 8, 13)),
        (3, "70000003", "U", date(2026, 8, 13)),
        (4, "77777777", "Q", date(2026, 8, 13)),
        (5, "70000001", "X", date(2026, 8, 13)),
        (6, "70000001", "P", date(2026, 8, 13)),
        (7, "7777776X", "E", date(2026, 3, 12)),
        (7, "70000003", "P", date(2026, 8, 13)),
    ]


def test_a_placement_is_a_result_of_the_unit_that_the_source_names(tmp_path: Path) -> None:
    rows = good(tmp_path, "tlevel_industry_placements", "placements.2026-07-01.delta.csv")
    assert [row["grade"] for row in rows] == ["P", "P", "PC", "NC", "P"]
    assert [row["points"] for row in rows] == [315, 315, None, None, 315]
    assert {(row["unit_number"], row["series"], row["result_date"]) for row in rows} == {
        ("PLACEMENT", "2026-06", date(2026, 7, 1))
    }


def test_the_outcome_of_a_review_is_the_components_result_and_an_open_review_is_set_aside(tmp_path: Path) -> None:
    rows = good(tmp_path, "tlevel_reviews_of_marking", "reviews.2026-09-10.delta.csv")
    assert [(row["line"], row["unit_number"], row["series"], row["grade"]) for row in rows] == [
        (2, "77777777", "2026-06", "B"),
        (2, "70000001", "2026-06", "M"),
        (4, "70000001", "2026-06", "U"),
    ]
    results = good(tmp_path / "before", "tlevel_results", "results.2026-08-10.csv")
    key = FEEDS["ao_unit_results"].key
    assert [row[name] for name in key for row in rows[1:2]] == [row[name] for name in key for row in results[1:2]]
    part = read(
        "tlevel_reviews_of_marking",
        EXAMPLES / "tlevel_reviews_of_marking" / "good" / "reviews.2026-09-10.delta.csv",
        series=SERIES,
        result_dates="delivery",
    )
    assert part.set_aside == 2
    assert set(part.records["result_date"]) == {"2026-09-01"}


def test_the_number_of_learners_whose_number_is_not_known_is_no_key(tmp_path: Path) -> None:
    path = tmp_path / "entries.csv"
    path.write_text(
        "ULN,Core code,Core assessment entry,Specialism code(s),Specialism assessment entry\n"
        "9999999999,77777777,Summer 2026,,\n"
    )
    assert read("tlevel_assessment_entries", path, series=SERIES).refused["rule"].to_list() == ["uln_not_known"]


@needs_public_files
def test_the_public_registrations_are_read_whole() -> None:
    part = read(
        "tlevel_registrations",
        PUBLIC / "RegistrationsValidData.csv",
        centres={"99999901": "99001"},
        registration_dates={"2021/22": "2021-10-01"},
    )
    assert (part.records.height, part.refused.height, part.lines) == (29, 0, 30)
    assert part.records["date_of_birth"][0] == "2006-01-10"


@needs_public_files
def test_the_public_entries_hold_a_placeholder_where_a_series_belongs_and_codes_without_series() -> None:
    part = read("tlevel_assessment_entries", PUBLIC / "AssessmentEntrySuccessfulData.csv", series=SERIES)
    assert part.refused.select("line", "rule").rows() == [(2, "series_form"), (3, "series_form"), (5, "series_form")]
    # line 4 names a specialism, line 6 core and specialism, none with a series; lines that are put aside count as such
    assert part.set_aside == 3


@needs_public_files
def test_the_public_results_are_read_whole() -> None:
    options = {"series": {"Autumn 2021": "2021-10"}, "result_dates": {"Autumn 2021": "2022-03-17"}}
    part = read("tlevel_results", PUBLIC / "ResultsUploadSuccess.csv", **options)
    assert part.records["grade"].to_list() == ["A*", "U", "D"]
    assert part.refused.height == part.set_aside == 0


_NAME = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=100).filter(lambda name: name != '"')
_CODE = st.from_regex("[0-9A-Z]{8}", fullmatch=True)
_REGISTRATION = st.fixed_dictionaries(
    {
        "registration_number": st.from_regex("[1-9][0-9]{9}", fullmatch=True),
        "qualification_number": st.from_regex("[0-9]{7}[0-9X]", fullmatch=True),
        "centre_number": st.sampled_from(["99001", "99002"]),
        "forename": _NAME,
        "surname": _NAME,
        "date_of_birth": st.dates(date(1900, 1, 1), date(2026, 8, 31)).map(date.isoformat),
        "pathway": st.lists(_CODE, max_size=3, unique=True).map(lambda codes: ",".join(sorted(codes)) or None),
        "registration_date": st.sampled_from(["2023-10-01", "2024-10-01"]),
    }
)
_FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(rows=st.lists(_REGISTRATION, min_size=1, max_size=6, unique_by=lambda row: row["registration_number"]))
@_FEW
def test_any_registrations_written_in_the_format_read_back_to_the_same_rows(
    tmp_path: Path, rows: list[dict[str, str | None]]
) -> None:
    table = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))
    path = tmp_path / "registrations.csv"
    providers, years = {"99001": "99999901", "99002": "99999902"}, {"2023-10-01": "2023/24", "2024-10-01": "2024/25"}
    path.write_bytes(tlevel_registrations.write(table, providers, years))
    part = read(
        "tlevel_registrations",
        path,
        centres={ukprn: centre for centre, ukprn in providers.items()},
        registration_dates={year: day for day, year in years.items()},
    )
    assert part.refused.height == 0
    assert part.lines == len(rows) + 1
    assert part.records.select(*table.columns).equals(table)
    assert part.records["uln"].equals(table["registration_number"].alias("uln"))
    assert set(part.records["status"]) == {"active"}


def _learner(draw: st.DrawFn, grades: tuple[str, ...], specialist: tuple[str, ...]) -> list[dict[str, str]]:
    """Rows of one learner: a core of one series, specialisms of one series, or both."""
    uln, core = draw(st.from_regex("[1-9][0-9]{9}", fullmatch=True)), draw(st.sampled_from(["60000008", "6000001X"]))
    codes = draw(st.lists(_CODE.filter(lambda code: code != core), max_size=2, unique=True))
    rows = []
    for units, known in (([core] if draw(st.booleans()) or not codes else [], grades), (codes, specialist)):
        series = draw(st.sampled_from(list(WORDS)))
        for unit in units:
            key = {"registration_number": uln, "qualification_number": core, "unit_number": unit, "series": series}
            rows.append(key | {"grade": draw(st.sampled_from(known))})
    return rows


@st.composite
def _results(draw: st.DrawFn) -> pl.DataFrame:
    learners = [
        _learner(draw, ("A*", "A", "E", "U", "Q", "X"), ("D", "M", "P", "U")) for _ in range(draw(st.integers(1, 5)))
    ]
    once = {rows[0]["registration_number"]: rows for rows in learners}
    return pl.DataFrame([row for rows in once.values() for row in rows])


@given(rows=_results())
@_FEW
def test_any_results_and_entries_written_in_the_format_read_back_to_the_same_rows(
    tmp_path: Path, rows: pl.DataFrame
) -> None:
    path, core_codes = tmp_path / "bulk.csv", dict(rows.select("unit_number", "qualification_number").iter_rows())
    # a specialism that two cores share is not known by its code alone
    rows = rows.filter(pl.col("qualification_number") == pl.col("unit_number").replace_strict(core_codes))
    path.write_bytes(tlevel_results.write(rows, WORDS))
    part = read("tlevel_results", path, series=SERIES, result_dates=DAYS, core_codes=core_codes)
    assert (part.refused.height, part.set_aside) == (0, 0)
    assert part.records.select(*rows.columns).equals(rows)
    assert part.records["row"].to_list() == list(range(1, rows.height + 1))
    entries = rows.drop("grade")
    path.write_bytes(tlevel_assessment_entries.write(entries, WORDS))
    read_back = read("tlevel_assessment_entries", path, series=SERIES, core_codes=core_codes)
    assert read_back.refused.height == 0
    assert read_back.records.select(*entries.columns).equals(entries)
