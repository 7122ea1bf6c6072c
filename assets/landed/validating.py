"""Each record judged against the feed contract: valid rows typed, the others put aside with a reason for each column.

Pandera is the checker (`schemas.checks`); a column of few distinct values is checked once a value, which is the same
verdict for less work. The quarantine is built from the positions that Pandera names, never from the values it quotes.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy
import pandera.errors
import polars as pl

from assets.landed.canonical import canonical, is_sentinel
from assets.landed.refusals import RefusedDelivery
from assets.landed.value_classes import value_class
from schemas.checks import column_checks, rule_of, typed
from schemas.feeds import Column, Feed
from schemas.identifiers import check_digit_warns

#: A column whose first rows hold no more distinct values than this is checked once a value.
_SAMPLE, _FEW = 10_000, 1_000

_FAILURES = {"row": pl.UInt32, "column_name": pl.String, "rule": pl.String, "value_class": pl.String}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """The verdict on some records.

    Attributes:
        valid: the contract's columns, typed, and `line`, and `row` if the records carry it.
        keys: of each quarantined row the natural key, `line` (and `row`) and `key_readable`. Where a part of the key cannot
            be read, only the sender is kept, so that an empty column is never taken for the key's empty value.
        reasons: `line`, `column_name`, `rule`, `value_class`: one for each line, column and rule.
        sentinel_values: values that meant 'not held', in all records.
        check_digit_warnings: values of valid rows that fail their check digit.
    """

    valid: pl.DataFrame
    keys: pl.DataFrame
    reasons: pl.DataFrame
    sentinel_values: int
    check_digit_warnings: int


@dataclass(frozen=True, kw_only=True)
class _Examined:
    text: pl.Series
    failures: pl.DataFrame
    sentinels: int


def judge(records: pl.DataFrame, feed: Feed) -> Judged:
    """Judges records against a feed's contract.

    Args:
        records: delivered text of the feed's columns that the file has, and `line`; `row` where a line makes several.
        feed: the feed.

    Raises:
        RefusedDelivery: `unreadable`, if Pandera finds the table itself at fault.
    """
    present = [column for column in feed.columns if column.name in records.columns]
    examined = {column.name: _examine(records[column.name], column, feed) for column in present}
    failures = pl.concat([pl.DataFrame(schema=_FAILURES), *(one.failures for one in examined.values())])
    texts = pl.DataFrame([one.text.alias(name) for name, one in examined.items()])
    kept = _mask(records.height, failures["row"])
    lines = records["line"]
    places = records.select(name for name in ("line", "row") if name in records.columns)
    valid = texts.filter(kept)
    return Judged(
        valid=_typed(valid, feed.columns).with_columns(places.filter(kept)),
        keys=_keys(texts, failures, feed).with_columns(places).filter(~kept),
        reasons=failures.select(lines.gather(failures["row"]), "column_name", "rule", "value_class").sort(pl.all()),
        sentinel_values=sum(one.sentinels for one in examined.values()),
        check_digit_warnings=sum(_warnings(valid[column.name], column) for column in present),
    )


def _examine(delivered: pl.Series, column: Column, feed: Feed) -> _Examined:
    """Canonical text of a column, and which rows fail which rule."""
    name, field = column.name, column.field
    delivered = delivered.alias("delivered")
    few = delivered.head(_SAMPLE).n_unique() <= _FEW
    value = pl.col("delivered")
    seen = (delivered.unique() if few else delivered).to_frame()
    seen = seen.with_columns(text=canonical(field, value), sentinel=is_sentinel(field, value))
    failing = _failing(seen, column, feed)
    if not few:
        return _Examined(text=seen["text"].alias(name), failures=failing, sentinels=int(seen["sentinel"].sum()))
    text, sentinels = delivered, 0
    if not seen["text"].eq_missing(seen["delivered"]).all():
        text = delivered.to_frame().select(canonical(field, value)).to_series()
    if seen["sentinel"].any():
        sentinels = int(delivered.to_frame().select(is_sentinel(field, value).sum()).item())
    if failing.height:
        values = failing.with_columns(seen["delivered"].gather(failing["row"])).drop("row")
        rows = delivered.to_frame().with_row_index("row")
        failing = rows.join(values, on="delivered", nulls_equal=True).select(*_FAILURES)
    return _Examined(text=text.alias(name), failures=failing, sentinels=sentinels)


def _failing(seen: pl.DataFrame, column: Column, feed: Feed) -> pl.DataFrame:
    """What Pandera says of a column's canonical text: `row` is the position in `seen`."""
    try:
        column_checks(feed)[column.name].validate(seen.select(pl.col("text").alias(column.name)), lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases.select("index", "check")
    else:
        return pl.DataFrame(schema=_FAILURES)
    if cases["index"].null_count():
        raise RefusedDelivery("unreadable", f"The column [{column.name}] cannot be checked.")
    rows = cases["index"].cast(pl.UInt32)
    checks = cases["check"].unique().to_list()
    required = pl.col("rule") == "required"
    return (
        seen.select(pl.col("delivered", "sentinel").gather(rows))
        .with_columns(
            rows.alias("row"), cases["check"].replace({check: rule_of(check) for check in checks}).alias("rule")
        )
        .with_columns(
            pl.when(required & pl.col("sentinel")).then(pl.lit("sentinel_in_required")).otherwise("rule").alias("rule")
        )
        .with_columns(pl.lit(column.name).alias("column_name"))
        .select("row", "column_name", "rule", value_class(pl.col("delivered"), pl.col("sentinel")).alias("value_class"))
    )


def _typed(texts: pl.DataFrame, columns: Iterable[Column]) -> pl.DataFrame:
    """The columns with the types of the contract; one that the file does not have is empty."""
    return texts.select(
        typed(
            column.field.kind,
            pl.col(column.name) if column.name in texts.columns else pl.lit(None, dtype=pl.String),
        ).alias(column.name)
        for column in columns
    )


def _keys(texts: pl.DataFrame, failures: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """The natural key of every row, as far as it can be read."""
    failed = failures.filter(pl.col("column_name").is_in(feed.key))
    readable = _mask(texts.height, failed["row"]).alias("key_readable")
    sender = _mask(texts.height, failed.filter(pl.col("column_name") == (feed.sender or ""))["row"]).alias(
        "sender_readable"
    )
    known = {name: pl.col("sender_readable" if name == feed.sender else "key_readable") for name in feed.key}
    return (
        _typed(texts, [column for column in feed.columns if column.key])
        .with_columns(readable, sender)
        .select(*(pl.when(known[name]).then(pl.col(name)).alias(name) for name in feed.key), "key_readable")
    )


def _mask(height: int, rows: pl.Series) -> pl.Series:
    """True for each row but those named."""
    mask = numpy.ones(height, dtype=bool)
    mask[rows.to_numpy()] = False
    return pl.Series("kept", mask)


def _warnings(text: pl.Series, column: Column) -> int:
    """How many values of a column fail its check digit; each distinct value is looked at once."""
    if column.field.check_digit is None:
        return 0
    counts = text.alias("text").value_counts(name="count")
    warns = check_digit_warns(column.field.check_digit, pl.col("text"))
    return int(counts.filter(warns)["count"].sum())
