"""Files of the EDI readers read directly, and the examples' sources."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any, Literal

from assets.landed import readers
from assets.landed.limits import Limits
from assets.landed.reader import Delivered, Part
from assets.landed.sources import read_source
from pipelines.formats_page import EXAMPLES


def parts(
    reader: str, name: str, content: bytes, kind: Literal["full", "delta"] = "delta", **options: Any
) -> dict[str, Part]:
    """What a reader makes of a file with the options of its example, changed as given; one part a feed."""
    found = read_source(EXAMPLES / reader / "source.yaml").options
    found = found.model_copy(update=options)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "delivered"
        path.write_bytes(content)
        delivered = Delivered(path=path, name=name, delivered_on=date(2026, 3, 1), kind=kind, limits=Limits())
        return {part.feed: part for part in readers.reader(reader).read(delivered, found)}


def good(reader: str, name: str) -> bytes:
    """A good example."""
    return (EXAMPLES / reader / "good" / name).read_bytes()


def rules(part: Part) -> list[tuple[int, str | None, str]]:
    """Line, column and rule of everything that the reader refused."""
    return sorted(part.refused.select("line", "column_name", "rule").rows(), key=str)
