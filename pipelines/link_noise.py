"""Section `noise` of `make bench-links`: who is who in a cycle whose records have slips of the pen of every kind.

Precision and recall are measured three times: on all records, on those of learners whose evidence is not contradictory
(somebody else's identifier on one of their records), and on those whose evidence besides is enough to know them by.
"""

import polars as pl

from assets.linked.matching.model import MatchModel
from pipelines.link_adapter import linked_rows
from pipelines.link_figures import Figures
from pipelines.link_measures import family_merges, pairs_by_kind, pairwise

#: Learners and seed of the smaller set on which a test holds the floors.
SMALLER = (2_000, 7)


def measure_noise(learners: int, seed: int, model: MatchModel | None = None) -> dict[str, Figures]:
    """The figures by table: `pairs` by the records measured on, `kinds` by kind of noise, `merges` by family.

    Args:
        learners, seed: of the cycle.
        model: the one that weighs; the shipped one by default.
    """
    from fixtures.noise import all_kinds, noisy_cycle

    cycle = noisy_cycle(learners, seed)
    links, review = linked_rows(cycle.frames, model)
    truth, consistent = cycle.truth, ~pl.col("contradictory")
    measured_on = {
        "all records": truth,
        "evidence not contradictory": truth.filter(consistent),
        "evidence enough": truth.filter(consistent & ~pl.col("insufficient")),
    }
    pairs: Figures = {}
    for name, records in measured_on.items():
        found = pairwise(links, records)
        pairs[name] = {
            "precision": found.precision,
            "recall": found.recall,
            "F1": found.f1,
            "true pairs": found.true,
            "false pairs": found.linked - found.found,
        }
    evidence = {name: kind.evidence for name, kind in all_kinds().items()}
    kinds: Figures = {}
    for row in pairs_by_kind(links, _with_two_kinds_apart(truth), review).iter_rows(named=True):
        said = evidence.get(row["kind"], "enough")
        kinds[row["kind"] if said == "enough" else f"{row['kind']} ({said})"] = {
            "recall": row["recall"],
            "records": row["records"],
            "true pairs": row["true_pairs"],
            "in review": row["in_review"],
            "false pairs": row["false_pairs"],
        }
    merges: Figures = {family: {"merges": count} for family, count in family_merges(links, truth).items()}
    return {"pairs": pairs, "kinds": kinds, "merges": merges}


def _with_two_kinds_apart(truth: pl.DataFrame) -> pl.DataFrame:
    """With a kind of their own for learners of whom two records have noise, lest each be blamed for the other's."""
    several = pl.col("kind").count().over("learner") > 1
    kind = (
        pl.when(several & pl.col("kind").is_not_null()).then(pl.lit("two of these, on two records")).otherwise("kind")
    )
    return truth.with_columns(kind.alias("kind"))
