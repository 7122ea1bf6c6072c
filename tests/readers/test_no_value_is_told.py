"""Whatever stands in a file of any format, no value of it is told: not in a reason, a message, a column's name or a log."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from assets.landed import readers
from tests.readers.examples import Example, FormatsFolder, examples, feeds_of

#: Stands in no format and in no source; in XML it is text, in fixed positions as long as the shortest field that matters.
MARK = "QZJXWV"
#: Of the hostile files of a format so many or a few more are delivered, spread evenly.
MOST = 9
_DELIMITERS = {"ucas_file": "|"}


def _example(name: str) -> Example:
    found = [example for example in examples() if example.reader.name == name and example.good]
    # neither headings over several lines nor a workbook that cannot be written here
    return next(one for one in found if "with-line-breaks" not in one.path.name and one.path.suffix != ".ods")


def _of_delimited(text: str, delimiter: str) -> Iterator[str]:
    """Each field in turn marked on every line but the first; then no header, lines too long and too short, open quotes."""
    header, *lines = text.splitlines()
    width = max(line.count(delimiter) for line in lines) + 1
    for place in range(width):
        marked = []
        for line in lines:
            fields = line.split(delimiter)
            fields[min(place, len(fields) - 1)] = f"{MARK}{place}"
            marked.append(delimiter.join(fields))
        yield "\n".join([header, *marked])
        yield "\n".join(marked)
    row = delimiter.join([MARK] * width)
    for broken in (
        row + delimiter + MARK,
        MARK,
        f'"{row}',
        f'{MARK}"{row}',
        row.replace(delimiter, ";"),
        f"{MARK}\x00",
    ):
        yield "\n".join([header, *lines, broken])
        yield "\n".join([broken, header, *lines])
        yield f"{header}{delimiter}{broken}" if '"' in broken else broken


def _of_positions(text: str) -> Iterator[str]:
    """Each stretch of every line marked in turn, and a line of marks at either end."""
    lines = text.splitlines()
    for begin in range(0, max(map(len, lines)), len(MARK)):
        yield "\n".join(line[:begin] + MARK + line[begin + len(MARK) :] for line in lines)
    yield "\n".join([*lines, MARK * 40])
    yield "\n".join([MARK * 40, *lines])


def _of_xml(text: str) -> Iterator[str]:
    """The text of each element marked in turn, and marks where none may stand."""
    for name in sorted(set(re.findall(r"<(?:\w+:)?(\w+)>[^<\s]", text))):
        yield re.sub(rf"(<(?:\w+:)?{name}>)[^<]*(</)", rf"\g<1>{MARK}\g<2>", text)
    yield text.replace("</", f"{MARK}&{MARK};</", 1)
    yield text.replace(">", f"><!DOCTYPE {MARK} [<!ENTITY a '{MARK}'>]>", 1)
    yield text[: len(text) // 2] + MARK
    yield text + MARK
    yield re.sub(r'="[^"]*"', f'="{MARK}"', text)


def _of_table(content: bytes) -> Iterator[bytes]:
    """Each column of a Parquet file marked in turn."""
    table = pl.read_parquet(io.BytesIO(content))
    for name in table.columns:
        kept = io.BytesIO()
        table.with_columns(pl.lit(MARK).alias(name)).write_parquet(kept)
        yield kept.getvalue()


def _of_workbook(content: bytes) -> Iterator[bytes]:
    """Every third column of every sheet marked, from the fifth row on; then some headings too."""
    import openpyxl

    for first, above in ((1, 5), (2, 5), (3, 5), (1, 3)):
        book = openpyxl.load_workbook(io.BytesIO(content))
        for sheet in book.worksheets:
            for row in range(above, sheet.max_row + 1):
                for column in range(first, 16, 3):
                    sheet.cell(row, column).value = MARK
        kept = io.BytesIO()
        book.save(kept)
        yield kept.getvalue()


def _hostile(name: str, example: Example) -> Iterator[bytes]:
    content = example.path.read_bytes()
    if name.startswith("edi_"):
        yield from (text.encode() for text in _of_positions(content.decode()))
    elif example.path.suffix == ".xml":
        yield from (text.encode() for text in _of_xml(content.decode()))
    elif name == "database_table":
        yield from _of_table(content)
    elif name == "workbook":
        yield from _of_workbook(content)
    else:
        yield from (text.encode() for text in _of_delimited(content.decode("utf-8-sig"), _DELIMITERS.get(name, ",")))


def _named(example: Example, number: int) -> str:
    """A name of its own for each file; of an EDI file only the sequence number may differ."""
    name = example.path.name
    if re.fullmatch(r"(?i)[a-z0-9_]{8}\.x[0-9]{2}", name):
        return f"{name[:-2]}{number:02}"
    return f"{number:03} {name}"


@pytest.mark.parametrize("name", readers.names())
def test_no_value_of_a_hostile_file_is_told(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    example, folder = _example(name), FormatsFolder(tmp_path)
    files = list(_hostile(name, example))
    for number, content in enumerate(files[:: max(1, len(files) // MOST)]):
        folder.deliver(name, content, _named(example, number))
    rows = folder.land_all(feeds_of(name))
    assert len(rows) >= 4
    told = folder.con.execute(
        "SELECT concat_ws(' ', reason, message, extra_columns) FROM landed.deliveries "
        "UNION ALL SELECT concat_ws(' ', column_name, rule, value_class, message) FROM landed.quarantine"
    ).fetchall()
    told += [(caplog.text,), capfd.readouterr()]
    assert [text for texts in told for text in texts if MARK.lower() in text.lower()] == []
