"""Decisions about flags can be withdrawn, and say when they were taken down beside when they were made.

Revision: 0003. What was taken down before says that it was taken down when it was made.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_DECISION = "decision IN ('acknowledged', 'waived', 'assigned', 'withdrawn')"
_WITHDRAWN = "decision <> 'withdrawn' OR expires_on IS NULL"
_RECORDED = "recorded_at >= decided_at"
_OLD_COLUMNS = "decision_id, flag_id, decision, assigned_to, reason, expires_on, decided_by, decided_at"


def upgrade() -> None:
    """Change the table where the database can, else copy its rows into a new one in its place."""
    if op.get_bind().dialect.name == "sqlite":
        _copy()
    else:
        _alter()


def downgrade() -> None:
    """Refused: it would delete decisions."""
    raise RuntimeError("the ledger only grows; to go back, restore a copy of it made before the migration")


def _alter() -> None:
    op.add_column("decisions", sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True))
    # filling the new column is the one change that old rows ever see
    op.execute("ALTER TABLE decisions DISABLE TRIGGER decisions_only_grow")
    op.execute("UPDATE decisions SET recorded_at = decided_at")
    op.execute("ALTER TABLE decisions ENABLE TRIGGER decisions_only_grow")
    op.alter_column("decisions", "recorded_at", nullable=False)
    op.drop_constraint(op.f("ck_decisions_decision"), "decisions")
    op.create_check_constraint(op.f("ck_decisions_decision"), "decisions", _DECISION)
    op.create_check_constraint(op.f("ck_decisions_withdrawn"), "decisions", _WITHDRAWN)
    op.create_check_constraint(op.f("ck_decisions_recorded"), "decisions", _RECORDED)


def _copy() -> None:
    op.create_table(
        "decisions_anew",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("flag_id", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("assigned_to", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_DECISION, name=op.f("ck_decisions_decision")),
        sa.CheckConstraint(
            "decision <> 'waived' OR (reason <> '' AND expires_on IS NOT NULL)", name=op.f("ck_decisions_waived")
        ),
        sa.CheckConstraint("(decision = 'assigned') = (assigned_to IS NOT NULL)", name=op.f("ck_decisions_assigned")),
        sa.CheckConstraint(_WITHDRAWN, name=op.f("ck_decisions_withdrawn")),
        sa.CheckConstraint(_RECORDED, name=op.f("ck_decisions_recorded")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decisions")),
    )
    op.execute(f"INSERT INTO decisions_anew SELECT {_OLD_COLUMNS}, decided_at FROM decisions")
    op.drop_table("decisions")
    op.rename_table("decisions_anew", "decisions")
    op.create_index(op.f("ix_decisions_flag_id_decided_at"), "decisions", ["flag_id", "decided_at"], unique=False)
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER decisions_no_{change.lower()} BEFORE {change} ON decisions "
            "BEGIN SELECT RAISE(ABORT, 'decisions are only ever added'); END"
        )
