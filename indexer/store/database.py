"""One SQLite database: statements that are committed as they are made, and transactions that wait for their turn."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

IDS_PER_STATEMENT = 500  # SQLite's oldest limit on parameters is 999


class Database:
    """An open database. Outside of a transaction each statement is one of its own."""

    def __init__(self, place: Path | str, *, uri: bool = False, wait: float = 5.0) -> None:
        """Open a file, or ":memory:"; `wait` is how many seconds a writer waits for another one."""
        self.conn = sqlite3.connect(place, uri=uri, timeout=wait, isolation_level=None)
        self.conn.execute("PRAGMA recursive_triggers = ON")  # what REPLACE removes is told to the triggers too

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Execute one statement."""
        return self.conn.execute(sql, parameters)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Make the block one transaction, which waits for its turn to write; within another, a part of that.

        A plain BEGIN that reads first and then writes fails at once if another process wrote meanwhile.
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
        """Let a writer in the block wait for so long for another one."""
        before = self.conn.execute("PRAGMA busy_timeout").fetchone()[0]
        self.conn.execute(f"PRAGMA busy_timeout = {round(1000 * seconds)}")
        try:
            yield
        finally:
            self.conn.execute(f"PRAGMA busy_timeout = {before}")

    def _part(self) -> Iterator[None]:
        """Undo the block, and no more, if it raises."""
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
