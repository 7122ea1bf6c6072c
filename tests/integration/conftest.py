"""One undisturbed night on the sample cycle, shared by the tests that only look at what it left."""

import fcntl
import json
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
    # the processes of one test run share it: the first makes it, the others wait
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / "night"
    folder.mkdir(exist_ok=True)
    here, said = place(folder), folder / "said.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            result = here.run(history=True)
            assert result.returncode == 0, result.stderr
            said.write_text(json.dumps([result.stdout, result.stderr]), encoding="utf-8")
    output, errors = json.loads(said.read_text(encoding="utf-8"))
    return Night(here, output, errors)
