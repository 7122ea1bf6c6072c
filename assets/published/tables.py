"""The published tables that are no more than a projection of an earlier layer, and the run's own row.

What a flag says stands in `sql/flags`; the tables built by SQL in `sql/tables`; where a publication is written in
`pipelines.publication`.
"""

import hashlib

from duckdb import DuckDBPyConnection

from schemas.published import PUBLISHED

#: Where each projected table's rows come from. Columns that a source lacks are joined here.
_SOURCES = {
    "achievability": """
        reconciled.achievability
        LEFT JOIN (
            SELECT awarding_organisation_rn, registration_number, qualification_number, learner_id
            FROM linked.person_links
            WHERE feed = 'ao_registrations'
        ) AS link USING (awarding_organisation_rn, registration_number, qualification_number)
    """,
    "situations": "reconciled.situations",
    "unit_parts": "reconciled.unit_parts",
    "person_links": "linked.person_links",
    "link_review": "linked.link_review",
    "link_decisions": "linked.link_decisions",
    "learner_history": "linked.learner_history",
    "row_ledger": "standardised.row_ledger",
    "quarantine": "landed.quarantine",
    "deliveries": "landed.deliveries",
}


def project(connection: DuckDBPyConnection, table: str) -> None:
    """Create `published.<table>` with the contract's columns from the layer that holds them."""
    names = ", ".join(f'"{column}"' for column in PUBLISHED[table].column_names)
    connection.execute(f"CREATE OR REPLACE TABLE published.{table} AS SELECT {names} FROM {_SOURCES[table]}")


def describe_run(connection: DuckDBPyConnection, software_version: str) -> None:
    """Create `published.runs`: what was published, from what, with the totals.

    `publication_id` depends on the run's day, the deliveries, people's decisions in force and the software alone, so that
    the same deliveries on the same day give the same tables whenever they are run.
    """
    deliveries = connection.execute(
        "SELECT feed, delivery_id, sequence FROM landed.deliveries WHERE status = 'accepted' ORDER BY ALL"
    ).fetchall()
    context = connection.execute("SELECT as_of, cycle FROM landed.run_context").fetchall()
    decisions = connection.execute(
        "SELECT pair_id, decision, decided_at FROM linked.link_decisions ORDER BY ALL"
    ).fetchall()
    about_flags = connection.execute(
        "SELECT flag_id, decision, assigned_to, decision_expires_on, decided_at FROM reconciled.flag_decisions ORDER BY ALL"
    ).fetchall()
    identity = hashlib.sha256(
        repr((context, deliveries, decisions, about_flags, software_version)).encode()
    ).hexdigest()[:16]
    connection.execute(
        """
        CREATE OR REPLACE TABLE published.runs AS
        SELECT
            ? AS publication_id,
            run_context.as_of,
            run_context.cycle,
            ? AS software_version,
            (SELECT count(*) FROM landed.deliveries WHERE status = 'accepted') AS deliveries,
            ledger.landed_rows,
            ledger.accepted_rows,
            ledger.superseded_rows,
            ledger.duplicate_rows,
            ledger.quarantined_rows,
            (SELECT count(DISTINCT learner_id) FROM linked.person_links) AS learners,
            (SELECT count(*) FROM published.achievability) AS open_registrations,
            (SELECT count(*) FROM published.flags) AS flags
        FROM landed.run_context
        CROSS JOIN (
            SELECT
                coalesce(sum(landed), 0)::BIGINT AS landed_rows,
                coalesce(sum(accepted), 0)::BIGINT AS accepted_rows,
                coalesce(sum(superseded), 0)::BIGINT AS superseded_rows,
                coalesce(sum(duplicate), 0)::BIGINT AS duplicate_rows,
                coalesce(sum(quarantined), 0)::BIGINT AS quarantined_rows
            FROM standardised.row_ledger
        ) AS ledger
        """,
        [identity, software_version],
    )
