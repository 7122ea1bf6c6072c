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
_Lines = numpy.typing.NDArray[numpy.int64]

OUTCOMES = {"line": pl.Int64, "outcome": pl.String, "copies": pl.UInt32}


@dataclass
class KeyHashes:
    """Hashes of the keys seen so far, with their lines: 16 bytes a row."""

    feed: Feed
    hashes: list[_Numbers] = field(default_factory=list)
    lines: list[_Lines] = field(default_factory=list)

    def add(self, rows: pl.DataFrame) -> None:
        """Notes rows that hold the feed's typed key columns and `line`."""
        if rows.height:
            self.hashes.append(rows.select(self.feed.key).hash_rows(seed=0).to_numpy())
            self.lines.append(rows["line"].to_numpy())

    def suspects(self) -> Iterator[pl.DataFrame]:
        """`line` and `hash` of rows whose hash stands more than once, in portions that never part one hash."""
        if not self.hashes:
            return
        hashes, lines = numpy.concatenate(self.hashes), numpy.concatenate(self.lines)
        order = numpy.argsort(hashes)
        hashes, lines = hashes[order], lines[order]
        equal = hashes[1:] == hashes[:-1]
        repeated = numpy.append(equal, False) | numpy.insert(equal, 0, False)
        hashes, lines = hashes[repeated], lines[repeated]
        begin = 0
        while begin < len(hashes):
            last = hashes[min(begin + _AT_ONCE, len(hashes)) - 1]
            end = int(numpy.searchsorted(hashes, last, side="right"))
            yield pl.DataFrame({"line": lines[begin:end], "hash": hashes[begin:end]})
            begin = end


def duplicate_outcomes(valid: pl.LazyFrame, keys: pl.LazyFrame, feed: Feed, hashes: KeyHashes) -> pl.DataFrame:
    """Which valid rows are duplicates, and which conflict with another row of their key.

    Args:
        valid: valid rows: the contract's columns, typed, and `line`.
        keys: keys of quarantined rows: the key's columns, `key_readable` and `line`. Such a row cannot have the same
            values as a valid one, so a valid row of its key conflicts with it.
        feed: the feed.
        hashes: of the keys of both.

    Returns:
        `line`, `outcome` (`duplicate`: the same values stand in an earlier line; `conflict`: other values stand under
        the same key) and `copies` (rows of the key), ordered by line. Empty values are equal to each other.
    """
    outcomes = [pl.DataFrame(schema=OUTCOMES)]
    for suspects in hashes.suspects():
        rows = valid.join(suspects.lazy(), on="line").with_columns(valid=pl.lit(True))
        put_aside = keys.filter("key_readable").drop("key_readable").join(suspects.lazy(), on="line")
        both = pl.concat([rows, put_aside.with_columns(valid=pl.lit(False))], how="diagonal").collect()
        outcomes.append(_by_leader(both.sort("hash", "line"), feed))
    return pl.concat(outcomes).sort("line")


def _by_leader(rows: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """Outcomes of rows ordered by hash and line, each row compared with the first one of its hash.

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
        {"line": rows["line"], "copies": numpy.repeat(sizes, sizes).astype(numpy.uint32), "agree": agree}
    ).with_columns(outcome=pl.when("agree").then(pl.lit("duplicate")).otherwise(pl.lit("conflict")))
    concerned = rows["valid"].to_numpy() & ~shared & ~(leading & agree)
    return pl.concat([told.filter(concerned).select(*OUTCOMES), _by_key(rows.filter(shared), feed)])


def _by_key(rows: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """Outcomes of any rows, compared by the columns of their key."""
    key, line = list(feed.key), pl.col("line")
    # a quarantined row differs from all valid ones, whatever its other columns hold
    first = line.min().over([*feed.column_names, "valid"])
    outcome = (
        pl.when(pl.col("first").min().over(key) != pl.col("first").max().over(key))
        .then(pl.lit("conflict"))
        .when(line > pl.col("first"))
        .then(pl.lit("duplicate"))
    )
    return (
        rows.with_columns(first=first)
        .with_columns(outcome=outcome, copies=pl.len().over(key).cast(pl.UInt32))
        .filter(pl.col("valid") & pl.col("outcome").is_not_null())
        .select(*OUTCOMES)
    )
