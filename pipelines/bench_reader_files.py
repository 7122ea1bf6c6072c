"""Large files in each bulk format, made from the examples in `fixtures/formats`; `bench_readers` measures on them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import yaml
from rich.console import Console

from assets.landed.sources import Source, read_source
from pipelines.formats_page import EXAMPLES

if TYPE_CHECKING:
    from fixtures.formats_written.mapped import MappedLayout

#: Records made at once.
_BATCH = 500_000
_NUMBER = r"99[0-9]{8}"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A bulk format.

    Attributes:
        reader: its name.
        example: the good example that is made large.
        records: how many lines of records a national cycle has, about.
        head: lines before the records.
        tail: lines after them.
        closed: what the lines after the records must be for a number of records; None: as they are.
        separator: between fields, for those who merely parse it.
        options: lines of the source file's options that replace those of the example.
        enlarged: makes the file where records are no lines of the example.
        told: the source file, where it is not the example's.
    """

    reader: str
    example: str
    records: int
    head: int = 1
    tail: int = 0
    closed: Callable[[str, int], str] | None = None
    separator: str = ","
    options: dict[str, str] = field(default_factory=dict)
    enlarged: Callable[[bytes, int], Iterator[bytes]] | None = None
    told: Callable[[], dict[str, Any]] | None = None

    @property
    def ending(self) -> str:
        return self.example.rsplit(".", 1)[1]

    def put_source(self, folder: Path) -> Path:
        """Writes the example's source file, with this case's options, and the lists beside it."""
        folder.mkdir(parents=True, exist_ok=True)
        for path in (EXAMPLES / self.reader).iterdir():
            if path.is_file() and path.suffix != ".md":
                name = f"{self.reader}.yaml" if path.name == "source.yaml" else path.name
                (folder / name).write_bytes(path.read_bytes())
        source = folder / f"{self.reader}.yaml"
        if self.told is not None:
            source.write_text(yaml.safe_dump(self.told()), encoding="utf-8")
            return source
        text = source.read_text(encoding="utf-8")
        for option, line in self.options.items():
            text = re.sub(rf"(?m)^  {option}:.*\n", line and f"  {line}\n", text)
        source.write_text(text, encoding="utf-8")
        return source

    def source(self) -> Source:
        """The source through which the file is read."""
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            return read_source(self.put_source(Path(folder)))

    def width(self, file: Path) -> int:
        """The most fields in one of the file's first lines."""
        with file.open(encoding="utf-8", errors="replace") as lines:
            return max(line.count(self.separator) + 1 for line, _ in zip(lines, range(1_000), strict=False))


def made(case: Case, folder: Path, share: float, console: Console) -> Path:
    """The large file, made unless it is there."""
    records = max(1, int(case.records * share))
    file = folder / f"{case.reader}-{records}.{case.ending}"
    if not file.exists():
        console.print(f"{case.reader}: making {records:,} records", highlight=False)
        example = EXAMPLES / case.reader / "good" / case.example
        content = example.read_bytes() if case.enlarged is None else b""
        partial = file.with_name(f"{file.name}.part")
        with partial.open("wb") as target:
            target.writelines((case.enlarged or case_lines(case))(content, records))
        partial.replace(file)
    return file


def case_lines(case: Case) -> Callable[[bytes, int], Iterator[bytes]]:
    """What makes a file of lines large."""

    def enlarged(content: bytes, records: int) -> Iterator[bytes]:
        lines = content.decode("utf-8-sig").split("\n")
        lines = lines[:-1] if not lines[-1] else lines
        head, tail = lines[: case.head], lines[len(lines) - case.tail :]
        yield "".join(f"{line}\n" for line in head).encode()
        body = pl.Series("line", lines[case.head : len(lines) - case.tail])
        for begin in range(0, records, _BATCH):
            places = pl.int_range(begin, min(records, begin + _BATCH), eager=True)
            frame = pl.DataFrame({"line": body.gather(places % len(body)), "place": places})
            number = (pl.lit(9_900_000_000) + pl.col("place")).cast(pl.String)
            told = frame.select(pl.col("line").str.replace(_NUMBER, number)).to_series()
            yield f"{told.str.join(chr(10)).item()}\n".encode()
        closed = [case.closed(line, records) if case.closed else line for line in tail]
        yield "".join(f"{line}\n" for line in closed).encode()

    return enlarged


def _counted(line: str, records: int) -> str:
    """A UCAS trailer that counts its file's lines."""
    return re.sub(r"^(T\|[^|]*\|[^|]*\|)[0-9]+", rf"\g<1>{records + 2}", line)


def _results(begin: int, end: int) -> pl.DataFrame:
    """Invented unit results, ten of a learner: canonical text columns of `ao_unit_results`."""
    place = pl.int_range(begin, end, eager=True).alias("place")
    return place.to_frame().select(
        registration_number=pl.format("R{}", 100_000_000 + pl.col("place") // 10),
        qualification_number=pl.lit("60000004"),
        unit_number=(pl.col("place") % 10 + 1).cast(pl.String),
        series=pl.lit("2026-06"),
        result_date=pl.lit("2026-08-13"),
        grade=pl.col("place").mod(4).replace_strict({0: "P", 1: "M", 2: "D", 3: "N"}, return_dtype=pl.String),
        points=pl.col("place").mod(97).cast(pl.String),
        basis=pl.lit("assessed"),
    )


def _learners(records: int) -> pl.DataFrame:
    """Invented registrations of one centre: canonical text columns of `centre_registrations`."""
    place = pl.int_range(records, eager=True).alias("place")
    return place.to_frame().select(
        centre_learner_reference=pl.format("L{}", pl.col("place") + 1_000_000),
        qualification_number=pl.lit("60000004"),
        awarding_organisation_rn=pl.lit("RN0077"),
        surname=pl.format("Invented-{}", pl.col("place") % 5_000),
        forename=pl.format("Person {}", pl.col("place") % 700),
        date_of_birth=pl.lit("2008-02-29"),
        sex=pl.lit("F"),
        postcode=pl.lit("ZZ1 1ZZ"),
        uln=(pl.lit(9_900_000_000) + pl.col("place")).cast(pl.String),
        registration_date=pl.lit("2024-09-15"),
        planned_completion=pl.lit("2026-06"),
        personal_id=pl.lit(None, dtype=pl.String),
        status=pl.lit("active"),
    )


def _layout() -> "MappedLayout":
    from fixtures.real_layouts import ORGANISATION_RESULTS

    return replace(ORGANISATION_RESULTS, constants={"awarding_organisation_rn": "RN0077"})


def _delimited(content: bytes, records: int) -> Iterator[bytes]:
    from fixtures.formats_written.mapped import delimited

    for begin in range(0, records, _BATCH):
        text = delimited(_layout().table(_results(begin, min(records, begin + _BATCH))))
        yield text if begin == 0 else text.split(b"\r\n", 1)[1]


def _database_table(content: bytes, records: int) -> Iterator[bytes]:
    from fixtures.formats_written.mapped import fetched

    yield fetched(_layout().table(_results(0, records)))


def _workbook(content: bytes, records: int) -> Iterator[bytes]:
    from fixtures.formats_written.mapped import xlsx

    yield xlsx(_layout().table(_results(0, records)), "List")


def _ilr(content: bytes, records: int) -> Iterator[bytes]:
    from fixtures.formats_written import ilr

    yield ilr.write(_learners(records))


def _a2c(content: bytes, records: int) -> Iterator[bytes]:
    from fixtures.formats_written import a2c_results

    results = _results(0, records).with_columns(awarding_organisation_rn=pl.lit("RN0077"), points=pl.lit(None))
    awards = pl.DataFrame(schema={"registration_number": pl.String, "qualification_number": pl.String})
    names = {("60000004", str(unit), "2026-06"): f"QE{unit}" for unit in range(1, 11)}
    yield a2c_results.write(results, awards, elements=names)


def _mapped_told(reader: str) -> dict[str, Any]:
    return {"reader": reader, "options": {"feeds": _layout().options()}}


def _a2c_told() -> dict[str, Any]:
    elements = {
        f"QE{unit}": {"qualification_number": "60000004", "unit_number": str(unit), "series": "2026-06"}
        for unit in range(1, 11)
    }
    options = {"elements": elements, "awarding_organisations": {"77": "RN0077"}, "outcome_values": {"Grade": "grade"}}
    return {"reader": "a2c_results", "kind": "delta", "options": options}


CASES = (
    Case(
        reader="delimited",
        example="results.csv",
        records=9_000_000,
        enlarged=_delimited,
        told=partial(_mapped_told, "delimited"),
    ),
    Case(
        reader="database_table",
        example="results.parquet",
        records=9_000_000,
        enlarged=_database_table,
        told=partial(_mapped_told, "database_table"),
    ),
    Case(
        reader="ucas_file",
        example="results 2026-08-07.delta.txt",
        records=3_000_000,
        tail=1,
        closed=_counted,
        separator="|",
        options={"personal_ids": "candidate_number_is: personal_id"},
    ),
    Case(reader="tlevel_registrations", example="registrations.2025-11-01.csv", records=1_000_000),
    Case(reader="tlevel_results", example="results.2026-08-10.csv", records=1_000_000),
    Case(reader="ofqual_register", example="register.csv", records=60_000),
    Case(reader="a2c_results", example="message.xml", records=500_000, enlarged=_a2c, told=_a2c_told),
    Case(reader="ilr", example="record.xml", records=500_000, enlarged=_ilr),
    Case(
        reader="workbook",
        example="results.xlsx",
        records=200_000,
        enlarged=_workbook,
        told=partial(_mapped_told, "workbook"),
    ),
)
