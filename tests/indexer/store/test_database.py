"""Tests of indexer.store.database: transactions, and statements with more values than SQLite takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.store.database import VALUES_PER_STATEMENT, Database


@pytest.fixture
def db(tmp_path: Path) -> Database:
    """A database with one table of numbers."""
    made = Database(tmp_path / "numbers.db", wait=0.05)
    made.execute("CREATE TABLE numbers (id INTEGER PRIMARY KEY, kind TEXT)")
    return made


def numbers(db: Database) -> list[int]:
    return [row[0] for row in db.execute("SELECT id FROM numbers ORDER BY id")]


@pytest.mark.parametrize("count", [0, 1, VALUES_PER_STATEMENT, 2 * VALUES_PER_STATEMENT + 1])
def test_rows_are_found_for_however_many_values(db: Database, count: int) -> None:
    db.conn.executemany("INSERT INTO numbers VALUES (?, 'mine')", [(number,) for number in range(count + 5)])
    db.execute("UPDATE numbers SET kind = 'other' WHERE id = 0")
    select = "SELECT id FROM numbers WHERE kind = ? AND id IN ({marks})"
    assert [row[0] for row in db.rows_in(select, iter(range(count)), "mine")] == list(range(1, count))


def test_a_transaction_is_undone_whole_and_a_part_of_it_alone(db: Database) -> None:
    with db.writing():
        db.execute("INSERT INTO numbers VALUES (1, '')")
        with pytest.raises(ValueError, match="part"), db.writing():
            db.execute("INSERT INTO numbers VALUES (2, '')")
            raise ValueError("part")
    assert numbers(db) == [1]
    with pytest.raises(ValueError, match="whole"), db.writing():
        with db.writing():
            db.execute("INSERT INTO numbers VALUES (3, '')")
        raise ValueError("whole")
    assert numbers(db) == [1] and not db.conn.in_transaction


def test_a_writer_waits_as_long_as_it_is_told(db: Database, tmp_path: Path) -> None:
    other = Database(tmp_path / "numbers.db", wait=7.0)
    with other.waiting(0.01):
        assert other.execute("PRAGMA busy_timeout").fetchone()[0] == 10
        with db.writing(), pytest.raises(Exception, match="locked"), other.writing():
            pass
    assert other.execute("PRAGMA busy_timeout").fetchone()[0] == 7000
    other.close()


def test_what_replace_removes_runs_the_triggers(db: Database) -> None:
    db.execute("CREATE TABLE removed (id INTEGER)")
    db.execute("CREATE TRIGGER t AFTER DELETE ON numbers BEGIN INSERT INTO removed VALUES (OLD.id); END")
    db.execute("INSERT INTO numbers VALUES (1, 'a')")
    db.execute("INSERT OR REPLACE INTO numbers VALUES (1, 'b')")
    assert db.execute("SELECT id FROM removed").fetchall() == [(1,)]
