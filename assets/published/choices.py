"""Filters of a static page without script: groups of radio buttons, and a style that hides what is not chosen.

A browser that does not know `:has()` shows no buttons and everything that is there when all is chosen. Which rows a page
marks, and with what, belongs in the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

#: What is chosen at first: everything.
ALL = "all"

STYLE = """
.choices { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0; }
.choices fieldset { border: 1px solid var(--line); border-radius: .4rem; padding: .25rem .75rem .5rem; margin: 0;
  min-width: 0; }
.choices legend { font-weight: 600; padding: 0 .25rem; }
.choices label { display: inline-block; padding: .25rem .75rem .25rem 0; cursor: pointer; }
.choices input { accent-color: var(--text); width: 1rem; height: 1rem; margin: 0 .35rem 0 0; vertical-align: -.1rem; }
.choices input:focus-visible { outline: .2rem solid; outline-offset: .15rem; }
@media print { .choices label:not(:has(:checked)) { display: none; } }
"""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One group of radio buttons: of its options one is chosen, at first `ALL`.

    Attributes:
        name: a word that no other group of the page has.
        legend: plain text above the group.
        options: the values to choose from, beside all, in the page's order.
        words: plain text of each.
    """

    name: str
    legend: str
    options: Sequence[str]
    words: Sequence[str]

    def token(self, value: str | None) -> str:
        """How a value is written in the page: its place, whatever was delivered. An unknown value has one of its own."""
        if value == ALL:
            return ALL
        return str(self.options.index(value)) if value in self.options else "other"

    def shown_with(self, value: str | None) -> str:
        """Attribute of what is shown if `value` or all is chosen."""
        return f'data-{self.name}="{self.token(value)}"'

    def shown_only_with(self, value: str | None) -> str:
        """Attribute of what is shown if exactly `value`, which may be `ALL`, is chosen."""
        return f'data-{self.name}-only="{self.token(value)}"'


def choices_form(choices: Sequence[Choice], label: str) -> str:
    """The groups as HTML; `label` says in plain text what they choose from."""
    groups = []
    for choice in choices:
        buttons = [_button(choice, ALL, "All", checked=True)]
        buttons += [
            _button(choice, choice.token(value), words, checked=False)
            for value, words in zip(choice.options, choice.words, strict=True)
        ]
        groups.append(f"<fieldset><legend>{escape(choice.legend)}</legend>{''.join(buttons)}</fieldset>")
    return f'<div class="choices" role="group" aria-label="{escape(label)}">{"".join(groups)}</div>'


def choices_style(choices: Sequence[Choice]) -> str:
    """The style that makes them choose."""
    rules = [STYLE]
    for choice in choices:
        with_, only = f"data-{choice.name}", f"data-{choice.name}-only"
        for token in (ALL, *map(choice.token, choice.options)):
            chosen = f"main:has(#{choice.name}-{token}:checked)"
            hidden = [f'{chosen} [{only}]:not([{only}="{token}"])']
            if token != ALL:
                hidden.append(f'{chosen} [{with_}]:not([{with_}="{token}"])')
            rules.append(f"{', '.join(hidden)} {{ display: none; }}\n")
        rules.append(
            f'@supports not selector(:has(a)) {{ .choices, [{only}]:not([{only}="{ALL}"]) {{ display: none; }} }}\n'
        )
    return "".join(rules)


def _button(choice: Choice, token: str, words: str, *, checked: bool) -> str:
    name = f"{choice.name}-{token}"
    state = " checked" if checked else ""
    return f'<label><input type="radio" name="{choice.name}" id="{name}"{state}>{escape(words)}</label>'
