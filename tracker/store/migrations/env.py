"""How Alembic reaches the database: through the engine `tracker.store.migrate` hands over."""

from typing import Literal

from alembic import context

from tracker.store.schema import Base
from tracker.store.schema.base import UTCInstant


def render_item(_kind: str, item: object, _context: object) -> str | Literal[False]:
    """Migrations name plain column types, so that they outlive the classes of today."""
    return "sa.DateTime(timezone=True)" if isinstance(item, UTCInstant) else False


engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=render_item,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
