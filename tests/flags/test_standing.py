"""Which of several open registrations stands, for any registrations and in whatever order they come."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flags.reconciled_rows import built, populations_and_facts, reconciled_warehouse

ORGANISATIONS, LEARNERS, QUALIFICATIONS = ("RN9901", "RN9902"), ("L1", "L2"), ("60000012", "60000024")


@st.composite
def registrations(draw: st.DrawFn) -> list[dict[str, Any]]:
    numbers = draw(st.lists(st.integers(1, 12), unique=True, max_size=8))
    return [
        {
            "feed": "ao_registrations",
            "awarding_organisation_rn": draw(st.sampled_from(ORGANISATIONS)),
            "registration_number": f"R{number}",
            "qualification_number": draw(st.sampled_from(QUALIFICATIONS)),
            "centre_number": "90001",
            "registration_date": draw(st.sampled_from(("2024-09-01", "2024-10-01"))),
            "status": draw(st.sampled_from(("active", "completed", "withdrawn", "transferred"))),
            "learner": draw(st.sampled_from(LEARNERS)),
            "results": draw(st.integers(0, 2)),
        }
        for number in numbers
    ]


def standing(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Each open registration's number with the number of the one that stands for it."""
    named: dict[str, dict[str, Any]] = {}
    for place, row in enumerate(rows):
        named[f"registration {place}"] = {key: value for key, value in row.items() if key != "results"}
        for unit in range(row["results"]):
            named[f"result {place}.{unit}"] = {
                "feed": "ao_unit_results",
                "awarding_organisation_rn": row["awarding_organisation_rn"],
                "registration_number": row["registration_number"],
                "qualification_number": row["qualification_number"],
                "unit_number": str(unit),
                "series": "2026-01",
                "grade": "P",
            }
    connection = reconciled_warehouse("2026-05-20", named)
    built(connection, populations_and_facts()[("reconciled", "open_registrations")])
    found = connection.execute(
        "SELECT registration_number, coalesce(standing_registration_number, registration_number), stands "
        "FROM reconciled.open_registrations"
    ).fetchall()
    assert all(stands == (number == other) for number, other, stands in found)
    return {number: other for number, other, _ in found}


def expected(rows: list[dict[str, Any]]) -> dict[str, str]:
    """The contract's order, told in Python: most results, then the earliest, then the lowest number as text."""
    opened = [row for row in rows if row["status"] in ("active", "completed")]

    def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
        keys = ("learner", "awarding_organisation_rn", "qualification_number")
        return all(one[key] == other[key] for key in keys)

    def order(row: dict[str, Any]) -> tuple[int, str, str]:
        return (-row["results"], row["registration_date"], row["registration_number"])

    return {
        row["registration_number"]: min((other for other in opened if same(row, other)), key=order)[
            "registration_number"
        ]
        for row in opened
    }


@settings(max_examples=12, deadline=None)
@given(rows=registrations())
def test_exactly_the_registration_of_the_contract_stands(rows: list[dict[str, Any]]) -> None:
    assert standing(rows) == expected(rows)


@settings(max_examples=6, deadline=None)
@given(rows=registrations(), data=st.data())
def test_what_stands_does_not_depend_on_the_order_of_the_rows(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    assert standing(data.draw(st.permutations(rows))) == standing(rows)
