"""XML that is hostile or broken: refused with a reason and no part of it, and nothing that it names is read or fetched."""

import contextlib
import copy
import gzip
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from assets.landed import readers
from assets.landed.limits import Limits
from assets.landed.reader import Delivered
from assets.landed.readers import _xml_reading
from assets.landed.readers._xml_reading import elements, root_of
from assets.landed.refusals import RefusedDelivery

EXAMPLES = Path(__file__).resolve().parents[2] / "fixtures" / "formats"
#: Readers of XML: how a file of each begins and ends.
ROOTS = {
    "ilr": (
        '<Message xmlns="ESFA/ILR/2025-26"><LearningProvider><UKPRN>99999999</UKPRN></LearningProvider>',
        "</Message>",
    ),
    "a2c_results": (
        '<A2CMessage xmlns="http://jcq.org.uk/a2c"><TransactionName>ProcessResults</TransactionName>',
        "</A2CMessage>",
    ),
}
_LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
_LONG = "x" * 100_000

#: Text before the root, text within it, and the reason; SECRET stands for a file that must not be read.
HOSTILE = {
    "a billion laughs": (f'<!DOCTYPE x [<!ENTITY l0 "lol">{_LAUGHS}]>', "<a>&l9;</a>", "unsafe_xml"),
    "quadratic blow-up": (f'<!DOCTYPE x [<!ENTITY e "{_LONG}">]>', f"<a>{'&e;' * 50_000}</a>", "unsafe_xml"),
    "an external entity": ('<!DOCTYPE x [<!ENTITY e SYSTEM "file://SECRET">]>', "<a>&e;</a>", "unsafe_xml"),
    "an entity from the network": ('<!DOCTYPE x [<!ENTITY e SYSTEM "http://[::1]:9/">]>', "<a>&e;</a>", "unsafe_xml"),
    "a parameter entity": ('<!DOCTYPE x [<!ENTITY % p SYSTEM "file://SECRET"> %p;]>', "", "unsafe_xml"),
    "an external subset": ('<!DOCTYPE x SYSTEM "file://SECRET">', "", "unsafe_xml"),
    "an empty document type": ("<!DOCTYPE x>", "", "unsafe_xml"),
    "a default attribute": ('<!DOCTYPE x [<!ATTLIST a b CDATA "c">]>', "<a/>", "unsafe_xml"),
    "a document type behind a long comment": (f"<!--{_LONG * 11}--><!DOCTYPE x>", "", "unsafe_xml"),
    "an entity that is not declared": ("", "<a>&e;</a>", "damaged_xml"),
    "deep nesting": ("", "<a>" * 300 + "</a>" * 300, "unsafe_xml"),
    "a huge attribute": ("", f'<a b="{_LONG * 120}"/>', "record_too_large"),
    "a huge text": ("", f"<a>{_LONG * 120}</a>", "record_too_large"),
    "a long name": ("", f"<{_LONG}/>", "unsafe_xml"),
    "a record without end": ("", f"<RECORD>{'<a>0123456789</a>' * 600_000}</RECORD>", "record_too_large"),
    "nothing but comments": ("", f"<!--{_LONG}-->" * 100, "record_too_large"),
    "a character that is not allowed": ("", "<a>\0</a>", "damaged_xml"),
    "a prefix without its namespace": ("", "<b:a/>", "damaged_xml"),
    "one attribute twice": ("", '<a b="1" b="2"/>', "damaged_xml"),
}
RECORDS = {"ilr": "Learner", "a2c_results": "QEOutcome"}


@pytest.fixture(params=sorted(ROOTS))
def reader(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def options_of(reader: str) -> Any:
    told = yaml.safe_load((EXAMPLES / reader / "source.yaml").read_text(encoding="utf-8"))["options"]
    return readers.reader(reader).options.model_validate(told, context={"folder": EXAMPLES / reader})


def read(reader: str, path: Path) -> list[pl.DataFrame]:
    delivered = Delivered(path=path, name=path.name, delivered_on=date(2026, 8, 12), kind="delta", limits=Limits())
    return [part.records for part in readers.reader(reader).read(delivered, options_of(reader))]


def refusal(reader: str, path: Path, content: bytes) -> tuple[str, str]:
    path.write_bytes(content)
    with pytest.raises(RefusedDelivery) as refused:
        read(reader, path)
    return refused.value.refusal.reason, refused.value.refusal.message


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_xml_is_refused(tmp_path: Path, reader: str, name: str) -> None:
    (tmp_path / "secret.txt").write_text("SECRETTEXT")
    before, within, reason = HOSTILE[name]
    begin, end = ROOTS[reader]
    content = (before + begin + within + end).replace("SECRET", str(tmp_path / "secret.txt"))
    found, message = refusal(reader, tmp_path / "x.xml", content.replace("RECORD", RECORDS[reader]).encode())
    assert found == reason
    assert "SECRETTEXT" not in message
    assert "xxx" not in message
    assert "lol" not in message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_document_type_is_found_in_other_encodings(tmp_path: Path, reader: str, encoding: str) -> None:
    begin, end = ROOTS[reader]
    text = f"\ufeff<!DOCTYPE x>{begin}{end}" if encoding != "utf-16" else f"<!DOCTYPE x>{begin}{end}"
    assert refusal(reader, tmp_path / "x.xml", text.encode(encoding))[0] == "unsafe_xml"


@pytest.mark.parametrize("declared", ["utf-7", "ebcdic-cp-us", "utf-32", "rot13", "zip", "klingon"])
def test_encodings_in_which_a_document_type_could_hide_are_refused(tmp_path: Path, reader: str, declared: str) -> None:
    begin, end = ROOTS[reader]
    content = f'<?xml version="1.0" encoding="{declared}"?>{begin}{end}'.encode()
    assert refusal(reader, tmp_path / "x.xml", content)[0] == "unknown_encoding"


def test_what_another_document_would_include_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("SECRETTEXT")
    include = (
        f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{tmp_path / "secret.txt"}" parse="text"/>'
        '<?xml-stylesheet href="secret.txt"?>'
    )
    aim = "<LearningDelivery><LearnAimRef>60000004</LearnAimRef></LearningDelivery>"
    begin, end = ROOTS["ilr"]
    path = tmp_path / "x.xml"
    path.write_text(f"{begin}<Learner><FamilyName>Ash</FamilyName>{include}{aim}</Learner>{end}")
    assert read("ilr", path)[0]["surname"].to_list() == ["Ash"]
    named = f"{begin}<Learner><FamilyName>Ash{include}</FamilyName>{aim}</Learner>{end}"
    assert refusal("ilr", path, named.encode())[0] == "damaged_xml"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty_file"),
        (b" \n ", "empty_file"),
        (b"PK\x03\x04 no XML at all", "damaged_xml"),
        (gzip.compress(b"<Message/>", mtime=0), "damaged_xml"),
        (b"<html></html>", "other_document"),
        (b'<?xml version="1.0" encoding="utf-16"?><Message/>', "damaged_xml"),
        (b'<Message xmlns="urn:a}b"/>', "other_document"),
        (b"<Message", "damaged_xml"),
    ],
)
def test_what_is_no_file_of_the_format_is_refused(tmp_path: Path, reader: str, content: bytes, reason: str) -> None:
    assert refusal(reader, tmp_path / "x.xml", content)[0] == reason


def test_the_line_of_a_fault_is_told(tmp_path: Path, reader: str) -> None:
    begin, end = ROOTS[reader]
    for within, fault in (
        ("\n<a>\n</b>", "[3]: an element is closed by another name"),
        ("\n\n\n&e;", "[4]: an entity"),
    ):
        assert fault in refusal(reader, tmp_path / "x.xml", f"{begin}{within}{end}".encode())[1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_encoding_is_the_one_that_the_file_declares(tmp_path: Path, encoding: str) -> None:
    begin, end = ROOTS["ilr"]
    aim = "<LearningDelivery><LearnAimRef>60000004</LearnAimRef></LearningDelivery>"
    text = f"{begin}<Learner><GivenNames>Siân</GivenNames>{aim}</Learner>{end}"
    declared = encoding.removesuffix("-sig")
    path = tmp_path / "x.xml"
    path.write_bytes(f'<?xml version="1.0" encoding="{declared}"?>{text}'.encode(encoding))
    assert read("ilr", path)[0]["forename"].to_list() == ["Siân"]


def test_dates_and_moments_lose_their_zone_and_other_text_stays_as_it_is() -> None:
    told = {
        "2026-08-12": ("2026-08-12", "2026-08"),
        "2026-08-12Z": ("2026-08-12", "2026-08"),
        "2026-08-12+01:00": ("2026-08-12", "2026-08"),
        "2026-08-12T23:30:00.5+01:00": ("2026-08-12", "2026-08"),
        "12/08/2026": ("12/08/2026", "12/08/2026"),
        "2026-08-12 or so": ("2026-08-12 or so", "2026-08-12 or so"),
    }
    found = pl.DataFrame({"on": list(told)}).select(_xml_reading.day("on").alias("day"), _xml_reading.month("on"))
    assert found.rows() == list(told.values())


def test_what_was_read_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.xml"
    many = "".join(f"<block><other>{n}</other><record>{n}</record></block><stray/>" for n in range(3_000))
    path.write_text(f"<root>{many}<last>{'<other/><record/>' * 3_000}</last></root>")
    monkeypatch.setattr(_xml_reading, "_CHUNK", 1_000)
    standing = [len(record.getroottree().getroot()) + len(record.getparent()) for record in _records(path)]
    assert len(standing) == 6_000
    assert max(standing) < 200


def _records(path: Path) -> Iterator[Any]:
    yield from elements(path, root_of(path), ["record"])


_GOOD = {name: sorted((EXAMPLES / name / "good").iterdir()) for name in ROOTS}
_EDITS = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 3), st.binary(max_size=4)), min_size=1, max_size=6
)


def _edited(content: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    for place, dropped, put in edits:
        at = int(place * len(content))
        content = content[:at] + put + content[at + dropped :]
    return content


@given(name=st.sampled_from(sorted(ROOTS)), which=st.integers(0, 1), edits=_EDITS, cut=st.none() | st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_a_damaged_file_is_read_or_refused_and_does_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, name: str, which: int, edits: Any, cut: float | None
) -> None:
    content = _edited(_GOOD[name][which].read_bytes(), edits)
    path = tmp_path_factory.mktemp("damaged") / "x.xml"
    path.write_bytes(content if cut is None else content[: int(cut * len(content))])
    try:
        read(name, path)
    except RefusedDelivery as refused:
        assert refused.refusal.message.isprintable()


@given(
    name=st.sampled_from(sorted(ROOTS)),
    edits=st.lists(
        st.tuples(
            st.integers(0, 300), st.integers(0, 300), st.sampled_from(["drop", "repeat", "move", "empty", "rename"])
        ),
        min_size=1,
        max_size=5,
    ),
)
@settings(max_examples=50, deadline=None)
def test_elements_in_other_places_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, edits: list[tuple[int, int, str]]
) -> None:
    tree = etree.parse(_GOOD[name][-1])
    for at, other, edit in edits:
        standing = [element for element in tree.iter("*") if element is not tree.getroot()]
        one, two = standing[at % len(standing)], standing[other % len(standing)]
        if edit == "drop" and len(standing) > 1:
            one.getparent().remove(one)
        elif edit == "repeat":
            one.addnext(copy.deepcopy(one))
        elif edit == "move":
            two.append(copy.deepcopy(one))
        elif edit == "empty":
            one.text = None
        else:
            one.tag = two.tag
    path = tmp_path_factory.mktemp("moved") / "x.xml"
    path.write_bytes(etree.tostring(tree))
    with contextlib.suppress(RefusedDelivery):
        read(name, path)


@given(name=st.sampled_from(sorted(ROOTS)), content=st.binary(max_size=300))
@settings(max_examples=50, deadline=None)
def test_bytes_of_any_kind_are_refused(tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes) -> None:
    refusal(name, tmp_path_factory.mktemp("bytes") / "x.xml", content)
