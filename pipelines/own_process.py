"""Measurements in processes of their own, so that peak memory and imports are their own."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak_mb() -> float:
    """The most memory that this process has held so far, in MB."""
    # What `getrusage` says of a process on Linux begins with its parent's peak.
    if _STATUS.exists():
        lines = dict(line.split(":", 1) for line in _STATUS.read_text(encoding="utf-8").splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_a_process(
    module: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> dict[str, object]:
    """What `python -m module arguments` prints on its last line, a JSON object.

    Raises:
        SystemExit: it failed.
    """
    result = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if result.returncode:
        raise SystemExit(f"the measurement [{module} {' '.join(arguments)}] failed; its message stands above")
    measured: dict[str, object] = json.loads(result.stdout.splitlines()[-1])
    return measured
