"""Organisations' files and registers typed by hand from what is public of each format, with the rows they must become.

Nothing here comes from the examples or from a program that writes the format: what a test expects was written down first.
People, numbers and codes are invented; learner numbers begin with 99.
"""

from pathlib import Path

import pytest

from tests.readers.by_hand import outcome

_UCAS_SOURCE = """\
reader: ucas_file
kind: delta
options:
  awarding_organisations: {"99": RN0099}
"""
_UCAS = """\
H|99|90|R|08|2026|13082026|
S|99|90|00123|9900000012|Smith:John1|M|20082007|_|6037066X|A*|B|_|60358300|Q||_|
S|99|90|00123|9900000020|Ŵyn:Siân||31122007|_|60358300|X||_|
S|99|90|00123|9900000039|Jones:Ann|F|29022008|_|60358300|||_|
S|99|90|00123|9900000047|Jones:Ann|F|31022008|_|60358300|A||_|
T|99|90|6|082026|
"""


def test_a_ucas_file_is_what_ucas_holds_with_blank_q_and_x_as_different_facts(tmp_path: Path) -> None:
    listed = "candidate_number,personal_id\n9900000012,0012345678\n9900000020,0000000042\n9900000039,123-456-7890\n"
    source = _UCAS_SOURCE + "  personal_ids: {file: people.csv}\n"
    got = outcome(
        tmp_path, "ucas_results", source, "sent 2026-08-13.txt", _UCAS, people=listed + "9900000047,0000000047\n"
    )
    same = {"awarding_organisation_rn": "RN0099", "received_on": "2026-08-13"}
    one = {"qualification_number": "60358300"}
    assert got.rows == [
        {
            "personal_id": "0012345678",
            "qualification_number": "6037066X",
            "grade": "A*",
            "previous_grade": "B",
            "line": 2,
        }
        | same,
        {"personal_id": "0012345678", "grade": "Q", "line": 2} | one | same,
        {"personal_id": "0000000042", "grade": "X", "line": 3} | one | same,
        {"personal_id": "1234567890", "line": 4} | one | same,
    ]
    assert got.aside == [(5, "date_of_birth", "format")]


def test_the_same_ucas_file_as_awards_tells_states_and_leaves_x_to_the_source(tmp_path: Path) -> None:
    got = outcome(tmp_path, "ao_awards", _UCAS_SOURCE + "  feed: ao_awards\n", "sent 2026-08-13.txt", _UCAS)
    states = [(row["line"], row["result_status"], row.get("grade")) for row in got.rows]
    assert states == [(2, "issued", "A*"), (2, "pending", "Q"), (4, "none", None)]
    assert {(3, "result_status", "status_not_known"), (5, "date_of_birth", "format")} == set(got.aside)


_TLEVEL = """\
  awarding_organisation_rn: RN0099
  complete: true
"""
_LEARNERS = (
    _TLEVEL
    + """\
  centres: {"10000001": "00123"}
  registration_dates: {"2024/25": "2024-10-01"}
"""
)
_REGISTRATIONS = """\
ULN,First name,Last name,Date of birth,UKPRN,Academic year,Core code,Specialism code(s)
9900000012,Siân,Ŵyn-Jones,05062008,10000001,2024/25,6037066X,"ZTLOS002,ZTLOS001"
9999999999,Ann,Jones,05062008,10000001,2024/25,60358300,
9900000020,Ann,Jones,31022008,1000001,2024/25,60358300,ZTLOS1
"""


@pytest.mark.parametrize(("kind", "status"), [("registrations", "active"), ("withdrawals", "withdrawn")])
def test_t_level_learners_are_registered_or_withdrawn_with_several_specialisms_as_one_pathway(
    tmp_path: Path, kind: str, status: str
) -> None:
    options = _LEARNERS if kind == "registrations" else _LEARNERS.replace("  complete: true\n", "")
    source = f"reader: tlevel_{kind}\noptions:\n{options}"
    got = outcome(tmp_path, "ao_registrations", source, "learners 2025-10-01.delta.csv", _REGISTRATIONS)
    assert got.rows == [
        {
            "awarding_organisation_rn": "RN0099",
            "registration_number": "9900000012",
            "qualification_number": "6037066X",
            "centre_number": "00123",
            "forename": "Siân",
            "surname": "Ŵyn-Jones",
            "date_of_birth": "2008-06-05",
            "uln": "9900000012",
            "pathway": "ZTLOS001,ZTLOS002",
            "registration_date": "2024-10-01",
            "status": status,
            "line": 2,
        }
    ]
    assert set(got.aside) == {
        (3, "registration_number", "uln_not_known"),
        (4, "date_of_birth", "date_form"),
        (4, "centre_number", "ukprn_form"),
        (4, "pathway", "code_form"),
    }


_SERIES = _TLEVEL + '  series: {"Summer 2026": "2026-06"}\n'


def test_t_level_entries_are_a_row_for_the_core_and_for_each_specialism(tmp_path: Path) -> None:
    content = (
        "ULN,Core code,Core assessment entry,Specialism code(s),Specialism assessment entry\n"
        '9900000012,6037066X,Summer 2026,"ZTLOS001,ZTLOS002",Summer 2026\n'
        "9900000020,,Summer 2026,,\n"
    )
    source = "reader: tlevel_assessment_entries\noptions:\n" + _SERIES
    got = outcome(tmp_path, "ao_unit_entries", source, "entries 2026-02-01.csv", content)
    same = {"awarding_organisation_rn": "RN0099", "registration_number": "9900000012", "line": 2}
    same |= {"qualification_number": "6037066X", "series": "2026-06", "entry_status": "entered"}
    assert got.rows == [same | {"unit_number": unit} for unit in ("6037066X", "ZTLOS001", "ZTLOS002")]
    assert set(got.aside) == {(3, "qualification_number", "code_missing")}


def test_t_level_results_keep_unclassified_pending_and_no_result_apart(tmp_path: Path) -> None:
    content = (
        "ULN,ComponentCode (Core),AssessmentSeries (Core),ComponentGrade (Core),ComponentCode (Specialisms),"
        "AssessmentSeries (Specialisms),ComponentGrade (Specialisms)\n"
        '9900000012,6037066X,Summer 2026,A*,"ZTLOS001,ZTLOS002",Summer 2026,"Merit,Unclassified"\n'
        "9900000020,6037066X,Summer 2026,Q - pending result,ZTLOS001,Summer 2026,X - no result\n"
        "9900000039,6037066X,Summer 2026,,,,\n"
        "9900000047,6037066X,Summer 2026,Merit,,,\n"
    )
    source = "reader: tlevel_results\noptions:\n" + _SERIES + '  result_dates: {"Summer 2026": "2026-08-13"}\n'
    got = outcome(tmp_path, "ao_unit_results", source, "results 2026-08-10.csv", content)
    assert [(row["line"], row["unit_number"], row["grade"]) for row in got.rows] == [
        (2, "6037066X", "A*"),
        (2, "ZTLOS001", "M"),
        (2, "ZTLOS002", "U"),
        (3, "6037066X", "Q"),
        (3, "ZTLOS001", "X"),
    ]
    assert {(row["series"], row["result_date"]) for row in got.rows} == {("2026-06", "2026-08-13")}
    assert (got.aside, got.delivery["set_aside_rows"]) == ([(5, "grade", "unknown_grade")], 1)


def test_t_level_placements_are_results_of_the_unit_that_the_source_names(tmp_path: Path) -> None:
    content = (
        "ULN,Core code,Industry placement status,Industry placement hours,Special consideration reason\n"
        "9900000012,6037066X,Placement completed,,\n"
        "9900000020,6037066X,Placement will not be completed,,\n"
        "9900000039,6037066X,Completed,,\n"
    )
    source = (
        "reader: tlevel_industry_placements\nkind: delta\noptions:\n  awarding_organisation_rn: RN0099\n"
        '  unit_number: IP\n  series: "2026-06"\n  result_date: delivery\n'
    )
    got = outcome(tmp_path, "ao_unit_results", source, "placements 2026-07-01.csv", content)
    assert [(row["registration_number"], row["unit_number"], row["grade"], row["result_date"]) for row in got.rows] == [
        ("9900000012", "IP", "P", "2026-07-01"),
        ("9900000020", "IP", "NC", "2026-07-01"),
    ]
    assert got.aside == [(4, "grade", "unknown_status")]


def test_a_t_level_review_that_is_decided_is_the_grade_that_stands(tmp_path: Path) -> None:
    content = (
        "ULN,First name,Last name,Date of birth,UKPRN,Academic year,Assessment Series (Core),Core component code,"
        "Core ROMM open,Core ROMM outcome,Assessment Series (Specialisms),Specialism component code,"
        "Specialism ROMM open,Specialism ROMM outcome\n"
        "9900000012,Siân,Ŵyn,05062008,10000001,2024/25,Summer 2026,6037066X,Yes,B,Summer 2026,ZTLOS001,Yes,\n"
        "9900000020,Ann,Jones,05062008,10000001,2024/25,Summer 2026,6037066X,No,B,,,No,\n"
    )
    source = "reader: tlevel_reviews_of_marking\nkind: delta\noptions:\n" + _SERIES.replace("  complete: true\n", "")
    got = outcome(tmp_path, "ao_unit_results", source + "  result_dates: delivery\n", "reviews 2026-09-10.csv", content)
    assert [(row["line"], row["unit_number"], row["grade"], row["result_date"]) for row in got.rows] == [
        (2, "6037066X", "B", "2026-09-10")
    ]
    assert got.aside == [(3, "grade", "outcome_without_review")]


def test_dates_of_the_register_have_the_month_first_and_others_of_the_kind_are_not_guessed(tmp_path: Path) -> None:
    content = (
        "Qualification Number,Qualification Title,Owner Organisation Name,Qualification Level,Operational Start Date,"
        "Operational End Date,Certification End Date,Guided Learning Hours,Offered In\n"
        "990/0001/X,Invented T Level,Invented Awards,Level 3,6/1/2011 12:00:00 AM +00:00,"
        "3/31/2023 10:59:59 PM +00:00,,1800,England|Northern Ireland\n"
        "990/0002/7,Invented Certificate,Invented Awards,Level 1/2,01/06/2011,,,120,England\n"
        "990/0003/9,Invented Award,Awards of Nobody,Entry Level,,,,,England\n"
    )
    source = "reader: ofqual_register\noptions:\n  organisation_names: {Invented Awards: RN9901}\n"
    got = outcome(tmp_path, "qualifications", source, "register 2026-07-01.csv", content)
    assert got.rows == [
        {
            "qualification_number": "9900001X",
            "title": "Invented T Level",
            "awarding_organisation_rn": "RN9901",
            "level": "3",
            "guided_learning_hours": 1800,
            "operational_start_date": "2011-06-01",
            "operational_end_date": "2023-03-31",
            "line": 2,
        }
    ]
    assert set(got.aside) == {
        (3, "operational_start_date", "date"),
        (4, "awarding_organisation_rn", "organisation_unknown"),
    }


def test_the_list_of_approved_qualifications_gives_titles_and_levels_and_no_dates(tmp_path: Path) -> None:
    content = (
        "DateOfOfqualDataSnapshot,QualificationName,AwardingOrganisation,QualificationNumber,Level,QualificationType,Status,"
        "Age1619_FundingAvailable,Age1619_FundingApprovalStartDate,Age1619_Notes,AwardingOrganisationURL\n"
        '18/02/2025,"Invented\n Diploma ",Invented Awards,9900001X,Level 3,Invented,Available,Yes,01/08/2025,"a, b",none\n'
        "18/02/2025,Invented Award,Invented Awards,990/001,Level 9,Invented,Available,No,,,none\n"
    )
    source = "reader: dfe_approved_list\noptions:\n  organisations: {Invented Awards: RN9901}\n"
    got = outcome(tmp_path, "qualifications", source, "approved 2025-02-18.csv", content)
    assert got.rows == [
        {
            "qualification_number": "9900001X",
            "title": "Invented Diploma",
            "awarding_organisation_rn": "RN9901",
            "level": "3",
            "line": 2,
        }
    ]
    assert set(got.aside) == {(4, "qualification_number", "pattern"), (4, "level", "codes")}
