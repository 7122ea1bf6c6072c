"""Which of an organisation's results UCAS is sent: only once it may have them, and only what it does not have.

What UCAS has is known by keyed hashes (`pipelines.returns`), so the grade that it was sent last is found by trying those
that the organisation's awards have or had. Where positions come from is `pipelines.ucas_positions`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from pipelines.returns import CHANGED, NEW, WITHDRAWN, Register
from pipelines.ucas_positions import PENDING

_ENTRY = "entry"


@dataclass(kw_only=True)
class Chosen:
    """The rows of a file, and how many are not in it.

    Attributes:
        rows: of `Positions`, with `key` and `digest` (for the register), `change`, `grade` and `previous_grade`.
        left_out: how many, by what there is to say of them.
        remarks: the same of rows that are in it.
    """

    rows: pl.DataFrame
    left_out: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)


def keys_of(rows: pl.DataFrame, register: Register, organisation: str) -> list[str]:
    """Key of each registration in the register, the same for entries and results."""
    pairs = rows.select("registration_number", "qualification_number").iter_rows()
    return [register.row_key(organisation, *pair) for pair in pairs]


def choose_entries(
    rows: pl.DataFrame, register: Register, sent: Mapping[str, str], results_sent: Mapping[str, str]
) -> Chosen:
    """Registrations expected in the cycle of which UCAS was told neither an entry nor a result.

    Args:
        rows: of `Positions`, with `key`.
        register: makes the digests.
        sent: entries that UCAS was told of, by key.
        results_sent: results likewise; a blank after a result would take it back.
    """
    expected = rows.filter("is_expected")
    told = pl.col("key").is_in([*sent, *results_sent])
    new = expected.filter(~told)
    digests = [register.row_digest(key, _ENTRY) for key in new["key"]]
    blank = pl.lit("")
    chosen = Chosen(
        rows=new.with_columns(
            pl.Series("digest", digests, dtype=pl.String),
            pl.lit(NEW).alias("change"),
            blank.alias("grade"),
            blank.alias("previous_grade"),
        )
    )
    chosen.left_out = Counter(
        {
            "told of already": expected.height - new.height,
            "told of earlier and no longer expected; the file cannot take them back, tell UCAS": len(
                set(sent) - set(expected["key"])
            ),
        }
    )
    return chosen


def choose_results(
    rows: pl.DataFrame, register: Register, sent: Mapping[str, str], grades: Sequence[str], at: datetime, *, amend: bool
) -> Chosen:
    """Results that UCAS was not sent; with `amend` also those that have changed since, with the grade it was sent.

    No grade before results go to UCAS. A result that is issued no longer becomes a blank, or `Q` while it is pending.

    Args:
        rows: of `Positions`, with `key`.
        register: makes the digests.
        sent: what UCAS was sent of each result, by key.
        grades: those that the organisation's awards have or had.
        at: UK local time for which the file is made.
        amend: whether it is a file of amendments.
    """
    digests = [register.row_digest(*pair) for pair in rows.select("key", "result").iter_rows()]
    before = [sent.get(key) for key in rows["key"]]
    beside = rows.with_columns(
        pl.Series("digest", digests, dtype=pl.String), pl.Series("before", before, dtype=pl.String)
    )
    held = pl.col("before").is_not_null()
    has_changed = held & (pl.col("digest") != pl.col("before"))
    is_new = ~held & pl.col("is_issued") & pl.col("of_cycle")
    wanted = beside.filter(is_new | has_changed) if amend else beside.filter(is_new)
    may_go = ~pl.col("is_issued") | (pl.col("released_at") <= at)
    waiting = wanted.filter(~may_go)
    next_release = ", ".join(f"{day:%Y-%m-%d %H:%M}" for day in waiting["released_at"].sort()[:1])
    chosen = Chosen(rows=_told(wanted.filter(may_go), register, (*grades, PENDING)))
    chosen.left_out = Counter(
        {
            f"waiting until results go to UCAS, the next [{next_release}]": waiting.height,
            "without a day in the key dates on which results go to UCAS": wanted["released_at"]
            .filter(wanted["is_issued"])
            .null_count(),
            "changed since UCAS was sent them; send amendments": 0 if amend else beside.filter(has_changed).height,
            "sent as they are already": beside.filter(held & ~has_changed).height,
            "sent earlier, of learners who no longer have a live application that is theirs; tell UCAS": len(
                set(sent) - set(rows["key"])
            ),
        }
    )
    blank = chosen.rows.filter((pl.col("change") != NEW) & (pl.col("previous_grade") == ""))
    chosen.remarks["of which the grade that UCAS was sent is not known here; it is left blank"] = blank.height
    return chosen


def _told(rows: pl.DataFrame, register: Register, grades: Sequence[str]) -> pl.DataFrame:
    """Rows with what the file says of them: grade, previous grade, and what they are beside what was sent."""
    previous = [
        "" if before is None else next((one for one in grades if register.row_digest(key, one) == before), "")
        for key, before in rows.select("key", "before").iter_rows()
    ]
    gone = pl.col("result") == ""
    return rows.with_columns(
        pl.col("result").alias("grade"),
        pl.Series("previous_grade", previous, dtype=pl.String),
        pl.when(pl.col("before").is_null())
        .then(pl.lit(NEW))
        .when(gone)
        .then(pl.lit(WITHDRAWN))
        .otherwise(pl.lit(CHANGED))
        .alias("change"),
        # of a row that is taken back, the register keeps what it said last
        pl.when(gone).then("before").otherwise("digest").alias("digest"),
    )
