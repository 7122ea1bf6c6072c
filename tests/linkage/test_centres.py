"""Which centre a number stands for, after mergers and renumbering."""

from hypothesis import given, settings
from hypothesis import strategies as st

from assets.linked.centres import resolve_centres
from tests.warehouse import warehouse


def _current(*replaced: tuple[str, str | None]) -> dict[str, str]:
    centres = [
        {"centre_number": own, "name": "Invented", "replaced_by_centre_number": successor}
        for own, successor in replaced
    ]
    connection = warehouse("2026-06-01", {"centres": centres})
    resolve_centres(connection)
    return dict(connection.execute("SELECT * FROM linked.centre_successors").fetchall())


def test_a_centre_that_was_not_replaced_stands_for_itself() -> None:
    assert _current(("10001", None)) == {"10001": "10001"}


def test_a_chain_of_replacements_is_followed_to_its_end() -> None:
    assert _current(("10001", "10002"), ("10002", "10003"), ("10003", None)) == dict.fromkeys(
        ("10001", "10002", "10003"), "10003"
    )


def test_the_successor_need_not_be_listed() -> None:
    assert _current(("10001", "10002"), ("10002", "10009")) == {"10001": "10009", "10002": "10009"}


def test_centres_that_replace_each_other_stand_each_for_itself() -> None:
    assert _current(("10001", "10002"), ("10002", "10001"), ("10003", "10003")) == {
        "10001": "10001",
        "10002": "10002",
        "10003": "10003",
    }


def test_a_centre_replaced_by_one_of_a_circle_stands_for_itself() -> None:
    found = _current(("10000", "10001"), ("10001", "10002"), ("10002", "10001"))
    assert found == {"10000": "10000", "10001": "10001", "10002": "10002"}


def test_the_counts_say_how_many_centres_go_by_another_number() -> None:
    centres = [
        {"centre_number": "10001", "name": "Invented", "replaced_by_centre_number": "10002"},
        {"centre_number": "10002", "name": "Invented"},
    ]
    assert resolve_centres(warehouse("2026-06-01", {"centres": centres})) == {"centres": 2, "replaced_centres": 1}


NUMBERS = tuple(f"1000{digit}" for digit in range(7))


@given(st.dictionaries(st.sampled_from(NUMBERS), st.sampled_from((*NUMBERS, None)), min_size=1))
@settings(max_examples=60, deadline=None)
def test_every_centre_has_one_current_number_and_current_numbers_are_their_own(replaced: dict[str, str | None]) -> None:
    found = _current(*replaced.items())
    assert set(found) == set(replaced)
    for current in found.values():
        assert found.get(current, current) == current
