"""Tests of indexer.store.store, indexer.store.migrations and indexer.paths."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from sqlite_utils import Database

import indexer.store.migrations
from indexer.errors import LibraryDamaged, LibraryError, LibraryMissing, LibraryTooNew
from indexer.paths import from_columns, inside, readable, to_columns
from indexer.store.labels import label_sets
from indexer.store.models import active_model, models, remember_model, switch_to, temperature_of
from indexer.store.store import DATABASE_NAME, Store
from indexer.store.texts import cache_texts, cached_texts, has_texts
from search.duplicates.files import ranked_files
from search.library.info import library_info
from tests.fakes import ColourEncoder


def test_a_new_library_is_wal_with_foreign_keys_and_migrated(store: Store) -> None:
    assert store.db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert store.db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    tables = {row[0] for row in store.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"roots", "images", "embeddings", "models", "texts", "labels"} <= tables


def test_sqlite_utils_alone_can_read_it(store: Store, encoder: ColourEncoder) -> None:
    remember_model(store, encoder)
    assert store.folder
    rows = list(Database(store.folder / DATABASE_NAME)["models"].rows)
    assert rows[0]["name"] == "colour"


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing, match="clipsearch index"):
        Store.open(tmp_path)


def test_no_database(tmp_path: Path) -> None:
    (tmp_path / DATABASE_NAME).write_text("this is no database, but long enough to look at" * 100)
    with pytest.raises(LibraryDamaged, match="move it away"):
        Store.open(tmp_path)


def test_someone_elses_database_is_left_alone(tmp_path: Path) -> None:
    Database(tmp_path / DATABASE_NAME)["dogs"].insert({"name": "Cleo"})
    with pytest.raises(LibraryDamaged, match="not clipsearch's"):
        Store.open(tmp_path)
    assert Database(tmp_path / DATABASE_NAME).table_names() == ["dogs"]


def test_newer_library(store: Store) -> None:
    assert store.folder
    store.db.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('clipsearch', 'm999_future')")
    with pytest.raises(LibraryTooNew, match="pip install --upgrade"):
        Store.open(store.folder)


def test_a_place_where_no_library_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError, match="--library"):
        Store.create(tmp_path / "file" / "library")


def test_first_model_is_active_and_the_next_is_not(store: Store, encoder: ColourEncoder) -> None:
    first = remember_model(store, encoder)
    second = remember_model(store, ColourEncoder("other"))
    assert (first.active, second.active) == (True, False)
    assert remember_model(store, encoder) == first
    switch_to(store, second)
    assert [model.name for model in models(store)] == ["other"]
    assert active_model(store) == remember_model(store, ColourEncoder("other"))


def test_texts_are_cached_per_model(store: Store, encoder: ColourEncoder) -> None:
    first, second = remember_model(store, encoder), remember_model(store, ColourEncoder("other"))
    vector = np.array([0.1, 0.2, 0.3], np.float32)
    cache_texts(store, first, {"a cup": vector})
    assert np.array_equal(cached_texts(store, first, ["a cup", "a car"])["a cup"], vector)
    assert cached_texts(store, second, ["a cup"]) == {}


def test_at_most_one_active_model(store: Store, encoder: ColourEncoder) -> None:
    remember_model(store, encoder)
    remember_model(store, ColourEncoder("other"))
    with pytest.raises(sqlite3.IntegrityError):
        store.db.execute("UPDATE models SET active = 1")


@pytest.mark.parametrize("name", [b"plain.jpg", "Grüße 🍵.jpg".encode(), b"caf\xe9.jpg", b"\xff\xfe\\xff.jpg"])
def test_names_survive_the_round_trip(name: bytes) -> None:
    columns = to_columns(os.fsdecode(name))
    columns[0].encode("utf-8")
    assert os.fsencode(from_columns(*columns)) == name


def test_readable_shows_bytes() -> None:
    assert readable(os.fsdecode(b"caf\xe9")) == "caf\\xe9"
    assert readable("café") == "café"


def test_inside() -> None:
    assert inside("/a/b/c", "/a") == "b/c"
    assert inside("/a", "/a") == ""
    assert inside("/ab", "/a") is None


def test_a_model_whose_checkpoint_moved_gets_its_new_name(store: Store) -> None:
    first = remember_model(store, ColourEncoder("old"))
    moved = ColourEncoder("new")
    moved.fingerprint = first.fingerprint
    assert remember_model(store, moved).name == "new"
    assert len(models(store)) == 1


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


def test_a_busy_library_is_not_waited_for_to_remember_a_text(
    store: Store, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.store.texts.CACHE_SECONDS", 0.05)
    model = remember_model(store, encoder)
    with Store.open(store.folder) as other, other.writing():  # type: ignore[arg-type]
        cache_texts(store, model, {"red": np.zeros(3, np.float32)})
        assert cached_texts(store, model, ["red"]) == {}
    cache_texts(store, model, {"red": np.zeros(3, np.float32)})
    assert list(cached_texts(store, model, ["red"])) == ["red"]
    assert store.db.execute("PRAGMA busy_timeout").fetchone()[0] == 30_000


def test_an_older_library_that_cannot_be_written_is_read(
    tmp_path: Path, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        steps = [step for step in indexer.store.migrations._steps.items() if step[0] < "m008"]
        patch.setattr(indexer.store.migrations, "_steps", dict(steps))
        with Store.create(tmp_path) as older:
            model = remember_model(older, encoder)
    before = (tmp_path / DATABASE_NAME).read_bytes()

    def refuse(*_: object) -> None:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("indexer.store.connection._prepare", refuse)
    with Store.open(tmp_path) as opened:
        assert opened.read_only and active_model(opened) == model
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


def test_whether_texts_are_known_is_counted(store: Store, encoder: ColourEncoder) -> None:
    model = remember_model(store, encoder)
    cache_texts(store, model, {text: np.ones(3, np.float32) for text in ("red", "it's lime")})
    assert has_texts(store, model, ["red", "it's lime"])
    assert not has_texts(store, model, ["red", "blue"])
    assert not has_texts(store, remember_model(store, ColourEncoder("other")), ["red"])
