"""Reports of an invented publication, and the command on it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from pipelines.cli import main
from pipelines.reports import Wanted, write_reports
from tests.report_publication import CALENDAR, FLAGS, POSITIONS, publish

Reconcile = Callable[..., int]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All reports, for tests that only look at them."""
    place = tmp_path_factory.mktemp("reports")
    published = publish(place / "reconciliation.duckdb", POSITIONS, FLAGS, CALENDAR)
    write_reports(published, place / "reports", Wanted(), Console(quiet=True))
    return place / "reports"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return publish(tmp_path / "reconciliation.duckdb", POSITIONS, FLAGS, CALENDAR)


@pytest.fixture
def reconcile(tmp_path: Path, published: Path, monkeypatch: pytest.MonkeyPatch) -> Reconcile:
    monkeypatch.setenv("RECONCILE_DATA", str(tmp_path))
    monkeypatch.setenv("RECONCILE_PUBLISHED", str(published))
    return lambda *words: main([str(word) for word in words])
