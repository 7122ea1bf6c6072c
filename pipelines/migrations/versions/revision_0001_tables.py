"""Runs, their deliveries, and decisions to which rows are only ever added.

Revision: 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("landing", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("publication", sa.String(), nullable=True),
        sa.Column("version", sa.String(), nullable=False),
        sa.CheckConstraint("status IN ('running', 'published', 'failed', 'refused')", name=op.f("ck_runs_status")),
        sa.CheckConstraint("(status = 'running') = (finished_at IS NULL)", name=op.f("ck_runs_finished")),
        sa.CheckConstraint("status <> 'published' OR publication IS NOT NULL", name=op.f("ck_runs_publication")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
    )
    _make_run_deliveries()
    _make_decisions()


def downgrade() -> None:
    """Refused: it would delete decisions."""
    raise RuntimeError("the ledger only grows; to go back, restore a copy of it made before the migration")


def _make_run_deliveries() -> None:
    op.create_table(
        "run_deliveries",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("feed", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=True)
            for name in ("landed", "accepted", "superseded", "duplicate", "quarantined")
        ),
        sa.CheckConstraint(
            "status IN ('accepted', 'refused', 'repeated', 'ignored')", name=op.f("ck_run_deliveries_status")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_run_deliveries_run_id_runs")),
        sa.PrimaryKeyConstraint("run_id", "file_name", name=op.f("pk_run_deliveries")),
    )


def _make_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("flag_id", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("assigned_to", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("decision IN ('acknowledged', 'waived', 'assigned')", name=op.f("ck_decisions_decision")),
        sa.CheckConstraint(
            "decision <> 'waived' OR (reason <> '' AND expires_on IS NOT NULL)", name=op.f("ck_decisions_waived")
        ),
        sa.CheckConstraint("(decision = 'assigned') = (assigned_to IS NOT NULL)", name=op.f("ck_decisions_assigned")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_flag_id_decided_at"), "decisions", ["flag_id", "decided_at"], unique=False)
    _forbid_changes()


def _forbid_changes() -> None:
    """The tables' own triggers, so that not even a person at a prompt changes what was decided by mistake."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER decisions_no_{change.lower()} BEFORE {change} ON decisions "
                "BEGIN SELECT RAISE(ABORT, 'decisions are only ever added'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION decisions_only_grow() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'decisions are only ever added'; END $$"
    )
    op.execute(
        "CREATE TRIGGER decisions_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON decisions "
        "FOR EACH STATEMENT EXECUTE FUNCTION decisions_only_grow()"
    )
