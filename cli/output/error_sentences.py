"""What went wrong: one sentence that says what to do, and the exit codes that click does not have."""

from __future__ import annotations

import errno

from indexer.errors import ClipsearchError
from indexer.paths import FOLDER_GONE, readable

# What SQLite says of a database that is damaged, besides what its pages may make of a schema
DAMAGED = (
    "malformed",
    "not a database",
    "corrupt",
    "no such column",
    "no such table",
    "has no column",
    "decode to UTF-8",
)
SOME_FAILED = 3  # all is done but some files can't be indexed


def sentence(error: Exception) -> str:
    """Say what is wrong and what to do."""
    import sqlite3

    if isinstance(error, ClipsearchError):
        from indexer.installation import advised

        return advised(str(error))
    full = isinstance(error, OSError) and error.errno == errno.ENOSPC
    if full or (isinstance(error, sqlite3.OperationalError) and "full" in str(error)):
        return "The disk is full; what was stored is safe. Free some space and run the same command again."
    if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
        return "Another clipsearch is writing to this library; wait until it has finished and try again."
    if isinstance(error, sqlite3.OperationalError) and "readonly" in str(error):
        return "The library can't be written to; check the permissions of its folder, or give another --library."
    if isinstance(error, sqlite3.IntegrityError):
        return "Another clipsearch has changed the library meanwhile; run the same command again."
    if isinstance(error, sqlite3.DatabaseError) and any(words in str(error) for words in DAMAGED):
        return f"The library's database is damaged ({error}); clipsearch check says what can be saved."
    if isinstance(error, FileNotFoundError) and error.filename is None:  # of a path below the current folder
        return FOLDER_GONE
    if isinstance(error, PermissionError):
        return f"There is no permission to use {readable(str(error.filename))}; check it, or give another --library."
    return f"{type(error).__name__}: {error} (set CLIPSEARCH_DEBUG=1 to see where, and please report it)"
