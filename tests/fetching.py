"""A landing folder with sources that are fetched, and settings of its own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import yaml

from assets.landed.limits import Limits
from pipelines.fetch import fetch_deliveries
from pipelines.fetch_placing import Fetched
from pipelines.settings import Settings, read_settings

AS_OF = date(2026, 5, 14)

#: A mapping of a table with the columns that the tests' queries give.
CENTRES = {"feeds": {"centres": {"columns": {"centre_number": "number", "name": "name"}}}}


class Fetching:
    """Sources that say where their deliveries are, and what fetching them makes of the landing folder."""

    def __init__(self, folder: Path, limits: Limits | None = None) -> None:
        self.landing = folder / "landing"
        (self.landing / "sources").mkdir(parents=True)
        self.settings: Settings = replace(read_settings(), data=folder / "data", limits=limits or Limits())

    def source(self, name: str, fetch: object, **more: object) -> None:
        """Writes a source file; its reader takes Parquet unless told otherwise."""
        told = {"reader": "database_table", "options": CENTRES, "fetch": fetch} | more
        (self.landing / "sources" / f"{name}.yaml").write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")

    def beside(self, name: str, text: str) -> None:
        """Puts a file beside the source files."""
        (self.landing / "sources" / name).write_text(text, encoding="utf-8")

    def fetch(self, *names: str, as_of: date = AS_OF, dry: bool = False) -> list[Fetched]:
        """Fetches, and returns what became of each source."""
        return list(fetch_deliveries(self.settings, self.landing, as_of, names=names, dry=dry))

    def one(self, as_of: date = AS_OF, dry: bool = False) -> Fetched:
        """As `fetch`, of the only source."""
        (found,) = self.fetch(as_of=as_of, dry=dry)
        return found

    def files(self, source: str) -> Sequence[str]:
        """Names of all that lies in a source's folder."""
        folder = self.landing / source
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
