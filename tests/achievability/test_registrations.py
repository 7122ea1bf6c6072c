"""From standardised rows to `reconciled.achievability`: the contract's points of detail, one test each.

Points that need no rows (5, 6) are in `test_published_examples`.
"""

from datetime import date

from tests.achievability.registered import (
    DATES,
    assessed,
    entry,
    key_date,
    one,
    registration,
    result,
    results,
)

ALL_PASS = results(u1="P", u2="P", u3="P", opt01="P")


def test_secured_units_that_satisfy_the_rule_are_achieved_and_can_still_improve() -> None:
    row = one(assessed(ALL_PASS))
    assert (row["status"], row["secured_grade"], row["on_track_grade"]) == ("achieved", "P", "P")
    # Point 2: externals can be sat again until 21 March, internals be graded again until 5 July.
    assert row["best_grade"] == "D*"
    assert (row["specification"], row["specification_version"]) == (
        "btec-national-2016-business-extended-certificate",
        "2020-04-01",
    )
    # The file holds unit numbers that no source states, and analysts are told so.
    assert row["worked_example"] is True
    assert (row["target_date"], row["actions"], row["action_count"], row["act_by"]) == (
        date(2027, 8, 12),
        None,
        0,
        None,
    )


def test_points_below_the_lowest_threshold_do_not_satisfy_the_rule() -> None:
    row = one(assessed(results(u1="M", u2="N", u3="N", opt01="P"), as_of="2027-07-06"))
    assert (row["status"], row["best_grade"]) == ("unachievable", None)
    assert row["actions"] == "grade P needs 36 points, and at most 35 can be reached"


def test_an_entry_whose_results_are_due_by_the_target_is_pending() -> None:
    # 9 + 9 + 6 are secured; unit 3 can yield 32: 56 in all.
    row = one(assessed(results(u1="P", u2="P", opt01="P"), [entry("3")], as_of="2027-07-06"))
    assert (row["status"], row["secured_grade"], row["on_track_grade"]) == ("on_track", None, "M")


def test_an_overdue_result_stays_pending() -> None:
    row = one(assessed(results(u1="P", u2="P", opt01="P"), [entry("3", "2027-01")], as_of="2027-07-06"))
    assert row["status"] == "on_track"


def test_an_entry_for_a_series_after_the_target_is_not_pending() -> None:
    row = one(assessed(results(u1="P", u2="P", opt01="P"), [entry("3", "2028-01")], as_of="2027-07-06"))
    assert row["status"] == "unachievable"


def test_where_no_results_date_is_known_the_series_month_decides() -> None:
    units = results(u1="P", u2="P", u3="P")
    assert one(assessed(units, [entry("OPT01", "2027-06")], as_of="2027-07-06"))["status"] == "on_track"
    assert one(assessed(units, [entry("OPT01", "2027-09")], as_of="2027-07-06"))["status"] == "unachievable"


def test_a_withdrawn_entry_counts_as_not_held() -> None:
    row = one(assessed(results(u1="P", u2="P", opt01="P"), [entry("3", status="withdrawn")], as_of="2027-07-06"))
    assert row["status"] == "unachievable"


def test_an_entry_whose_result_is_in_is_not_pending() -> None:
    row = one(assessed([*results(u1="P", u2="P", u3="U", opt01="P")], [entry("3", "2027-01")], as_of="2027-07-06"))
    assert row["status"] == "unachievable"
    assert row["actions"] == "Unit 3 (mandatory, external) failed and can no longer be entered"


def test_what_has_to_be_done_is_named_with_each_deadline_in_order() -> None:
    row = one(assessed(results(u1="P", u2="P")))
    assert row["status"] == "action_needed"
    assert row["actions"] == "Enter unit 3 by 2027-03-21; claim unit OPT01 by 2027-07-05"
    assert (row["action_count"], row["act_by"]) == (2, date(2027, 3, 21))


def test_a_deadline_on_the_runs_day_has_not_passed() -> None:
    units = results(u1="P", u2="P", opt01="P")
    assert one(assessed(units, as_of="2027-03-21"))["status"] == "action_needed"
    assert one(assessed(units, as_of="2027-03-22"))["status"] == "unachievable"
    internal = results(u1="P", u2="P", u3="P")
    assert one(assessed(internal, as_of="2027-07-05"))["status"] == "action_needed"
    assert one(assessed(internal, as_of="2027-07-06"))["actions"] == "60 GLH short of 360 with no unit left to enter"


def test_the_deadline_of_an_open_unit_is_its_last_usable_one() -> None:
    later = (key_date("entry_deadline", "2027-04", "2027-03-10"), key_date("series_results", "2027-04", "2027-06-01"))
    row = one(assessed(results(u1="P", u2="P", opt01="P"), dates=(*DATES, *later)))
    assert row["act_by"] == date(2027, 3, 21)


def test_without_a_known_claim_deadline_internal_units_stay_open() -> None:
    dates = [row for row in DATES if row["event"] != "claim_deadline"]
    row = one(assessed(results(u1="P", u2="P", u3="P"), dates=dates, as_of="2027-08-01"))
    assert (row["status"], row["actions"]) == ("action_needed", "Claim unit OPT01 (no deadline known)")
    assert (row["action_count"], row["act_by"]) == (1, None)


def test_attempts_used_up_close_a_unit_and_a_further_result_still_counts() -> None:
    fails = [result("3", "U", series) for series in ("2026-01", "2026-05", "2027-01")]
    units = results(u1="P", u2="P", opt01="P")
    row = one(assessed([*units, *fails]))
    assert row["status"] == "unachievable"
    assert row["actions"] == "Unit 3 (mandatory, external) failed on its last attempt"
    assert one(assessed([*units, *fails, result("3", "P", "2025-05")]))["status"] == "achieved"


def test_the_best_attempt_counts_whatever_its_basis() -> None:
    units = [*results(u1="P", u2="P", opt01="P"), result("3", "M", "2026-05", basis="transferred"), result("3", "U")]
    # 9 + 9 + 20 + 6 = 44
    assert one(assessed(units, as_of="2027-07-06"))["secured_grade"] == "P"
    assert one(assessed([*units, result("OPT02", "D", "2027-03")], as_of="2027-07-06"))["secured_grade"] == "M"


def test_results_outside_the_specification_say_nothing() -> None:
    assert one(assessed([*ALL_PASS, result("99", "?")]))["status"] == "achieved"


def test_a_unit_grade_that_is_not_known_cannot_be_assessed() -> None:
    row = one(assessed([*ALL_PASS, result("OPT02", "E")]))
    assert (row["status"], row["reason"], row["best_grade"]) == ("cannot_assess", "unknown_grade", None)


def test_open_registrations_have_one_row_each_and_others_none() -> None:
    rows = assessed(
        registrations=[
            registration(registration_number=number, status=status)
            for number, status in (("R4", "completed"), ("R3", "withdrawn"), ("R2", "transferred"), ("R1", "active"))
        ]
    )
    assert [row["registration_number"] for row in rows] == ["R1", "R4"]


def test_a_recorded_pathway_is_ignored_where_the_specification_has_none() -> None:
    row = one(assessed(ALL_PASS, registrations=[registration(pathway="Marketing")]))
    assert (row["status"], row["pathway"]) == ("achieved", "Marketing")
