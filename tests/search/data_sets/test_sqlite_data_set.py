"""Tests of search.data_sets.sqlite_data_set: rows become pictures of a local library, as an index run has them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from indexer.arrays import FloatArray
from indexer.data_sets.columns import EMBEDDING
from indexer.data_sets.description import Description
from indexer.errors import FolderError, InvalidRequest, LibraryBusy, LibraryError
from indexer.files.content import digest_of
from indexer.store.lock import only_writer
from indexer.store.models import remember_model
from indexer.store.roots import roots
from indexer.store.store import Store
from search.data_sets.sqlite_data_set import SqliteDataSet
from search.filters.filters import make_filters
from search.library.library import Library
from tests.conftest import MakePicture, run
from tests.data_sets import rows_of, unit
from tests.fakes import ColourEncoder


@pytest.fixture
def data_set(store: Store, encoder: ColourEncoder, photos: Path) -> SqliteDataSet:
    """A library without roots, to which one may be added."""
    remember_model(store, encoder)
    return SqliteDataSet(Library(store), photos)


def imported(data_set: SqliteDataSet, *paths: Path | str, **columns: Any) -> FloatArray:
    """Commit rows of some paths with embeddings that no encoder gives, and return these."""
    description = Description.of(data_set.library.model)
    vectors = unit(len(paths), description.dim, seed=3)
    data_set.commit([rows_of([str(path) for path in paths], vectors, description, **columns)])
    return np.asarray(vectors.astype(np.float16), dtype=np.float32)


def stored(data_set: SqliteDataSet) -> dict[str, FloatArray]:
    """Return the embeddings by the names of files."""
    found = {}
    for batch in data_set.scan(["address", EMBEDDING]):
        for row in batch.to_pylist():
            found[Path(row["address"]).name] = np.asarray(row[EMBEDDING], dtype=np.float32)
    return found


def test_an_index_run_keeps_what_was_imported_for_files_that_have_not_changed(
    data_set: SqliteDataSet, store: Store, encoder: ColourEncoder, photos: Path, picture: MakePicture
) -> None:
    paths = [picture(f"{name}.png", colour) for name, colour in (("a", "red"), ("b", "blue"), ("c", "lime"))]
    vectors = imported(data_set, *paths, photos / "gone.png")
    picture("b.png", "white", (20, 20))
    paths[2].unlink()
    picture("new.png", "black")
    summary, _ = run(store, photos, encoder)
    assert (summary.encoded, summary.forgotten) == (2, 2)
    now = stored(data_set)
    assert now.keys() == {"a.png", "b.png", "new.png"}
    assert np.array_equal(now["a.png"], vectors[0])
    assert not np.allclose(now["b.png"], vectors[1])
    assert run(store, photos, encoder)[0].encoded == 0


def test_an_embedding_of_other_bytes_is_not_taken_for_that_of_the_file(
    data_set: SqliteDataSet, store: Store, encoder: ColourEncoder, photos: Path, picture: MakePicture
) -> None:
    same, other = picture("same.png", "red"), picture("other.png", "blue")
    digests = [digest_of([same.read_bytes()]), b"x" * 16]
    vectors = imported(data_set, same, other, content_hash=digests, size=[1, 2])
    assert store.db.execute("SELECT content_hash FROM images ORDER BY id").fetchall() == [(one,) for one in digests]
    assert run(store, photos, encoder)[0].encoded == 1
    now = stored(data_set)
    assert np.array_equal(now["same.png"], vectors[0]) and not np.allclose(now["other.png"], vectors[1])


def test_a_file_that_turns_up_later_is_encoded(
    data_set: SqliteDataSet, store: Store, encoder: ColourEncoder, photos: Path, picture: MakePicture
) -> None:
    picture("there.png", "red")
    vectors = imported(data_set, photos / "later.png")
    picture("later.png", "blue")
    assert run(store, photos, encoder)[0].encoded == 2
    assert not np.allclose(stored(data_set)["later.png"], vectors[0])


def test_paths_belong_to_the_roots_around_them(
    data_set: SqliteDataSet, store: Store, encoder: ColourEncoder, photos: Path, picture: MakePicture, tmp_path: Path
) -> None:
    picture("a.png", "red")
    run(store, photos, encoder)
    (tmp_path / "scans").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "scans")
    before = [root.path for root in roots(store)]
    imported(SqliteDataSet(data_set.library), photos / "sub" / ".." / "b.png")
    assert [root.path for root in roots(store)] == before
    with pytest.raises(FolderError, match=r"scans/c.png is below no root .* name a folder that holds it; nothing was"):
        imported(SqliteDataSet(data_set.library), photos / "x.png", tmp_path / "scans" / "c.png")
    linked = SqliteDataSet(data_set.library, tmp_path / "link")
    with pytest.raises(FolderError, match=r"below no root .* name another folder that holds it"):
        imported(linked, "/elsewhere/d.png")
    assert [root.path for root in roots(store)] == before and data_set.count() == 2
    imported(linked, tmp_path / "link" / "c.png", tmp_path / "scans" / "d.png")
    assert [root.path for root in roots(store)] == [*before, tmp_path / "scans"]
    assert data_set.count(make_filters(folder=tmp_path / "scans")) == 2
    with pytest.raises(FolderError, match="nowhere"):
        imported(SqliteDataSet(data_set.library, tmp_path / "nowhere"), "/elsewhere/d.png")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("s3://bucket/a.jpg?X-Amz-Signature=secret", r"s3://bucket/a.jpg is a URL, .* with --store lance"),
        ("tar://a.jpg::/data/0.tar", "is a URL"),
        ("a/b.jpg", "a/b.jpg is no absolute path"),
        ("", "is no absolute path"),
    ],
)
def test_addresses_that_name_no_file_of_this_machine_are_refused(
    data_set: SqliteDataSet, photos: Path, address: str, says: str
) -> None:
    with pytest.raises(InvalidRequest, match=f"{says}.*nothing was committed") as raised:
        imported(data_set, photos / "good.jpg", address)
    assert "secret" not in str(raised.value)
    assert data_set.count() == 0 and not roots(data_set.library.store)


def test_names_that_are_no_utf8_and_odd_facts(data_set: SqliteDataSet, photos: Path) -> None:
    odd = os.fsencode(photos) + b"/\xff.jpg"
    try:
        Path(os.fsdecode(odd)).write_bytes(b"a picture")
    except OSError:
        pytest.skip("this file system takes only names that are UTF-8")
    facts = {"latitude": [500.0], "longitude": [float("nan")], "orientation": [77], "taken_at": ["yesterday"]}
    imported(data_set, str(photos / "\x1adcff.jpg"), **facts, perceptual_hash=[b"short"])
    (row,) = (row for batch in data_set.scan() for row in batch.to_pylist())
    assert row["address"] == str(photos / "\x1adcff.jpg")
    assert (row["size"], row["content_hash"]) == (9, digest_of([b"a picture"]))
    assert [row[name] for name in (*facts, "perceptual_hash")] == [None] * 5
    data_set.delete(make_filters(named="xff"))
    assert data_set.count() == 0


def test_values_that_make_no_sense_become_null(data_set: SqliteDataSet, store: Store, photos: Path) -> None:
    imported(data_set, photos / "a.jpg", photos / "b.jpg", width=[5, 6])
    store.db.execute("UPDATE images SET width = 'wide', lens = x'ff', latitude = 'north', size = 1e30 WHERE id = 1")
    rows = [row for batch in data_set.scan(["width", "lens", "latitude", "size"]) for row in batch.to_pylist()]
    assert [(row["width"], row["lens"], row["latitude"], row["size"]) for row in rows] == [
        (None,) * 4,
        (6, None, None, 0),
    ]
    store.db.execute("UPDATE embeddings SET vector = x'00' WHERE image = 2")
    assert stored(data_set).keys() == {"a.jpg"}


def failing(rows: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    yield rows
    raise ValueError("broken off")


def test_a_commit_that_fails_adds_no_root(data_set: SqliteDataSet, photos: Path) -> None:
    description = Description.of(data_set.library.model)
    rows = rows_of([str(photos / f"{number}.jpg") for number in range(600)], unit(600, description.dim), description)
    with pytest.raises(ValueError, match="broken off"):
        data_set.commit(failing(rows))
    assert data_set.count() == 0 and not roots(data_set.library.store)


def test_one_writer_at_a_time(data_set: SqliteDataSet, photos: Path) -> None:
    folder = data_set.library.store.folder
    assert folder is not None
    with Store.open(folder) as other, only_writer(other):
        for change in (lambda: imported(data_set, photos / "a.jpg"), lambda: data_set.delete(make_filters(dated=True))):
            with pytest.raises(LibraryBusy):
                change()
    data_set.library.store.read_only = True
    with pytest.raises(LibraryError, match="can't be written to"):
        imported(data_set, photos / "a.jpg")
    assert data_set.count() == 0
