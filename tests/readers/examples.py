"""The examples of every format in `fixtures/formats`, and a landing folder in which they are delivered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assets.landed import readers
from assets.landed.landing import land_feed, land_unclaimed
from assets.landed.reader import Reader
from assets.landed.sources import read_source
from pipelines.formats_page import EXAMPLES
from schemas.feeds import FEEDS
from tests.landed_folder import LandedFolder

#: After every date in the examples' names, and after the day on which their files were last changed.
LATER = date(2099, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Example:
    """A file of a format, and whether it is a good one."""

    reader: Reader
    path: Path
    good: bool

    @property
    def name(self) -> str:
        return f"{self.reader.name}: {self.path.name}"


def examples() -> list[Example]:
    """All example files of all readers that have any."""
    return list(_examples())


def _examples() -> Iterator[Example]:
    for name in readers.names():
        for kind in ("good", "malformed"):
            for path in sorted((EXAMPLES / name / kind).glob("*")):
                yield Example(reader=readers.reader(name), path=path, good=kind == "good")


class FormatsFolder(LandedFolder):
    """A landing folder in which files of any format can be delivered, through the source of the format's example."""

    def deliver(self, reader: str, content: bytes, name: str) -> None:
        """Puts a file of a format where its source's files lie, and the source."""
        for path in (EXAMPLES / reader).iterdir():
            if path.name == "source.yaml":
                self.put("sources", path.read_bytes(), f"{reader}.yaml")
            elif path.is_file() and path.suffix != ".md":
                self.put("sources", path.read_bytes(), path.name)
        self.put(reader, content, name)

    def land_all(self, feeds: Sequence[str] = tuple(FEEDS)) -> list[dict[str, Any]]:
        """Lands the feeds, and what belongs to none; returns the rows of `landed.deliveries`."""
        for feed in feeds:
            land_feed(self.con, FEEDS[feed], self.landing, self.store, LATER, limits=self.limits)
        land_unclaimed(self.con, self.landing, LATER)
        return self.deliveries()


def feeds_of(reader: str) -> tuple[str, ...]:
    """The feeds that the example source of a format gives rows of."""
    return read_source(EXAMPLES / reader / "source.yaml").feeds
