"""Every line of any file is accounted for: random tables, randomly damaged, against a plain reading of the contract."""

import re
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.landed_folder import LandedFolder

COLUMNS = ("centre_number", "centre_learner_reference", "qualification_number", "unit_number", "series", "entry_status")
ALWAYS = {"centre_number", "centre_learner_reference", "qualification_number", "unit_number", "entry_status"}
FORMS = {
    "centre_number": r"[0-9]{5}",
    "qualification_number": r"[0-9]{7}[0-9X]",
    "series": r"[0-9]{4}-(0[1-9]|1[0-2])",
    "entry_status": r"entered|withdrawn",
}
#: Few values, good and bad, so that keys meet often.
VALUES = {
    "centre_number": ["00001", "00002", " 00001 ", "1", "", "-2"],
    "centre_learner_reference": ["L1", "L1", 'a,"b', ""],
    "qualification_number": ["60000004", "600/0000/4", "6000000x", "6E+07"],
    "unit_number": ["1", " 1", "a", "A"],
    "series": ["2026-06", "", "2999-12-31", "June"],
    "entry_status": ["entered", "withdrawn", "entered", "maybe"],
}
DAMAGE = ["none"] * 6 + ["cut", "longer", "quote", "blank", "spaces"]

rows = st.lists(
    st.tuples(*(st.sampled_from(VALUES[name]) for name in COLUMNS), st.sampled_from(DAMAGE)), min_size=1, max_size=40
)


def written(row: tuple[str, ...], damage: str) -> str:
    """A row as a line of CSV, damaged."""
    quoted = ['"' + value.replace('"', '""') + '"' if set(value) & set('",') else value for value in row]
    line = ",".join(quoted)
    return {
        "none": line,
        "cut": ",".join(quoted[:-1]),
        "longer": line + ",",
        "quote": line + '"',
        "blank": "",
        "spaces": " \t",
    }[damage]


def canonical(row: tuple[str, ...]) -> dict[str, str]:
    """The contract's canonical form; empty where not held."""
    values = {name: value.strip() for name, value in zip(COLUMNS, row, strict=True)}
    values = {name: "" if value in ("-2", "2999-12-31") else value for name, value in values.items()}
    values["qualification_number"] = values["qualification_number"].replace("/", "").upper()
    return values | {"unit_number": values["unit_number"].upper()}


def faults(values: dict[str, str]) -> set[str]:
    return {name for name in ALWAYS if not values[name]} | {
        name for name, form in FORMS.items() if values[name] and not re.fullmatch(form, values[name])
    }


def expected(table: list[tuple[str, ...]]) -> tuple[dict[int, str], set[tuple[int, str]]]:
    """What becomes of each line, and which columns are at fault in it, by reading the contract row by row."""
    fate, blamed = {}, set()
    by_key: dict[tuple[str, ...], list[tuple[int, dict[str, str] | None]]] = defaultdict(list)
    for line, (*row, damage) in enumerate(table, start=2):
        if damage in ("blank", "spaces"):
            continue
        if damage != "none":
            fate[line] = "quarantined"
            continue
        values = canonical(tuple(row))
        wrong = faults(values)
        blamed |= {(line, name) for name in wrong}
        fate[line] = "quarantined" if wrong else "valid"
        if not wrong & set(COLUMNS[:5]):
            by_key[tuple(values[name] for name in COLUMNS[:5])].append((line, None if wrong else values))
    for found in by_key.values():
        versions = [values for _, values in found]
        if all(values == versions[0] for values in versions) and versions[0] is not None:
            fate |= {line: "duplicate" for line, _ in found[1:]}
        elif len(found) > 1:
            fate |= {line: "quarantined" for line, _ in found}
    return fate, blamed


def landed(content: bytes) -> tuple[dict[str, Any], list[int], set[tuple[int, str | None]]]:
    """The delivery's row, the lines that passed, and the lines and columns blamed."""
    with tempfile.TemporaryDirectory() as place:
        folder = LandedFolder(Path(place))
        delivery = folder.land_one("centre_unit_entries", content)
        valid = [row["line"] for row in folder.valid(delivery)] if delivery["parsed_path"] else []
        return delivery, valid, {(line, column) for line, column, *_ in folder.reasons() if line is not None}


@pytest.mark.parametrize("block", [64, 1 << 20])
@settings(max_examples=12, deadline=None)
@given(table=rows, ending=st.sampled_from(["\n", "\r\n"]), last=st.booleans())
def test_every_line_ends_as_the_contract_says(
    block: int, table: list[tuple[str, ...]], ending: str, last: bool
) -> None:
    fate, blamed = expected(table)
    lines = [",".join(COLUMNS), *(written(row[:-1], row[-1]) for row in table)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("assets.landed.reading.BLOCK", block)
        delivery, valid, reasons = landed((ending.join(lines) + ending * last).encode())
    fates = Counter(fate.values())
    counted = {name: delivery[f"{name}_rows"] for name in ("landed", "valid", "duplicate", "quarantined")}
    assert counted["landed"] == counted["valid"] + counted["duplicate"] + counted["quarantined"]
    assert counted == {"landed": len(fate), **{name: fates[name] for name in ("valid", "duplicate", "quarantined")}}
    assert valid == sorted(line for line, became in fate.items() if became == "valid")
    assert {line for line, _ in reasons} == {line for line, became in fate.items() if became == "quarantined"}
    assert {(line, column) for line, column in reasons if column} == blamed
    assert (delivery["status"] == "accepted") == (fates["valid"] > 0)
