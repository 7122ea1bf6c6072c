"""A match model's card: on what it was trained, with which settings, how good it was measured to be, and what it cannot.

The page follows from the model's file alone. That of the shipped model stands in `docs/model-cards`.
"""

from collections.abc import Iterator, Mapping
from math import log2
from typing import Any

from assets.linked.matching.model import MatchModel

_LIMITS = """
- Invented people make invented slips. How often real senders err, and how, may differ, and the weights and the figures with
  it: train on your own feeds (`reconcile train-links --own-feeds`) and compare the two cards.
- The figures are those of the software that trained it. `make bench-links` measures the shipped model anew.
- Names are weighed by how frequent they are among those it was trained on. A name that is rare there and frequent in your
  region counts for too much.
- The starting point is set, not learned: one applicant among the country's registrations. So a weight means the same for a
  small file as for a large one.
- Comparisons are weighed as if they were independent. A household, a school or a sender makes them depend on one another;
  there the guards stand in (`assets/linked/matching/guards.py`): some pairs are not linked whatever they weigh, others not
  without a person's word.
"""


def _table(headings: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [headings, ("---",) * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _figure(figure: float) -> str:
    return f"{figure:,}" if isinstance(figure, int) else f"{figure:.5f}"


def _measured(tables: Mapping[str, Any]) -> Iterator[str]:
    for title in ("pairs", "merges", "kinds"):
        if rows := tables[title]:
            columns = tuple(next(iter(rows.values())))
            lines = ((row, *(_figure(figures[column]) for column in columns)) for row, figures in rows.items())
            yield f"### By {title}\n\n{_table(('', *columns), lines)}"


def _odds(weight: float) -> str:
    return f"{2**weight:,.0f} to 1" if weight >= 0 else f"1 to {2**-weight:,.0f}"


def _weights(model: MatchModel) -> Iterator[tuple[str, ...]]:
    for comparison in model.settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            if not level.get("is_null_level"):
                weight = log2(level["m_probability"] / level["u_probability"])
                frequent = ", by frequency" if "tf_adjustment_column" in level else ""
                says = f"{level['label_for_charts']}{frequent}"
                yield f"`{comparison['output_column_name']}`", says, f"{weight:+.1f}"


def _thresholds(model: MatchModel) -> Iterator[tuple[str, ...]]:
    for words, weight in (
        ("starting point: two records picked at random", model.starting_weight),
        ("accepted from", model.accept_weight),
        ("shown to a person from", model.review_weight),
    ):
        yield words, f"{weight:+.1f}", _odds(weight)


def _settings(model: MatchModel) -> Iterator[str]:
    yield "## Settings"
    yield _table(("setting", "weight (log2 of odds)", "odds"), _thresholds(model))
    yield (
        "A pair weighs the sum of the starting point and of what each comparison says. One that is heavy enough stands,\n"
        "unless a guard or a better reading of all pairs together forbids it; then, and between the two thresholds, a\n"
        "person decides."
    )
    names = ", ".join(f"{len(shares):,} values of `{column}`" for column, shares in model.frequencies.items())
    yield f"Frequencies are held for {names or 'nothing'}. A value that fewer than five people bear is never among them."
    yield "## Weights"
    yield _table(("comparison", "says", "weight"), _weights(model))
    yield "## Blocking rules"
    yield "Two records are weighed if they agree on all keys of one rule."
    rules = ((f"`{rule.name}`", ", ".join(f"`{key}`" for key in rule.keys)) for rule in model.blocking)
    yield _table(("rule", "keys"), rules)


def model_card(model: MatchModel) -> str:
    """The card as Markdown.

    Args:
        model: with the card that `pipelines.train_links` gives it; what is missing there is left out.
    """
    card = model.card
    parts = [
        f"# Match model {model.version}",
        "Weighs the evidence that two records are one person's, where the deterministic stages leave it open. Generated\n"
        "from the model's file; do not edit it.",
        "## Trained on",
        f"Data: {card.get('data', 'nobody noted it')}. Without labels, by sampling with seed {card.get('seed', '?')}.",
        _table(("feed", "rows"), ((feed, f"{count:,}") for feed, count in card.get("rows", {}).items())),
        *_settings(model),
    ]
    if measured := card.get("measured"):
        parts += ["## Measured", f"On {measured['data']}, when it was trained.", *_measured(measured["tables"])]
    return "\n\n".join([*parts, "## Limits", _LIMITS.strip()]) + "\n"
