"""A coverage-guided fuzzer of the readers: `python -m tests.readers.fuzz --seconds 60 [READER …]`.

Each reader runs in a process of its own for the same share of the time. What is tried starts from the format's examples
and is kept in `.cache/fuzz/<reader>`, so that a later run goes on where this one stopped. A reader fails if it raises
anything but a refusal, or if what it gives breaks the promises of `assets.landed.reader`; the input is then kept beside
the others.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".cache" / "fuzz"
LARGEST = 16_384


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.readers.fuzz", description="Fuzz the readers.")
    parser.add_argument("readers", metavar="READER", nargs="*", help="names of readers (default: all)")
    parser.add_argument("--seconds", metavar="N", type=int, default=60, help="in all (default: 60)")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    """Fuzzes each reader in turn; returns the exit status."""
    arguments = _arguments()
    if arguments.inside:
        _fuzz(arguments.inside, arguments.seconds)
        return 0
    from assets.landed import readers

    wanted = arguments.readers or readers.names()
    share = max(1, arguments.seconds // len(wanted))
    failed = []
    for name in wanted:
        command = [sys.executable, "-m", "tests.readers.fuzz", "--inside", name, "--seconds", str(share)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        said = [line for line in done.stderr.splitlines() if "DONE" in line or line.startswith("Done ")]
        print(f"{name}: {said[-1].strip() if said else 'stopped'}", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stderr[-3000:], file=sys.stderr)
    print(f"{len(wanted) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def _fuzz(name: str, seconds: int) -> None:
    """Fuzzes one reader in this process, which ends with it."""
    import atheris

    # what is guided by is the project's own Python: instrumented as it is imported
    with atheris.instrument_imports(include=["assets.landed", "schemas"]):
        from assets.landed import readers
        from assets.landed.sources import read_source
        from tests.readers.examples import EXAMPLES, examples
        from tests.readers.promises import keeps_its_promises

    reader = readers.reader(name)
    options = read_source(EXAMPLES / name / "source.yaml").options
    kept = KEPT / name
    kept.mkdir(parents=True, exist_ok=True)
    named = "example"
    for number, example in enumerate(one for one in examples() if one.reader.name == name):
        named = example.path.name if example.good and number == 0 else named
        (kept / f"example-{number:03}").write_bytes(example.path.read_bytes()[:LARGEST])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "delivered"

        def one_input(content: bytes) -> None:
            path.write_bytes(content)
            keeps_its_promises(reader, options, path, named)

        arguments = [
            f"-max_total_time={seconds}",
            f"-max_len={LARGEST}",
            f"-artifact_prefix={kept}/failed-",
            "-timeout=20",
        ]
        atheris.Setup([sys.argv[0], *arguments, str(kept)], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    raise SystemExit(main())
