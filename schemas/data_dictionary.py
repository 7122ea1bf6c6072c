"""The data dictionary: every feed, published table and column in words, as one Markdown page."""

from collections.abc import Iterator

from schemas.feeds import FEEDS, Column, Feed
from schemas.published import PUBLISHED, VIEWS
from schemas.published_table import PublishedTable


def data_dictionary() -> str:
    """The page `docs/data-dictionary.md`."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Data dictionary"
    yield ""
    yield "Generated from `schemas/` by `make docs`; change it there. **K**: part of the natural key. **R**: never empty."
    yield ""
    yield "## Feeds"
    for feed in FEEDS.values():
        yield from _feed(feed)
    yield "## Published tables"
    yield ""
    yield "In `reconciliation.duckdb`, schema `published`, and as Parquet."
    yield ""
    for table in PUBLISHED.values():
        yield from _published(table)
    for view in VIEWS.values():
        yield from _published(view.table, "A view of that file, not stored as Parquet. ")


def _feed(feed: Feed) -> Iterator[str]:
    yield ""
    yield f"### `{feed.name}`"
    yield feed.meaning
    yield ""
    yield "| column | | form | meaning |"
    yield "|---|---|---|---|"
    for column in feed.columns:
        marks = " ".join(mark for mark, held in (("K", column.key), ("R", column.required)) if held)
        yield f"| `{column.name}` | {marks} | {_form(column)} | {column.field.meaning} |"
    yield ""


def _form(column: Column) -> str:
    if column.field.codes:
        return ", ".join(f"`{code}`" for code in column.field.codes)
    words = {"text": "text", "date": "yyyy-mm-dd", "month": "yyyy-mm", "integer": "whole number", "number": "number"}
    return column.field.form or words.get(column.field.kind, "yyyy-mm-dd or yyyy-mm-ddThh:mm")


def _published(table: PublishedTable, kept: str = "") -> Iterator[str]:
    yield f"### `published.{table.name}`"
    yield f"{kept}{table.meaning} Key: {', '.join(f'`{name}`' for name in table.key)}."
    yield ""
    yield "| column | type | meaning |"
    yield "|---|---|---|"
    for column in table.columns:
        yield f"| `{column.name}` | {column.type} | {column.meaning}{' Personal.' if column.personal else ''} |"
    yield ""
