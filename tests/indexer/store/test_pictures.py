"""Tests of indexer.store.pictures; what a run stores is tested in tests/indexer/indexing."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from indexer.decoding.frame import Frame
from indexer.files.found import FoundFile
from indexer.metadata.metadata import Metadata
from indexer.store.embeddings import MomentVector
from indexer.store.failures import known_failures, remember_failure
from indexer.store.pictures import (
    EncodedFile,
    forget_files,
    ids_at,
    image_at,
    images_at,
    paths_of,
    store_batch,
    times_of,
)
from indexer.store.roots import claim_root
from indexer.store.store import Store
from tests.conftest import count
from tests.embeddings import DIM, stored_model
from tests.label_sets import store_labels

ODD = os.fsdecode(b"sub/caf\xe9.png")


def store_file(store: Store, name: str, times: tuple[int, ...] = (0,), digest: bytes = b"d" * 16) -> None:
    """Store a file in a root, /photos, with a moment for each time."""
    root, _ = claim_root(store, Path("/photos"))
    frame = Frame(FoundFile(name, 5, 6), digest, 1, 1, name[-3:].upper(), Metadata(lens="50mm"))
    moments = tuple(MomentVector(at, np.ones(DIM, np.float32)) for at in times)
    store_batch(store, stored_model(store, digest.decode()), [EncodedFile(root, frame, moments)])


def test_pictures_are_found_by_path_and_by_id(store: Store) -> None:
    store_file(store, "a.png", digest=b"1" * 16)
    store_file(store, ODD, digest=b"2" * 16)
    assert paths_of(store, [2, 1, 99]) == {1: Path("/photos/a.png"), 2: Path("/photos") / ODD}
    assert image_at(store, Path("/photos") / ODD) == (2, FoundFile(ODD, 5, 6))
    assert image_at(store, Path("/photos")) is image_at(store, Path("/a.png")) is None
    assert images_at(store, Path("/photos/b.png")) == []
    assert store.db.execute("SELECT lens FROM images").fetchall() == [("50mm",), ("50mm",)]


def test_a_video_has_a_row_for_each_moment(store: Store) -> None:
    store_file(store, "a.mp4", (4000, 0, 9500))
    assert images_at(store, Path("/photos/a.mp4")) == ids_at(store, 1, "a.mp4") == [2, 1, 3], "by time"
    assert image_at(store, Path("/photos/a.mp4")) == (2, FoundFile("a.mp4", 5, 6)), "the first moment"
    assert times_of(store, [1, 2, 3]) == {1: 4.0, 2: 0.0, 3: 9.5}
    store_file(store, "a.png", digest=b"s" * 16)
    assert times_of(store, [4]) == {}, "a still has no time"
    root, _ = claim_root(store, Path("/photos"))
    assert (forget_files(store, root, ["a.mp4", "unknown"]), forget_files(store, root, [])) == (3, 0)
    assert count(store, "images") == count(store, "embeddings") == 1


def test_other_bytes_drop_labels_and_moments_but_not_the_id(store: Store) -> None:
    store_file(store, "a.mp4", (0, 1000))
    store_labels(store, ["x"], [(1, "x", 1.0), (2, "x", 1.0)])
    remember_failure(store, claim_root(store, Path("/photos"))[0], FoundFile("a.mp4", 7, 8), "cut")
    store_file(store, "a.mp4", (0, 2000), b"e" * 16)
    assert ids_at(store, 1, "a.mp4") == [1, 3]
    assert (count(store, "labels"), count(store, "embeddings"), known_failures(store)) == (0, 2, [])
