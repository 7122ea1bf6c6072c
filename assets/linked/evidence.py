"""How strongly a pair is linked, and on what evidence, as one number; and what that number says.

Evidence names the columns that agree, never a value. Which pairs are accepted is `assets.linked.clusters`.
"""

import re
from collections.abc import Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from assets.linked.comparisons import AO_REFERENCE, CENTRE_REFERENCE, CONDITIONS
from schemas.link_stages import SAME_RECORD, UNLINKED, UNLINKED_SCORE, LinkStage

Ids = npt.NDArray[np.int64]

#: What may agree in a linked pair, in the order in which evidence names it.
_AGREEMENTS: dict[str, str] = {
    "registration_number": AO_REFERENCE,
    "centre_learner_reference": CENTRE_REFERENCE,
    "uln": CONDITIONS["uln"],
    "uci": CONDITIONS["uci"],
    "personal_id": "a.personal_id_key = b.personal_id_key",
    "date_of_birth": CONDITIONS["date_of_birth"],
    "surname": CONDITIONS["surname"],
    "forename": CONDITIONS["forename"],
    "centre_number": CONDITIONS["centre_number"],
    "postcode": CONDITIONS["postcode"],
}

# A pair's strength is one number, so that the strongest of a record's pairs is a maximum: the score in millionths, then the
# stage's place counted from the end, then what agrees. A record's own further rows are weaker than any other record.
_MILLION = 1_000_000
_PLACES = 64
_AGREED = 1 << len(_AGREEMENTS)

#: SQL (INTEGER): what agrees in records `a` and `b`, as a sum of weights of which the first agreement has the greatest.
AGREED = " + ".join(
    f"CASE WHEN {condition} THEN {1 << weight} ELSE 0 END"
    for weight, condition in zip(reversed(range(len(_AGREEMENTS))), _AGREEMENTS.values(), strict=True)
)


def agreed_in(one: str, other: str) -> str:
    """`AGREED` of records that go by other names than `a` and `b`."""
    return re.sub(r"\b([ab])\.", lambda found: f"{one if found[1] == 'a' else other}.", AGREED)


def _names(agreed: int) -> str:
    """What a sum of weights says: the names of what agrees."""
    top = len(_AGREEMENTS) - 1
    return ", ".join(name for number, name in enumerate(_AGREEMENTS) if agreed >> (top - number) & 1)


def strength(stage: LinkStage, place: int, millionths: Ids, agreed: Ids) -> Ids:
    """The strength of pairs of one stage.

    Args:
        stage: the stage that proposed them.
        place: its place among all stages, counted from 0 for the strongest; fewer than 64.
        millionths: the score of each pair, in millionths.
        agreed: of each pair, `AGREED`.
    """
    leading = np.zeros_like(millionths) if stage.name == SAME_RECORD else millionths
    return (leading * _PLACES + (_PLACES - 1 - place)) * _AGREED + agreed


def places_of(stages: Sequence[str]) -> list[tuple[int, str]]:
    """For each stage, in order, the value of `PLACE` of what it linked; then that of what nothing linked."""
    return [(_PLACES - 1 - number, name) for number, name in enumerate(stages)] + [(0, UNLINKED)]


#: SQL: the place of the stage of a row's strength in `link_outcome`; see `places_of`.
PLACE = f"(link_outcome.strength // {_AGREED} % {_PLACES})"


def own_strength(connection: duckdb.DuckDBPyConnection, stages: Sequence[LinkStage], records: Ids) -> Ids:
    """The strength with which the rows of a record, all of one reference of one sender, are one person.

    Args:
        connection: with `link_record`.
        stages: of all linkers, in the order of their places; without `SAME_RECORD` the strength is 0.
        records: records that stand for several rows each.
    """
    places = [place for place, stage in enumerate(stages) if stage.name == SAME_RECORD]
    if not places:
        return np.zeros_like(records)
    connection.register("link_incoming", pa.table({"record": records}))
    agreed = connection.sql(f"""
    SELECT {AGREED} AS agreed
    FROM link_incoming AS several
    INNER JOIN link_record AS a ON several.record = a.record
    INNER JOIN link_record AS b ON several.record = b.record
    ORDER BY several.record
    """).to_arrow_table()
    connection.unregister("link_incoming")
    return strength(stages[places[0]], places[0], np.zeros_like(records), agreed.column(0).to_numpy().astype(np.int64))


def write_explanations(connection: duckdb.DuckDBPyConnection, stages: Sequence[LinkStage]) -> None:
    """Fills temporary tables `link_stage` (place, stage, score) and `link_words` (agreed, evidence), for `EXPLAINED`.

    Args:
        connection: the warehouse.
        stages: of all linkers, in the order of their places.
    """
    scores = {stage.name: stage.score for stage in stages} | {UNLINKED: UNLINKED_SCORE}
    places = [(place, name, scores[name]) for place, name in places_of([stage.name for stage in stages])]
    connection.execute("CREATE OR REPLACE TEMP TABLE link_stage (place INTEGER, stage VARCHAR, score DOUBLE)")
    connection.executemany("INSERT INTO link_stage VALUES (?, ?, ?)", places)
    words = pa.table({"agreed": list(range(_AGREED)), "evidence": [_names(agreed) for agreed in range(_AGREED)]})
    connection.register("link_incoming", words)
    connection.execute("CREATE OR REPLACE TEMP TABLE link_words AS SELECT agreed, evidence FROM link_incoming")
    connection.unregister("link_incoming")


#: SQL: a row's strength in `link_outcome`, explained.
EXPLAINED = f"""
INNER JOIN link_stage ON {PLACE} = link_stage.place
INNER JOIN link_words ON link_outcome.strength % {_AGREED} = link_words.agreed
"""
SCORE = f"""
CASE
    WHEN link_stage.stage = '{SAME_RECORD}' THEN link_stage.score
    ELSE (link_outcome.strength // {_PLACES * _AGREED}) / {_MILLION}
END
"""
