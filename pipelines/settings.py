"""Where things lie and how much a run may use: read once from the environment, with defaults for a checkout.

Secrets (the ledger's URL) come from the environment alone and are never shown.
"""

import json
import os
import re
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import URL

from assets.landed.limits import Limits
from schemas.promises import check_bounds

LONDON = ZoneInfo("Europe/London")
ROOT = Path(__file__).resolve().parent.parent


class UserError(Exception):
    """Something that the person who called can put right; shown as one line, without a traceback."""


def today() -> date:
    """The day in London: the one place where a run's day is taken from the clock."""
    return datetime.now(LONDON).date()


def _data_folder() -> Path:
    """`RECONCILE_DATA`, else `data` in the checkout, else `data` in the working folder of an installed package."""
    if configured := os.environ.get("RECONCILE_DATA"):
        return Path(configured).expanduser().resolve()
    return (ROOT if (ROOT / "pyproject.toml").exists() else Path.cwd()) / "data"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Folders and limits.

    Attributes:
        data: everything the pipeline keeps lies under it.
        memory_limit: of DuckDB, as DuckDB writes it (`RECONCILE_MEMORY`, default 6GB).
        threads: of DuckDB (`RECONCILE_THREADS`, default all cores).
        keep: publications kept beside the current one (`RECONCILE_KEEP`, default 7).
        ledger_url: SQLAlchemy URL of the operations ledger (`RECONCILE_LEDGER_URL`, default SQLite under `data`).
        bounds: bounds of the publication's promises that differ from their defaults (`RECONCILE_BOUNDS`, a JSON object).
        limits: bounds on one delivery that differ from their defaults (`RECONCILE_LIMITS`, a JSON object).
        link_model: file of the match model (`RECONCILE_LINK_MODEL`); None: the shipped one.
        notify_command: command given each night's message on standard input (`RECONCILE_NOTIFY_COMMAND`).
    """

    data: Path
    memory_limit: str
    threads: int
    keep: int
    ledger_url: str
    bounds: dict[str, float]
    limits: Limits
    link_model: Path | None
    notify_command: str | None

    @property
    def landing(self) -> Path:
        return Path(os.environ.get("RECONCILE_LANDING", self.data / "landing"))

    @property
    def published(self) -> Path:
        return Path(os.environ.get("RECONCILE_PUBLISHED", self.data / "published" / "reconciliation.duckdb"))

    @property
    def as_of(self) -> str:
        return os.environ.get("RECONCILE_AS_OF", "")

    @property
    def store(self) -> Path:
        return self.data / "store"

    @property
    def work(self) -> Path:
        return self.data / "work"

    @property
    def dagster_home(self) -> Path:
        return self.data / "dagster"

    @property
    def logs(self) -> Path:
        return self.data / "log"


def _whole_number(name: str, default: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdecimal() or int(text) < 1:
        raise UserError(f"{name} is [{text}]; give a whole number of at least 1")
    return int(text)


def _memory() -> str:
    text = os.environ.get("RECONCILE_MEMORY", "6GB")
    if not re.fullmatch(r"\d+(\.\d+)? ?[KMGT]i?B", text):
        raise UserError(f"RECONCILE_MEMORY is [{text}]; give a number and a unit, as in 6GB")
    return text


def _bounds() -> dict[str, float]:
    text = os.environ.get("RECONCILE_BOUNDS", "{}")
    try:
        given = json.loads(text)
        bounds = {str(name): float(value) for name, value in given.items()}
    except (ValueError, AttributeError, TypeError):
        raise UserError(f"RECONCILE_BOUNDS is [{text}]; give a JSON object of names and numbers") from None
    try:
        check_bounds(bounds)
    except ValueError as error:
        raise UserError(f"RECONCILE_BOUNDS: {error}") from None
    return bounds


def _limits() -> Limits:
    text = os.environ.get("RECONCILE_LIMITS", "{}")
    try:
        return Limits(**json.loads(text))
    except (ValueError, TypeError):
        names = ", ".join(field.name for field in fields(Limits))
        raise UserError(
            f"RECONCILE_LIMITS is [{text}]; give a JSON object of whole numbers above 0, named [{names}]"
        ) from None


def read_settings() -> Settings:
    """The settings in force.

    Raises:
        UserError: an environment variable holds no usable value.
    """
    data = _data_folder()
    own_ledger = URL.create("sqlite", database=str(data / "ledger.sqlite")).render_as_string()
    return Settings(
        data=data,
        memory_limit=_memory(),
        threads=_whole_number("RECONCILE_THREADS", os.cpu_count() or 1),
        keep=_whole_number("RECONCILE_KEEP", 7),
        ledger_url=os.environ.get("RECONCILE_LEDGER_URL", own_ledger),
        bounds=_bounds(),
        limits=_limits(),
        link_model=Path(model).expanduser().resolve() if (model := os.environ.get("RECONCILE_LINK_MODEL")) else None,
        notify_command=os.environ.get("RECONCILE_NOTIFY_COMMAND"),
    )
