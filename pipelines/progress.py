"""A run's progress: on a terminal a bar that names the step at work, elsewhere a line for each layer that begins.

It comes from Dagster's own events, so that the command line shows the same run as the UI, or from the steps themselves in a
run without history; it holds names alone.
"""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from schemas.layers import LAYERS


class LayerTimes(logging.Handler):
    """Listens to a run's events, shows progress and remembers how long each layer took.

    Attributes:
        seconds: wall seconds by layer, of the run last seen in this process.
    """

    seconds: ClassVar[dict[str, float]] = {}

    def __init__(self, steps: int, console: Console) -> None:
        super().__init__()
        self._began: dict[str, float] = {}
        self._layers_begun: set[str] = set()
        self._progress = Progress(
            TextColumn("{task.description:<34}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("beginning", total=steps)
        self._console = console
        LayerTimes.seconds = dict.fromkeys(LAYERS, 0.0)

    def emit(self, record: logging.LogRecord) -> None:
        """Take one event of the run."""
        event = (getattr(record, "dagster_meta", None) or {}).get("dagster_event")
        if event is None:
            return
        kind, step = event.event_type, event.step_key
        if kind == dg.DagsterEventType.RUN_START:
            self._start()
        elif kind == dg.DagsterEventType.STEP_START and step:
            self._begin(step)
        elif kind in (dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.STEP_FAILURE) and step:
            self._finish(step)
        elif kind in (dg.DagsterEventType.RUN_SUCCESS, dg.DagsterEventType.RUN_FAILURE):
            self._progress.stop()

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show progress while the block lasts, for a run that sends no events."""
        self._start()
        try:
            yield
        finally:
            self._progress.stop()

    @contextmanager
    def at(self, step: str) -> Iterator[None]:
        """The step, by Dagster's name of it, is at work while the block lasts."""
        self._begin(step)
        try:
            yield
        finally:
            self._finish(step)

    def _start(self) -> None:
        if self._console.is_terminal:
            self._progress.start()

    def _begin(self, step: str) -> None:
        layer = step.split("__", maxsplit=1)[0]
        if not self._console.is_terminal and layer in LAYERS and layer not in self._layers_begun:
            self._console.print(f"{layer} begins", highlight=False)
        self._layers_begun.add(layer)
        self._began[step] = time.perf_counter()
        self._progress.update(self._task, description=step.replace("__", "/"))

    def _finish(self, step: str) -> None:
        layer = step.split("__", maxsplit=1)[0]
        if layer in LAYERS:
            LayerTimes.seconds[layer] += time.perf_counter() - self._began.get(step, time.perf_counter())
        self._progress.advance(self._task)


@dg.logger(config_schema={"steps": int}, description="Shows the run's progress on the terminal.")
def progress_logger(init_context: dg.InitLoggerContext) -> logging.Logger:
    """A logger of its own for each run, so that two runs of one process do not mix."""
    config: dict[str, Any] = init_context.logger_config
    logger = logging.Logger("reconcile.progress", level=logging.DEBUG)
    logger.addHandler(LayerTimes(config["steps"], Console(file=sys.stderr)))
    return logger
