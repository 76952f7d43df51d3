"""Tests of search.plane.plane: made once, kept, brought up to date with the same axes, found anew when due."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.arrays import unit_rows
from indexer.store.models import StoredModel, remember_model
from indexer.store.store import Store
from search.kept_arrays import keep, kept, kept_path
from search.plane import plane as plane_module
from search.plane.opening import OpenPlane
from search.plane.plane import Plane, plane_of
from tests.fakes import ColourEncoder
from tests.search.filters.rows import add

COUNT = 40


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "own cache"))


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many embeddings there were each time that axes were found."""
    counts: list[int] = []
    real = plane_module.find_axes

    def finding(blocks: Any, dim: int, count: int) -> Any:
        counts.append(count)
        return real(blocks, dim, count)

    monkeypatch.setattr(plane_module, "find_axes", finding)
    return counts


def embed(store: Store, model: StoredModel, images: list[int], seed: int = 1) -> None:
    """Give pictures embeddings."""
    random = np.random.default_rng(seed)
    for image in images:
        vector = unit_rows(random.standard_normal((1, model.dim)).astype(np.float32))[0].astype("<f2")
        store.db.execute("INSERT OR REPLACE INTO embeddings (image, model, vector) VALUES (?, ?, ?)",
                         [image, model.id, vector.tobytes()])  # fmt: skip


@pytest.fixture
def model(store: Store, encoder: ColourEncoder) -> StoredModel:
    """The model of a library of some embedded pictures and one that is not."""
    stored = remember_model(store, encoder)
    embed(store, stored, [add(store, f"{number}.jpg") for number in range(COUNT)])
    add(store, "not embedded.jpg")
    return stored


def points_now(store: Store, model: StoredModel, plane: Plane) -> dict[int, list[float]]:
    """Return the points that embeddings have now with the axes of a plane, by id."""
    rows = store.db.execute("SELECT image, vector FROM embeddings WHERE model = ?", [model.id]).fetchall()
    return {image: plane.axes.projected(np.frombuffer(raw, "<f2").astype(np.float32)[np.newaxis])[0].tolist()
            for image, raw in rows}  # fmt: skip


def is_right(store: Store, model: StoredModel, plane: Plane) -> bool:
    """Return whether a plane has the point of every embedding as it is now."""
    expected = points_now(store, model, plane)
    return plane.ids.tolist() == sorted(expected) and all(
        plane.points[row].tolist() == pytest.approx(expected[image], abs=1e-5)
        for row, image in enumerate(plane.ids.tolist())
    )


def test_it_is_made_once_and_kept(store: Store, model: StoredModel, found: list[int]) -> None:
    plane = plane_of(store, model)
    assert is_right(store, model, plane) and len(plane.ids) == COUNT and 0 < plane.axes.explained <= 1
    again = plane_of(store, model)
    assert found == [COUNT] and again.points.tolist() == plane.points.tolist() and is_right(store, model, again)
    opened = OpenPlane()
    assert opened.of(store, model) is opened.of(store, model)


@pytest.mark.parametrize("has_index", [False, True])
@pytest.mark.parametrize("most_single", [0, 8, 1000])
def test_small_changes_keep_the_axes(
    store: Store,
    model: StoredModel,
    found: list[int],
    has_index: bool,
    most_single: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plane_module, "MOST_SINGLE", most_single)
    if has_index:
        store.db.execute("INSERT INTO index_files (model) VALUES (?)", [model.id])
    before, opened = plane_of(store, model), OpenPlane()
    opened.of(store, model)
    store.db.execute("DELETE FROM images WHERE id IN (3, 7)")
    embed(store, model, [5, 9, add(store, "new.jpg")], seed=2)
    after = plane_of(store, model)
    assert found == [COUNT] and after.axes.directions.tolist() == before.axes.directions.tolist()
    assert is_right(store, model, after) and is_right(store, model, plane_of(store, model))
    assert opened.of(store, model).ids.tolist() == after.ids.tolist()


def test_an_index_that_was_built_meanwhile_hides_no_change(store: Store, model: StoredModel) -> None:
    store.db.execute("INSERT INTO index_files (model) VALUES (?)", [model.id])
    plane_of(store, model)
    embed(store, model, [5], seed=2)
    store.db.execute("UPDATE index_files SET generation = (SELECT generation FROM models)")
    store.db.execute("DELETE FROM index_changes")
    assert is_right(store, model, plane_of(store, model))


@pytest.mark.parametrize(("more", "times"), [(9, 1), (10, 2)])
def test_a_quarter_more_finds_the_axes_anew(
    store: Store, model: StoredModel, found: list[int], more: int, times: int
) -> None:
    plane_of(store, model)
    embed(store, model, [add(store, f"new {number}.jpg") for number in range(more)], seed=3)
    assert is_right(store, model, plane_of(store, model)) and len(found) == times


def test_far_fewer_find_the_axes_anew(store: Store, model: StoredModel, found: list[int]) -> None:
    plane_of(store, model)
    store.db.execute("DELETE FROM embeddings WHERE image > 20")
    assert is_right(store, model, plane_of(store, model)) and found == [COUNT, 20]


def test_of_a_large_library_some_decide(store: Store, model: StoredModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plane_module, "ALL_COUNT", 10)
    monkeypatch.setattr(plane_module, "SAMPLE", 8)
    plane = plane_of(store, model)
    assert is_right(store, model, plane) and plane.axes.count == COUNT


def test_damaged_embeddings_have_no_point(store: Store, model: StoredModel) -> None:
    store.db.execute("UPDATE embeddings SET vector = x'00' WHERE image = 4")
    plane = plane_of(store, model)
    assert 4 not in plane.ids and len(plane.ids) == COUNT - 1
    ids, points = plane.of(np.array([1, 4, 5, 999]))
    assert ids.tolist() == [1, 5] and points.tolist() == [plane.points[0].tolist(), plane.points[3].tolist()]


def test_nothing_embedded_is_an_empty_plane(store: Store, encoder: ColourEncoder) -> None:
    plane = plane_of(store, remember_model(store, encoder))
    assert len(plane.ids) == 0 and plane.points.shape == (0, 2) and len(plane.of(np.array([1]))[0]) == 0


@pytest.mark.parametrize("what", ["bytes", "nan", "ids", "dim", "explained", "count", "none", "model"])
def test_a_file_that_can_not_be_right_is_made_again(
    store: Store, model: StoredModel, found: list[int], what: str
) -> None:
    plane, path = plane_of(store, model), kept_path(store, "plane")
    assert path is not None
    held = kept(path, model.fingerprint)
    assert held is not None
    about, arrays = {**held[0]}, {name: array.copy() for name, array in held[1].items()}  # type: ignore[union-attr]
    match what:
        case "bytes":
            path.write_bytes(path.read_bytes()[:-1])
        case "nan":
            arrays["points"][0] = np.nan
        case "ids":
            arrays["ids"] = arrays["ids"][::-1]
        case "dim":
            arrays["mean"] = arrays["mean"][:-1]
        case "explained":
            about["explained"] = float("nan")
        case "count":
            about["count"] = "40"
        case "none":
            del arrays["ids"]
    if what != "bytes":
        keep(path, "another" if what == "model" else model.fingerprint, about, arrays)
    again = plane_of(store, model)
    assert is_right(store, model, again) and found == [COUNT, COUNT]
    assert again.points.tolist() == plane.points.tolist()
