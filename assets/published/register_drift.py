"""What has changed between two snapshots of one list of qualifications: each of them told once, organisations by the line.

An organisation that is renamed, renumbered or succeeded by another changes hundreds of rows and is one thing to know: it is
told in one line with the number of its qualifications. Pure functions over frames; which files are compared and where the
result goes is `pipelines.register_drift`'s business.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from assets.landed.register_snapshots import COLUMNS, Snapshot

#: How a qualification can be told, the first that applies; each is told in one way.
TOLD = {
    "added": "Added to the list",
    "removed": "Gone from the list",
    "replaced": "Now another organisation's",
    "level_or_hours": "Level or guided learning hours changed",
    "dates": "Dates changed",
    "renamed": "Title changed",
    "organisation": "Changed with its organisation alone",
    "unchanged": "Unchanged",
}

#: How the line of an organisation can be told.
ORGANISATIONS = {
    "renamed": "Same recognition number, another name",
    "renumbered": "Same name, another recognition number",
    "succeeded": "Renamed or taken over",
    "transferred": "Some of its qualifications are another's now",
}

#: What is compared of a qualification itself, in the order in which changes are named.
FIELDS = {
    "level": "level",
    "guided_learning_hours": "guided learning hours",
    "operational_start_date": "operational start",
    "operational_end_date": "operational end",
    "certification_end_date": "certification end",
    "title": "title",
}
_SIZE = ("level", "guided_learning_hours")
_DATES = ("operational_start_date", "operational_end_date", "certification_end_date")

#: A single qualification that goes from one organisation to another is told by itself.
_FEWEST = 2

_NUMBER, _NAME = "awarding_organisation_rn", "organisation_name"
_PARTIES = (f"{_NUMBER}_earlier", f"{_NAME}_earlier", f"{_NUMBER}_later", f"{_NAME}_later")

OURS = {"qualification_number": pl.String, "registrations": pl.Int64, "specifications": pl.String}
NONE_OURS = pl.DataFrame(schema=OURS)


def is_ours() -> pl.Expr:
    """Whether a row of `Drift.qualifications` matters to us."""
    return pl.col("registrations").is_not_null() | pl.col("specifications").is_not_null()


@dataclass(frozen=True, kw_only=True)
class Drift:
    """What has changed.

    Attributes:
        compared: the columns that both lists have.
        qualifications: every qualification of either list once: `qualification_number`, `told` (`TOLD`), each other column
            of a snapshot with `_earlier` and `_later`, `organisation_told` (`ORGANISATIONS`, or empty), `changes` (in words,
            the title's left out), `registrations` and `specifications` (empty where it is not ours). In order of `TOLD` and
            number.
        organisations: one row a line: `told`, `_PARTIES`, `qualifications`, `also_changed` (of these, told of themselves),
            `ours` (of these). The most qualifications first.
    """

    compared: frozenset[str]
    qualifications: pl.DataFrame
    organisations: pl.DataFrame

    @property
    def is_empty(self) -> bool:
        """Whether nothing has changed."""
        return bool((self.qualifications["told"] == "unchanged").all())

    @property
    def ours(self) -> pl.DataFrame:
        """The qualifications that matter to us and have changed."""
        return self.qualifications.filter(is_ours() & (pl.col("told") != "unchanged"))

    def counts(self) -> list[tuple[str, int, int]]:
        """For each way in which a qualification can be told: how many are, and how many of these are ours."""
        counted = self.qualifications.group_by("told").agg(pl.len(), is_ours().sum().alias("ours"))
        by_told = {told: (number, ours) for told, number, ours in counted.iter_rows()}
        return [(told, *by_told.get(told, (0, 0))) for told in TOLD]


def drift(earlier: Snapshot, later: Snapshot, ours: pl.DataFrame = NONE_OURS) -> Drift:
    """Compares two snapshots of one list.

    Args:
        earlier, later: of the same list.
        ours: qualifications that matter to us, each once (`OURS`).
    """
    compared = earlier.given & later.given
    rows = _joined(earlier.rows, later.rows).with_columns(
        *(_changed(name, compared).alias(f"{name}_changed") for name in FIELDS)
    )
    rows = _with_organisations(rows, compared).join(ours, on="qualification_number", how="left", maintain_order="left")
    rows = rows.with_columns(_told(), _changes()).with_columns(place=pl.col("told").replace_strict(_PLACES))
    kept = [f"{name}_{side}" for name in COLUMNS[1:] for side in ("earlier", "later")]
    return Drift(
        compared=compared,
        qualifications=rows.sort("place", "qualification_number").select(
            "qualification_number", "told", *kept, "organisation_told", "changes", "registrations", "specifications"
        ),
        organisations=_lines(rows),
    )


_PLACES = {told: place for place, told in enumerate(TOLD)}


def _joined(earlier: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    """Both lists side by side, with `in_earlier` and `in_later`."""
    sides = []
    for side, rows in (("earlier", earlier), ("later", later)):
        named = rows.select("qualification_number", pl.exclude("qualification_number").name.suffix(f"_{side}"))
        sides.append(named.with_columns(pl.lit(True).alias(f"in_{side}")))
    return (
        sides[0]
        .join(sides[1], on="qualification_number", how="full", coalesce=True)
        .with_columns(pl.col("in_earlier", "in_later").fill_null(False))
    )


def _changed(name: str, compared: Iterable[str]) -> pl.Expr:
    if name not in compared:
        return pl.lit(False)
    return pl.col("in_earlier") & pl.col("in_later") & pl.col(f"{name}_earlier").ne_missing(pl.col(f"{name}_later"))


def _differs(name: str) -> pl.Expr:
    """Whether both sides have a value, and another one."""
    return (pl.col(f"{name}_earlier") != pl.col(f"{name}_later")).fill_null(False)


def _with_organisations(rows: pl.DataFrame, compared: Iterable[str]) -> pl.DataFrame:
    """With `moved` (another organisation's name or number stands there) and `organisation_told`.

    Same number and another name: renamed. Same name and another number: renumbered. Where both differ (or the lists have
    names alone) and two qualifications at least go from one organisation to one other: succeeded, if these are most of what
    is left of the first one's and nothing has either its number or its name any more; else transferred. A single
    qualification is one with another organisation and no line of its own.
    """
    by = [name for name in (_NUMBER, _NAME) if name in compared]
    names, numbers = (_differs(name) if name in by else pl.lit(False) for name in (_NAME, _NUMBER))
    known = pl.col(f"{_NUMBER}_earlier").is_not_null() & pl.col(f"{_NUMBER}_later").is_not_null()
    same_name = (pl.col(f"{_NAME}_earlier") == pl.col(f"{_NAME}_later")).fill_null(False)
    rows = rows.with_columns(moved=names | numbers, left=_left(rows, by))
    own = [f"{name}_earlier" for name in by] or ["moved"]
    of_all, to_one = (pl.len().over([*keys, "in_earlier", "in_later"]) for keys in (own, [*own, *_PARTIES]))
    several = to_one >= _FEWEST
    told = (
        pl.when(names & ~numbers & (known if _NUMBER in by else pl.lit(False)))
        .then(pl.lit("renamed"))
        .when(numbers & same_name)
        .then(pl.lit("renumbered"))
        .when(several & ~pl.col("left") & (2 * to_one > of_all))
        .then(pl.lit("succeeded"))
        .when(several)
        .then(pl.lit("transferred"))
    )
    return rows.with_columns(organisation_told=pl.when("moved").then(told))


def _left(rows: pl.DataFrame, by: Iterable[str]) -> pl.Expr:
    """Whether the organisation of the earlier list still has a qualification in the later one, by number or by name."""
    still = [pl.col(f"{name}_earlier").is_in(rows[f"{name}_later"].drop_nulls().unique().implode()) for name in by]
    return pl.any_horizontal(*still, pl.lit(False)).fill_null(False)


def _told() -> pl.Expr:
    changed = {name: pl.col(f"{name}_changed") for name in FIELDS}
    return (
        pl.when(~pl.col("in_earlier"))
        .then(pl.lit("added"))
        .when(~pl.col("in_later"))
        .then(pl.lit("removed"))
        .when(pl.col("moved") & pl.col("organisation_told").is_null())
        .then(pl.lit("replaced"))
        .when(pl.any_horizontal(*(changed[name] for name in _SIZE)))
        .then(pl.lit("level_or_hours"))
        .when(pl.any_horizontal(*(changed[name] for name in _DATES)))
        .then(pl.lit("dates"))
        .when(changed["title"])
        .then(pl.lit("renamed"))
        .when(pl.col("moved"))
        .then(pl.lit("organisation"))
        .otherwise(pl.lit("unchanged"))
        .alias("told")
    )


def _changes() -> pl.Expr:
    """What has changed of the qualification itself but for its title, in words."""
    said = [
        pl.when(pl.col(f"{name}_changed")).then(
            pl.format(
                f"{words}: {{}} to {{}}",
                *(pl.col(f"{name}_{side}").fill_null("none") for side in ("earlier", "later")),
            )
        )
        for name, words in FIELDS.items()
        if name != "title"
    ]
    words = pl.concat_str(said, separator="; ", ignore_nulls=True)
    return pl.when(words != "").then(words).alias("changes")


def words_of(row: Mapping[str, Any]) -> str:
    """What has changed about a qualification, in words, without its titles.

    Args:
        row: of `Drift.qualifications`.
    """
    told, words = row["told"], []
    if told in ("added", "removed", "replaced"):
        words.append(TOLD[told].lower())
    if row["organisation_told"]:
        words.append(f"its organisation: {ORGANISATIONS[row['organisation_told']].lower()}")
    if row["changes"]:
        words.append(row["changes"])
    if told not in ("added", "removed") and row["title_earlier"] != row["title_later"]:
        words.append("title")
    return "; ".join(words)


def _lines(rows: pl.DataFrame) -> pl.DataFrame:
    return (
        rows.filter(pl.col("organisation_told").is_not_null())
        .group_by(pl.col("organisation_told").alias("told"), *_PARTIES)
        .agg(
            qualifications=pl.len(),
            also_changed=(pl.col("told") != "organisation").sum(),
            ours=is_ours().sum(),
        )
        .sort("qualifications", *_PARTIES, descending=[True, False, False, False, False], nulls_last=True)
    )
