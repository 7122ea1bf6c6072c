"""The files that are generated from what the code declares: pages of `docs/`, and the schema that editors read."""

from pathlib import Path

from assets.linked.matching.model import SHIPPED, shipped_model
from assets.published.flags_page import flags_page
from pipelines.formats_page import formats_page
from pipelines.model_card import model_card
from schemas.data_dictionary import data_dictionary
from schemas.specification_schema import json_schema, keys_page


def generated_pages() -> dict[str, str]:
    """Text of each generated file, by its path from `docs/`."""
    return {
        "flags.md": flags_page(),
        "formats.md": formats_page(),
        "data-dictionary.md": data_dictionary(),
        f"model-cards/{SHIPPED}.md": model_card(shipped_model()),
        "specification-keys.md": keys_page(),
        "../schemas/specification.schema.json": json_schema(),
    }


def write_pages(folder: Path) -> list[Path]:
    """Write every generated file; returns their paths."""
    written = []
    for name, text in generated_pages().items():
        path = (folder / name).resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written
