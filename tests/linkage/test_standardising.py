"""Names, postcodes, titles and identifiers in the form in which they are compared."""

import string

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.linked.match_keys import uci_key, uci_number, uln_key, uln_number
from assets.standardised.names import (
    forename_key,
    other_forenames_key,
    plain_name,
    postcode_key,
    surname_key,
    title_key,
    without_title,
)
from schemas.identifiers import uci_check_passes, uln_check_passes
from schemas.nicknames import SHORT_FORMS
from tests.linkage.invented import broken_uln, uci, uln


def _of(expression: str, *values: str | None) -> list[str | None]:
    rows = duckdb.connect().execute(f"SELECT {expression} FROM (SELECT unnest(?::VARCHAR[]) AS value)", [list(values)])
    return [row[0] for row in rows.fetchall()]


def _name(key: str, value: str | None) -> str | None:
    return _of(key, value)[0]


NAME = without_title(plain_name("value"))


@pytest.mark.parametrize(
    ("surname", "compared"),
    [
        ("Winterbourne", "WINTERBOURNE"),
        ("O'Neill", "ONEILL"),
        ("de la Cruz-Núñez", "DELACRUZNUNEZ"),
        ("Nu\u0301n\u0303ez", "NUNEZ"),
        ("Łukasiewicz-Sørensen", "LUKASIEWICZSORENSEN"),
        ("Groß", "GROSS"),
        ("Ægisdóttir", "AEGISDOTTIR"),
        ("Mr Smith", "SMITH"),
        ("Prof. Dr. Smith", "SMITH"),
        ("Mrozek", "MROZEK"),
        ("Drake", "DRAKE"),
        ("Иванова", "ИВАНОВА"),
        ("-", None),
        (None, None),
    ],
)
def test_a_surname_is_compared_without_case_accents_punctuation_spaces_and_titles(
    surname: str | None, compared: str | None
) -> None:
    assert _name(surname_key(NAME), surname) == compared


@pytest.mark.parametrize(
    ("forenames", "first", "others"),
    [
        ("Zoë Anne Marie", "ZOE", "ANNEMARIE"),
        ("Anne-Marie", "ANNEMARIE", None),
        ("Dr. Zoë", "ZOE", None),
        ("Miss\u00a0Zoë\tAnne", "ZOE", "ANNE"),
        ("Mr.John", "JOHN", None),
        ("Miss", "MISS", None),
        ("- John Paul", "JOHN", "PAUL"),
        ("J. R.", "J", "R"),
        (None, None, None),
    ],
)
def test_the_first_forename_is_compared_and_the_others_are_kept(
    forenames: str | None, first: str | None, others: str | None
) -> None:
    assert (_name(forename_key(NAME), forenames), _name(other_forenames_key(NAME), forenames)) == (first, others)


@given(st.lists(st.text(st.characters(exclude_characters="\0"), max_size=30), min_size=1, max_size=40))
@settings(max_examples=15, deadline=None)
def test_what_is_compared_of_a_surname_depends_neither_on_case_nor_on_outer_spaces(surnames: list[str]) -> None:
    key = surname_key(NAME)
    lower = [surname.lower() for surname in surnames]
    compared = _of(key, *lower)
    assert compared == _of(key, *(f"  {surname} " for surname in lower))
    for name in compared:
        assert name is None or not any(letter.isspace() or letter in string.punctuation for letter in name)


def test_a_postcode_is_compared_without_spaces_and_only_if_it_is_one() -> None:
    values = ("zz1 1zz", "ZZ11 1ZZ", "Z1Z 1ZZ", "ABROAD", "", None)
    assert _of(postcode_key("value"), *values) == ["ZZ11ZZ", "ZZ111ZZ", "Z1Z1ZZ", None, None, None]


def test_a_title_is_compared_without_case_spaces_and_punctuation_and_with_and_for_the_sign() -> None:
    titles = ("Invented Diploma in Health & Care (720)", "INVENTED  diploma in health and care - 720")
    first, second = _of(title_key("value"), *titles)
    assert first == second == "inventeddiplomainhealthandcare720"
    assert _of(title_key("value"), "Level 2 Award", "Level 3 Award", "-") == ["level2award", "level3award", None]


def _keys(key: str, number: str, values: list[str | None]) -> list[str | None]:
    rows = duckdb.connect().execute(
        f"SELECT {key} FROM (SELECT value, {number} AS number FROM (SELECT unnest(?::VARCHAR[]) AS value))", [values]
    )
    return [row[0] for row in rows.fetchall()]


def test_a_uln_is_a_match_key_only_if_known_and_its_check_digit_passes() -> None:
    values = [uln(1), broken_uln(1), "9999999999", "0" + uln(1)[1:], "", None]
    assert _keys(uln_key("value", "number"), uln_number("value"), values) == [uln(1), None, None, None, None, None]


def test_a_uci_is_a_match_key_only_if_its_letter_passes() -> None:
    valid = uci(1)
    broken = valid[:-1] + ("A" if valid[-1] != "A" else "B")
    assert (
        _keys(uci_key("value", "number"), uci_number("value"), [valid, broken, "12345", None]) == [valid] + [None] * 3
    )


def test_the_examples_of_the_public_sources_pass() -> None:
    """HESA's ULN example sums to 296; WJEC prints the UCI."""
    assert _keys(uln_key("value", "number"), uln_number("value"), ["9276308686"]) == ["9276308686"]
    assert _keys(uci_key("value", "number"), uci_number("value"), ["681990012058G"]) == ["681990012058G"]


@given(st.lists(st.from_regex(r"\A[0-9]{10}\Z", fullmatch=True), min_size=1, max_size=50))
@settings(max_examples=40, deadline=None)
def test_the_uln_key_in_sql_agrees_with_the_check_of_the_deliveries(values: list[str]) -> None:
    passes = pl.DataFrame({"value": values}).select(uln_check_passes(pl.col("value"))).to_series().to_list()
    assert [key is not None for key in _keys(uln_key("value", "number"), uln_number("value"), list(values))] == passes


@given(st.lists(st.from_regex(r"\A[0-9]{5}[0-9A-Z][0-9]{6}[A-Z]\Z", fullmatch=True), min_size=1, max_size=50))
@settings(max_examples=40, deadline=None)
def test_the_uci_key_in_sql_agrees_with_the_check_of_the_deliveries(values: list[str]) -> None:
    passes = pl.DataFrame({"value": values}).select(uci_check_passes(pl.col("value"))).to_series().to_list()
    assert [key is not None for key in _keys(uci_key("value", "number"), uci_number("value"), list(values))] == passes


def test_nicknames_are_written_as_they_are_compared() -> None:
    names = [name for formal, short in SHORT_FORMS.items() for name in (formal, *short)]
    assert _of(forename_key(NAME), *names) == names
    assert all(formal not in short for formal, short in SHORT_FORMS.items())
