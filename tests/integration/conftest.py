"""One undisturbed night on the sample cycle, shared by the tests that only look at what it left."""

from dataclasses import dataclass

import pytest

from tests.integration.nights import Place, place


@dataclass(frozen=True)
class Night:
    """A finished run: where it ran and what it printed."""

    place: Place
    output: str
    errors: str


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    here = place(tmp_path_factory.mktemp("night"))
    result = here.run()
    assert result.returncode == 0, result.stderr
    return Night(here, result.stdout, result.stderr)
