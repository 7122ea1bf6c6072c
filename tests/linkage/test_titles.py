"""What a title of a qualification means among invented ones: for certain, or not at all."""

from collections.abc import Sequence

import pytest

from assets.linked.declarations import resolve_declarations
from assets.linked.title_reading import numbers_in
from tests.warehouse import warehouse

PEARSON, OCR, CITY = "RN5133", "RN5193", "RN5217"

#: Titles in the manner of the register; numbers and subjects are invented.
REGISTER = {
    "60000001": (PEARSON, "3", "Pearson BTEC Level 3 National Extended Diploma in Kites"),
    "60000002": (PEARSON, "3", "Pearson BTEC Level 3 National Diploma in Kites"),
    "60000003": (PEARSON, "3", "Pearson BTEC Level 3 National Foundation Diploma in Kites"),
    "60000004": (PEARSON, "3", "Pearson BTEC Level 3 National Extended Certificate in Kites and Balloons"),
    "60000005": (PEARSON, "1/2", "Pearson BTEC Level 1/Level 2 First Award in Kites"),
    "60000006": (OCR, "3", "OCR Level 3 Cambridge Technical Extended Diploma in Kites"),
    "60000007": (OCR, "3", "OCR Level 3 Cambridge Technical Diploma in Kites (2016)"),
    "60000008": (CITY, "3", "City & Guilds Level 3 90-Credit Diploma in Ropes, Knots & Splices"),
    "60000009": (CITY, "3", "City & Guilds Level 3 NVQ Diploma in Ropes"),
    "60000010": (CITY, "3", "City & Guilds Level 3 Subsidiary Diploma in Ropes"),
    "60000011": (OCR, "3", "OCR Level 3 Advanced GCE in Knots A"),
    "60000012": (OCR, "3", "OCR Level 3 Advanced GCE in Knots B"),
    "60000013": (PEARSON, "3", "Pearson BTEC Level 3 National Diploma in Applied Sailing"),
    "60000014": (CITY, "E", "City & Guilds Entry Level Award in Ropes (Entry 2)"),
    "60000015": (CITY, "E", "City & Guilds Entry Level Award in Ropes (Entry 3)"),
    "6000016X": (CITY, "3", "City & Guilds Level 3 Certificate in Children\u2019s Kites (RQF)"),
    "60000018": (
        PEARSON,
        "3",
        "Pearson Level 3 Alternative Academic Qualification BTEC National in Splices (Extended Certificate)",
    ),
    "60000019": (PEARSON, "3", "Pearson BTEC Level 3 National Extended Certificate in Splices"),
}  # fmt: skip

MEANS_ONE = {
    "60000001": [
        "PEARSON BTEC LEVEL 3 NATIONAL EXTENDED DIPLOMA IN KITES",
        "Pearson  BTEC Level\u00a03 National Extended Diploma in Kites.",
        "BTEC L3 Ext Dip Kites",
        "BTEC Lvl 3 Nat. Ext. Dip. - Kites",
        "BTEC level three national extended diploma kites",
        "Kites: BTEC National Extended Diploma",
        "Edexcel BTEC Level3 Extended Diploma in Kites",
    ],
    "60000002": ["BTEC L3 Dip Kites", "BTEC National Diploma in Kites"],
    "60000003": ["BTEC L3 Found Dip Kites"],
    "60000004": ["Pearson BTEC L3 Ext Cert in Balloons & Kites"],
    "60000005": ["BTEC Level 1/2 First Award in Kites", "BTEC L1/L2 Award Kites"],
    "60000006": ["OCR Cambridge Technicals Level 3 Ext Dip in Kites", "CTEC L3 Extended Diploma Kites"],
    "60000007": ["Cambridge Technical Level 3 Diploma in Kites", "OCR CTEC L3 Dip Kites 2016"],
    "60000008": ["C&G L3 90 credit dip Ropes, Knots and Splices"],
    "60000009": ["City and Guilds Level 3 NVQ Dip Ropes"],
    "60000011": ["OCR A level Knots A"],
    "60000013": ["BTEC L3 Diploma Applied Sailing"],
    "60000014": ["C&G Entry Level 2 Award in Ropes"],
    "6000016X": ["City & Guilds Level 3 Certificate in Childrens Kites", "l3 cert children's kites"],
    "60000019": ["Pearson BTEC Level 3 National Extended Certificate in Splices"],
}

MEANS_SEVERAL = {
    "BTEC Kites": {"60000001", "60000002", "60000003", "60000005"},
    "BTEC Level 3 Kites": {"60000001", "60000002", "60000003"},
    "Extended Diploma in Kites": {"60000001", "60000006"},
    "L3 Ext Dip Kites": {"60000001", "60000006"},
    "City & Guilds Entry Level Award in Ropes": {"60000014", "60000015"},
    "BTEC L3 Ext Cert Splices": {"60000018", "60000019"},
    "Pearson BTEC Level 3 National Extended Diploma in Kites (60000002)": {"60000001", "60000002"},
}

MEANS_NONE = [
    "BTEC L3 Sub Dip Kites",
    "BTEC L2 Ext Dip Kites",
    "OCR BTEC Level 3 Extended Diploma in Kites",
    "BTEC L3 Ext Dip Kite",
    "BTEC L3 Ext Dip Kites Studies",
    "City & Guilds Level 3 Diploma in Ropes",
    "OCR A level Knots",
    "BTEC L3 Dip Sailing",
    "BTEC L3 Ext Cert Balloons",
    "BTEC Level 3 National Extended Certificate in Kites and",
    "BTEC Applied Sailing",
    "Diploma",
    "BTEC",
    "Kite\u00df",
]


def _resolved(titles: Sequence[str]) -> dict[str, tuple[str | None, set[str]]]:
    """For each title the qualification that it means, and its candidates."""
    qualifications = [
        {"qualification_number": number, "awarding_organisation_rn": organisation, "level": level, "title": title}
        for number, (organisation, level, title) in REGISTER.items()
    ]
    declared = [
        {"personal_id": f"{place:010}", "declared_number": 1, "title": title, "status": "pending"}
        for place, title in enumerate(titles)
    ]
    connection = warehouse("2026-06-01", {"qualifications": qualifications, "ucas_qualifications": declared})
    resolve_declarations(connection)
    found = connection.execute("""
        SELECT declared.personal_id, declared.qualification_number, list(candidate.qualification_number)
        FROM linked.declared_qualifications AS declared
        LEFT JOIN linked.declaration_candidates AS candidate
            ON declared.personal_id = candidate.personal_id AND NOT candidate.suggested
        GROUP BY ALL
    """).fetchall()
    return {titles[int(place)]: (number, {one for one in candidates if one}) for place, number, candidates in found}


def test_a_title_that_leaves_one_qualification_means_it() -> None:
    expected = {title: number for number, titles in MEANS_ONE.items() for title in titles}
    found = _resolved(list(expected))
    assert {title: number for title, (number, _) in found.items()} == expected


def test_every_title_of_the_register_means_itself() -> None:
    expected = {title: number for number, (_, _, title) in REGISTER.items()}
    assert {title: number for title, (number, _) in _resolved(list(expected)).items()} == expected


def test_a_title_that_leaves_several_lists_them_and_means_none() -> None:
    found = _resolved(list(MEANS_SEVERAL))
    assert found == {title: (None, candidates) for title, candidates in MEANS_SEVERAL.items()}


def test_a_title_that_contradicts_or_lacks_something_means_none_and_has_no_candidate() -> None:
    assert _resolved(MEANS_NONE) == {title: (None, set()) for title in MEANS_NONE}


def test_a_title_cut_within_a_word_at_a_fields_width_means_the_only_one_it_begins() -> None:
    knots, kites = REGISTER["60000008"][2], REGISTER["60000001"][2]
    found = _resolved([knots[:36], knots[:46], knots[:50], kites[:36]])
    assert found[knots[:36]] == ("60000008", set())
    assert found[knots[:46]] == found[knots[:50]] == (None, set())
    assert found[kites[:36]] == (None, {"60000001", "60000004", "60000019"})


@pytest.mark.parametrize(
    "title",
    [
        "Kites (600/0000/6)",
        "600 0000 6",
        "something else 60000006.0",
        "6.0000006E+07",
        "60,000,006",
        "QN: 600-0000-6",
    ],
)
def test_a_number_in_the_title_is_read_however_it_is_written(title: str) -> None:
    assert _resolved([title])[title] == ("60000006", set())


@pytest.mark.parametrize(
    ("title", "numbers"),
    [
        ("600/0016/x", ("6000016X",)),
        ("6.0E+07", ()),
        ("6.000016E+07", ()),
        ("Kites 2016-2018 (1080)", ()),
        ("01632 960001", ()),
        ("1234567890", ()),
        ("60000006 and 600/0000/6 or 60000007", ("60000006", "60000007")),
    ],
)
def test_a_number_that_is_not_whole_is_none(title: str, numbers: tuple[str, ...]) -> None:
    assert numbers_in(title)[1] == numbers
