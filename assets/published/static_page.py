"""What every page of ours has in common: one file that stands alone, and can be read on any screen, on paper and aloud.

No script, no address of another site; whoever puts a value on a page escapes it. What a page says belongs in its own
module; where it is written, in `pipelines`.
"""

from collections.abc import Collection, Iterable, Mapping
from html import escape

#: Name of a colour to its value by day and by night. Each text colour has a contrast of 4.5 on the ground, as tests hold.
Colours = Mapping[str, tuple[str, str]]

_COLOURS: Colours = {
    "ground": ("#ffffff", "#14171a"),
    "text": ("#1b1f24", "#e6e9ec"),
    "quiet": ("#57606a", "#a3adb8"),
    "line": ("#d0d7de", "#3a424b"),
}

_STYLE = """
body { margin: 0 auto; padding: 2rem 1rem 4rem; max-width: 62rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
p { margin: .25rem 0; }
.quiet { color: var(--quiet); }
.scroll { overflow-x: auto; position: relative; }
.scroll:focus-visible, summary:focus-visible, a:focus-visible { outline: .2rem solid; outline-offset: .2rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); padding-bottom: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); }
th[scope=row] { font-weight: 600; }
th.number, td.number { text-align: right; padding-left: .25rem; } td.number { white-space: nowrap; }
.scroll + .scroll { margin-top: 1.5rem; }
summary { cursor: pointer; padding: .25rem 0; }
@media print { body { max-width: none; padding: 0; } .scroll { overflow: visible; } tr { break-inside: avoid; }
  thead { display: table-header-group; } h2 { break-after: avoid; } }
"""


_NUMBER = ' class="number"'


def document(title: str, main: str, *, colours: Colours, style: str) -> str:
    """A complete HTML 5 document.

    Args:
        title: plain text, shown by the browser.
        main: HTML of the page's content, its values escaped.
        colours: the page's own colours, each a variable `--name` of its style.
        style: CSS that the page adds to what all have.
    """
    day, night = (
        " ".join(f"--{name}: {pair[scheme]};" for name, pair in {**_COLOURS, **colours}.items()) for scheme in (0, 1)
    )
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>
:root {{ color-scheme: light dark; {day} }}
@media screen and (prefers-color-scheme: dark) {{ :root {{ {night} }} }}
{_STYLE}{style}</style>
</head>
<body>
<main>
{main}
</main>
</body>
</html>
"""


def table(caption: str, columns: Iterable[str], rows: str, *, numbers: Collection[str] = ()) -> str:
    """A table that scrolls by itself on a narrow screen, and so can be focused by keyboard.

    Args:
        caption: plain text.
        columns: plain text of the column headings.
        rows: HTML of the rows, their values escaped.
        numbers: the columns whose cells have the class `number`; their headings have it too.
    """
    heads = "".join(
        f'<th scope="col"{_NUMBER if column in numbers else ""}>{escape(column)}</th>' for column in columns
    )
    return (
        f'<div class="scroll" role="region" aria-label="{escape(caption)}" tabindex="0"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def number_cells(numbers: Iterable[int]) -> str:
    """Cells of a table's row that hold counts."""
    return "".join(f'<td class="number">{number:,}</td>' for number in numbers)
