"""`make bench-links`: how good and how fast the linking of people is, beside the figures that were committed before.

    python -m pipelines.bench_links [--sections noise febrl titles speed] [--learners 20000] [--seed 2026]
                                    [--folder data/bench] [--febrl FOLDER] [--register FILE] [--keep] [--floors]

A section gives tables of figures; what it measures stands in its own module. `--keep` writes the figures of the sections
that ran to `tests/linkage/floors.yaml`, for the next time to stand beside; `--floors` measures their smaller sets and
writes those as the floors that a test holds. A section whose data are not here is skipped, and says so.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from pipelines.bench_titles import title_figures
from pipelines.link_febrl import FULL, measure_febrl
from pipelines.link_febrl import SMALLER as SMALLER_FEBRL
from pipelines.link_figures import (
    Figures,
    NotMeasured,
    floors_of,
    keep_figures,
    print_section,
    read_figures,
)
from pipelines.link_noise import SMALLER, measure_noise
from pipelines.link_speed import NATIONAL, measure_speed
from pipelines.settings import ROOT


@dataclass(frozen=True)
class Section:
    """What one part of the bench measures.

    Attributes:
        measure: the tables of figures by title, for the command's arguments.
        smaller: the same on a set that a test measures within seconds; None: it has no floors (times are no promise).
    """

    measure: Callable[[argparse.Namespace], dict[str, Figures]]
    smaller: Callable[[], dict[str, Figures]] | None = None


#: Where public data that are no part of this project lie beside it.
_SHARED = ROOT.parent / "shared" / "data"
FEBRL = _SHARED / "linkage"
REGISTER = _SHARED / "ofqual" / "approved_qualifications_2025-02-18.csv"

#: The sections in the order in which they run.
SECTIONS: dict[str, Section] = {
    "noise": Section(lambda given: measure_noise(given.learners, given.seed), lambda: measure_noise(*SMALLER)),
    "febrl": Section(
        lambda given: measure_febrl(given.febrl, *FULL), lambda: measure_febrl(FEBRL, *SMALLER_FEBRL, beside=False)
    ),
    "titles": Section(lambda given: title_figures(given.register)),
    "speed": Section(lambda given: measure_speed(given.national, given.seed, given.folder)),
}


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description="Measure the linking of people.")
    parser.add_argument("--sections", nargs="+", choices=list(SECTIONS), default=list(SECTIONS))
    parser.add_argument("--learners", type=int, default=20_000, help="of section noise (default: %(default)s)")
    parser.add_argument("--national", type=int, default=NATIONAL, help="of section speed (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--folder", type=Path, default=ROOT / "data" / "bench", help="where frames are kept")
    parser.add_argument("--febrl", type=Path, default=FEBRL, help="folder with the FEBRL files (default: %(default)s)")
    parser.add_argument(
        "--register", type=Path, default=REGISTER, help="CSV of approved qualifications (default: %(default)s)"
    )
    parser.add_argument("--keep", action="store_true", help="keep these figures as those before")
    parser.add_argument("--floors", action="store_true", help="keep what the smaller sets reach as floors")
    given = parser.parse_args()
    console, before = Console(width=140), read_figures("before")
    for name in given.sections:
        section = SECTIONS[name]
        try:
            now = section.measure(given)
        except NotMeasured as reason:
            console.print(f"\n{name}: skipped, for {reason}", markup=False, soft_wrap=True)
            continue
        print_section(name, now, before.get(name, {}), console)
        if given.keep:
            keep_figures("before", {name: now})
        if given.floors and section.smaller:
            keep_figures("floors", {name: floors_of(section.smaller())})


if __name__ == "__main__":
    main()
