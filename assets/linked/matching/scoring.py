"""What pairs of records weigh, by a trained model: Splink's scoring of pairs that were found elsewhere.

Which pairs are weighed stands in `assets.linked.matching.blocking`, what becomes of them in
`assets.linked.matching.resolution`.
"""

import copy
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from assets.linked.matching.model import MatchModel
from assets.linked.people import MATCH_COLUMNS

#: Column of the model's frequencies, and the column of `link_scored` that says whether a forename is in them.
_FORENAME = "forename_std"


def quietly() -> None:
    """Splink tells its progress on standard error, where a night's own progress stands."""
    logging.getLogger("splink").setLevel(logging.ERROR)


@contextmanager
def splink_linker(connection: duckdb.DuckDBPyConnection, settings: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Splink's database and its linker on `link_scored`; its own tables are gone when the block ends."""
    from splink import DuckDBAPI, Linker

    quietly()
    api = DuckDBAPI(connection=connection)
    records = api.register("link_scored", dataset_display_name="records")
    yield api, Linker(records, settings, log_level=logging.ERROR, validate_settings=False)
    api.delete_tables_created_by_splink_from_db()  # type: ignore[no-untyped-call]


def write_frequencies(connection: duckdb.DuckDBPyConnection, frequencies: Mapping[str, Mapping[str, float]]) -> None:
    """Creates temporary tables `link_frequency_<column>` (value, frequency)."""
    for column, shares in frequencies.items():
        held = pa.table(
            {"value": pa.array(shares.keys(), pa.string()), "frequency": pa.array(shares.values(), pa.float64())}
        )
        connection.register("link_incoming", held)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE link_frequency_{column} AS SELECT * FROM link_incoming")
        connection.unregister("link_incoming")


def write_scored(
    connection: duckdb.DuckDBPyConnection, columns_with_frequency: Sequence[str], further: Sequence[str], among: str
) -> None:
    """Creates the temporary table `link_scored`: the records to weigh, with the frequencies of their names.

    Args:
        connection: with `link_record` and `link_frequency_*`.
        columns_with_frequency: columns of which there are frequencies; a value that is not among them has none.
        further: further columns of `link_record`.
        among: a SELECT of `record`, those to be weighed.
    """
    columns = ", ".join(f"link_record.{column}" for column in (*MATCH_COLUMNS, *further))
    frequencies = "".join(f", link_frequency_{column}.frequency AS tf_{column}" for column in columns_with_frequency)
    joins = " ".join(
        f"LEFT JOIN link_frequency_{column} ON link_record.{column} = link_frequency_{column}.value"
        for column in columns_with_frequency
    )
    known = (
        f"(length(link_record.{_FORENAME}) > 1 AND link_frequency_{_FORENAME}.value IS NOT NULL)"
        if _FORENAME in columns_with_frequency
        else "false"
    )
    connection.execute(f"""
    CREATE OR REPLACE TEMP TABLE link_scored AS
    SELECT link_record.record, link_record.cluster, {columns}, link_record.formal_names,
        listed.nickname_of, {known} AS forename_is_name{frequencies}
    FROM link_record {joins}
    LEFT JOIN (
        SELECT forename_std, list(formal_name ORDER BY formal_name) AS nickname_of
        FROM linked.forename_forms
        GROUP BY forename_std
    ) AS listed ON link_record.forename_std = listed.forename_std
    WHERE link_record.record IN ({among})
    """)


def score(
    connection: duckdb.DuckDBPyConnection, model: MatchModel, pairs: str, into: str, *, at_least: float | None = None
) -> None:
    """Creates a temporary table of weighed pairs.

    Args:
        connection: with `link_record`.
        model: the weights.
        pairs: a table of pairs (a, b, rule) of records.
        into: the table to create: a, b, rule, match_weight, match_probability and for each comparison the level that holds
            (`gamma_<name>`: the highest for the strongest, 0 for none, -1 not compared) and its weight (`mw_<name>`, and
            `mw_tf_adj_<name>` for the frequency of the value).
        at_least: leave out pairs that weigh less.
    """
    write_frequencies(connection, model.frequencies)
    write_scored(
        connection, list(model.frequencies), model.further, f"SELECT a FROM {pairs} UNION SELECT b FROM {pairs}"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE link_blocked AS SELECT CAST(rule AS VARCHAR) AS match_key, a AS join_key_l, "
        f"b AS join_key_r FROM {pairs}"
    )
    settings: dict[str, Any] = copy.deepcopy(dict(model.settings))
    settings["retain_matching_columns"] = settings["retain_intermediate_calculation_columns"] = True
    with splink_linker(connection, settings) as (api, linker):
        linker.table_management.register_blocked_pairs_for_predict(
            api.register("link_blocked", dataset_display_name="pairs")
        )
        found = linker.inference.predict(threshold_match_weight=at_least, warning_mode="never")
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT record_l AS a, record_r AS b, "
            "CAST(match_key AS INTEGER) AS rule, match_weight, match_probability, COLUMNS('^(gamma|mw)_') "
            f"FROM {found.physical_name}"
        )
    connection.execute("DROP TABLE link_scored; DROP TABLE link_blocked")
