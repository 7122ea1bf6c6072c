"""Sources: who delivers in which format. One file `sources/<name>.yaml` in the landing folder, for files in `<name>/`.

A source file names a reader and says what the format itself does not (which awarding organisation, which column means what).
It lies in the landing folder because a run is a function of that folder and its day. Secrets have no place in it.
"""

import csv
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo

from assets.landed import readers
from assets.landed.reader import Options, Reader
from schemas.feeds import FEEDS
from schemas.strict_yaml import mapping_of

FOLDER = "sources"

#: A source file or a list beside it is written by people.
_LARGEST = 500_000_000

#: A key of a list as long as a unique learner number, a Personal ID or a unique candidate identifier.
_PERSONAL = re.compile(r"[0-9]{9,}.*")

Encoding = Literal["utf-8", "utf-16-le", "utf-16-be", "windows-1252"]


class SourceError(ValueError):
    """A source file cannot be used. The message names the file, the key, and what to do."""


class _SourceFile(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    reader: str
    note: str = ""
    encoding: Encoding = "utf-8"
    kind: Literal["full", "delta"] | None = None
    options: dict[str, Any] = {}
    fetch: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """A source that can be read.

    Attributes:
        name: of its file and its folder.
        reader: reads its files.
        options: what it tells the reader.
        encoding: of its text files where they bear no byte order mark.
        kind: what all its deliveries are; None: what each one's name says.
        fetch: where its deliveries are fetched from, as the file says it; None where they are put into the folder.
        fingerprint: hash of all that decides what is made of its files.
    """

    name: str
    reader: Reader
    options: Options
    encoding: Encoding
    kind: Literal["full", "delta"] | None
    fetch: dict[str, Any] | None
    fingerprint: str

    @property
    def feeds(self) -> tuple[str, ...]:
        return self.reader.feeds(self.options)


@dataclass(frozen=True, kw_only=True)
class BrokenSource:
    """A source file that cannot be used, and why, without values from it."""

    name: str
    problem: str


def file_beside(name: Any, info: ValidationInfo, ending: str, largest: int) -> Path:
    """A file that a source file names by its name alone.

    Raises:
        ValueError: there is none that can be used.
    """
    folder: Path | None = (info.context or {}).get("folder")
    if not isinstance(name, str) or Path(name).name != name or not name.endswith(ending):
        raise ValueError(f"a file is named by its name alone, ending in {ending}; it lies beside the source file")
    if folder is None:
        raise ValueError("a file can be named only in a source file")
    path = folder / name
    if path.is_symlink() or not path.is_file() or path.stat().st_size > largest:
        raise ValueError(f"the file [{name}] is not there, is a link or is too large; put it beside the source file")
    return path


def _list_beside(value: Any, info: ValidationInfo, *, columns: bool) -> Any:
    """What stands for a lookup: the mapping itself, or `file: name.csv`, a list beside the source file."""
    if not isinstance(value, dict) or set(value) != {"file"}:
        return value
    name, path = value["file"], file_beside(value["file"], info, ".csv", _LARGEST)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = list(csv.reader(file, strict=True)) or [[]]
    except (csv.Error, UnicodeDecodeError):
        raise ValueError(f"the file [{name}] is no UTF-8 CSV file; save it as one") from None
    rows = [row for row in rows if row]
    if len(header) < 2 or (not columns and len(header) != 2) or any(len(row) != len(header) for row in rows):
        raise ValueError(
            f"the file [{name}] needs a header and as many fields in each line; its first column is looked up"
        )
    if len({row[0] for row in rows}) < len(rows):
        raise ValueError(f"the file [{name}] has a value of its first column twice; leave each once")
    return {row[0]: dict(zip(header[1:], row[1:], strict=True)) if columns else row[1] for row in rows}


def _lookup(value: Any, info: ValidationInfo) -> Any:
    return _list_beside(value, info, columns=False)


def _lookup_table(value: Any, info: ValidationInfo) -> Any:
    return _list_beside(value, info, columns=True)


#: A mapping from delivered to canonical text: written out, or `file: name.csv` with two columns.
Lookup = Annotated[dict[str, str], BeforeValidator(_lookup)]
#: A mapping from delivered text to several canonical columns: written out, or `file: name.csv`, looked up by its first.
LookupTable = Annotated[dict[str, dict[str, str]], BeforeValidator(_lookup_table)]


def read_source(path: Path) -> Source:
    """The source that a file describes.

    Raises:
        SourceError: it cannot be used.
    """
    name = path.stem
    try:
        text = path.read_text(encoding="utf-8-sig")
        told = _SourceFile.model_validate(mapping_of(text))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"source [{name}]: the file cannot be read ({type(error).__name__}); save it as UTF-8"
        ) from None
    except ValidationError as error:
        raise SourceError(f"source [{name}]: {problems(error)}") from None
    except ValueError as error:
        raise SourceError(f"source [{name}]: {error}") from None
    if name in FEEDS or name == FOLDER:
        raise SourceError(f"source [{name}]: a feed has this name; name the source otherwise")
    if told.reader not in readers.names():
        known = ", ".join(readers.names())
        raise SourceError(f"source [{name}]: [reader] is none there is; it must be one of [{known}]")
    reader = readers.reader(told.reader)
    try:
        options = reader.options.model_validate(told.options, context={"folder": path.parent})
    except ValidationError as error:
        raise SourceError(f"source [{name}]: {problems(error, 'options')}") from None
    rests_on = f"{reader.name} {reader.version} {told.encoding} {told.kind} {options.model_dump_json()}"
    return Source(
        name=name,
        reader=reader,
        options=options,
        encoding=told.encoding,
        kind=told.kind,
        fetch=told.fetch,
        fingerprint=hashlib.sha256(rests_on.encode()).hexdigest()[:16],
    )


def problems(error: ValidationError, *within: str) -> str:
    """What Pydantic found, each with its key, and no value. Keys of lists that may be people's numbers are not told."""
    found = []
    for problem in error.errors(include_url=False, include_input=False):
        place = ".".join(_PERSONAL.sub("…", str(part)) for part in (*within, *problem["loc"]))
        found.append(f"[{place}]: {problem['msg'].removeprefix('Value error, ')}")
    return "; ".join(found)


def sources(landing: Path) -> Iterator[Source | BrokenSource]:
    """The sources of a landing folder, in order of name."""
    folder = landing / FOLDER
    if not folder.is_dir() or folder.is_symlink():
        return
    for path in sorted(folder.glob("*.yaml")):
        if path.is_file() and not path.is_symlink():
            yield _known(path, _state(folder))


def _state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells that nothing in the folder has changed: names, sizes and times."""
    with os.scandir(folder) as entries:
        return tuple(sorted((entry.name, entry.stat().st_size, entry.stat().st_mtime_ns) for entry in entries))


@lru_cache(maxsize=10_000)
def _known(path: Path, state: tuple[tuple[str, int, int], ...]) -> Source | BrokenSource:
    try:
        return read_source(path)
    except SourceError as error:
        return BrokenSource(name=path.stem, problem=str(error))
