"""Running the job as a user does: a process of its own, a data folder of its own, an empty home."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "fixtures" / "sample_cycle"
AS_OF = str(yaml.safe_load((SAMPLE / "cycle.yaml").read_text(encoding="utf-8"))["as_of"])

TABLES = (
    "flags",
    "flag_history",
    "flag_spells",
    "burn_down",
    "flag_catalogue",
    "achievability",
    "situations",
    "unit_parts",
    "person_links",
    "centre_summary",
    "calendar",
    "centres",
    "checkpoint",
    "late_results",
    "row_ledger",
    "quarantine",
    "deliveries",
    "runs",
)


@dataclass(frozen=True)
class Place:
    """A data folder, a landing folder and the file that is published."""

    folder: Path
    landing: Path

    @property
    def published(self) -> Path:
        return self.folder / "published" / "reconciliation.duckdb"

    @property
    def environment(self) -> dict[str, str]:
        home = self.folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        # the tests use both cores already
        own = {"HOME": str(home), "RECONCILE_DATA": str(self.folder / "data"), "RECONCILE_THREADS": "1"}
        return {**kept, **own}

    def command(self, *more: str, as_of: str = AS_OF, history: bool = False) -> list[str]:
        """The command of a run; with `history` Dagster keeps its events, as it does unless told otherwise."""
        more = more if history else ("--no-history", *more)
        run = [sys.executable, "-m", "pipelines.cli", "run", "--landing", str(self.landing), "--as-of", as_of]
        return [*run, "--published", str(self.published), *more]

    def run(
        self, *more: str, as_of: str = AS_OF, history: bool = False, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the job to its end."""
        return subprocess.run(
            self.command(*more, as_of=as_of, history=history),
            cwd=ROOT,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def tables(self) -> dict[str, list[tuple[object, ...]]]:
        """Every published table, sorted."""
        with duckdb.connect(self.published, read_only=True) as connection:
            return {
                name: connection.execute(f"SELECT * FROM published.{name} ORDER BY ALL").fetchall() for name in TABLES
            }


def place(folder: Path, *, copy_landing: bool = False) -> Place:
    """A place in `folder` on the sample's deliveries, copied if the test changes them."""
    landing = SAMPLE / "landing"
    if copy_landing:
        landing = folder / "landing"
        shutil.copytree(SAMPLE / "landing", landing)
    return Place(folder, landing)
