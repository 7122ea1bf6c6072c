"""The pages of `docs/` that are generated from what the code declares."""

from pathlib import Path

from assets.published.flags_page import flags_page
from schemas.data_dictionary import data_dictionary


def generated_pages() -> dict[str, str]:
    """Text of each generated page, by file name."""
    return {"flags.md": flags_page(), "data-dictionary.md": data_dictionary()}


def write_pages(folder: Path) -> list[Path]:
    """Write every generated page; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in generated_pages().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written
