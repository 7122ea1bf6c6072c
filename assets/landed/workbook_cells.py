"""Run by `assets.landed.workbook_reading` in a process of its own: the cells of one sheet, within bounds on memory.

A sheet with one value in its first cell and one in its last takes the parser hundreds of gigabytes, however small the
file; the parser then ends its whole process.

    python -m assets.landed.workbook_cells REQUEST < workbook

REQUEST is a JSON object: `sheet` (names of which one is read, or null: the only visible one that is not empty),
`numbers` (null, or the columns of which to say which cells are numbers), `memory` (bytes), `rows` and `columns`
(bounds). What is written is one line of JSON (`errors`: row and column of cells that hold no value but an error) and
the cells as a stream of Arrow, the spreadsheet's first row first: text, or where numbers are asked for what is not null
where the cell is one.
"""

import json
import resource
import sys
from typing import Any

NO_SUCH_SHEET, UNREADABLE, SEVERAL_SHEETS, EMPTY, TOO_MANY_ROWS, TOO_MANY_COLUMNS = range(3, 9)


def main() -> int:
    """Exit status: 0 well, or one of the above; ended by a signal: it took too much memory."""
    request = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (request["memory"], request["memory"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        return _written(request)
    except BaseException:  # a panic of the parser is no Exception
        return UNREADABLE


def _written(request: dict[str, Any]) -> int:
    import fastexcel
    import pyarrow

    book = fastexcel.read_excel(sys.stdin.buffer.read())
    name = _chosen(book, request["sheet"])
    if isinstance(name, int):
        return name
    sheet = book.load_sheet(name, **_loaded(request["numbers"]))
    if sheet.width > request["columns"]:
        return TOO_MANY_COLUMNS
    if sheet.height > request["rows"]:
        return TOO_MANY_ROWS
    if request["numbers"] is None:
        cells, failed = sheet.to_arrow_with_errors()
    else:
        cells, failed = sheet.to_arrow(), None  # what is no number is no error
    told = pyarrow.RecordBatch.from_arrays(cells.columns, names=[str(place) for place in range(cells.num_columns)])
    errors = [list(error.offset_position) for error in failed.errors] if failed is not None else []
    sys.stdout.buffer.write(json.dumps({"errors": errors}).encode() + b"\n")
    with pyarrow.ipc.new_stream(sys.stdout.buffer, told.schema) as stream:
        stream.write_batch(told)
    return 0


def _loaded(numbers: list[int] | None) -> dict[str, Any]:
    """How the parser is asked: rows are numbered as the spreadsheet numbers them, empty ones at the top included."""
    asked: dict[str, Any] = {"header_row": None, "skip_rows": 0}
    if numbers is None:
        # as text: a column that looks like numbers would lose its words without saying so
        return asked | {"dtypes": "string"}
    # the parser makes truth values of numbers and of truth values, and of no text and no date
    return asked | {"dtypes": "boolean", "use_columns": lambda column: column.index in numbers}


def _chosen(book: Any, wanted: list[str] | None) -> str | int:
    """The sheet's name, or why there is none."""
    names = book.sheet_names
    if wanted is not None:
        asked = {_folded(name) for name in wanted}
        found = [name for name in names if _folded(name) in asked]
    elif len(names) == 1:
        found = names
    else:
        sheets = (book.load_sheet(name, n_rows=1, **_loaded(None)) for name in names)
        found = [sheet.name for sheet in sheets if sheet.visible == "visible" and sheet.total_height]
    if len(found) > 1:
        return SEVERAL_SHEETS
    return found[0] if found else NO_SUCH_SHEET if wanted is not None else EMPTY


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


if __name__ == "__main__":
    sys.exit(main())
