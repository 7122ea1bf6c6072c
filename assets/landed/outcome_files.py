"""The files of one parsed delivery: valid rows, keys of quarantined ones, and reasons, in the form others count on.

- `rows.parquet`: the contract's columns, typed, and `line`; in order of line.
- `quarantined_keys.parquet`: the natural key's columns, `key_readable` and `line`.
  Where one line can make several rows, both also hold `row`, the row's number in the delivery, and are in its order.
- `quarantine.parquet`: `line`, `column_name` (null: the line as a whole), `value_class`, `rule`, `message`. No values.
"""

from pathlib import Path

import polars as pl

from assets.landed.reading import IRREGULAR, irregular_class
from assets.landed.whole_files import storing
from schemas.checks import expectation, rules, typed
from schemas.feeds import Feed

QUARANTINE = {
    "line": pl.Int64,
    "column_name": pl.String,
    "value_class": pl.String,
    "rule": pl.String,
    "message": pl.String,
}

_CONFLICT = "Rows of one delivery with the same key must hold the same values."


class OutcomeFiles:
    """Gathers a delivery's outcome in parts while it is parsed, so that a wholly bad file needs no more memory."""

    def __init__(self, feed: Feed, folder: Path, *, rows_a_line: bool = False) -> None:
        self._feed, self._folder, self._rows_a_line = feed, folder, rows_a_line
        self._key_parts: list[Path] = []
        self._reason_parts: list[Path] = []
        texts = pl.DataFrame(schema=dict.fromkeys(feed.column_names, pl.String))
        columns = texts.select(typed(column.field.kind, pl.col(column.name)) for column in feed.columns)
        places = ("line", "row") if rows_a_line else ("line",)
        place = [pl.lit(None, dtype=pl.Int64).alias(name) for name in places]
        self.rows_schema = columns.with_columns(place).schema
        readable = pl.lit(None, dtype=pl.Boolean).alias("key_readable")
        self._keys_schema = columns.select(feed.key).with_columns(readable, *place).schema
        self._messages = _messages(feed)

    def add(self, reasons: pl.DataFrame, keys: pl.DataFrame) -> None:
        """Adds the reasons (`line`, `column_name`, `rule`, `value_class`) and keys of quarantined rows."""
        if reasons.height:
            self.add_told(
                reasons.join(self._messages, on=["column_name", "rule"], how="left", nulls_equal=True, validate="m:1")
            )
        if keys.height:
            self._part(keys.select(*self._keys_schema).sort("line"), self._key_parts, "keys")

    def add_told(self, reasons: pl.DataFrame) -> None:
        """Adds reasons that bring their own words: the columns of `QUARANTINE`."""
        if reasons.height:
            self._part(reasons.select(*QUARANTINE).unique().sort(pl.all()), self._reason_parts, "reasons")

    def add_irregular(self, irregular: pl.DataFrame) -> None:
        """Adds lines that are no record: `line`, `rule`, `count`. Nothing is known of their keys."""
        reasons = irregular.with_columns(column_name=pl.lit(None, dtype=pl.String), value_class=irregular_class())
        self.add(reasons, self.unreadable_keys(irregular["line"]))

    def unreadable_keys(self, lines: pl.Series) -> pl.DataFrame:
        """What stands for the keys of lines that made no record."""
        return lines.to_frame("line").with_columns(
            pl.lit(False if name == "key_readable" else None, dtype=kind).alias(name)
            for name, kind in self._keys_schema.items()
            if name != "line"
        )

    def scan(self, path: Path) -> pl.LazyFrame:
        """Valid rows as written, with `row`."""
        return self._numbered(pl.scan_parquet(path, glob=False))

    def keys(self) -> pl.LazyFrame:
        """Keys of the rows quarantined so far, with `row`."""
        return self._numbered(self._all(self._key_parts, self._keys_schema))

    def _numbered(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        return rows if self._rows_a_line else rows.with_columns(row="line")

    def take_out(self, rows: Path, outcomes: pl.DataFrame) -> None:
        """Takes duplicates and conflicts (`row`, `outcome`, `copies`) out of the valid rows; conflicts get a
        reason."""
        conflicts = outcomes.filter(pl.col("outcome") == "conflict").lazy()
        keys = self.scan(rows).select(*self._feed.key, "line", "row").join(conflicts, on="row").collect()
        reasons = keys.select(
            "line",
            column_name=pl.lit(None, dtype=pl.String),
            rule=pl.lit("conflicting_duplicate"),
            value_class=pl.format("rows of one key, {}", "copies"),
        )
        self.add(reasons, keys.with_columns(key_readable=pl.lit(True)))
        kept = self.scan(rows).filter(~pl.col("row").is_in(outcomes["row"].implode())).select(*self.rows_schema)
        cleaned = rows.with_suffix(".cleaned")
        with storing(rows):
            kept.sink_parquet(cleaned, compression="lz4", maintain_order=True)
            cleaned.replace(rows)

    def write(self, keys: Path, reasons: Path) -> None:
        """Writes what was gathered, and removes the parts."""
        with storing(keys):
            self._all(self._key_parts, self._keys_schema).sink_parquet(keys, compression="lz4")
            self._all(self._reason_parts, pl.Schema(QUARANTINE)).sink_parquet(reasons, compression="lz4")
        for part in (*self._key_parts, *self._reason_parts):
            part.unlink()

    def _part(self, frame: pl.DataFrame, parts: list[Path], name: str) -> None:
        path = self._folder / f"{name}-{len(parts):06}.part"
        with storing(path):
            frame.write_parquet(path, compression="lz4")
        parts.append(path)

    @staticmethod
    def _all(parts: list[Path], schema: pl.Schema) -> pl.LazyFrame:
        return pl.scan_parquet(parts, glob=False) if parts else pl.LazyFrame(schema=schema)


def _messages(feed: Feed) -> pl.DataFrame:
    """What is said of each rule a column can break, and of a line as a whole."""
    said: list[tuple[str | None, str, str]] = [
        (column.name, rule, expectation(column, rule)) for column in feed.columns for rule in rules(column)
    ]
    said += [(None, rule, message) for rule, message in {**IRREGULAR, "conflicting_duplicate": _CONFLICT}.items()]
    return pl.DataFrame(said, schema={"column_name": pl.String, "rule": pl.String, "message": pl.String}, orient="row")
