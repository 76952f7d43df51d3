"""A library's schema as all steps leave it, made at once: thousands of tests make one, and the steps take long.

The steps themselves are tested in tests/indexer/store/test_migrations.py, which takes them from where they are.
"""

from __future__ import annotations

import functools

from indexer.store.database import Database
from indexer.store.migrations import applied, migrate, step_names


def migrate_at_once(db: Database) -> None:
    """Do what `migrate` does; a new library gets what the steps come to, in one transaction as well."""
    is_new = False
    if step_names() == _steps() and not applied(db):
        with db.writing():
            is_new = not applied(db)  # still, now that no other process can write
            if is_new:
                for statement in _statements():
                    db.execute(statement)
    if not is_new:
        migrate(db)


@functools.cache
def _steps() -> frozenset[str]:
    """Return the names of the steps as they were when the first library was made."""
    return frozenset(step_names())


@functools.cache
def _statements() -> tuple[str, ...]:
    """Return the statements that make an empty library."""
    db = Database(":memory:")
    migrate(db)
    made = [statement for statement in db.conn.iterdump() if not statement.startswith(_NOT_TAKEN)]
    db.close()
    return (*made, "INSERT INTO changes (pictures, labels) VALUES (random(), random())")


_NOT_TAKEN = (
    "BEGIN TRANSACTION",
    "COMMIT",
    'DELETE FROM "sqlite_sequence"',
    'INSERT INTO "sqlite_sequence"',
    'INSERT INTO "changes"',  # random numbers, of each library its own
)
