"""Decisions about links, to which rows are only ever added.

Revision: 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and what forbids to change it."""
    op.create_table(
        "link_decisions",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("first_record_id", sa.String(), nullable=False),
        sa.Column("second_record_id", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("decision IN ('same', 'different', 'withdrawn')", name=op.f("ck_link_decisions_decision")),
        sa.CheckConstraint("decision = 'withdrawn' OR reason <> ''", name=op.f("ck_link_decisions_reason")),
        sa.CheckConstraint("first_record_id < second_record_id", name=op.f("ck_link_decisions_pair")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_link_decisions")),
    )
    op.create_index(
        op.f("ix_link_decisions_first_record_id_second_record_id"),
        "link_decisions",
        ["first_record_id", "second_record_id"],
        unique=False,
    )
    _forbid_changes()


def downgrade() -> None:
    """Refused: it would delete decisions."""
    raise RuntimeError("the ledger only grows; to go back, restore a copy of it made before the migration")


def _forbid_changes() -> None:
    """The table's own triggers, as those of `decisions`."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER link_decisions_no_{change.lower()} BEFORE {change} ON link_decisions "
                "BEGIN SELECT RAISE(ABORT, 'decisions are only ever added'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER link_decisions_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON link_decisions "
        "FOR EACH STATEMENT EXECUTE FUNCTION decisions_only_grow()"
    )
