"""Run by `pipelines.workbook_reading` in a process of its own: the cells of one sheet, within bounds on memory.

A sheet with one value in its first cell and one in its last takes the parser hundreds of gigabytes, however small the
file; the parser then ends its whole process.

    python -m pipelines.workbook_cells SHEET < workbook     writes a JSON list of rows, each a list of texts or nulls
"""

import json
import resource
import sys

#: Polars and its threads alone reserve nearly one gigabyte of addresses.
MEMORY_BYTES = 3_000_000_000

NO_SUCH_SHEET, UNREADABLE = 3, 4


def main() -> int:
    """Exit status: 0 well, `NO_SUCH_SHEET`, `UNREADABLE`; ended by a signal: it took too much memory."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import fastexcel
    import polars as pl

    content, sheet = sys.stdin.buffer.read(), sys.argv[1]
    try:
        if sheet not in fastexcel.read_excel(content).sheet_names:
            return NO_SUCH_SHEET
        cells = pl.read_excel(
            content,
            sheet_name=sheet,
            engine="calamine",
            has_header=False,
            # as text: a column that looks like numbers would lose its words without saying so
            infer_schema_length=0,
            drop_empty_rows=False,
            drop_empty_cols=False,
            raise_if_empty=False,
            # rows are numbered as the spreadsheet numbers them, empty ones at the top included
            read_options={"skip_rows": 0},
        )
    except BaseException:  # a panic of the parser is no Exception
        return UNREADABLE
    json.dump(cells.rows(), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
