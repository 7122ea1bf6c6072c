"""What earlier deliveries said of awards in force: the grades that were issued then and are no longer.

Which rows are in force is decided in `assets.standardised.supersession`; what follows from a changed grade belongs in
`sql/facts` and `sql/flags`. Everything is read from the deliveries of the landing folder, nothing from an earlier run, so
that the answer is a function of the folder and the day.
"""

import duckdb

from assets.standardised.parsed_deliveries import PARQUET, TABLES, gather_deliveries, same_key, scan
from schemas.feeds import FEEDS

_AWARDS = FEEDS["ao_awards"]


def gather_earlier_grades(con: duckdb.DuckDBPyConnection) -> int:
    """Makes `standardised.earlier_award_grades` and returns its number of rows.

    Columns: the key of `ao_awards`, grade, delivery_id, line: each grade other than the present one with which an award
    in force was issued in an accepted delivery up to the one in force, with the last delivery that said so.

    Args:
        con: connection with `landed.deliveries` and `standardised.ao_awards`.

    Raises:
        FileNotFoundError: the parsed rows of an accepted delivery are gone.
    """
    key = ", ".join(f'"{name}" VARCHAR' for name in _AWARDS.key)
    con.execute(
        f"CREATE OR REPLACE TABLE standardised.earlier_award_grades "
        f"({key}, grade VARCHAR, delivery_id VARCHAR, line BIGINT)"
    )
    gather_deliveries(con, _AWARDS)
    files = [file for (file,) in con.execute("SELECT rows_file FROM temp.parsed ORDER BY sequence").fetchall()]
    of_award = ", ".join(f'award."{name}"' for name in _AWARDS.key)
    # Of many nightly deliveries nearly every row says what the one in force says: only the others are kept.
    scan(
        con,
        f"""
        INSERT INTO standardised.earlier_award_grades
        SELECT {of_award}, r.grade, arg_max(p.delivery_id, p.sequence), arg_max(r.line, p.sequence)
        FROM {PARQUET} AS r
        INNER JOIN standardised.ao_awards AS award ON {same_key(_AWARDS, "award", "r")}
        INNER JOIN temp.parsed AS p ON p.rows_file = r.filename
        INNER JOIN temp.parsed AS latest ON latest.delivery_id = award.delivery_id AND p.sequence < latest.sequence
        WHERE r.result_status = 'issued' AND r.grade <> award.grade
        GROUP BY {of_award}, r.grade
        """,
        files,
    )
    for table in TABLES:
        con.execute(f"DROP TABLE temp.{table}")
    return int(con.execute("SELECT count(*) FROM standardised.earlier_award_grades").fetchall()[0][0])
