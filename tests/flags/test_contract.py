"""The flags are those of the contract: codes, severities, owners, subjects, reasons and the shape of their tables."""

import duckdb
import pytest

from assets.reconciled.flags import discover_flags
from schemas.flag_header import SEVERITIES, URGENT_DAYS, URGENT_WITH_APPLICATION
from schemas.flag_table import FLAG_COLUMNS, SUBJECT_KEYS
from schemas.link_review import REVIEW_REASONS
from tests.flags.reconciled_rows import built, reconciled_warehouse

FLAGS = {flag.code: flag for flag in discover_flags()}

#: The contract's table of severities.
SEVERITY = {
    "blocks_award": "applicant_without_registration registered_for_other_size registration_withdrawn "
    "centre_registration_unknown qualification_unachievable claim_missing claim_unsupported certification_blocked "
    "qualification_closed delayed_qualification_declared unit_result_overdue award_overdue award_unsupported",
    "affects_place": "offer_out_of_reach result_missing_at_ucas result_differs_at_ucas result_changed_after_release "
    "award_grade_differs",
    "delays_award": "qualification_at_risk registered_at_other_centre declaration_unresolved identity_needs_review "
    "registration_not_declared ao_registration_unknown completion_unconfirmed unit_entry_unknown "
    "duplicate_registration pathway_unconfirmed specification_missing barred_combination attempts_exceeded "
    "senior_contact_missing",
    "data_quality": "award_month_differs two_applicants_one_learner unit_entry_not_made unit_grade_differs "
    "personal_details_differ registration_after_deadline unit_outside_specification mitigation_out_of_scope "
    "released_early",
}
SEVERITY_OF = {code: severity for severity, codes in SEVERITY.items() for code in codes.split()}

REGISTRATION = ("awarding_organisation_rn", "registration_number", "qualification_number")
DECLARATION = ("personal_id", "declared_number")
UNIT = (*REGISTRATION, "unit_number", "series")
CENTRE_ROW = ("centre_number", "centre_learner_reference", "qualification_number")

#: Family, owner, who helps, and subject, as the contract's tables give them.
PLACE = {
    "applicant_without_registration": ("applicant", "awarding_organisation", "centre", DECLARATION),
    "registered_for_other_size": ("applicant", "awarding_organisation", "centre", DECLARATION),
    "registered_at_other_centre": ("applicant", "awarding_organisation", "centre", DECLARATION),
    "registration_withdrawn": ("applicant", "awarding_organisation", "centre", DECLARATION),
    "declaration_unresolved": ("applicant", "awarding_organisation", "centre", DECLARATION),
    "registration_not_declared": ("applicant", "awarding_organisation", "centre", ("personal_id", *REGISTRATION)),
    "identity_needs_review": (
        "applicant",
        "awarding_organisation",
        "centre",
        ("personal_id", "centre_number", "centre_learner_reference", *REGISTRATION),
    ),
    "offer_out_of_reach": ("applicant", "awarding_organisation", "centre", (*DECLARATION, "choice_number")),
    "centre_registration_unknown": ("centre", "centre", None, CENTRE_ROW),
    "ao_registration_unknown": ("centre", "centre", None, REGISTRATION),
    "unit_grade_differs": ("centre", "centre", None, (*CENTRE_ROW, "unit_number", "series")),
    "claim_missing": ("centre", "centre", None, REGISTRATION),
    "duplicate_registration": ("centre", "awarding_organisation", None, REGISTRATION),
    "award_month_differs": ("applicant", "awarding_organisation", "centre", DECLARATION),
    "two_applicants_one_learner": ("applicant", "awarding_organisation", "centre", ("personal_id",)),
    "result_missing_at_ucas": ("applicant", "awarding_organisation", "centre", ("personal_id", *REGISTRATION)),
    "result_differs_at_ucas": ("applicant", "awarding_organisation", "centre", ("personal_id", *REGISTRATION)),
    "unit_entry_unknown": ("centre", "centre", None, (*CENTRE_ROW, "unit_number", "series")),
    "unit_entry_not_made": ("centre", "centre", None, (*REGISTRATION, "unit_number", "series")),
    "personal_details_differ": ("centre", "centre", None, CENTRE_ROW),
    "completion_unconfirmed": ("centre", "centre", None, REGISTRATION),
    "claim_unsupported": ("centre", "centre", None, CENTRE_ROW),
    "certification_blocked": ("centre", "awarding_organisation", None, REGISTRATION),
    "registration_after_deadline": ("centre", "centre", None, REGISTRATION),
    "released_early": ("results", "awarding_organisation", None, (*REGISTRATION, "unit_number", "series")),
    "result_changed_after_release": ("results", "awarding_organisation", None, REGISTRATION),
    "qualification_unachievable": ("achievability", "centre", "awarding_organisation", REGISTRATION),
    "qualification_at_risk": ("achievability", "centre", "awarding_organisation", REGISTRATION),
    "pathway_unconfirmed": ("achievability", "centre", "awarding_organisation", REGISTRATION),
    "unit_outside_specification": ("achievability", "centre", "awarding_organisation", UNIT),
    "barred_combination": ("achievability", "centre", "awarding_organisation", REGISTRATION),
    "attempts_exceeded": ("achievability", "centre", "awarding_organisation", (*REGISTRATION, "unit_number")),
    "specification_missing": ("achievability", "centre", "awarding_organisation", REGISTRATION),
    "unit_result_overdue": ("results", "awarding_organisation", None, UNIT),
    "award_overdue": ("results", "awarding_organisation", None, REGISTRATION),
    "award_grade_differs": ("results", "awarding_organisation", None, REGISTRATION),
    "award_unsupported": ("results", "awarding_organisation", None, REGISTRATION),
    "qualification_closed": ("results", "awarding_organisation", None, REGISTRATION),
    "mitigation_out_of_scope": ("results", "awarding_organisation", None, UNIT),
    "delayed_qualification_declared": ("results", "awarding_organisation", None, DECLARATION),
    "senior_contact_missing": ("results", "awarding_organisation", None, ("centre_number",)),
}


@pytest.mark.parametrize("code", sorted(FLAGS))
def test_a_flag_has_the_severity_that_the_contract_gives_it(code: str) -> None:
    assert FLAGS[code].header.severity == SEVERITY_OF[code]


@pytest.mark.parametrize("code", sorted(PLACE))
def test_a_flag_has_the_family_owner_and_subject_that_the_contract_gives_it(code: str) -> None:
    header = FLAGS[code].header
    family, owner, helper, subject = PLACE[code]
    assert (FLAGS[code].family, header.owner, header.shared_with) == (family, owner, helper)
    assert set(header.subject) == set(subject)


def test_the_reasons_of_an_applicant_without_registration_are_those_of_the_contract() -> None:
    reasons = set(FLAGS["applicant_without_registration"].header.reasons)
    assert {"person_unknown", "other_qualification_only"} <= reasons


def test_the_reasons_of_an_identity_that_needs_review_are_those_of_the_contract_and_of_the_queue() -> None:
    reasons = set(FLAGS["identity_needs_review"].header.reasons)
    assert reasons == {"weak_evidence", "contradiction", "several_candidates"} == set(REVIEW_REASONS)


def test_the_lists_and_numbers_of_urgency_are_those_of_the_contract() -> None:
    assert set(SEVERITIES) == set(SEVERITY)
    assert URGENT_WITH_APPLICATION == ("blocks_award", "affects_place")
    assert URGENT_DAYS == 14


def test_the_key_columns_are_those_of_the_contract_in_its_order() -> None:
    assert SUBJECT_KEYS == (
        "personal_id",
        "declared_number",
        "centre_number",
        "centre_learner_reference",
        "awarding_organisation_rn",
        "registration_number",
        "qualification_number",
        "unit_number",
        "series",
        "choice_number",
    )


@pytest.fixture(scope="module")
def empty() -> duckdb.DuckDBPyConnection:
    connection = reconciled_warehouse("2026-05-20", {})
    built(connection, *FLAGS.values())
    return connection


@pytest.mark.parametrize("code", sorted(FLAGS))
def test_every_flag_has_the_same_shape_also_without_a_row(empty: duckdb.DuckDBPyConnection, code: str) -> None:
    described = empty.execute(f"DESCRIBE reconciled.{code}").fetchall()
    assert [(row[0], row[1]) for row in described] == [(column.name, column.duckdb_type) for column in FLAG_COLUMNS]
