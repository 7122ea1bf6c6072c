"""How Alembic runs the migrations: on the connection, and in the transaction, of whoever opens the ledger.

There is no other way in: a ledger is migrated by opening it, so no URL stands in a configuration file.
"""

from alembic import context
from sqlalchemy import Connection

from pipelines.ledger_tables import Base

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
