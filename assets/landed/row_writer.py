"""Parquet files written while they are being made: rows of a national file never stand in memory together.

Used by `parsing` alone. Files that are small or complete go through Polars directly.
"""

import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl
from polars.io.plugins import register_io_source

from assets.landed.whole_files import storing

_WAITING = 2


class RowWriter:
    """Writes frames of one schema to one Parquet file, in the order in which they are added.

    Writing goes on in a second thread; what is added waits until there is room. The file is complete when the `with`
    block has ended well. What goes wrong with writing is raised as a `StoreFault`, at the latest when the block ends.
    """

    def __init__(self, path: Path, schema: pl.Schema) -> None:
        self._path, self._schema = path, schema
        self._frames: queue.Queue[pl.DataFrame | None] = queue.Queue(maxsize=_WAITING)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._write, name=f"writing {path.name}", daemon=True)

    def add(self, frame: pl.DataFrame) -> None:
        """Adds rows; raises what went wrong with writing earlier ones."""
        if frame.schema != self._schema:
            raise ValueError(f"rows for [{self._path.name}] have columns [{', '.join(frame.columns)}] of other types")
        if frame.height:
            self._put(frame)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._put(None, raising=error is None)
        self._thread.join()
        if self._error is not None and error is None:
            raise self._error

    def _put(self, frame: pl.DataFrame | None, *, raising: bool = True) -> None:
        while True:
            if self._error is not None:
                if raising:
                    raise self._error
                return
            try:
                self._frames.put(frame, timeout=0.2)
            except queue.Full:
                continue
            return

    def _write(self) -> None:
        try:
            source = register_io_source(self._source, schema=self._schema)
            with storing(self._path):
                source.sink_parquet(self._path, compression="lz4", maintain_order=True)
        except BaseException as error:  # handed to the thread that adds
            self._error = error

    def _source(self, *_: Any) -> Iterator[pl.DataFrame]:
        while (frame := self._frames.get()) is not None:
            yield frame
