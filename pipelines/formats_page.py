"""`docs/formats.md`: every format that can be delivered, what of it is proved and by which source, and how it is set up.

Written from what the readers declare and from the example source of each in `fixtures/formats`.
"""

import inspect
import re
from pathlib import Path

from pydantic import BaseModel

from assets.landed import readers
from assets.landed.mapping.options import ColumnRule, FeedRule
from assets.landed.reader import Reader
from assets.landed.sources import read_source
from pipelines.settings import ROOT

EXAMPLES = ROOT / "fixtures" / "formats"

_MARKS = {
    "primary source": "proved: read in the primary source",
    "executed": "proved: computed and compared with public data",
    "secondary source": "likely: read in a secondary source; variation is tolerated",
    "configuration": "not public: you supply it",
}

_INTRODUCTION = """\
# Formats

Written by `reconcile docs` from the readers. Change it there.

Feeds are delivered in the canonical layout (`<landing>/<feed>/`, CSV or Parquet, see the data dictionary) or in a format of
the sender's own, through a **source**: a file `<landing>/sources/<name>.yaml` that names the format's reader, and a folder
`<landing>/<name>/` for the files. Dates, full and delta deliveries, archives (`.gz`, `.zip`) and limits are as for canonical
files. `reconcile check-source FILE --against SAMPLE` says what would become of a file before anything is delivered.

```yaml
reader: delimited        # one of the readers below
encoding: windows-1252   # utf-8 (the default), utf-16-le, utf-16-be or windows-1252; a byte order mark always counts
kind: delta              # what all its files are, full or delta; left out: what each one's name says
note: who sends it       # for people
options: {}              # what the reader needs to know
```

An option that is a **list** is a mapping, or `file: name.csv`: a UTF-8 file beside the source file, whose first column is
looked up. A source file that cannot be used refuses its own deliveries and no others. Nothing secret belongs in it.

| reader | format | makes rows of | files end in |
|---|---|---|---|
"""


def formats_page() -> str:
    """The page's text."""
    found = [readers.reader(name) for name in readers.names()]
    rows = [f"| [`{one.name}`](#{_anchor(one)}) | {one.title} | {_feeds(one)} | {_endings(one)} |" for one in found]
    return _INTRODUCTION + "\n".join(rows) + "\n\n" + _mappings() + "\n" + "\n".join(_section(one) for one in found)


def _mappings() -> str:
    """What the readers of tables share: the keys of a feed and of a column in a mapping."""
    head = "| key | needed | meaning |\n|---|---|---|\n"
    return (
        "## Mappings\n\nThe readers of tables (`delimited`, `workbook`, `database_table`) take `feeds`: by feed the table's "
        "rows that are its records and its `columns`. A column is a heading, a list of headings, or keys. Headings are "
        "compared without regard to case, order and white space.\n\n"
        + f"Keys of a column:\n\n{head}"
        + "\n".join(_options(ColumnRule))
        + f"\n\nKeys of a feed beside `columns`:\n\n{head}"
        + "\n".join(row for row in _options(FeedRule) if not row.startswith("| `columns`"))
        + "\n"
    )


def _section(reader: Reader) -> str:
    facts = [
        f"| {fact.what} | {_MARKS[fact.mark]} | {fact.source or '-'} |"
        for fact in sorted(reader.facts, key=lambda fact: list(_MARKS).index(fact.mark))
    ]
    example = (EXAMPLES / reader.name / "source.yaml").read_text(encoding="utf-8").rstrip()
    parts = [f"## {reader.title}", f"Reader `{reader.name}`. {reader.meaning}"]
    parts.append("\n".join(["| part of the format | how sure | source |", "|---|---|---|", *facts]))
    if options := _options(reader.options):
        parts.append("\n".join(["| option | needed | meaning |", "|---|---|---|", *options]))
    parts.append(f"An example, with invented values:\n\n```yaml\n{example}\n```")
    return "\n\n".join(parts) + "\n"


def _options(options: type[BaseModel]) -> list[str]:
    """A row for each option: its name, whether it is needed, and what the model's docstring says of it."""
    told = _told(inspect.getdoc(options) or "")
    return [
        f"| `{field.alias or name}` | {'yes' if field.is_required() else 'no'} | {field.description or told.get(name, '')} |"
        for name, field in options.model_fields.items()
    ]


def _told(docstring: str) -> dict[str, str]:
    """Attribute and meaning, from the section Attributes of a docstring."""
    _, _, section = docstring.partition("Attributes:\n")
    found: dict[str, str] = {}
    name = ""
    for line in section.split("\n"):
        if match := re.match(r"    (\w+): (.*)", line):
            name = match[1]
            found[name] = match[2]
        elif line.startswith("     ") and name:
            found[name] += f" {line.strip()}"
        elif line.strip():
            break
    return found


def _anchor(reader: Reader) -> str:
    return re.sub(r"[^a-z0-9 -]", "", reader.title.lower()).replace(" ", "-")


def _endings(reader: Reader) -> str:
    endings = [f"`.{ending}`" for ending in reader.endings]
    return ", ".join([*endings, *(["a name as the format has it"] if reader.named else [])])


def _feeds(reader: Reader) -> str:
    if "feeds" in reader.options.model_fields:
        return "any feeds, as the mapping says"
    return ", ".join(f"`{feed}`" for feed in read_source(example_source(reader.name)).feeds)


def example_source(name: str) -> Path:
    """The example source file of a reader."""
    return EXAMPLES / name / "source.yaml"
