"""Empty operations ledgers on both databases that may hold one."""

import itertools
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import URL

from pipelines.ledger import Ledger, open_ledger
from tests.postgresql_cluster import new_database, postgresql_cluster, programs

NewUrl = Callable[[], URL]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewUrl]:
    """Makes URLs of ledgers that are still empty."""
    names = (f"ledger{number}" for number in itertools.count())
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("ledger's 100% own")
        yield lambda: URL.create("sqlite", database=str(folder / f"{next(names)}.sqlite"))
        return
    if (found := programs()) is None:
        pytest.skip("PostgreSQL's initdb is not installed on this machine (Debian: apt-get install postgresql)")
    pytest.importorskip("psycopg", reason="the driver of the extra [postgresql] is not installed")
    with postgresql_cluster(found) as maintenance:
        yield lambda: new_database(maintenance, next(names))


@pytest.fixture
def book(new_url: NewUrl) -> Iterator[Ledger]:
    with open_ledger(new_url()) as opened:
        yield opened
