"""The files of one parsed delivery: valid rows, keys of quarantined ones, and reasons, in the form others count on.

- `rows.parquet`: the contract's columns, typed, and `line`; in order of line.
- `quarantined_keys.parquet`: the natural key's columns, `key_readable` and `line`.
- `quarantine.parquet`: `line`, `column_name` (null: the line as a whole), `value_class`, `rule`, `message`. No values.
"""

from pathlib import Path

import polars as pl

from assets.landed.reading import IRREGULAR
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

    def __init__(self, feed: Feed, folder: Path) -> None:
        self._feed, self._folder = feed, folder
        self._key_parts: list[Path] = []
        self._reason_parts: list[Path] = []
        texts = pl.DataFrame(schema=dict.fromkeys(feed.column_names, pl.String))
        columns = texts.select(typed(column.field.kind, pl.col(column.name)) for column in feed.columns)
        line = pl.lit(None, dtype=pl.Int64).alias("line")
        self.rows_schema = columns.with_columns(line).schema
        readable = pl.lit(None, dtype=pl.Boolean).alias("key_readable")
        self._keys_schema = columns.select(feed.key).with_columns(readable, line).schema
        self._messages = _messages(feed)

    def add(self, reasons: pl.DataFrame, keys: pl.DataFrame) -> None:
        """Adds the reasons (`line`, `column_name`, `rule`, `value_class`) and keys of quarantined rows."""
        if reasons.height:
            told = reasons.join(
                self._messages, on=["column_name", "rule"], how="left", nulls_equal=True, validate="m:1"
            )
            self._part(told.select(*QUARANTINE).sort(pl.all()), self._reason_parts, "reasons")
        if keys.height:
            self._part(keys.select(*self._keys_schema).sort("line"), self._key_parts, "keys")

    def add_irregular(self, irregular: pl.DataFrame) -> None:
        """Adds lines that are no record: `line`, `rule`, `count`. Nothing is known of their keys."""
        found = pl.when(pl.col("rule") == "field_count").then(pl.lit("fields")).otherwise(pl.lit("quotes"))
        reasons = irregular.with_columns(
            column_name=pl.lit(None, dtype=pl.String), value_class=pl.format("{}, {}", found, "count")
        )
        keys = irregular.select("line").with_columns(
            pl.lit(False if name == "key_readable" else None, dtype=kind).alias(name)
            for name, kind in self._keys_schema.items()
            if name != "line"
        )
        self.add(reasons, keys)

    def scan(self, path: Path) -> pl.LazyFrame:
        """Valid rows as written."""
        return pl.scan_parquet(path, glob=False)

    def keys(self) -> pl.LazyFrame:
        """Keys of the rows quarantined so far."""
        return self._all(self._key_parts, self._keys_schema)

    def take_out(self, rows: Path, outcomes: pl.DataFrame) -> None:
        """Takes duplicates and conflicts (`line`, `outcome`, `copies`) out of the valid rows; conflicts get a
        reason."""
        conflicts = outcomes.filter(pl.col("outcome") == "conflict").select(
            "line",
            column_name=pl.lit(None, dtype=pl.String),
            rule=pl.lit("conflicting_duplicate"),
            value_class=pl.format("rows of one key, {}", "copies"),
        )
        keys = self.scan(rows).select(*self._feed.key, "line").join(conflicts.lazy(), on="line", how="semi")
        self.add(conflicts, keys.with_columns(key_readable=pl.lit(True)).collect())
        kept = self.scan(rows).filter(~pl.col("line").is_in(outcomes["line"].implode()))
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
