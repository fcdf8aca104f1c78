"""Run by Alembic. Whoever calls it hands over an open connection: there is no alembic.ini and no URL here."""

from alembic import context

from smarterrouter.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata", Base.metadata),
    render_as_batch=True,  # SQLite alters a table only by copying it
    user_module_prefix="columns.",
)
with context.begin_transaction():
    context.run_migrations()
