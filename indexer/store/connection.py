"""Opening a library's SQLite file: settings, migrations, and one sentence for whatever is wrong with it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import stat
import sys
import time
from pathlib import Path

from indexer.errors import LibraryDamaged, LibraryError, LibraryTooNew
from indexer.files.plain import reading_plain
from indexer.installation import upgrade_command
from indexer.paths import readable
from indexer.store.database import Database
from indexer.store.migrations import STEPS_TABLE, applied, migrate, step_names

WAIT_SECONDS = 30.0  # how long a writer waits for another one
_SUPER_JOURNAL = bytes.fromhex("d9d505f920a163d7")  # SQLite's mark after a super-journal's name
TABLES = (
    "roots",
    "images",
    "models",
    "embeddings",
    "texts",
    "labels",
    "label_sets",
    "correction_acts",
    "corrections",
    "failures",
    "index_files",
    "spreads",
    "changes",
)
TRIGGERS = {  # marks of those that the steps of our migrations make
    "2554a9ee81d7a7bc",  # embeddings_delete, of an earlier version
    "8721faea5479dd30",  # embeddings_delete
    "6ff7138461420392",  # embeddings_insert, of an earlier version
    "ff32649148212d99",  # embeddings_insert
    "2656bddad2787d0e",  # embeddings_update, of an earlier version
    "1bdb3bf1b330005e",  # embeddings_update
    "1ddd1f9abf0f21ff",  # failures_delete
    "94c5322120f6c9c7",  # failures_insert
    "855e4c2f725905b0",  # failures_update, of an earlier version
    "bf9c12a1439276aa",  # failures_update
    "0bf70278b3670e24",  # images_delete
    "e5399f0d37995a3f",  # images_insert
    "6bcb79814b8cd2f8",  # images_update, of an earlier version
    "a38fcd62067328a5",  # images_update
    "685e45a3e6658f24",  # index_files_delete
    "f78efe8789af9440",  # images_changed_insert
    "47da6289a1cd906b",  # images_changed_update
    "7e55656e8c23e3e5",  # images_changed_delete
    "a3d0ae6bb3401ac3",  # labels_changed_insert
    "a540bddc14c6d994",  # labels_changed_update
    "8624e62169861fde",  # labels_changed_delete
}
PAGE_BYTES = 8192  # of a new database: seven embeddings of 512 dimensions fill a page, with little left over


def connect(path: Path) -> Database:
    """Open and migrate a database file, or raise a LibraryError that says in one sentence why it can't be used."""
    shown = readable(path)
    _refuse_planted(path)
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
        if isinstance(error, sqlite3.DatabaseError | ValueError | TypeError):  # of a migration that finds odd values
            raise LibraryDamaged(
                f"{shown} is damaged or not a clipsearch database ({error}); "
                "move it away and run clipsearch index again, or give another --library."
            ) from error
        raise


def connect_read_only(path: Path) -> Database:
    """Open a database in a folder that can't be written to, such as a NAS mounted read-only."""
    _refuse_planted(path)
    db = Database(f"{path.absolute().as_uri()}?immutable=1", uri=True)
    _refuse_foreign(db, readable(path))
    return db if applied(db) == step_names() else _up_to_date_copy(db)


def connect_to_glance(path: Path, seconds: float) -> Database:
    """Open a database to look at it for so many seconds; it is not migrated, and nothing is written beside it either.

    What an index run is writing is seen where its log lies ready, else left out. Raises sqlite3.Error or LibraryError.
    """
    _refuse_planted(path)
    has_log = all(path.with_name(path.name + end).exists() for end in ("-wal", "-shm"))
    db = Database(f"{path.absolute().as_uri()}?{'mode=ro' if has_log else 'immutable=1'}", uri=True, wait=seconds)
    try:
        until = time.monotonic() + seconds
        db.conn.set_progress_handler(lambda: time.monotonic() > until, 1_000)
        db.execute("PRAGMA query_only = ON")
        _refuse_foreign(db, readable(path))
    except BaseException:
        db.close()
        raise
    return db


def _up_to_date_copy(db: Database) -> Database:
    """Return a migrated temporary copy of an older version's database; it is gone when it is closed."""
    copy = Database("")
    with contextlib.closing(db):
        db.conn.backup(copy.conn)
    _drop_foreign_triggers(copy)
    migrate(copy)
    return copy


def _prepare(db: Database, shown: str) -> None:
    """Set up a database and bring its schema up to date."""
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA cell_size_check = ON")  # a page of someone else's may be anything
    if sys.version_info >= (3, 12):
        db.conn.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)  # nor may SQL change the schema by hand
    _refuse_foreign(db, shown)  # before anything in it is changed
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
    _drop_foreign_triggers(db)  # before anything sets one off
    if applied(db) != step_names():
        migrate(db)


def _refuse_planted(path: Path) -> None:
    """Raise LibraryDamaged if SQLite would be led to a file elsewhere, before it looks at anything.

    It follows a link, and it deletes the file that a rollback journal names as its "super-journal": a name at the
    journal's end, which our journals never have.
    """
    journal = path.with_name(f"{path.name}-journal")
    for file in (path, journal, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        with contextlib.suppress(OSError):  # it is not there, or whoever opens it says why not
            if not stat.S_ISREG(file.lstat().st_mode):
                raise LibraryDamaged(
                    f"{readable(file)} is a link or no file, so the library was not opened; move it away, or give the"
                    " library's own folder with --library."
                )
    if _names_another(journal):
        raise LibraryDamaged(
            f"{readable(journal)} names another file, which opening the library would delete, so it was not opened;"
            " whoever made this library may mean harm, else move that file away."
        )


def _names_another(journal: Path) -> bool:
    """Return whether a rollback journal ends with the name of another file: then its last bytes are these."""
    with contextlib.suppress(OSError), reading_plain(journal) as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - len(_SUPER_JOURNAL)))
        return file.read() == _SUPER_JOURNAL
    return False


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
    view = db.execute(f"SELECT name FROM sqlite_master WHERE type = 'view' AND name IN {TABLES}").fetchone()
    if view is not None:
        raise LibraryDamaged(
            f"{shown} has a view in place of the table {view[0]}, so it was not opened; it may mean harm."
        )


def _drop_foreign_triggers(db: Database) -> None:
    """Drop each trigger that is not as our migrations make it: it runs by itself, for ever if its author likes."""
    rows = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    foreign = [str(name) for name, sql in rows if mark_of(name, sql) not in TRIGGERS]
    if foreign:
        with db.writing():
            for name in foreign:
                quoted = name.replace('"', '""')
                db.execute(f'DROP TRIGGER IF EXISTS "{quoted}"')


def mark_of(name: object, sql: object) -> str:
    """Return what a trigger is known by, however it is laid out."""
    return hashlib.sha256(" ".join(f"{name} {sql}".split()).encode("utf-8", "replace")).hexdigest()[:16]
