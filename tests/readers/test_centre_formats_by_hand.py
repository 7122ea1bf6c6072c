"""What passes between centres and organisations, typed by hand from what is public of each format, with the rows it becomes.

Nothing here comes from the examples or from a program that writes the format: what a test expects was written down first.
People, numbers, codes and the layout of results are invented; learner numbers begin with 99.
"""

from pathlib import Path

import pytest

from tests.readers.by_hand import outcome

#: Forty characters, as many as the field holds: the forenames are cut.
_LONG_NAME = "FEATHERSTONEHAUGH-CHOLMONDELEY: MARGARET"


def test_pearson_registrations_have_the_day_first_and_names_as_they_stand(tmp_path: Path) -> None:
    content = (
        "Centre reference,First names,Last names,Sex,DOB,Planned completion,ULN,Study mode\n"
        "A000000001,CHRISTOPHER ALEXANDE,FEATHERSTONEHAUGH-CHOLMONDELEY,M,05/06/2008,01/07/2026,9999999999,F\n"
        "A000000002,SIAN,WYN-JONES,F,2008-06-05,01/07/2026,9900000012,F\n"
    )
    source = (
        "reader: pearson_bulk_registrations\nkind: delta\noptions:\n"
        '  centre_number: "00123"\n  qualification_number: 9900001X\n'
    )
    got = outcome(tmp_path, "centre_registrations", source, "registered 2025-10-20.csv", content)
    assert got.rows == [
        {
            "centre_number": "00123",
            "centre_learner_reference": "A000000001",
            "qualification_number": "9900001X",
            "awarding_organisation_rn": "RN5133",
            "forename": "CHRISTOPHER ALEXANDE",
            "surname": "FEATHERSTONEHAUGH-CHOLMONDELEY",
            "date_of_birth": "2008-06-05",
            "sex": "M",
            "uln": "9999999999",
            "planned_completion": "2026-07",
            "status": "active",
            "line": 2,
        }
    ]
    assert got.aside == [(3, "date_of_birth", "date_form")]


def _placed(width: int, *fields: tuple[int, str]) -> str:
    """A record with texts at positions, which count from 1."""
    record = " " * width
    for first, text in fields:
        record = record[: first - 1] + text + record[first - 1 + len(text) :]
    return record


_EDI_SOURCE = """\
kind: delta
options:
  awarding_organisations: {"72": RN0099}
  codes: {file: codes.csv}
"""
_CODES = """\
code,entry,qualification_number,unit_number
72/DIPWS,certification,99000028,
72/DIPNS,certification,9900001X,
72/UNIT01,unit,9900001X,A/507/8148
"""


def _edi_source(reader: str, options: str) -> str:
    return f"reader: {reader}\n{_EDI_SOURCE}{options}"


def test_entries_have_the_identifier_at_60_to_72_and_names_of_forty_characters(tmp_path: Path) -> None:
    assert len(_LONG_NAME) == 40
    candidate = ((1, "E5"), (4, "00123"), (9, "0042"), (13, _LONG_NAME), (53, "F"), (54, "050608"))
    uci = (60, "001230260042X")
    lines = [
        _placed(192, (1, "E100123726A26"), (25, "14")),
        _placed(192, (1, "E300123726A26")),
        _placed(192, *candidate, uci, (86, "9900000012"), (109, "DIPNS"), (116, "UNIT01")),
        _placed(192, *candidate, uci, (109, "OTHER")),
        _placed(192, (1, "E7001230000004")),
        _placed(192, (1, "E9001230000006")),
    ]
    source = _edi_source("edi_entries", "  layout: entries-14\n  learner_reference: candidate_number\n")
    content = "\r\n".join([*lines, ""])
    got = outcome(tmp_path / "one", "centre_registrations", source, "E0012372.X01", content, codes=_CODES)
    assert got.rows == [
        {
            "centre_number": "00123",
            "centre_learner_reference": "0042",
            "qualification_number": "9900001X",
            "awarding_organisation_rn": "RN0099",
            "forename": "MARGARET",
            "surname": "FEATHERSTONEHAUGH-CHOLMONDELEY",
            "date_of_birth": "2008-06-05",
            "sex": "F",
            "uln": "9900000012",
            "uci": "001230260042X",
            "candidate_number": "0042",
            "planned_completion": "2026-06",
            "status": "active",
            "line": 3,
        }
    ]
    units = outcome(tmp_path / "two", "centre_unit_entries", source, "E0012372.X01", content, codes=_CODES)
    assert [(row["unit_number"], row["series"], row["entry_status"]) for row in units.rows] == [
        ("A/507/8148", "2026-06", "entered")
    ]
    assert (4, "qualification_number", "code_unknown") in units.aside


_RESULTS_LAYOUT = """\
  layout:
    kind: results
    source: invented
    length: 60
    marker: {from: 1, to: 2}
    file_header:
      marker: R1
      gaps:
        - {from: 3, to: 60, what: blank}
    detail:
      marker: R5
      fields:
        registration_number: {from: 3, to: 12}
        option_code: {from: 13, to: 18}
        grade: {from: 19, to: 20}
        previous_grade: {from: 21, to: 22}
      gaps:
        - {from: 23, to: 60, what: blank}
    file_trailer:
      marker: R9
      fields:
        record_count: {from: 3, to: 8, counts: details}
      gaps:
        - {from: 9, to: 60, what: blank}
  scales:
    "99000028": [PPP, MPP, MMP, MMM, DMM, DDM, DDD, D*DD, D*D*D, D*D*D*]
    9900001X: [PPP, MPP, MMP, MMM, DMM, DDM, DDD]
"""


def test_d1_is_another_grade_in_each_qualification_and_an_indicator_before_it_is_kept(tmp_path: Path) -> None:
    records = (
        "REG1      DIPWS D1D4",
        "REG2      DIPNS D1",
        "REG3      DIPNS D6",
        "REG4      DIPWS D2Q ",
        "REG5      DIPWS X ",
    )
    lines = ["R1", *(f"R5{record}" for record in records), "R9000005"]
    source = _edi_source("edi_results", _RESULTS_LAYOUT)
    got = outcome(tmp_path, "ao_awards", source, "R0012372.X01", "\r\n".join([*lines, ""]), codes=_CODES)
    assert [
        tuple(row.get(name) for name in ("line", "grade", "previous_grade", "result_status")) for row in got.rows
    ] == [
        (2, "D*D*D*", "DDD", "issued"),
        (3, "DDD", None, "issued"),
        (5, "D*D*D", "Q", "issued"),
        (6, None, None, "none"),
    ]
    assert got.aside == [(4, "grade", "grade_code")]


@pytest.mark.parametrize(
    ("reader", "letter", "record", "options"),
    [
        ("edi_syllabuses", "S", "S5SYL1  INVENTED SYLLABUS", ""),
        ("edi_components", "C", "C5COMPONENT1  INVENTED COMPONENT", ""),
        (
            "edi_options",
            "O",
            "O5UNIT01SYL1         UVTQ L3 EXY12T9990001INVENTED UNIT",
            '  awarding_organisations: {"72": RN0099}\n',
        ),
    ],
)
def test_basedata_without_a_certification_is_counted_and_set_aside(
    tmp_path: Path, reader: str, letter: str, record: str, options: str
) -> None:
    head = [f"{letter}16A26_726A26BINVENT 00114", f"{letter}36A26_726A26001"]
    tail = [f"{letter}76A26_0000003", f"{letter}96A26_0000005"]
    source = f"reader: {reader}\nkind: delta\noptions:\n" + (options or "  data_type: null\n")
    content = "\r\n".join([*head, record, *tail, ""])
    got = outcome(tmp_path / "whole", "qualifications", source, f"{letter}6A26_72.X01", content)
    assert (got.delivery["reason"], got.rows) == ("no_row_for_feed", [])
    short = outcome(
        tmp_path / "short", "qualifications", source, f"{letter}6A26_72.X01", content.replace(record + "\r\n", "")
    )
    assert (short.delivery["status"], short.delivery["reason"]) == ("refused", "edi_count")


def _outcome_element(element: str, kind: str, value: str) -> str:
    return (
        "<QEOutcome_CN><Awarding_Organisation_Party_Id>72</Awarding_Organisation_Party_Id>"
        f"<AO_Qualification_Element_Id>{element}</AO_Qualification_Element_Id><QE_Outcome_Type>Result</QE_Outcome_Type>"
        f"<QE_Outcome_Value_Type>{kind}</QE_Outcome_Value_Type><QE_Outcome_Value>{value}</QE_Outcome_Value>"
        "<QE_Outcome_Date>2026-08-13</QE_Outcome_Date><QE_Outcome_Status_Type>Issued</QE_Outcome_Status_Type></QEOutcome_CN>"
    )


def test_results_by_a2c_are_of_the_organisations_own_number_for_the_learner(tmp_path: Path) -> None:
    outcomes = (
        _outcome_element("U1", "Grade", "D")
        + _outcome_element("U1", "Scaled/Weighted Mark", "071")
        + _outcome_element("Q1", "Grade", "D*D")
        + _outcome_element("U9", "Grade", "P")
    )
    content = (
        '<A2CMessage xmlns="http://jcq.org.uk/a2c"><MsgHeader><TransactionInfo><TransactionName>ProcessResults'
        "</TransactionName></TransactionInfo></MsgHeader><DataBlock><PartyRelationshipRole_DS><PartyRelationshipRole>"
        "<Party_Id_1st>72</Party_Id_1st><Party_Id_2nd>001230260042X</Party_Id_2nd>"
        "<Relationship_Reference>AB00042</Relationship_Reference><Party_RR_Reference_Type>AO Assigned Learner Identifier"
        "</Party_RR_Reference_Type></PartyRelationshipRole></PartyRelationshipRole_DS></DataBlock><DataBlock><QEOutcome_DS>"
        "<QEOutcome><Party_Id_Originator>72</Party_Id_Originator><Learner_Party_Id>001230260042X</Learner_Party_Id>"
        f"{outcomes}</QEOutcome></QEOutcome_DS></DataBlock></A2CMessage>"
    )
    source = (
        'reader: a2c_results\nkind: delta\noptions:\n  awarding_organisations: {"72": RN0099}\n'
        "  elements:\n    U1: {qualification_number: 9900001X, unit_number: A/507/8148, series: 2026-06}\n"
        '    Q1: {qualification_number: 9900001X, unit_number: ""}\n  outcome_values: {Grade: grade}\n'
    )
    same = {"awarding_organisation_rn": "RN0099", "registration_number": "AB00042", "qualification_number": "9900001X"}
    units = outcome(tmp_path / "units", "ao_unit_results", source, "a2c 2026-08-13.xml", content)
    unit = {"unit_number": "A/507/8148", "series": "2026-06", "result_date": "2026-08-13", "grade": "D", "points": 71.0}
    assert units.rows == [same | unit | {"line": 1}]
    assert units.aside == [(4, "AO_Qualification_Element_Id", "element_unknown")]
    awards = outcome(tmp_path / "awards", "ao_awards", source, "a2c 2026-08-13.xml", content)
    assert awards.rows == [same | {"result_status": "issued", "grade": "D*D", "issued_on": "2026-08-13", "line": 3}]


def _aim(reference: str, status: str, grade: str) -> str:
    return (
        f"<LearningDelivery><LearnAimRef>{reference}</LearnAimRef><LearnStartDate>2024-09-02</LearnStartDate>"
        f"<LearnPlanEndDate>2026-07-03</LearnPlanEndDate><CompStatus>{status}</CompStatus>"
        f"<OutGrade>{grade}</OutGrade></LearningDelivery>"
    )


def test_a_learner_record_keeps_reversed_stars_and_zeros_and_sets_class_codes_aside(tmp_path: Path) -> None:
    aims = (
        _aim("9900001x", "1", "") + _aim("Z0007834", "1", "") + _aim("A5078148", "2", "*D") + _aim("99000028", "9", "")
    )
    content = (
        '<Message xmlns="ESFA/ILR/2025-26"><LearningProvider><UKPRN>10000001</UKPRN></LearningProvider><Learner>'
        "<LearnRefNumber>000042</LearnRefNumber><ULN>9999999999</ULN><FamilyName>Ŵyn</FamilyName><GivenNames>Siân</GivenNames>"
        "<DateOfBirth>2008-06-05</DateOfBirth><Sex>F</Sex><Postcode>ZZ99 9ZZ</Postcode>"
        f"<LearnerHE><UCASPERID>0012345678</UCASPERID></LearnerHE>{aims}</Learner></Message>"
    )
    source = (
        'reader: ilr\noptions:\n  centre_numbers: {"10000001": "00123"}\n'
        '  awarding_organisations: {9900001X: RN0099, "99000028": RN0099}\n  completion_statuses: {"1": active}\n'
        "  units:\n    A5078148: {qualification_number: 9900001X, unit_number: A/507/8148}\n"
        '  unit_entry_statuses: {"2": entered}\n'
    )
    got = outcome(tmp_path / "one", "centre_registrations", source, "ILR 2026-05-01.xml", content)
    assert got.rows == [
        {
            "centre_number": "00123",
            "centre_learner_reference": "000042",
            "qualification_number": "9900001X",
            "awarding_organisation_rn": "RN0099",
            "forename": "Siân",
            "surname": "Ŵyn",
            "date_of_birth": "2008-06-05",
            "sex": "F",
            "uln": "9999999999",
            "personal_id": "0012345678",
            "registration_date": "2024-09-02",
            "planned_completion": "2026-07",
            "status": "active",
            "line": 1,
        }
    ]
    assert (got.aside, got.delivery["set_aside_rows"]) == ([(4, "status", "codes")], 1)
    units = outcome(tmp_path / "two", "centre_unit_entries", source, "ILR 2026-05-01.xml", content)
    assert [(row["unit_number"], row["centre_grade"]) for row in units.rows] == [("A/507/8148", "*D")]
