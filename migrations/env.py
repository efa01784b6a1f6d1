"""Alembic's entry: runs the migrations on the connection it is given."""

from alembic import context

from inspect_app.models import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=False, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
