"""The layout keeps its promises: one vocabulary, imports that run one way, no clock in the rooms of meaning and data."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("schemas", "assets", "pipelines")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
MAY_IMPORT = {
    "schemas": {"schemas"},
    "assets": {"schemas", "assets"},
    "pipelines": {"schemas", "assets", "pipelines", "fixtures"},
}
OURS = {"schemas", "assets", "pipelines", "fixtures", "tests"}
SAYS_NOTHING = re.compile(r"(^|_)(utils?|helpers?|common|misc|lib|core|manager)($|_)")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_imports_run_from_pipelines_to_assets_to_schemas_and_never_back(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    assert (_imports(path) & OURS) <= MAY_IMPORT[room]


@pytest.mark.parametrize("path", [p for p in MODULES if p.relative_to(ROOT).parts[0] != "pipelines"], ids=_name)
def test_no_rule_reads_the_clock(path: Path) -> None:
    assert not re.search(r"datetime\.now|date\.today|time\.time\(|utcnow", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted((ROOT / "sql").rglob("*.sql")), ids=_name)
def test_no_sql_file_reads_the_clock(path: Path) -> None:
    assert not re.search(
        r"current_date|current_timestamp|\bnow\(|today\(", path.read_text(encoding="utf-8"), re.IGNORECASE
    )


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_every_module_says_what_it_is_for_and_keeps_to_a_size_that_can_be_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= 400
    assert not SAYS_NOTHING.search(path.stem)


def test_no_file_names_an_index_or_a_machine_s_own_path() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|file://", lock)
    assert len(re.findall(r"--hash=sha256:", lock)) > len(re.findall(r"^\S+==", lock, re.MULTILINE))
