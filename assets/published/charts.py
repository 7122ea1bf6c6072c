"""Pictures of counts as inline SVG, without script: a bar in a table's row, parts of a whole, and the burn-down.

Across, a picture is measured in percent and down in pixels, so that its text stays as large as the page's on a screen of
any width. Colours are variables of the page; nothing is told by colour alone. The numbers themselves stand in a table
beside each picture. What is counted belongs in the page that shows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from math import floor, log10

from assets.published.static_page import Colours

#: Shades of the parts of a whole, by place; each part touches its neighbours with a line of the ground between them.
COLOURS: Colours = {
    "shade0": ("#1a6b34", "#7fd696"),
    "shade1": ("#0b6bcb", "#6cb6ff"),
    "shade2": ("#8a5a00", "#f2b84b"),
    "shade3": ("#b3261e", "#ff9a90"),
    "shade4": ("#6e7781", "#8b96a2"),
}

STYLE = """
.bar { display: block; width: 9rem; height: .8rem; margin-top: .35rem; }
.bar rect { fill: var(--shade1); } .bar .part { fill: var(--shade3); }
.stacked, .burn-down { display: block; width: 100%; font: .8125rem/1 system-ui, sans-serif; }
.stacked { min-width: 10rem; } .stacked rect { stroke: var(--ground); stroke-width: 2px; } .burn-down { overflow: visible; }
.shade0 { fill: var(--shade0); } .shade1 { fill: var(--shade1); } .shade2 { fill: var(--shade2); }
.shade3 { fill: var(--shade3); } .shade4 { fill: var(--shade4); }
.burn-down text { fill: var(--text); stroke: var(--ground); stroke-width: 4px; paint-order: stroke; }
.burn-down .scale { fill: var(--quiet); }
.burn-down .axis { stroke: var(--quiet); } .burn-down .grid { stroke: var(--line); }
.burn-down polyline { fill: none; stroke-width: 2.5px; vector-effect: non-scaling-stroke; }
.burn-down .open { stroke: var(--shade1); } .burn-down .urgent { stroke: var(--shade3); stroke-dasharray: 7 4; }
.burn-down .pace { stroke: var(--quiet); stroke-width: 1.5px; stroke-dasharray: 2 4; }
.burn-down circle.open { fill: var(--shade1); } .burn-down circle.urgent { fill: var(--ground); stroke-width: 2.5px;
  stroke-dasharray: none; }
.burn-down .results { stroke: var(--text); stroke-width: 2px; }
@media print { .bar rect, .stacked rect, .burn-down circle { print-color-adjust: exact; } }
"""

#: Pixels: height of the burn-down's field, and from the top to it.
_FIELD, _TOP = 180, 24
#: Percent: left and right end of the field; the numbers of the scale stand left of it.
_LEFT, _RIGHT = 10, 97


@dataclass(frozen=True, kw_only=True)
class Night:
    """What stood open after one night, what of it was urgent, and what was waived beside it."""

    day: date
    open: int
    urgent: int
    waived: int


def bar(part: int, whole: int, largest: int) -> str:
    """A bar as long as `whole` is of `largest`, its beginning (`part` of `whole`) in another colour.

    It repeats numbers of its row, so that a screen reader need not meet it.
    """
    width = _percent(whole, largest)
    return (
        '<svg class="bar" aria-hidden="true" focusable="false">'
        f'<rect x="0" y="0" width="{width}" height="100%"/>'
        f'<rect class="part" x="0" y="0" width="{_percent(part, largest)}" height="100%"/></svg>'
    )


def stacked(name: str, title: str, parts: Sequence[tuple[str, int]]) -> str:
    """The parts of a whole side by side, in the shades `shade0` and so on, by place.

    Args:
        name: a word that no other picture of the page has; the ids of its title and description begin with it.
        title: plain text.
        parts: what a part is called, and how many; at most as many as there are shades.
    """
    whole = sum(number for _, number in parts)
    rects, reached = [], 0
    for place, (_, number) in enumerate(parts):
        if number:
            left, width = _percent(reached, whole), _percent(number, whole)
            rects.append(f'<rect class="shade{place}" x="{left}" y="0" width="{width}" height="20"/>')
        reached += number
    said = ", ".join(f"{words} {number:,}" for words, number in parts)
    return _picture("stacked", name, title, f"{said}; together {whole:,}.", height=20, inner="".join(rects))


def burn_down(name: str, title: str, nights: Sequence[Night], results_day: date | None) -> str:
    """What stood open night by night, all of it and the urgent part, on the way to results day.

    Args:
        name: a word that no other picture of the page has.
        title: plain text.
        nights: in order of their days, at least one.
        results_day: the picture reaches as far, and a line shows the even pace from the first night to nothing; None:
            no day is known.
    """
    first, last = nights[0], nights[-1]
    until = max(last.day, results_day or last.day, first.day + timedelta(days=1))
    scale = _Scale(first.day, until, _tidy(max(1, *(night.open for night in nights))))
    parts = [_grid(scale), _days(scale, last.day, results_day)]
    if results_day and results_day > first.day:
        parts.append(_line("pace", [(scale.x(first.day), scale.y(first.open)), (scale.x(results_day), scale.y(0))]))
    for kind, numbers in (("open", [one.open for one in nights]), ("urgent", [one.urgent for one in nights])):
        points = [(scale.x(night.day), scale.y(number)) for night, number in zip(nights, numbers, strict=True)]
        x, y = points[-1]
        parts.append(_line(kind, points))
        parts.append(f'<circle class="{kind}" cx="{_across(x)}" cy="{_TOP + y * _FIELD / 100:.1f}" r="4.5"/>')
    return _picture(
        "burn-down", name, title, _described(nights, results_day), height=_TOP + _FIELD + 24, inner="".join(parts)
    )


def day_in_words(day: date) -> str:
    """A day as people write it."""
    return f"{day.day} {day:%B %Y}"


@dataclass(frozen=True)
class _Scale:
    """Where a day and a number stand in the field, both from 0 to 100; numbers grow upwards."""

    first: date
    until: date
    highest: int

    def x(self, day: date) -> float:
        return 100 * (day - self.first).days / (self.until - self.first).days

    def y(self, number: int) -> float:
        return 100 - 100 * number / self.highest


def _tidy(number: int) -> int:
    """The next number from `number` on that is easily read: a few times a power of ten."""
    power = int(10 ** floor(log10(number)))
    return next(step * power for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * power >= number)


def _grid(scale: _Scale) -> str:
    lines = []
    half = scale.highest // 2 if scale.highest % 2 == 0 else 0
    for number in sorted({0, half, scale.highest}):
        y = _TOP + scale.y(number) * _FIELD / 100
        kind = "grid" if number else "axis"
        lines.append(f'<line class="{kind}" x1="{_LEFT}%" x2="{_RIGHT}%" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(f'<text class="scale" x="{_LEFT - 1}%" y="{y + 4:.1f}" text-anchor="end">{number:,}</text>')
    return "".join(lines)


def _days(scale: _Scale, tonight: date, results_day: date | None) -> str:
    """The days below the field, and the line of results day with its name."""
    foot = _TOP + _FIELD + 18
    shown = [(scale.first, "start"), (scale.until, "end")]
    parts = [
        f'<text class="scale" x="{_across(scale.x(day))}" y="{foot}" text-anchor="{anchor}">{day.day} {day:%b}</text>'
        for day, anchor in shown
    ]
    if 15 < scale.x(tonight) < 85:
        x = _across(scale.x(tonight))
        parts.append(f'<text class="scale" x="{x}" y="{foot}" text-anchor="middle">{tonight.day} {tonight:%b}</text>')
    if results_day and results_day >= scale.first:
        x = _across(scale.x(results_day))
        parts.append(f'<line class="results" x1="{x}" x2="{x}" y1="{_TOP - 8}" y2="{_TOP + _FIELD}"/>')
        anchor = "end" if scale.x(results_day) > 50 else "start"
        parts.append(f'<text x="{x}" y="{_TOP - 12}" text-anchor="{anchor}">results day</text>')
    return "".join(parts)


def _line(kind: str, points: Sequence[tuple[float, float]]) -> str:
    """A line in a picture of its own, whose 100 by 100 are stretched over the field."""
    drawn = " ".join(f"{x:.4g},{y:.4g}" for x, y in points)
    return (
        f'<svg x="{_LEFT}%" y="{_TOP}" width="{_RIGHT - _LEFT}%" height="{_FIELD}" viewBox="0 0 100 100" '
        f'preserveAspectRatio="none" overflow="visible"><polyline class="{kind}" points="{drawn}"/></svg>'
    )


def _described(nights: Sequence[Night], results_day: date | None) -> str:
    first, last = nights[0], nights[-1]
    now = f"On {day_in_words(last.day)} {last.open:,} flags stand open, {last.urgent:,} of them urgent"
    before = f"; on {day_in_words(first.day)} there were {first.open:,}, {first.urgent:,} urgent" if nights[1:] else ""
    left = f". Results day is {day_in_words(results_day)}" if results_day else ""
    return f"{now}{before}{left}."


def _picture(kind: str, name: str, title: str, described: str, *, height: int, inner: str) -> str:
    return (
        f'<svg class="{kind}" height="{height}" role="img" focusable="false" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(described)}</desc>{inner}</svg>'
    )


def _across(x: float) -> str:
    return f"{_LEFT + x * (_RIGHT - _LEFT) / 100:.2f}%"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole if whole else 0:.2f}%"
