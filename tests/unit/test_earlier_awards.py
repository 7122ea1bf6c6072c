"""Grades with which awards in force were issued in earlier deliveries, and which are others now."""

from pathlib import Path

from assets.standardised.earlier_awards import gather_earlier_grades
from assets.standardised.supersession import stand_rows
from schemas.feeds import FEEDS
from tests.unit.standardised_deliveries import Delivery, Row, connect, land

AWARDS = FEEDS["ao_awards"]


def award(number: str, grade: str | None, status: str = "issued") -> Row:
    """An invented award."""
    return {
        "awarding_organisation_rn": "RN9901",
        "registration_number": number,
        "qualification_number": "60000012",
        "result_status": status,
        "grade": grade,
    }


def earlier_grades(folder: Path, *deliveries: Delivery) -> list[tuple[str, str, str, int]]:
    """Registration, old grade, and the delivery and line that last gave it."""
    con = connect()
    land(con, AWARDS, folder, deliveries)
    stand_rows(con, AWARDS)
    rows = gather_earlier_grades(con)
    found = con.execute(
        "SELECT registration_number, grade, delivery_id, line FROM standardised.earlier_award_grades ORDER BY ALL"
    ).fetchall()
    assert rows == len(found)
    return found


def test_a_grade_that_was_issued_and_is_another_now_is_told_with_the_last_delivery_that_gave_it(tmp_path: Path) -> None:
    deliveries = [
        Delivery(name="a", rows=(award("R1", "M"), award("R2", "P"))),
        Delivery(name="b", rows=(award("R2", "P"), award("R1", "M"))),
        Delivery(name="c", rows=(award("R1", "D"), award("R2", "P"))),
    ]
    ((number, grade, delivery, _),) = earlier_grades(tmp_path, *deliveries)
    assert (number, grade, delivery) == ("R1", "M", "b")


def test_every_old_grade_is_told_once(tmp_path: Path) -> None:
    deliveries = [Delivery(name=name, rows=(award("R1", grade),)) for name, grade in zip("abcd", "PMPD", strict=True)]
    assert [row[:3] for row in earlier_grades(tmp_path, *deliveries)] == [("R1", "M", "b"), ("R1", "P", "c")]


def test_a_grade_that_was_not_issued_then_is_none(tmp_path: Path) -> None:
    before = Delivery(name="a", rows=(award("R1", "M", "pending"), award("R2", None)))
    now = Delivery(name="b", rows=(award("R1", "D"), award("R2", "D")))
    assert earlier_grades(tmp_path, before, now) == []


def test_an_award_that_is_no_longer_delivered_has_no_old_grade(tmp_path: Path) -> None:
    before = Delivery(name="a", rows=(award("R1", "M"), award("R2", "M")))
    now = Delivery(name="b", rows=(award("R2", "M"),))
    assert earlier_grades(tmp_path, before, now) == []


def test_without_deliveries_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert earlier_grades(tmp_path) == []
