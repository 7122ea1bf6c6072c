"""Every format: its example source can be read, its good examples are accepted, and its malformed ones are noticed."""

from pathlib import Path

import pytest

from assets.landed import readers
from assets.landed.reader import Options
from pipelines.formats_page import EXAMPLES, formats_page
from schemas.feeds import FEEDS
from tests.readers.examples import Example, FormatsFolder, examples, feeds_of

#: What shows that a file was not taken for a good one.
_NOTICED = ("quarantined_rows", "duplicate_rows", "set_aside_rows", "repaired_values", "sentinel_values")


@pytest.mark.parametrize("name", readers.names())
def test_a_reader_comes_with_a_source_good_and_malformed_examples_and_a_page(name: str) -> None:
    reader = readers.reader(name)
    assert set(feeds_of(name)) <= set(FEEDS)
    assert reader.title and reader.meaning and reader.facts
    assert issubclass(reader.options, Options)
    assert (EXAMPLES / name / "README.md").is_file()
    for kind in ("good", "malformed"):
        assert [one for one in examples() if one.reader.name == name and one.good == (kind == "good")], kind


@pytest.mark.parametrize("name", readers.names())
def test_every_part_of_a_format_that_is_taken_for_known_names_its_source(name: str) -> None:
    for fact in readers.reader(name).facts:
        assert bool(fact.source) == (fact.mark != "configuration"), fact.what
        assert "|" not in fact.what + fact.source


@pytest.mark.parametrize("name", readers.names())
def test_every_option_says_what_it_means(name: str) -> None:
    page = formats_page()
    for option in readers.reader(name).options.model_fields:
        (row, *_) = [line for line in page.split("\n") if line.startswith(f"| `{option}` |")]
        assert row.split("|")[3].strip(), option


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_an_example_is_accepted_if_it_is_good_and_noticed_if_it_is_not(example: Example, tmp_path: Path) -> None:
    folder = FormatsFolder(tmp_path)
    folder.deliver(example.reader.name, example.path.read_bytes(), example.path.name)
    rows = folder.land_all(feeds_of(example.reader.name))
    assert rows
    accepted = [row for row in rows if row["status"] == "accepted"]
    for row in rows:
        assert row["status"] == "accepted" or row["message"]
        assert row["reason"] != "unreadable"
    if example.good:
        assert [row["status"] for row in rows if row["reason"] != "no_row_for_feed"] == ["accepted"] * len(accepted)
        # a file whose records belong to no feed by its format's own rules is good if they were all set aside
        assert accepted or all(row["set_aside_rows"] for row in rows)
        assert sum(row["quarantined_rows"] for row in accepted) == 0
    else:
        assert len(accepted) < len(rows) or any(row[count] for row in accepted for count in _NOTICED)
