"""Links among more than two records: twins, namesakes, shared identifiers, ambiguity, and what each link says of itself."""

import re
from datetime import date

import pytest

from assets.linked.links import link_people
from tests.linkage.invented import BORN, applicant, broken_uln, centre_row, registration, uci, uln
from tests.linkage.linking import learners, linked_warehouse, links

SIMONE = {"forename": "Simone"}


def test_rows_of_one_centre_learner_reference_are_one_learner() -> None:
    connection = linked_warehouse(centre_rows=[centre_row(1), centre_row(1, qualification_number="60000005")])
    link = links(connection)["ref 1"]
    assert (link.stage, link.score) == ("same_record", 1.0)
    assert link.evidence == "centre_learner_reference, date_of_birth, surname, forename, centre_number"


def test_a_surname_changed_within_one_registration_number_stays_one_learner() -> None:
    rows = [registration(1), registration(1, qualification_number="60000005", surname="Ashdown")]
    assert links(linked_warehouse(registrations=rows))["reg 1"].stage == "same_record"


def test_one_learner_reference_at_two_centres_says_nothing() -> None:
    rows = [centre_row(1), centre_row(1, centre_number="10002")]
    assert len(learners(linked_warehouse(centre_rows=rows))) == 2


def test_all_records_of_one_person_are_one_learner_by_whatever_ties_them() -> None:
    connection = linked_warehouse(
        applicants=[applicant(1, uln=uln(1), postcode="ZZ1 1ZZ")],
        centre_rows=[centre_row(1, uci=uci(1), personal_id="0000000001")],
        registrations=[
            registration(1, uci=uci(1), uln=uln(1)),
            registration(2, postcode="ZZ1 1ZZ", centre_number="10003"),
        ],
    )
    found = links(connection)
    assert len({link.learner_id for link in found.values()}) == 1
    assert {own: link.stage for own, link in found.items()} == {
        "0000000001": "uln_and_person",
        "reg 1": "uln_and_person",
        "ref 1": "uci",
        "reg 2": "names_birth_postcode",
    }


def test_evidence_names_what_agreed_and_no_value() -> None:
    connection = linked_warehouse(
        applicants=[applicant(1, uln=uln(1), surname="Ashdown", postcode="ZZ1 1ZZ")],
        registrations=[registration(1, uln=uln(1), postcode="ZZ1 1ZZ")],
    )
    assert {link.evidence for link in links(connection).values()} == {"uln, date_of_birth, forename, postcode"}


def test_stronger_stages_have_higher_scores_and_nobody_linked_has_none() -> None:
    connection = linked_warehouse(
        applicants=[applicant(1, uln=uln(1)), applicant(2, forenames="Oriel", centre_number="10001")],
        registrations=[
            registration(1, uln=uln(1)),
            registration(2, forename="Oriel"),
            registration(3, forename="Piers"),
        ],
    )
    found = links(connection)
    assert found["reg 1"].score > found["reg 2"].score > found["reg 3"].score == 0.0
    assert (found["reg 3"].stage, found["reg 3"].evidence) == ("unlinked", "")


def test_twins_are_two_learners_in_every_feed() -> None:
    place = {"postcode": "ZZ1 1ZZ"}
    connection = linked_warehouse(
        applicants=[applicant(1, **place), applicant(2, forenames="Simone", **place)],
        centre_rows=[centre_row(1, **place), centre_row(2, **SIMONE, **place)],
        registrations=[registration(1, **place), registration(2, **SIMONE, **place)],
    )
    found = links(connection)
    assert found["0000000001"].learner_id == found["ref 1"].learner_id == found["reg 1"].learner_id
    assert found["0000000002"].learner_id == found["ref 2"].learner_id == found["reg 2"].learner_id
    assert len({link.learner_id for link in found.values()}) == 2


def test_twins_whose_ulns_were_swapped_in_one_feed_are_not_merged() -> None:
    connection = linked_warehouse(
        centre_rows=[centre_row(1, uln=uln(1)), centre_row(2, uln=uln(2), **SIMONE)],
        registrations=[registration(1, uln=uln(2)), registration(2, uln=uln(1), **SIMONE)],
    )
    found = links(connection)
    assert found["ref 1"].learner_id != found["reg 2"].learner_id
    assert found["ref 2"].learner_id != found["reg 1"].learner_id


def test_twins_of_like_names_whose_ulns_were_swapped_in_one_feed_are_not_merged() -> None:
    hayden, jayden = {"forename": "Hayden"}, {"forename": "Jayden"}
    connection = linked_warehouse(
        centre_rows=[centre_row(1, uln=uln(1), **hayden), centre_row(2, uln=uln(2), **jayden)],
        registrations=[registration(1, uln=uln(2), **hayden), registration(2, uln=uln(1), **jayden)],
    )
    found = links(connection)
    haydens, jaydens = ({found[f"{kind} {number}"].learner_id for kind in ("ref", "reg")} for number in (1, 2))
    assert not haydens & jaydens


def test_a_sister_of_whose_name_the_others_is_a_short_form_is_not_merged_with_her() -> None:
    connection = linked_warehouse(
        applicants=[applicant(1, forenames="Elizabeth", centre_number="10001")],
        registrations=[registration(1, forename="Elizabeth"), registration(2, forename="Beth")],
    )
    found = links(connection)
    assert found["0000000001"].learner_id == found["reg 1"].learner_id != found["reg 2"].learner_id


def test_twins_whose_personal_ids_were_swapped_are_not_merged() -> None:
    connection = linked_warehouse(
        applicants=[applicant(1), applicant(2, forenames="Simone")],
        centre_rows=[centre_row(1, personal_id="0000000002"), centre_row(2, personal_id="0000000001", **SIMONE)],
    )
    found = links(connection)
    assert found["0000000001"].learner_id != found["ref 2"].learner_id
    assert found["0000000002"].learner_id != found["ref 1"].learner_id


def test_a_uln_that_two_people_of_one_feed_share_links_each_only_where_all_agrees() -> None:
    connection = linked_warehouse(
        centre_rows=[centre_row(1, uln=uln(1), centre_number="10002")],
        registrations=[registration(1, uln=uln(1)), registration(2, uln=uln(1), **SIMONE)],
    )
    found = links(connection)
    assert found["ref 1"].learner_id == found["reg 1"].learner_id != found["reg 2"].learner_id


def test_twins_do_not_become_one_through_a_third_record_that_could_be_either() -> None:
    connection = linked_warehouse(
        applicants=[applicant(1, forenames="Alexander", centre_number="10001")],
        centre_rows=[centre_row(1, forename="Alex")],
        registrations=[registration(1, forename="Alexandra")],
    )
    assert len(learners(connection)) == 3


def test_brothers_of_one_first_forename_do_not_become_one_through_a_record_without_the_second() -> None:
    connection = linked_warehouse(
        applicants=[applicant(1, forenames="Muhammad Ali", centre_number="10001")],
        centre_rows=[centre_row(1, forename="Muhammad Hassan")],
        registrations=[registration(1, forename="Muhammad")],
    )
    assert len(learners(connection)) == 3


def test_a_record_that_fits_two_people_is_linked_to_neither() -> None:
    connection = linked_warehouse(
        applicants=[applicant(1, centre_number="10001")],
        registrations=[
            registration(1, uln=uln(1)),
            registration(2, uln=uln(2), awarding_organisation_rn="RN0002", qualification_number="60000008"),
        ],
    )
    assert {link.stage for link in links(connection).values()} == {"unlinked"}


def test_stronger_evidence_settles_what_would_be_ambiguous() -> None:
    connection = linked_warehouse(
        applicants=[applicant(1, centre_number="10001", uln=uln(2))],
        registrations=[registration(1, uln=uln(1)), registration(2, uln=uln(2))],
    )
    found = links(connection)
    assert found["0000000001"].learner_id == found["reg 2"].learner_id != found["reg 1"].learner_id


@pytest.mark.parametrize("shared", [{"uln": uln(1)}, {"centre_number": "10001"}], ids=["uln", "centre"])
def test_two_applications_of_one_person_are_one_learner(shared: dict[str, str]) -> None:
    connection = linked_warehouse(applicants=[applicant(1, **shared), applicant(2, **shared)])
    assert len(learners(connection)) == 1


def test_names_and_centre_do_not_outweigh_the_personal_id_of_another_applicant() -> None:
    connection = linked_warehouse(
        applicants=[applicant(1, centre_number="10001"), applicant(2, forenames="Oriel", surname="Prendergast")],
        centre_rows=[centre_row(1, personal_id="0000000002")],
    )
    assert {link.stage for link in links(connection).values()} == {"unlinked"}


def test_a_person_never_has_two_dates_of_birth_and_two_ulns() -> None:
    """The UCI ties the second ULN to a date of birth; the first ULN would tie it to another one."""
    connection = linked_warehouse(
        applicants=[applicant(1, uln=uln(1), date_of_birth=BORN.replace(day=6))],
        centre_rows=[centre_row(1, uln=uln(1), uci=uci(1))],
        registrations=[registration(1, uln=uln(2), uci=uci(1))],
    )
    found = links(connection)
    assert found["0000000001"].learner_id == found["ref 1"].learner_id != found["reg 1"].learner_id


def test_a_weaker_pair_does_not_join_what_a_stronger_one_made_contradictory() -> None:
    connection = linked_warehouse(
        applicants=[applicant(1, uln=uln(1))],
        centre_rows=[centre_row(1, uln=uln(1), date_of_birth=BORN.replace(month=12))],
        registrations=[registration(1, uln=uln(2), date_of_birth=BORN.replace(month=12))],
    )
    found = links(connection)
    assert found["0000000001"].learner_id == found["ref 1"].learner_id
    assert found["reg 1"].stage == "unlinked"


def test_a_value_that_hundreds_share_links_nobody_and_takes_no_time() -> None:
    rows = [registration(number, uln=uln(1), centre_number=f"{20000 + number}") for number in range(300)]
    assert len(learners(linked_warehouse(registrations=rows))) == 300


def test_every_row_has_a_learner_whose_id_is_stable_and_tells_nothing() -> None:
    rows = {"applicants": [applicant(1)], "registrations": [registration(1, uln=broken_uln(1))]}
    first, again = links(linked_warehouse(**rows)), links(linked_warehouse(**rows))
    assert first == again
    assert all(re.fullmatch("L[0-9a-f]{15}", link.learner_id) for link in first.values())


def test_a_learner_keeps_its_id_when_an_application_joins_it() -> None:
    before = links(linked_warehouse(registrations=[registration(1, uln=uln(1))]))
    after = links(linked_warehouse([applicant(1, uln=uln(1))], registrations=[registration(1, uln=uln(1))]))
    assert before["reg 1"].learner_id == after["reg 1"].learner_id == after["0000000001"].learner_id


def test_people_stand_with_their_keys_and_standardised_names_one_for_each_row() -> None:
    connection = linked_warehouse(
        applicants=[applicant(1, forenames="Nadia Rose", previous_surname="Ash-down", uln="9999999999")],
        centre_rows=[centre_row(1, postcode="zz1 1zz", personal_id="0000000001", centre_number="10009")],
        centres=[{"centre_number": "10009", "name": "Invented", "replaced_by_centre_number": "10001"}],
    )
    rows = connection.execute(
        """
        SELECT feed, personal_id, centre_number, forename_std, other_forenames_std, surname_std, previous_surname_std,
            uln_key, personal_id_key, postcode_std, current_centre_number
        FROM linked.people ORDER BY feed
        """
    ).fetchall()
    own = "0000000001"
    assert rows == [
        ("centre_registrations", None, "10009", "NADIA", None, "WINTERBOURNE", None, None, own, "ZZ11ZZ", "10001"),
        ("ucas_applicants", own, None, "NADIA", "ROSE", "WINTERBOURNE", "ASHDOWN", None, own, None, None),
    ]


def test_no_people_give_no_links() -> None:
    assert links(linked_warehouse()) == {}


@pytest.mark.parametrize("count", ["rows", "learners", "unlinked_rows", "linked_by_uln_and_person", "refused_by_uln"])
def test_counts_say_how_many_were_linked_by_which_stage(count: str) -> None:
    connection = linked_warehouse(
        [applicant(1, uln=uln(1))], registrations=[registration(1, uln=uln(1)), registration(2, uln=uln(1), **SIMONE)]
    )
    expected = {"rows": 3, "learners": 2, "unlinked_rows": 1, "linked_by_uln_and_person": 2, "refused_by_uln": 0}
    assert link_people(connection, as_of=date(2026, 6, 1))[count] == expected[count]
    ((left,),) = connection.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchall()
    assert left == 0
