"""What an asset may ask of the run it belongs to.

`pipelines` supplies the object; the assets know only this shape, so that none of them opens a connection by path,
reads a clock or holds a setting of its own.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Protocol

from duckdb import DuckDBPyConnection

from assets.landed.limits import Limits
from assets.linked.matching.model import MatchModel
from schemas.flag_life import FlagDecision
from schemas.link_decisions import LinkDecision


class Night(Protocol):
    """One run: its warehouse, its folders and its day."""

    @property
    def landing(self) -> Path:
        """Folder with one sub-folder a feed."""

    @property
    def store(self) -> Path:
        """Folder for files taken in and their parsed rows, each under its hash."""

    @property
    def limits(self) -> Limits:
        """Bounds on one delivery."""

    @property
    def version(self) -> str:
        """Version of the software."""

    def connect(self) -> AbstractContextManager[DuckDBPyConnection]:
        """The warehouse, open for writing until the block ends."""

    def begin(self, run_id: str) -> tuple[date, int]:
        """Note that the run has begun; returns its day and its cycle."""

    def publish(self, connection: DuckDBPyConnection, run_id: str) -> Path:
        """Publish schema `published` as a new, checked, immutable file and point the link at it."""

    def previous(self, connection: DuckDBPyConnection) -> AbstractContextManager[str | None]:
        """The last good publication, attached read-only: its schema's qualified name, or None where there is none."""

    def keep_page(self, name: str, text: str, *, personal: bool = False) -> Path | None:
        """Keep a page of the night: at once in the log folder, unless it names people, and beside the publication if there
        is one; its place in the log folder, if any."""

    def bounds(self) -> Mapping[str, float]:
        """Bounds of the publication's promises that the settings change."""

    def link_decisions(self) -> Sequence[LinkDecision]:
        """People's decisions about links that are in force, ordered by the records' ids; the same throughout the run."""

    def flag_decisions(self, on: date) -> Sequence[FlagDecision]:
        """People's decisions about flags that are in force on a day, ordered by flag."""

    def link_model(self) -> MatchModel:
        """The match model that weighs the evidence about links."""
