"""Reading `tests/flags/cases/<flag_code>.yaml`: what is given, and what must follow, case by case.

```yaml
given:                       # what every case of the file starts from
  as_of: 2026-05-20
  rows:
    registration: {feed: ao_registrations, ...}
cases:
  - case: one plain sentence
    with: {registration: {status: withdrawn}}   # adds a named row, or changes columns of one
    without: [claim]                            # takes rows away
    as_of: 2026-07-06                           # another day; valid_from and valid_to likewise
    then: raised                                # or cannot_assess, or nothing
    reason: ...                                 # and any other column of the flag's table that must hold
    broken_by:                                  # for a raised case: changes each of which makes it go
      - with: {...}
```
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from assets.reconciled.flags import Flag
from schemas.flag_table import FLAG_COLUMNS
from tests.flags.reconciled_rows import Row

CASES = Path(__file__).parent / "cases"

_OWN_KEYS = {"case", "with", "without", "as_of", "valid_from", "valid_to", "then", "broken_by"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case. `then` is `raised`, `cannot_assess` or `nothing`; `columns` what the raised row must say."""

    code: str
    name: str
    as_of: str
    rows: Mapping[str, Row]
    valid_from: date | None
    valid_to: date | None
    then: str
    columns: Mapping[str, Any]
    breaks: tuple["Case", ...]

    def of(self, flag: Flag) -> Flag:
        """The flag with the case's valid dates."""
        return replace(flag, header=replace(flag.header, valid_from=self.valid_from, valid_to=self.valid_to))

    def __str__(self) -> str:
        return f"{self.code}: {self.name}"


def read_cases(path: Path) -> list[Case]:
    """The cases of one file, strictly: an unknown key fails."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    given = content.pop("given")
    cases = [_case(path.stem, given, entry) for entry in content.pop("cases")]
    if content or set(given) - {"as_of", "rows"}:
        raise ValueError(f"[{path.name}] has unknown keys; it holds given (as_of, rows) and cases")
    return cases


def all_cases() -> list[Case]:
    """The cases of every file, by flag code."""
    return [case for path in sorted(CASES.glob("*.yaml")) for case in read_cases(path)]


def _case(code: str, given: Mapping[str, Any], entry: Mapping[str, Any]) -> Case:
    columns = {key: value for key, value in entry.items() if key not in _OWN_KEYS}
    if unknown := set(columns) - {column.name for column in FLAG_COLUMNS}:
        raise ValueError(f"[{code}] case [{entry['case']}] has unknown keys [{', '.join(sorted(unknown))}]")
    if entry["then"] not in ("raised", "cannot_assess", "nothing"):
        raise ValueError(f"[{code}] case [{entry['case']}]: then is [{entry['then']}]")
    rows = {name: dict(row) for name, row in given["rows"].items()}
    for name in entry.get("without", ()):
        del rows[name]
    for name, changed in entry.get("with", {}).items():
        rows[name] = {**rows.get(name, {}), **changed}
    as_of = str(entry.get("as_of", given["as_of"]))
    breaks = tuple(
        _case(code, {"as_of": as_of, "rows": rows}, {**change, "case": f"broken: {entry['case']}", "then": "nothing"})
        for change in entry.get("broken_by", ())
    )
    return Case(
        code=code,
        name=entry["case"],
        as_of=as_of,
        rows=rows,
        valid_from=entry.get("valid_from"),
        valid_to=entry.get("valid_to"),
        then=entry["then"],
        columns=columns,
        breaks=breaks,
    )
