"""Opening a library's SQLite file: settings, migrations, and one sentence for whatever is wrong with it."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path

from indexer.errors import LibraryDamaged, LibraryError, LibraryTooNew
from indexer.installation import upgrade_command
from indexer.paths import readable
from indexer.store.database import Database
from indexer.store.migrations import STEPS_TABLE, applied, migrate, step_names

WAIT_SECONDS = 30.0  # how long a writer waits for another one
PAGE_BYTES = 8192  # of a new database: seven embeddings of 512 dimensions fill a page, with little left over


def connect(path: Path) -> Database:
    """Open and migrate a database file, or raise a LibraryError that says in one sentence why it can't be used."""
    shown = readable(path)
    db: Database | None = None
    try:
        db = Database(path, wait=WAIT_SECONDS)
        _prepare(db, shown)
        return db
    except BaseException as error:
        if db is not None:
            db.close()
        if isinstance(error, sqlite3.OperationalError):
            raise LibraryError(
                f"The library's database {shown} can't be used now ({error}); check the permissions of its folder, "
                "the room on its disk, and that no other program holds it."
            ) from error
        if isinstance(error, sqlite3.DatabaseError):
            raise LibraryDamaged(
                f"{shown} is damaged or not a clipsearch database ({error}); "
                "move it away and run clipsearch index again, or give another --library."
            ) from error
        raise


def connect_read_only(path: Path) -> Database:
    """Open a database in a folder that can't be written to, such as a NAS mounted read-only."""
    db = Database(f"{path.absolute().as_uri()}?immutable=1", uri=True)
    _refuse_foreign(db, readable(path))
    return db if applied(db) == step_names() else _up_to_date_copy(db)


def _up_to_date_copy(db: Database) -> Database:
    """Return a migrated temporary copy of an older version's database; it is gone when it is closed."""
    copy = Database("")
    with contextlib.closing(db):
        db.conn.backup(copy.conn)
    migrate(copy)
    return copy


def _prepare(db: Database, shown: str) -> None:
    """Set up a database and bring its schema up to date."""
    db.execute("PRAGMA foreign_keys = ON")
    db.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # has an effect on new databases only
    deadline = time.monotonic() + WAIT_SECONDS
    while db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:  # SQLite itself does not wait here
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    db.execute("PRAGMA synchronous = FULL")  # a committed batch survives a power cut
    _refuse_foreign(db, shown)
    if applied(db) != step_names():
        migrate(db)


def _refuse_foreign(db: Database, shown: str) -> None:
    """Raise if the tables are a newer clipsearch's, or someone else's."""
    steps = applied(db)
    if steps - step_names():
        raise LibraryTooNew(f"{shown} was written by a newer clipsearch; upgrade with: {upgrade_command()}")
    if (
        not steps
        and db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name <> ?", [STEPS_TABLE]).fetchone()
    ):
        raise LibraryDamaged(f"{shown} is a database, but not clipsearch's; give another --library.")
