"""A file of a source may be a delivery of several feeds, and each is noted.

Revision: 0005.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NAME = "pk_run_deliveries"


def upgrade() -> None:
    """Take the delivery into the key."""
    with op.batch_alter_table("run_deliveries") as table:
        table.drop_constraint(_NAME, type_="primary")
        table.create_primary_key(_NAME, ["run_id", "file_name", "delivery_id"])


def downgrade() -> None:
    """Refused: it would delete what runs made of such files."""
    raise RuntimeError("the ledger only grows; to go back, restore a copy of it made before the migration")
