"""A pair's match weights as a picture: where two records picked at random start, what each comparison adds, the sum.

The picture is an inline SVG without script. Across it is measured in percent and down it in pixels, so that its text
stays as large as the page's on a screen of any width. Its colours are variables of the page that shows it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate

#: Name of the evidence that is no comparison: two records picked at random.
STARTING_POINT = "starting_point"

_ABBREVIATIONS = ("uln", "uci", "ucas", "id")

#: Pixels: from row to row, from a row's top to its words' foot and to its bar, the bar's height, and above the first row.
_ROW, _WORDS, _BAR, _HEIGHT, _TOP = 36, 13, 18, 11, 44

STYLE = """
.waterfall { display: block; width: 100%; font: .8125rem/1 system-ui, sans-serif; overflow: visible; }
.waterfall text { fill: var(--text); stroke: var(--ground); stroke-width: 4px; paint-order: stroke; }
.waterfall .number { text-anchor: end; font-variant-numeric: tabular-nums; }
.waterfall .start, .waterfall .sum { fill: var(--text); } .waterfall .start { fill: var(--quiet); }
.waterfall .for { fill: var(--for); }
.waterfall .against { fill: var(--ground); stroke: var(--against); stroke-width: 2px; }
.waterfall .step { stroke: var(--quiet); stroke-dasharray: 2 2; }
.waterfall .threshold { stroke: var(--threshold); stroke-width: 2px; }
.waterfall .review { stroke-dasharray: 7 4; }
.waterfall .strong { font-weight: 700; }
@media print { .waterfall .start, .waterfall .sum, .waterfall .for { print-color-adjust: exact; } }
"""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One part of a match weight: what was compared, what it says in words, and what it adds (base-2 logarithm)."""

    comparison: str
    says: str
    match_weight: float


def signed(weight: float) -> str:
    """A weight with its sign, to one decimal."""
    return f"{weight:+.1f}".replace("-", "\N{MINUS SIGN}")


def compared(comparison: str) -> str:
    """What was compared, in words for a reader."""
    words = comparison.split("_")
    text = " ".join(word.upper() if word in _ABBREVIATIONS else word for word in words)
    return text[:1].upper() + text[1:]


def waterfall(name: str, evidence: Sequence[Evidence], *, accept_weight: float, review_weight: float) -> str:
    """The picture as SVG.

    Args:
        name: a word that no other picture of the page has; the ids of its title and description begin with it.
        evidence: in the order in which it is to be drawn; at least one part.
        accept_weight: match weight from which a pair is accepted.
        review_weight: match weight from which a pair is shown to a person.
    """
    reached = list(accumulate(part.match_weight for part in evidence))
    scale = _Scale(min(0.0, review_weight, *reached), max(0.0, accept_weight, *reached))
    height = _TOP + _ROW * (len(evidence) + 1) + 4
    lines = [
        *_threshold(scale, "accept", accept_weight, 13, height),
        *_threshold(scale, "review", review_weight, 31, height),
    ]
    rows = [line for place, row in enumerate(_bars(evidence, reached)) for line in _row(scale, place, row)]
    return (
        f'<svg class="waterfall" height="{height}" role="img" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">How the match weight of {signed(reached[-1])} comes about</title>'
        f'<desc id="{name}-desc">{escape(_described(evidence, reached[-1], accept_weight, review_weight))}</desc>'
        f"{''.join(lines + rows)}</svg>"
    )


@dataclass(frozen=True)
class _Scale:
    """Where a weight stands across the picture, in percent; the right end is left to the numbers."""

    lowest: float
    highest: float

    def at(self, weight: float) -> float:
        return 1 + 82 * (weight - self.lowest) / ((self.highest - self.lowest) or 1)


@dataclass(frozen=True, kw_only=True)
class _Bar:
    label: str
    weight: float
    before: float
    after: float
    kind: str


def _bars(evidence: Sequence[Evidence], reached: Sequence[float]) -> Iterator[_Bar]:
    for part, before, after in zip(evidence, [0.0, *reached], reached, strict=False):
        kind = "start" if part.comparison == STARTING_POINT else "for" if part.match_weight >= 0 else "against"
        yield _Bar(label=compared(part.comparison), weight=part.match_weight, before=before, after=after, kind=kind)
    yield _Bar(label="Together", weight=reached[-1], before=0.0, after=reached[-1], kind="sum")


def _row(scale: _Scale, place: int, bar: _Bar) -> Iterator[str]:
    top = _TOP + _ROW * place
    left, right = sorted((scale.at(bar.before), scale.at(bar.after)))
    if bar.kind != "sum":
        x, foot = f"{scale.at(bar.after):.2f}%", top + _BAR + _HEIGHT
        reach = foot + _ROW - _HEIGHT
        yield f'<line class="step" x1="{x}" x2="{x}" y1="{foot}" y2="{reach}"/>'
    yield (
        f'<rect class="{bar.kind}" x="{left:.2f}%" y="{top + _BAR}" width="{max(right - left, 0.4):.2f}%" '
        f'height="{_HEIGHT}"/>'
    )
    strong = " strong" if bar.kind == "sum" else ""
    yield f'<text class="label{strong}" x="0" y="{top + _WORDS}">{escape(bar.label)}</text>'
    yield f'<text class="number{strong}" x="100%" y="{top + _WORDS}">{signed(bar.weight)}</text>'


def _threshold(scale: _Scale, name: str, weight: float, foot: int, height: int) -> Iterator[str]:
    """The line of a threshold, and its name beside its top on the side with more room."""
    at = scale.at(weight)
    x = f"{at:.2f}%"
    side = ' text-anchor="end" dx="-6"' if at > 35 else ' dx="6"'
    yield f'<line class="threshold {name}" x1="{x}" x2="{x}" y1="{foot - 12}" y2="{height}"/>'
    yield f'<text x="{x}" y="{foot}"{side}>{name} from {signed(weight)}</text>'


def _described(evidence: Sequence[Evidence], total: float, accept_weight: float, review_weight: float) -> str:
    parts = ", ".join(f"{compared(part.comparison)} {signed(part.match_weight)}" for part in evidence)
    return (
        f"{parts}; together {signed(total)}. Pairs are accepted from {signed(accept_weight)} and shown to a person from "
        f"{signed(review_weight)}."
    )
