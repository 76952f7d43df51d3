"""Whether SQLite can read a library's database, and whether its schema is the one that our migrations make."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial

from indexer.store.database import Database
from indexer.store.migrations import migrate
from indexer.store.store import Store
from search.checking.findings import Problem, Problems

MOST_LINES = 20
Schema = dict[tuple[str, str], str]  # (kind, name) -> SQL


def schema_problems(store: Store) -> Problems:
    """Yield what differs from our schema. What could run by itself is removed, what is missing is made again."""
    ours, found = _our_schema(), _schema_of(store.db)
    for (kind, name), sql in ours.items():
        theirs = found.get((kind, name))
        if theirs == sql:
            continue
        state = "is missing" if theirs is None else "is not as clipsearch made it"
        if kind == "table":
            yield Problem("database", f"The table {name} {state}.")
        else:
            drop = "" if theirs is None else f"DROP {kind} {_quoted(name)}"
            yield Problem("database", f"The {kind} {name} {state}.", "It was made again.", _runs(store, drop, sql))
    for kind, name in found.keys() - ours.keys():
        what = f"The {kind} {name} is not clipsearch's."
        if kind == "trigger":
            yield Problem("database", what, "It was removed.", _runs(store, f"DROP TRIGGER {_quoted(name)}"))
        else:
            yield Problem("database", what, is_note=True)


def integrity_problems(store: Store) -> Problems:
    """Yield what SQLite finds wrong with its own pages, indexes and references."""
    lines = [str(row[0]) for row in store.db.execute(f"PRAGMA integrity_check({MOST_LINES})")]
    if lines != ["ok"]:
        indexes = [line for line in lines if "index" in line and "Page" not in line and "page" not in line]
        for line in lines:
            if line not in indexes:
                yield Problem("database", f"SQLite says: {line}.")
        if indexes:
            yield Problem(
                "database", f"SQLite says: {indexes[0]}.", "Its indexes were made again.", _runs(store, "REINDEX")
            )
    orphans: dict[str, list[int | None]] = {}
    for table, rowid, *_ in store.db.execute("PRAGMA foreign_key_check"):
        orphans.setdefault(table, []).append(rowid)
    for table, rowids in orphans.items():
        what = f"{len(rowids)} rows of the table {table} belong to nothing."
        yield Problem("database", what, "Dropped.", partial(_drop, store, table, rowids))
    yield from _sequence_problems(store)


def _sequence_problems(store: Store) -> Problems:
    """Yield a counter of ids that would soon give none, or ids that are taken."""
    for table in ("images", "roots", "models", "label_sets"):
        row = store.db.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", [table]).fetchone()
        greatest = store.db.execute(f"SELECT ifnull(max(id), 0) FROM {table}").fetchone()[0]
        if row is not None and (type(row[0]) is not int or not greatest <= row[0] < 2**31):
            set_it = f"UPDATE sqlite_sequence SET seq = (SELECT ifnull(max(id), 0) FROM {table}) WHERE name = '{table}'"
            yield Problem(
                "database", f"The counter of ids of {table} is damaged.", "It was set right.", _runs(store, set_it)
            )


def _runs(store: Store, *statements: str) -> Callable[[], None]:
    def run() -> None:
        with store.writing():
            for statement in filter(None, statements):
                store.db.execute(statement)

    return run


def _drop(store: Store, table: str, rowids: list[int | None]) -> None:
    """Drop rows that refer to what is not there; of tables without rowids by the references themselves."""
    with store.writing():
        if None in rowids:
            for column, other in (("image", "images"), ("label_set", "label_sets")):
                store.db.execute(f"DELETE FROM {table} WHERE {column} NOT IN (SELECT id FROM {other})")
        else:
            store.db.conn.executemany(f"DELETE FROM {table} WHERE rowid = ?", [(rowid,) for rowid in rowids])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _our_schema() -> Schema:
    with closing(Database(":memory:")) as fresh:
        migrate(fresh)
        return _schema_of(fresh)


def _schema_of(db: Database) -> Schema:
    """Return the schema without what SQLite makes for itself."""
    rows = db.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    return {(kind, name): " ".join(sql.split()) for kind, name, sql in rows}
