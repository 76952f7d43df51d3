"""Tests of search.faiss_index: exact answers, and rebuilding whatever is wrong with the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import search.faiss_index
from indexer.found import FoundFile
from indexer.metadata import Metadata
from indexer.pictures import EncodedFile, Moment, embeddings, forget_files, store_batch
from indexer.roots import claim_root, roots
from indexer.store import Store, StoredModel
from indexer.worker import Frame
from search.faiss_index import FaissIndex, index_path, open_index
from tests.fakes import ColourEncoder

ROWS = 50


@pytest.fixture
def model(store: Store, encoder: ColourEncoder, photos: Path) -> StoredModel:
    """A model with random embeddings of pictures that need no files."""
    model = store.remember_model(encoder)
    root, _ = claim_root(store, photos)
    rows = np.random.default_rng(0).standard_normal((ROWS, 3)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    frames = [Frame(FoundFile(f"{n}.png", 1, 1), b"%16d" % n, 1, 1, "PNG", Metadata()) for n in range(ROWS)]
    batch = [EncodedFile(root, frame, (Moment(0, row),)) for frame, row in zip(frames, rows, strict=True)]
    store_batch(store, model, batch)
    return model


def stored(store: Store, model: StoredModel) -> tuple[np.ndarray, np.ndarray]:
    blocks = list(embeddings(store, model))
    return np.concatenate([ids for ids, _ in blocks]), np.concatenate([rows for _, rows in blocks])


def test_answers_are_those_of_the_matrix_product(store: Store, model: StoredModel) -> None:
    ids, rows = stored(store, model)
    query = np.array([0.6, 0.8, 0.0], np.float32)
    expected = ids[np.argsort(-(rows @ query))][:7]
    found = open_index(store, model).search(query, 7)
    assert [image for image, _ in found] == list(expected)
    assert np.allclose([score for _, score in found], np.sort(rows @ query)[::-1][:7], atol=1e-6)


def test_more_than_there_are_and_a_selection(store: Store, model: StoredModel) -> None:
    index = open_index(store, model)
    query = np.array([1, 0, 0], np.float32)
    assert len(index.search(query, 10 * ROWS)) == ROWS
    assert {image for image, _ in index.search(query, 10, np.array([3, 5]))} == {3, 5}
    assert index.search(query, 10, np.array([], np.int64)) == []


def test_blocks_and_single_vectors_are_the_stored_ones(store: Store, model: StoredModel) -> None:
    index = open_index(store, model)
    ids, rows = stored(store, model)
    blocks = list(index.blocks(rows=7))
    assert np.array_equal(np.concatenate([some for some, _ in blocks]), ids)
    assert np.allclose(np.concatenate([some for _, some in blocks]), rows)
    assert np.allclose(index.vector(int(ids[4])), rows[4])
    with pytest.raises(KeyError):
        index.vector(10_000)


def test_a_sound_file_is_used(store: Store, model: StoredModel, monkeypatch: pytest.MonkeyPatch) -> None:
    open_index(store, model)
    monkeypatch.setattr(search.faiss_index, "_rebuild", lambda *_: pytest.fail("rebuilt"))
    assert len(open_index(store, model)) == ROWS


def delete(path: Path) -> None:
    path.unlink()


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def replace_by_text(path: Path) -> None:
    path.write_text("no index")


@pytest.mark.parametrize("damage", [delete, truncate, flip_a_bit, replace_by_text])
def test_a_missing_or_damaged_file_is_rebuilt(store: Store, model: StoredModel, damage: Callable[[Path], None]) -> None:
    open_index(store, model)
    path = index_path(store, model)
    assert path
    sound = path.read_bytes()
    damage(path)
    assert len(open_index(store, model)) == ROWS
    assert path.read_bytes() == sound
    assert [file.name for file in path.parent.glob("*.tmp")] == []


def test_a_stale_file_is_rebuilt(store: Store, model: StoredModel) -> None:
    open_index(store, model)
    forget_files(store, roots(store)[0], ["0.png"])
    index = open_index(store, model)
    assert len(index) == ROWS - 1
    assert 1 not in {image for image, _ in index.search(np.array([1, 0, 0], np.float32), ROWS)}


def test_rows_written_by_hand_make_it_stale_too(store: Store, model: StoredModel) -> None:
    open_index(store, model)
    store.db.execute("UPDATE embeddings SET vector = (SELECT vector FROM embeddings WHERE image = 2) WHERE image = 1")
    index = open_index(store, model)
    assert np.array_equal(index.vector(1), index.vector(2))


def test_a_crash_before_the_rename_leaves_the_old_file(
    store: Store, model: StoredModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_index(store, model)
    forget_files(store, roots(store)[0], ["0.png"])

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(search.faiss_index.os, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            open_index(store, model)
    assert len(open_index(store, model)) == ROWS - 1


def test_a_library_that_cannot_be_written_is_still_searched(
    store: Store, model: StoredModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(search.faiss_index.tempfile, "mkstemp", refuse)
    assert isinstance(open_index(store, model), FaissIndex)


def test_in_memory(encoder: ColourEncoder) -> None:
    with Store.in_memory() as memory:
        model = memory.remember_model(encoder)
        index = open_index(memory, model)
        assert (len(index), list(index.blocks()), index.search(np.ones(3, np.float32), 5)) == (0, [], [])
