"""The generated pages of docs/ say what the code declares."""

from pathlib import Path

import pytest

from pipelines.pages import generated_pages

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", sorted(generated_pages()))
def test_the_committed_page_is_what_would_be_generated_now(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == generated_pages()[name], "run `make docs`"
