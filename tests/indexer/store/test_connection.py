"""Tests of indexer.store.connection: settings, and databases that are damaged, foreign, newer or read-only."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import struct
from pathlib import Path

import numpy as np
import pytest
from sqlite_utils import Database

import indexer.store.migrations
from indexer.errors import LibraryDamaged, LibraryError, LibraryTooNew
from indexer.store import connection
from indexer.store.connection import PAGE_BYTES
from indexer.store.labels import label_sets
from indexer.store.models import active_model, remember_model, temperature_of
from indexer.store.roots import claim_root
from indexer.store.store import DATABASE_NAME, Store
from indexer.store.texts import cache_texts, cached_texts
from search.duplicates.ranking import ranked_files
from search.library.info import library_info
from tests.fakes import ColourEncoder


def test_a_new_library_is_wal_with_foreign_keys_and_migrated(store: Store) -> None:
    assert store.db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert store.db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    tables = {row[0] for row in store.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"roots", "images", "embeddings", "models", "texts", "labels"} <= tables


def test_no_database(tmp_path: Path) -> None:
    (tmp_path / DATABASE_NAME).write_text("this is no database, but long enough to look at" * 100)
    with pytest.raises(LibraryDamaged, match="move it away"):
        Store.open(tmp_path)


def test_someone_elses_database_is_left_alone(tmp_path: Path) -> None:
    with contextlib.closing(Database(tmp_path / DATABASE_NAME)) as theirs:
        theirs["dogs"].insert({"name": "Cleo"})
    with pytest.raises(LibraryDamaged, match="not clipsearch's"):
        Store.open(tmp_path)
    with contextlib.closing(Database(tmp_path / DATABASE_NAME)) as theirs:
        assert theirs.table_names() == ["dogs"]


@pytest.mark.parametrize("was_wal", [True, False])
def test_a_journal_that_names_another_file_does_not_delete_it(tmp_path: Path, was_wal: bool) -> None:
    """SQLite takes it for the journal of a transaction over several databases, and removes that when all is done."""
    photo, library = tmp_path / "photo.jpg", tmp_path / "library"
    photo.write_bytes(b"the only one")
    Store.create(library).close()
    database = library / DATABASE_NAME
    with contextlib.closing(sqlite3.connect(database)) as db:
        if not was_wal:
            db.execute("PRAGMA journal_mode = DELETE")
        page = db.execute("PRAGMA page_size").fetchone()[0]
    mark, name = bytes.fromhex("d9d505f920a163d7"), os.fsencode(photo)
    header = mark + struct.pack(">5I", 0, 0, database.stat().st_size // page, 512, page)
    end = struct.pack(">I", 2**30 // page + 1) + name + struct.pack(">2I", len(name), sum(name)) + mark
    planted = library / f"{DATABASE_NAME}-journal"
    planted.write_bytes(header.ljust(512, b"\0") + end)
    for opening in (Store.open, Store.create):
        with pytest.raises(LibraryDamaged, match="names another file"):
            opening(library)
    assert photo.exists()
    copy = tmp_path / "copy"
    shutil.copytree(library, copy)
    with contextlib.closing(sqlite3.connect(copy / DATABASE_NAME)) as db:
        db.execute("SELECT 1 FROM sqlite_master").fetchone()
    assert not photo.exists(), "SQLite itself does it"


def test_a_journal_that_a_crash_left_is_rolled_back(tmp_path: Path) -> None:
    """As of the first opening, before the database is in WAL mode."""
    (tmp_path / f"{DATABASE_NAME}-journal").write_bytes(b"")
    with Store.create(tmp_path) as store:
        assert store.db.execute("PRAGMA page_size").fetchone()[0] == PAGE_BYTES


@pytest.mark.parametrize("name", [DATABASE_NAME, *(f"{DATABASE_NAME}-{end}" for end in ("journal", "wal", "shm"))])
@pytest.mark.parametrize("kind", ["link", "pipe", "link to nothing"])
def test_links_and_pipes_in_the_place_of_the_database(tmp_path: Path, name: str, kind: str) -> None:
    """A pipe was waited for without end, and the target of a link was written to."""
    library, mine = tmp_path / "library", tmp_path / "mine.db"
    Store.create(library).close()
    with contextlib.closing(sqlite3.connect(mine)) as db:
        db.execute("CREATE TABLE dogs (name)")
    before = mine.read_bytes()
    (library / name).unlink(missing_ok=True)
    make = {
        "link": lambda: (library / name).symlink_to(mine),
        "pipe": lambda: os.mkfifo(library / name),
        "link to nothing": lambda: (library / name).symlink_to(tmp_path / "nowhere"),
    }
    make[kind]()
    with pytest.raises(LibraryError, match=r"is a link or no file|There is no library"):
        Store.open(library)
    assert mine.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["mine.db"]


def test_someone_elses_database_is_not_even_put_into_another_mode(tmp_path: Path) -> None:
    """It was in WAL mode afterwards, which read-only media and older programs can't read."""
    with contextlib.closing(sqlite3.connect(tmp_path / DATABASE_NAME)) as db:
        db.execute("CREATE TABLE dogs (name)")
    before = (tmp_path / DATABASE_NAME).read_bytes()
    with pytest.raises(LibraryDamaged, match="not clipsearch's"):
        Store.open(tmp_path)
    assert (tmp_path / DATABASE_NAME).read_bytes() == before


TRIGGERS = {
    "load_extension": "SELECT load_extension('{path}')",
    "fts3_tokenizer": "SELECT fts3_tokenizer('simple', x'0000000000000000')",
    "writefile": "SELECT writefile('{path}', 'x')",
    "edit": "SELECT edit('x', 'touch {path}')",
}


@pytest.mark.parametrize("kind", list(TRIGGERS))
def test_a_trigger_of_someone_elses_reaches_nothing_outside(tmp_path: Path, kind: str) -> None:
    """Held before too, by what SQLite in Python leaves out."""
    made = tmp_path / "made"
    with Store.create(tmp_path / "library") as store:
        action = TRIGGERS[kind].format(path=made)
        store.db.execute(f"CREATE TRIGGER theirs AFTER INSERT ON roots BEGIN {action}; END")
        with contextlib.suppress(sqlite3.Error):
            claim_root(store, tmp_path)
        with contextlib.suppress(sqlite3.Error):
            store.db.execute(TRIGGERS[kind].format(path=made)).fetchall()
    assert not made.exists()


def test_newer_library(store: Store) -> None:
    assert store.folder
    store.db.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('clipsearch', 'm999_future')")
    with pytest.raises(LibraryTooNew, match="pip install --upgrade"):
        Store.open(store.folder)


def test_a_library_that_cannot_be_written_is_read(
    store: Store, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = remember_model(store, encoder)
    folder = store.folder
    assert folder
    store.close()

    def refuse(*_: object) -> None:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("indexer.store.connection._prepare", refuse)
    with Store.open(folder) as opened:
        assert opened.read_only and active_model(opened) == model
        cache_texts(opened, model, {"red": np.zeros(3, np.float32)})
        assert cached_texts(opened, model, ["red"]) == {}
    with pytest.raises(LibraryError, match="permissions"):
        Store.create(folder)


def test_an_older_library_that_cannot_be_written_is_read(
    tmp_path: Path, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        steps = [step for step in indexer.store.migrations._steps.items() if step[0] < "m008"]
        patch.setattr(indexer.store.migrations, "_steps", dict(steps))
        with Store.create(tmp_path) as older, older.writing():
            columns = "name, fingerprint, dim, logit_scale, added_at, active"
            facts = [encoder.name, encoder.fingerprint, encoder.dim, encoder.logit_scale, "2024-01-01", 1]
            older.db.execute(f"INSERT INTO models ({columns}) VALUES (?, ?, ?, ?, ?, ?)", facts)
    before = (tmp_path / DATABASE_NAME).read_bytes()

    def refuse(*_: object) -> None:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("indexer.store.connection._prepare", refuse)
    with Store.open(tmp_path) as opened:
        model = active_model(opened)
        assert opened.read_only and model is not None and model.fingerprint == encoder.fingerprint
        assert library_info(opened).index == "exact"
        assert cached_texts(opened, model, ["red"], exact=True) == {}
        assert temperature_of(opened, model) == 1.0
        assert (label_sets(opened), list(ranked_files(opened))) == ([], [])
    assert (tmp_path / DATABASE_NAME).read_bytes() == before


def test_many_first_openings_at_once(tmp_path: Path) -> None:
    import threading

    failures: list[BaseException] = []

    def create() -> None:
        try:
            Store.create(tmp_path / "library").close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


ENDLESS = "(WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT count(*) FROM r)"


def triggers(store: Store) -> dict[str, str]:
    return dict(store.db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))


def test_triggers_of_every_version_are_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    steps, made = list(indexer.store.migrations._steps.items()), set()
    for number in range(1, len(steps) + 1):
        monkeypatch.setattr(indexer.store.migrations, "_steps", dict(steps[:number]))
        with Store.in_memory() as store:
            made |= {connection.mark_of(*trigger) for trigger in triggers(store).items()}
    assert made == connection.TRIGGERS


@pytest.mark.parametrize("name", ["mean", 'a "name" of theirs', "index_files_delete"])
def test_a_trigger_of_someone_elses_is_gone_when_the_library_is_opened(
    store: Store, encoder: ColourEncoder, name: str
) -> None:
    """On the code of before a query of such a library never ended."""
    assert store.folder is not None
    model, ours, quoted = remember_model(store, encoder), triggers(store), name.replace('"', '""')
    store.db.execute(f'DROP TRIGGER IF EXISTS "{quoted}"')
    store.db.execute(
        f'CREATE TRIGGER "{quoted}" AFTER INSERT ON texts BEGIN DELETE FROM texts WHERE 0 = {ENDLESS}; END'
    )
    with Store.open(store.folder) as opened:
        assert triggers(opened) == {other: sql for other, sql in ours.items() if other != name}
        cache_texts(opened, model, {"a cup": encoder.encode_texts(["a cup"])[0]})
