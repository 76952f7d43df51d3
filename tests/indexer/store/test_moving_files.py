"""Tests of indexer.store.moving_files; what is recognised as moved is tested in tests/indexer/indexing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from indexer.metadata.metadata import Metadata
from indexer.store.moving_files import SameBytes, complete_metadata, follow
from indexer.store.pictures import METADATA_COLUMNS, KnownPath, paths_of
from indexer.store.store import Store
from tests.conftest import count
from tests.embeddings import clustered, fill, stored_model
from tests.label_sets import store_labels


@pytest.fixture
def vectors(store: Store) -> np.ndarray:
    """Embeddings of 0.png, 1.png and 2.png, each with a label of its own."""
    rows = clustered(3, 1)
    ids = fill(store, stored_model(store), rows)
    store_labels(store, ["a"], [(image, f"{image}", 1.0) for image in ids])
    return rows


def names(store: Store) -> dict[int, str]:
    ids = [row[0] for row in store.db.execute("SELECT id FROM images")]
    return {image: path.relative_to("/made-up").as_posix() for image, path in paths_of(store, ids).items()}


def at(name: str) -> KnownPath:
    return 1, name


@pytest.mark.usefixtures("vectors")
def test_files_that_change_places_keep_their_rows(store: Store) -> None:
    moves = {at("1.png"): at("0.png"), at("2.png"): at("1.png"), at("0.png"): at("2.png")}
    follow(store, SameBytes([], moves, {}), dict.fromkeys(moves, (7, 8)))
    assert names(store) == {1: "1.png", 2: "2.png", 3: "0.png"}
    assert set(store.db.execute("SELECT mtime_ns, ctime_ns FROM images")) == {(7, 8)}
    assert store.db.execute("SELECT image, class FROM labels").fetchall() == [(1, "1"), (2, "2"), (3, "3")]


def test_a_copy_of_a_file_that_moves_has_the_originals_embedding(store: Store, vectors: np.ndarray) -> None:
    moves, copies = {at("new.png"): at("0.png")}, {at("copy.png"): at("0.png"), at("2.png"): at("1.png")}
    follow(store, SameBytes([at("1.png")], moves, copies), dict.fromkeys([at("1.png"), *moves, *copies], (9, None)))
    assert names(store) == {1: "new.png", 2: "1.png", 4: "copy.png", 5: "2.png"}
    stored = dict(store.db.execute("SELECT image, vector FROM embeddings").fetchall())
    assert stored[4] == stored[1] == vectors[0].astype("<f2").tobytes() and stored[5] == stored[2]
    assert {row[0] for row in store.db.execute("SELECT image FROM labels")} == {1, 2}, "a copy has none yet"
    assert set(store.db.execute("SELECT mtime_ns, ctime_ns FROM images")) == {(9, None)}


@pytest.mark.usefixtures("vectors")
def test_what_fails_changes_nothing(store: Store) -> None:
    store.db.execute("CREATE TRIGGER no BEFORE INSERT ON embeddings BEGIN SELECT raise(ABORT, 'no'); END")
    with pytest.raises(Exception, match="no"):
        follow(
            store,
            SameBytes([], {at("new.png"): at("0.png")}, {at("copy.png"): at("1.png")}),
            {at("new.png"): (1, 1), at("copy.png"): (1, 1)},
        )
    assert names(store) == {1: "0.png", 2: "1.png", 3: "2.png"} and count(store, "embeddings") == 3


def test_a_moved_picture_takes_the_place_of_what_was_there(store: Store, vectors: np.ndarray) -> None:
    follow(store, SameBytes([], {at("1.png"): at("0.png")}, {}), {at("1.png"): (3, 4)})
    assert names(store) == {1: "1.png", 3: "2.png"} and len(vectors) == 3


NAMED = {"taken_at": "2019-07-04", "taken_from": "file-name"}
SIDECAR = {"taken_at": "2020-01-02T03:04:05", "taken_from": "sidecar", "latitude": 1.0, "longitude": 2.0}


@pytest.mark.usefixtures("vectors")
@pytest.mark.parametrize(
    ("known", "beside", "expected"),
    [
        ({}, {}, {}),
        ({}, NAMED, NAMED),
        (NAMED, {}, NAMED),  # what an old name said is still true
        (NAMED, {**NAMED, "taken_at": "2021"}, {**NAMED, "taken_at": "2021"}),
        (NAMED, SIDECAR, SIDECAR),
        (SIDECAR, NAMED, SIDECAR),
        (
            {"taken_at": "2018", "taken_from": "exif-original"},
            NAMED,
            {"taken_at": "2018", "taken_from": "exif-original"},
        ),
        ({"taken_at": "2018", "taken_from": "exif-changed"}, NAMED, NAMED),
        ({"taken_at": "2018"}, SIDECAR, {"taken_at": "2018", "latitude": 1.0, "longitude": 2.0}),  # of an older version
        (
            {"latitude": 5.0, "longitude": 6.0, "lens": "50mm"},
            SIDECAR,
            {**SIDECAR, "latitude": 5.0, "longitude": 6.0, "lens": "50mm"},
        ),
    ],
)
def test_what_lies_beside_a_file_completes_its_metadata(
    store: Store, known: dict[str, Any], beside: dict[str, Any], expected: dict[str, Any]
) -> None:
    for column, value in known.items():
        store.db.execute(f"UPDATE images SET {column} = ? WHERE id = 2", [value])
    complete_metadata(store, {at("1.png"): Metadata(**beside), at("gone.png"): Metadata(**NAMED)})
    rows = store.db.execute(f"SELECT {', '.join(METADATA_COLUMNS)} FROM images ORDER BY id").fetchall()
    metadata = [Metadata(**dict(zip(METADATA_COLUMNS, row, strict=True))) for row in rows]
    assert metadata == [Metadata(), Metadata(**expected), Metadata()]
