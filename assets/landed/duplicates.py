"""Rows of one delivery with the same natural key: the same values twice, or different ones.

Nearly every delivery has none, so rows are first compared by a hash of their key, gathered while they are parsed; only
rows whose hash stands more than once are read again and compared value by value. What later deliveries do to earlier
ones belongs in `assets.standardised`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy
import numpy.typing
import polars as pl

from schemas.feeds import Feed

#: Rows compared in one go, so that a file whose rows all stand twice still fits into memory.
_AT_ONCE = 2_000_000

_Numbers = numpy.typing.NDArray[numpy.uint64]
_Rows = numpy.typing.NDArray[numpy.int64]

OUTCOMES = {"row": pl.Int64, "outcome": pl.String, "copies": pl.UInt32}


@dataclass
class KeyHashes:
    """Hashes of the keys seen so far, with the numbers of their rows: 16 bytes a row."""

    feed: Feed
    hashes: list[_Numbers] = field(default_factory=list)
    rows: list[_Rows] = field(default_factory=list)

    def add(self, rows: pl.DataFrame) -> None:
        """Notes rows that hold the feed's typed key columns and `row`, or `line` where a line makes one row."""
        if rows.height:
            self.hashes.append(rows.select(self.feed.key).hash_rows(seed=0).to_numpy())
            self.rows.append(rows["row" if "row" in rows.columns else "line"].to_numpy())

    def suspects(self) -> Iterator[pl.DataFrame]:
        """`row` and `hash` of rows whose hash stands more than once, in portions that never part one hash."""
        if not self.hashes:
            return
        hashes, rows = numpy.concatenate(self.hashes), numpy.concatenate(self.rows)
        order = numpy.argsort(hashes)
        hashes, rows = hashes[order], rows[order]
        equal = hashes[1:] == hashes[:-1]
        repeated = numpy.append(equal, False) | numpy.insert(equal, 0, False)
        hashes, rows = hashes[repeated], rows[repeated]
        begin = 0
        while begin < len(hashes):
            last = hashes[min(begin + _AT_ONCE, len(hashes)) - 1]
            end = int(numpy.searchsorted(hashes, last, side="right"))
            yield pl.DataFrame({"row": rows[begin:end], "hash": hashes[begin:end]})
            begin = end


def duplicate_outcomes(valid: pl.LazyFrame, keys: pl.LazyFrame, feed: Feed, hashes: KeyHashes) -> pl.DataFrame:
    """Which valid rows are duplicates, and which conflict with another row of their key.

    Args:
        valid: valid rows: the contract's columns, typed, and `row`, the number of the row in the delivery.
        keys: keys of quarantined rows: the key's columns, `key_readable` and `row`. Such a row cannot have the same
            values as a valid one, so a valid row of its key conflicts with it.
        feed: the feed.
        hashes: of the keys of both.

    Returns:
        `row`, `outcome` (`duplicate`: the same values stand in an earlier row; `conflict`: other values stand under
        the same key) and `copies` (rows of the key), in order. Empty values are equal to each other.
    """
    outcomes = [pl.DataFrame(schema=OUTCOMES)]
    for suspects in hashes.suspects():
        rows = valid.join(suspects.lazy(), on="row").with_columns(valid=pl.lit(True))
        put_aside = keys.filter("key_readable").drop("key_readable").join(suspects.lazy(), on="row")
        both = pl.concat([rows, put_aside.with_columns(valid=pl.lit(False))], how="diagonal").collect()
        outcomes.append(_by_leader(both.sort("hash", "row"), feed))
    return pl.concat(outcomes).sort("row")


def _by_leader(rows: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """Outcomes of rows ordered by hash and number, each row compared with the first one of its hash.

    Where two keys share a hash, which next to never happens, the rows of that hash are compared by key instead.
    """
    hashes = rows["hash"].to_numpy()
    begins = numpy.flatnonzero(numpy.concatenate(([True], hashes[1:] != hashes[:-1])))
    sizes = numpy.diff(numpy.append(begins, len(hashes)))
    leaders = pl.Series(numpy.repeat(begins, sizes))
    same_key, same_values = numpy.ones(len(hashes), dtype=bool), rows["valid"].to_numpy() & True
    for name in feed.column_names:
        same = rows[name].eq_missing(rows[name].gather(leaders)).to_numpy()
        if name in feed.key:
            same_key &= same
        same_values &= same
    same_values &= rows["valid"].gather(leaders).to_numpy()
    shared = numpy.repeat(~numpy.logical_and.reduceat(same_key, begins), sizes)
    agree = numpy.repeat(numpy.logical_and.reduceat(same_values, begins), sizes)
    leading = numpy.zeros(len(hashes), dtype=bool)
    leading[begins] = True
    told = pl.DataFrame(
        {"row": rows["row"], "copies": numpy.repeat(sizes, sizes).astype(numpy.uint32), "agree": agree}
    ).with_columns(outcome=pl.when("agree").then(pl.lit("duplicate")).otherwise(pl.lit("conflict")))
    concerned = rows["valid"].to_numpy() & ~shared & ~(leading & agree)
    return pl.concat([told.filter(concerned).select(*OUTCOMES), _by_key(rows.filter(shared), feed)])


def _by_key(rows: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """Outcomes of any rows, compared by the columns of their key."""
    key, row = list(feed.key), pl.col("row")
    # a quarantined row differs from all valid ones, whatever its other columns hold
    first = row.min().over([*feed.column_names, "valid"])
    outcome = (
        pl.when(pl.col("first").min().over(key) != pl.col("first").max().over(key))
        .then(pl.lit("conflict"))
        .when(row > pl.col("first"))
        .then(pl.lit("duplicate"))
    )
    return (
        rows.with_columns(first=first)
        .with_columns(outcome=outcome, copies=pl.len().over(key).cast(pl.UInt32))
        .filter(pl.col("valid") & pl.col("outcome").is_not_null())
        .select(*OUTCOMES)
    )
