"""Opening a library's SQLite file: settings, migrations, and one sentence for whatever is wrong with it."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

from indexer.errors import LibraryDamaged, LibraryError, LibraryTooNew
from indexer.migrations import migrations, step_names
from indexer.paths import readable

WAIT_SECONDS = 30.0  # how long a writer waits for another one
PAGE_BYTES = 8192  # of a new database: seven embeddings of 512 dimensions lie in a page, with little left over


@contextlib.contextmanager
def writing(db: Database) -> Iterator[None]:
    """Make the block one transaction, which waits for its turn to write.

    A plain BEGIN that reads first and then writes fails at once if another process wrote meanwhile.
    """
    if db.conn.in_transaction:
        with db.atomic():
            yield
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.rollback()
        raise
    db.commit()


def connect(path: Path) -> Database:
    """Open and migrate a database file, or say in one sentence why it can't be used."""
    shown = readable(str(path))
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(path, timeout=WAIT_SECONDS)
        return _prepare(connection, shown)
    except BaseException as error:
        if connection is not None:
            connection.close()
        if isinstance(error, sqlite3.OperationalError):
            raise LibraryError(
                f"The library's database {shown} can't be used now ({error}); check the permissions of its folder "
                "and that no other program holds it."
            ) from error
        if isinstance(error, sqlite3.DatabaseError):
            raise LibraryDamaged(
                f"{shown} is damaged or no clipsearch database ({error}); "
                "move it away and run clipsearch index again, or give another --library."
            ) from error
        raise


def connect_read_only(path: Path) -> Database:
    """Open a database in a folder that can't be written to, such as a NAS mounted read-only."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)
    db = Database(connection)
    _refuse_foreign(db, readable(str(path)))
    return db


def _prepare(connection: sqlite3.Connection, shown: str) -> Database:
    """Set up a connection, bring its schema up to date and return it as a database."""
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # only a database that is being made heeds it
    deadline = time.monotonic() + WAIT_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:  # SQLite itself does not wait here
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    connection.execute("PRAGMA synchronous = FULL")  # a committed batch survives a power cut
    db = Database(connection)
    _refuse_foreign(db, shown)
    if migrations.pending(db):
        with writing(db):
            migrations.apply(db)  # which looks again what is pending, now that no other process can write
    return db


def _refuse_foreign(db: Database, shown: str) -> None:
    """Raise if the tables are a newer clipsearch's, or someone else's."""
    applied = {step.name for step in migrations.applied(db)}
    if applied - step_names():
        raise LibraryTooNew(
            f"{shown} was written by a newer clipsearch; upgrade with: pip install --upgrade clipsearch"
        )
    if not applied and set(db.table_names()) - {"_sqlite_migrations"}:
        raise LibraryDamaged(f"{shown} is a database, but not clipsearch's; give another --library.")
