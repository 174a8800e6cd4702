"""What Alembic runs first: the connection comes from the store."""

from alembic import context

from registrazione.adapters.sql.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
context.run_migrations()
