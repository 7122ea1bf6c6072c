"""The register of returns, to whose rows nothing but more rows is ever added.

Revision: 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = ("returns", "return_files", "return_rows", "return_flags")
_KINDS = "kind IN ('ucas_entries', 'ucas_results', 'ucas_amendments', 'corrections_list', 'late_results')"
_CHANGES = "change IN ('new', 'changed', 'withdrawn', 'unchanged')"


def upgrade() -> None:
    """Make the tables and what forbids to change them."""
    _make_returns()
    _make_files()
    _make_rows()
    _make_flags()
    _forbid_changes()


def downgrade() -> None:
    """Refused: it would delete the record of what was sent."""
    raise RuntimeError("the ledger only grows; to go back, restore a copy of it made before the migration")


def _make_returns() -> None:
    op.create_table(
        "returns",
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("publication_id", sa.String(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f("ck_returns_kind")),
        sa.CheckConstraint("row_count >= 0", name=op.f("ck_returns_row_count")),
        sa.PrimaryKeyConstraint("return_id", name=op.f("pk_returns")),
    )
    op.create_index(op.f("ix_returns_kind_recipient_sender"), "returns", ["kind", "recipient", "sender"], unique=False)


def _make_files() -> None:
    op.create_table(
        "return_files",
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["return_id"], ["returns.return_id"], name=op.f("fk_return_files_return_id_returns")),
        sa.PrimaryKeyConstraint("return_id", "file_name", name=op.f("pk_return_files")),
    )
    op.create_index(op.f("ix_return_files_sha256"), "return_files", ["sha256"], unique=False)


def _make_rows() -> None:
    op.create_table(
        "return_rows",
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("row_key", sa.String(), nullable=False),
        sa.Column("row_digest", sa.String(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.CheckConstraint(_CHANGES, name=op.f("ck_return_rows_change")),
        sa.ForeignKeyConstraint(["return_id"], ["returns.return_id"], name=op.f("fk_return_rows_return_id_returns")),
        sa.PrimaryKeyConstraint("return_id", "row_number", name=op.f("pk_return_rows")),
    )


def _make_flags() -> None:
    op.create_table(
        "return_flags",
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("flag_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["return_id", "row_number"],
            ["return_rows.return_id", "return_rows.row_number"],
            name=op.f("fk_return_flags_return_id_return_rows"),
        ),
        sa.PrimaryKeyConstraint("return_id", "row_number", "flag_id", name=op.f("pk_return_flags")),
    )
    op.create_index(op.f("ix_return_flags_flag_id"), "return_flags", ["flag_id"], unique=False)


def _forbid_changes() -> None:
    """The tables' own triggers, as those of `decisions`."""
    if op.get_bind().dialect.name == "sqlite":
        for table in _TABLES:
            for change in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'returns are only ever added'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION returns_only_grow() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'returns are only ever added'; END $$"
    )
    for table in _TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION returns_only_grow()"
        )
