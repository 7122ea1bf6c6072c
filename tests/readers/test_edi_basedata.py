"""Options that certify a qualification become rows of `qualifications`; all other basedata is checked and set aside."""

from pathlib import Path

import pytest

from assets.landed.refusals import RefusedDelivery
from pipelines.formats_page import EXAMPLES
from tests.readers.edi_reading import good, parts, rules

_OPTIONS = "O6A26_77.X01"

#: Invented records of the shape of published ones, typed by position and cut behind the title: a unit and two
#: certifications, one of which has a qualification number that ends in X.
_TYPED = """\
O16A26_776A26BINVENT 00114
O36A26_776A26001
O590101F9010         UGCSEB  E            INVENTED STUDIES UNIT 1F
O59011  9010  GCSESC C       EXY129900001XINVENTED STUDIES (SC)
O59012  9010  GCSEFC C       EXY3B99000028INVENTED STUDIES
O76A26_0000005010226
O96A26_00000070000000
"""


def test_a_certification_option_is_a_qualification_and_units_are_set_aside() -> None:
    part = parts("edi_options", _OPTIONS, good("edi_options", _OPTIONS))["qualifications"]
    assert part.records.to_dicts() == [
        {
            "line": 3,
            "qualification_number": "60000016",
            "title": "INVENTED BUSINESS EXT DIPLOMA",
            "awarding_organisation_rn": "RN0077",
            "level": "3",
        },
        {
            "line": 16,
            "qualification_number": "60000028",
            "title": "INVENTED DESIGN DIPLOMA",
            "awarding_organisation_rn": "RN0077",
            "level": "3",
        },
        {
            "line": 17,
            "qualification_number": "6000003X",
            "title": "INVENTED SPORT CERTIFICATE",
            "awarding_organisation_rn": "RN0077",
            "level": "1/2",
        },
    ]
    # thirteen units, and a certification without an accreditation number
    assert (part.set_aside, part.lines, part.refused.height) == (14, 21, 0)


def test_records_typed_by_position_are_read_where_the_layout_has_them() -> None:
    part = parts("edi_options", _OPTIONS, _TYPED.encode(), levels={"GCSE SC": "1/2", "GCSE FC": "1/2"})[
        "qualifications"
    ]
    assert part.records.rows() == [
        (4, "9900001X", "INVENTED STUDIES (SC)", "RN0077", "1/2"),
        (5, "99000028", "INVENTED STUDIES", "RN0077", "1/2"),
    ]
    assert part.set_aside == 1


def test_a_level_that_the_source_does_not_know_goes_on_as_it_is() -> None:
    part = parts("edi_options", _OPTIONS, good("edi_options", _OPTIONS), levels={})["qualifications"]
    assert part.records["level"].to_list() == ["L3", "L3", "L12"]


def test_trailing_fields_may_be_cut_off_and_lines_may_end_either_way() -> None:
    content = good("edi_options", _OPTIONS)
    cut = "\n".join(line.rstrip() for line in content.decode().split("\r\n")).encode()
    whole, short = (parts("edi_options", _OPTIONS, one)["qualifications"] for one in (content, cut))
    assert short.records.equals(whole.records)
    assert (short.lines, short.set_aside) == (whole.lines, whole.set_aside)


@pytest.mark.parametrize(("reader", "name"), [("edi_syllabuses", "S6A26_77.X01"), ("edi_components", "C6A26_77.X01")])
def test_what_belongs_to_no_feed_is_checked_counted_and_set_aside(reader: str, name: str) -> None:
    content = good(reader, name)
    part = parts(reader, name, content)["qualifications"]
    assert part.records.height == 0
    assert part.lines == len(content.splitlines())
    assert part.set_aside == part.lines - 4


def test_another_letter_than_the_source_gives_is_refused_and_without_one_any_is_read() -> None:
    content = good("edi_options", _OPTIONS).replace(b"\r\nO", b"\r\nP").replace(b"O1", b"P1", 1)
    with pytest.raises(RefusedDelivery, match=r"another letter than \[O\]"):
        parts("edi_options", "P6A26_77.X01", content)
    assert parts("edi_options", "P6A26_77.X01", content, data_type=None)["qualifications"].records.height == 3


#: What each malformed example must lead to: reason of the file's refusal, or line, column and rule of what is refused.
_MALFORMED: dict[str, object] = {
    "O6A26_77.X11": "edi_count",
    "O6A26_77.X12": [(4, None, "item_unknown")],
    "O6A26_77.X13": [(4, None, "code_missing")],
    "O6A26_77.X14": [],
    "O6A26_77.X15": "edi_version",
    "O6A26_77.X16": [],
    "O6A26_77.X17": [],
    "O6A25_77.X18": "edi_name",
    "O6A26_78.X19": "edi_organisation",
    "S6A26_77.X11": "edi_count",
    "S6A26_77.X12": [(4, None, "code_missing")],
    "S6A26_77.X13": "edi_structure",
    "S6A26_77(1).X14": "edi_name",
    "C6A26_77.X11": "edi_count",
    "C6A26_77.X12": [(4, None, "code_missing")],
    "C6A26_77.X13": "edi_structure",
    "C6A26_77(1).X14": "edi_name",
}
_FILES = [
    path
    for reader in ("edi_options", "edi_syllabuses", "edi_components")
    for path in sorted((EXAMPLES / reader / "malformed").iterdir())
]


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_a_malformed_file_is_refused_or_its_records_put_aside_with_the_rule(path: Path) -> None:
    expected, reader = _MALFORMED[path.name], path.parents[1].name
    if isinstance(expected, str):
        with pytest.raises(RefusedDelivery) as refused:
            parts(reader, path.name, path.read_bytes())
        assert refused.value.refusal.reason == expected
    else:
        assert rules(parts(reader, path.name, path.read_bytes())["qualifications"]) == expected
