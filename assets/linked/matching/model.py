"""The match model: what was learned of how records of one person agree, as one versioned file.

A model says how much each level of agreement weighs, how frequent names are, and above which weight a pair is accepted
or shown to a person. Weights are logarithms to base 2 of the odds that two records are one person. What is compared
stands in `schemas.match_comparisons`, how a model is trained in `assets.linked.matching.training`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from math import log2
from pathlib import Path
from typing import Any

from schemas.match_comparisons import BlockingRule

MODELS = Path(__file__).resolve().parents[3] / "schemas" / "match_models"

#: The model that the nightly run uses.
SHIPPED = "people-1"


#: A version is part of file names and of published tables.
VERSION_FORM, VERSION_WORDS = r"[a-z][a-z0-9.-]{0,39}", "small letters, digits, dots and hyphens, a letter first"


@dataclass(frozen=True, kw_only=True)
class MatchModel:
    """One model.

    Attributes:
        version: its name, part of everything that rests on it.
        accept_weight: match weight from which a pair is accepted.
        review_weight: match weight from which a pair that is not accepted is shown to a person.
        further: text columns that it compares beyond the canonical ones.
        identifiers: names of comparisons whose agreement tells even twins apart, or of a text comparison's level that is
            enough for it (`slip:` and the column).
        blocking: rules by which pairs are found.
        frequencies: for each column with frequencies, the share of people by value; values that few people have are left
            out, so that the file names nobody.
        card: what it was trained on and how it was measured, in words and figures.
        settings: Splink's settings with the trained probabilities.
        guarded: whether what weight does not settle (`assets.linked.matching.guards`) is kept from being linked; off for a
            file in which no two people share a household and a day of birth.
    """

    version: str
    accept_weight: float
    review_weight: float
    further: tuple[str, ...]
    identifiers: tuple[str, ...]
    blocking: tuple[BlockingRule, ...]
    frequencies: Mapping[str, Mapping[str, float]]
    card: Mapping[str, Any]
    settings: Mapping[str, Any]
    guarded: bool = True

    def __post_init__(self) -> None:
        if not re.fullmatch(VERSION_FORM, self.version):
            raise ValueError(f"the version [{self.version}] is no name for a model; give {VERSION_WORDS}")

    @property
    def starting_weight(self) -> float:
        """The weight before anything is compared: the odds that two records picked at random are one person."""
        probability = float(self.settings["probability_two_random_records_match"])
        return log2(probability / (1 - probability))


def write_model(model: MatchModel, path: Path) -> None:
    """Write a model as JSON that reads and compares line by line."""
    path.write_text(json.dumps(asdict(model), indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


def read_model(path: Path) -> MatchModel:
    """Read a model.

    Raises:
        ValueError: the file is no model; the message names it and what is wrong.
    """
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        held["blocking"] = tuple(BlockingRule(**{**rule, "keys": tuple(rule["keys"])}) for rule in held["blocking"])
        for name in ("further", "identifiers"):
            held[name] = tuple(held[name])
        return MatchModel(**held)
    except (OSError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"[{path}] is no match model ({type(error).__name__}); train one with train-links") from None


@cache
def shipped_model() -> MatchModel:
    """The model that comes with the software."""
    return read_model(MODELS / f"{SHIPPED}.json")
