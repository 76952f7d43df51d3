"""One SQLite database: each statement is committed at once, unless a transaction is around it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

VALUES_PER_STATEMENT = 500  # SQLite's oldest limit on parameters is 999


class Database:
    """An open database. Outside a transaction each statement is committed at once."""

    def __init__(self, name: Path | str, *, uri: bool = False, wait: float = 5.0) -> None:
        """Open a file, or ":memory:"; `wait` is how many seconds a writer waits for another one."""
        self.conn = sqlite3.connect(name, uri=uri, timeout=wait, isolation_level=None)
        self.conn.text_factory = _text
        self.conn.execute("PRAGMA trusted_schema = OFF")  # triggers and views of someone else's call no odd functions
        self.conn.execute("PRAGMA recursive_triggers = ON")  # delete triggers also run for rows that REPLACE removes

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Execute one statement."""
        try:
            return self.conn.execute(sql, parameters)
        except UnicodeDecodeError as error:  # of a name that SQLite puts into what it says
            raise sqlite3.DatabaseError("malformed database schema: its names are no text") from error

    def rows_in(self, select: str, values: Iterable[int], *before: Any) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a statement with "IN ({marks})" for however many values, a statement for every few hundred.

        `before` are the parameters that come before the values.
        """
        remaining = iter(values)
        while batch := list(islice(remaining, VALUES_PER_STATEMENT)):
            yield from self.execute(select.format(marks=",".join("?" * len(batch))), [*before, *batch])

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Make the block one transaction, or part of the one around it, and wait until no other process writes.

        A plain BEGIN that reads first and then writes would fail at once if another process wrote in between.
        """
        if self.conn.in_transaction:
            yield from self._part()
            return
        self.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.conn.execute("COMMIT")
        except BaseException:
            if self.conn.in_transaction:  # a full disk may have ended it already
                self.conn.execute("ROLLBACK")
            raise

    @contextlib.contextmanager
    def waiting(self, seconds: float) -> Iterator[None]:
        """In the block, wait at most this long for another writer."""
        before = self.conn.execute("PRAGMA busy_timeout").fetchone()[0]
        self.conn.execute(f"PRAGMA busy_timeout = {round(1000 * seconds)}")
        try:
            yield
        finally:
            self.conn.execute(f"PRAGMA busy_timeout = {before}")

    def _part(self) -> Iterator[None]:
        """Undo this block alone if it raises."""
        self.conn.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            if self.conn.in_transaction:
                self.conn.execute("ROLLBACK TO part")
                self.conn.execute("RELEASE part")
            raise
        self.conn.execute("RELEASE part")

    def close(self) -> None:
        """Close it."""
        self.conn.close()


def _text(stored: bytes) -> str:
    """Return a stored text; where it is not UTF-8, whoever wrote it, that costs some letters and not the query."""
    return stored.decode("utf-8", "replace")
