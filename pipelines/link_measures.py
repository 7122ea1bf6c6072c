"""How good links are against the truth, in pairs of records: precision, recall, and what becomes of each kind of noise.

No pair is written out: how many records of a learner stand in a cluster says how many pairs do, so that a million records
are measured in a second. What is measured, and on which records, is `pipelines.bench_links`.

Frames: `links` has feed, row and person (whom the linker takes the row for); `truth` has feed, row and learner; `review`
has first_feed, first_row, second_feed and second_row of the pairs that a person is to decide. Rows are positions in the
frame of their feed, and links and truth have each row once.
"""

from dataclasses import dataclass

import polars as pl

_ROW = ["feed", "row"]


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Counts of unordered pairs of records.

    Attributes:
        true: of one learner.
        linked: of one person, as the links have it.
        found: of both.
    """

    true: int
    linked: int
    found: int

    @property
    def precision(self) -> float:
        """Share of the linked pairs that are true; 1 where nothing is linked."""
        return self.found / self.linked if self.linked else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that are linked; 1 where there is nothing to link."""
        return self.found / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.found / (self.true + self.linked) if self.true + self.linked else 1.0


def pairwise(links: pl.DataFrame, truth: pl.DataFrame) -> Pairs:
    """Pairs among the records of `truth`, within a feed and across feeds.

    Args:
        links: may hold further records, which count for nothing.
        truth: all the records to measure on.

    Raises:
        ValueError: a record of `truth` has no link.
    """
    records = _records(links, truth)
    return Pairs(
        true=_sum_of_pairs(records, ["learner"]),
        linked=_sum_of_pairs(records, ["person"]),
        found=_sum_of_pairs(records, ["learner", "person"]),
    )


def pairs_by_kind(links: pl.DataFrame, truth: pl.DataFrame, review: pl.DataFrame) -> pl.DataFrame:
    """What becomes of the pairs that touch a record of each kind of noise.

    Args:
        links, truth: as for `pairwise`; `truth` has kind besides.
        review: one pair of records may stand for all pairs of their two people.

    Returns:
        kind, records, true_pairs, found, recall, false_pairs (linked, and of two learners), in_review (true pairs not
        linked, of whose two people a pair is in review), in order of kind.
    """
    records = _records(links, truth)
    asked = _people_in_review(records, review)
    rows = []
    for kind in records["kind"].drop_nulls().unique().sort():
        marked = records.with_columns((pl.col("kind") == kind).fill_null(False).alias("marked"))
        true = _touched(marked, ["learner"])
        found = _touched(marked, ["learner", "person"])
        rows.append(
            {
                "kind": kind,
                "records": int(marked["marked"].sum()),
                "true_pairs": true,
                "found": found,
                "recall": found / true if true else 1.0,
                "false_pairs": _touched(marked, ["person"]) - found,
                "in_review": _touched_in_review(marked, asked),
            }
        )
    return pl.DataFrame(rows, schema=_BY_KIND)


_BY_KIND = {
    "kind": pl.String,
    "records": pl.Int64,
    "true_pairs": pl.Int64,
    "found": pl.Int64,
    "recall": pl.Float64,
    "false_pairs": pl.Int64,
    "in_review": pl.Int64,
}


def family_merges(links: pl.DataFrame, truth: pl.DataFrame) -> dict[str, int]:
    """By family (`twin`, `sibling`, `namesake`): how many learners too many of it stand in one person.

    Args:
        links, truth: as for `pairwise`; `truth` has family besides.
    """
    records = _records(links, truth).filter(pl.col("family").is_not_null())
    merged = records.group_by("family", "person").agg(pl.col("learner").n_unique() - 1)
    return dict(merged.group_by("family").agg(pl.col("learner").sum()).sort("family").iter_rows())


def _records(links: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    records = truth.join(links.select(*_ROW, "person"), on=_ROW, how="left", validate="1:1")
    if missing := records["person"].null_count():
        raise ValueError(f"records without a link [{missing}] of [{len(truth)}]; give each row of each feed a person")
    return records


def _pairs(count: pl.Expr) -> pl.Expr:
    wide = count.cast(pl.Int64)
    return wide * (wide - 1) // 2


def _sum_of_pairs(records: pl.DataFrame, by: list[str]) -> int:
    return int(records.group_by(by).len().select(_pairs(pl.col("len")).sum()).item())


def _touched(marked: pl.DataFrame, by: list[str]) -> int:
    """Pairs within each group of which at least one record is marked."""
    groups = marked.group_by(by).agg(pl.len().alias("all"), (~pl.col("marked")).sum().alias("plain"))
    return int(groups.select((_pairs(pl.col("all")) - _pairs(pl.col("plain"))).sum()).item())


def _people_in_review(records: pl.DataFrame, review: pl.DataFrame) -> pl.DataFrame:
    """first and second: pairs of people, each once, of whom a pair of records is in review."""
    people = records.select(*_ROW, "person")
    sides = [
        review.join(people, left_on=[f"{side}_feed", f"{side}_row"], right_on=_ROW, how="left", maintain_order="left")
        .select(pl.col("person").alias(side))
        .to_series()
        for side in ("first", "second")
    ]
    both = pl.DataFrame(sides).drop_nulls().filter(pl.col("first") != pl.col("second"))
    return both.select(
        pl.min_horizontal("first", "second").alias("first"), pl.max_horizontal("first", "second").alias("second")
    ).unique()


def _touched_in_review(marked: pl.DataFrame, asked: pl.DataFrame) -> int:
    """True pairs, at least one record marked, whose records stand in two people that a pair in review asks about."""
    cells = marked.group_by("learner", "person").agg(
        pl.len().cast(pl.Int64).alias("all"), (~pl.col("marked")).sum().cast(pl.Int64).alias("plain")
    )
    both = asked.join(cells, left_on="first", right_on="person").join(
        cells, left_on=["second", "learner"], right_on=["person", "learner"], suffix="_second"
    )
    touched = pl.col("all") * pl.col("all_second") - pl.col("plain") * pl.col("plain_second")
    return int(both.select(touched.sum()).item())
