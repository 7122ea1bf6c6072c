"""The lists of words are read strictly: each says why, and what is misread fails."""

from importlib.resources import files

import pytest

from schemas.title_words import FILES, ORGANISATIONS, PARTS, SPELLINGS, SUGGESTIONS, title_words

TEXTS = {file: (files("schemas") / "code_lists" / file).read_text(encoding="utf-8") for file in FILES}


def test_the_shipped_lists_are_read() -> None:
    words = title_words(TEXTS)
    assert words.spellings[("ext", "diploma")] == ("extended", "diploma")
    assert words.organisations[("ncfe",)] == {"RN5156"}
    assert "on" in words.joining and "1/2" in words.levels.values()


def test_what_is_likely_is_kept_apart_from_what_is_certain() -> None:
    words = title_words(TEXTS)
    assert ("business", "studies") in words.suggestions and ("business", "studies") not in words.spellings
    assert not set(words.suggestions) & set(words.spellings)


def test_no_size_is_spelt_as_another() -> None:
    words = title_words(TEXTS)
    assert not words.sizes & set(words.spellings)


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        (SPELLINGS, "dip: diploma", "Dip.: diploma", "lower case without signs"),
        (SPELLINGS, "dip: diploma", "dip: diploma\n      dip: award", "given twice"),
        (SPELLINGS, "dip: diploma", "diploma: diploma", "twice or as itself"),
        (SPELLINGS, "  - why: Written signs", "  - because: Written signs", "lacks the key [why]"),
        (PARTS, 'on", the', 'on", no, the', "on and no in quotes"),
        (PARTS, "[rqf]", "[rqf]\n  more: 1", "unknown keys [more]"),
        (PARTS, "[rqf]", "[rqf of old]", "several words"),
        (PARTS, 'level 3: "3"', "level 3: 3", "put it in quotes"),
        (PARTS, "[36]", "[36, wide]", "no width"),
        (ORGANISATIONS, "btec: RN5133", "btec: Pearson", "no recognition number"),
        (ORGANISATIONS, "RN5196: [", "AQA: [", "no recognition number"),
        (SUGGESTIONS, "suggestions:", "spellings:", "lacks the key [suggestions]"),
    ],
)
def test_a_list_that_is_misread_fails_with_the_file_and_what_is_wrong(
    file: str, old: str, new: str, problem: str
) -> None:
    assert old in TEXTS[file]
    with pytest.raises(ValueError, match=file.replace(".", r"\.")) as failed:
        title_words({**TEXTS, file: TEXTS[file].replace(old, new, 1)})
    assert problem in str(failed.value)
