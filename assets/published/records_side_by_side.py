"""The two records of a pair next to each other, as they were delivered, with what is the same and what is not in words."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from difflib import SequenceMatcher
from html import escape
from typing import Any

Row = Mapping[str, Any]

#: Column without its side, and what it is called. A record's own reference stands in its heading.
_SHOWN = {
    "forenames": "Forenames",
    "surname": "Surname",
    "previous_surname": "Previous surname",
    "date_of_birth": "Date of birth",
    "sex": "Sex",
    "postcode": "Postcode",
    "uln": "ULN",
    "uci": "UCI",
    "personal_id": "UCAS Personal ID",
    "centre_number": "Centre",
    "qualification_number": "Qualification",
}

#: Below this likeness two values are different as a whole, and nothing in them is marked.
_ALIKE = 0.5

#: Unicode categories of characters that leave no trace on a page but may turn or hide others.
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})

STYLE = """
.records { table-layout: fixed; } .records td, .records thead th { overflow-wrap: anywhere; }
.records thead td { width: 10rem; } .records thead th { vertical-align: bottom; }
@media (max-width: 40rem) {
  .records { font-size: .875rem; } .records thead td { width: 6.25rem; } .records td, .records th { padding-right: .4rem; }
}
.outcome { display: block; font-weight: 400; font-size: .875rem; color: var(--quiet); }
.differs th[scope=row] .outcome { color: var(--against); font-weight: 600; }
.differs td, .differs th { background: var(--card); }
mark { background: var(--mark); color: var(--text); text-decoration: underline; text-decoration-thickness: .15em; }
.unseen { border: 1px dashed; font-size: .75rem; padding: 0 .2rem; }
.aloud { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); padding: 0; }
"""


def seen(text: str) -> str:
    """The text as HTML: escaped, and every character that would leave no trace written out with its number."""
    return "".join(
        f'<span class="unseen">U+{ord(letter):04X}</span>'
        if unicodedata.category(letter) in _UNSEEN
        else escape(letter)
        for letter in text
    )


def title_of(row: Row, side: str) -> str:
    """What the record of a side is, plain text: its kind, and its own reference."""
    match row[f"{side}_feed"]:
        case "ucas_applicants":
            return f"application {row[f'{side}_personal_id']}"
        case "centre_registrations":
            return f"learner {row[f'{side}_centre_learner_reference']} at centre {row[f'{side}_centre_number']}"
        case _:
            return f"registration {row[f'{side}_registration_number']} with {row[f'{side}_awarding_organisation_rn']}"


def records_table(row: Row) -> str:
    """The two records of a row of `published.link_review` as a table; what neither gives is named below it."""
    lines, missing = [], []
    for column, name in _SHOWN.items():
        first, second = _text(row[f"first_{column}"]), _text(row[f"second_{column}"])
        if column == "personal_id" and not (first and second):
            continue  # the application's own stands in its heading
        if first or second:
            lines.append(_line(name, first, second, by_words=column == "date_of_birth"))
        else:
            missing.append(name)
    titles = (title_of(row, side) for side in ("first", "second"))
    heads = "".join(f'<th scope="col"><bdi>{seen(title[:1].upper() + title[1:])}</bdi></th>' for title in titles)
    left_out = f'<p class="quiet">Given by neither: {", ".join(missing)}.</p>' if missing else ""
    return (
        '<table class="records"><caption class="aloud">The two records as they were delivered</caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>{left_out}"
    )


def _line(name: str, first: str, second: str, *, by_words: bool) -> str:
    outcome = _outcome(first, second)
    kind, cells = "", [seen(first), seen(second)]
    if outcome == "differs":
        kind, cells = ' class="differs"', _marked(first, second, by_words)
    shown = "".join(f"<td><bdi>{cell}</bdi></td>" if cell else '<td class="quiet">not given</td>' for cell in cells)
    return f'<tr{kind}><th scope="row">{name} <span class="outcome">{outcome}</span></th>{shown}</tr>'


def _text(value: Any) -> str:
    """A delivered value as a reader expects it; empty text where there is none."""
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    return "" if value is None else str(value)


def _outcome(first: str, second: str) -> str:
    if not (first and second):
        return "given by one"
    if first == second:
        return "the same"
    return "written differently" if _plain(first) == _plain(second) else "differs"


def _plain(text: str) -> str:
    """Letters and digits alone, without case and accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def _marked(first: str, second: str, by_words: bool) -> list[str]:
    """Both values with what differs marked, unless they have little in common."""
    sides = (first.split(" "), second.split(" ")) if by_words else (list(first), list(second))
    between = " " if by_words else ""
    matcher = SequenceMatcher(None, *sides, autojunk=False)
    if not by_words and matcher.ratio() < _ALIKE:
        return [seen(first), seen(second)]
    shown: tuple[list[str], list[str]] = ([], [])
    for what, *spans in matcher.get_opcodes():
        for side, parts, (start, end) in zip(shown, sides, (spans[:2], spans[2:]), strict=True):
            text = seen(between.join(parts[start:end]))
            if text:
                side.append(text if what == "equal" else f"<mark>{text}</mark>")
    return [between.join(side) for side in shown]
