"""Tests of search.columns.opening: columns are made once for each state, kept, and refused where they are damaged."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.store.models import remember_model
from indexer.store.store import Store
from search.columns import opening
from search.columns.columns import Columns
from search.columns.kept_columns import kept_columns
from search.columns.opening import OpenColumns
from search.kept_arrays import Arrays, keep, kept, kept_path
from tests.fakes import ColourEncoder
from tests.label_sets import save_labels
from tests.search.columns.libraries import odd_rows, random_pictures
from tests.search.filters.rows import add


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "own cache"))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was read from the database."""
    said: list[str] = []

    def counting(name: str, real: Any) -> Any:
        def read(*arguments: Any) -> Any:
            said.append(name)
            return real(*arguments)

        return read

    for name in ("read_columns", "read_path_order", "read_labels"):
        monkeypatch.setattr(opening, name, counting(name, getattr(opening, name)))
    return said


def same(one: Columns, other: Columns) -> bool:
    """Return whether columns hold the same."""
    arrays = ("ids", "aspects", "folders", "latitudes", "longitudes", "newest")
    coded = ("months", "cameras", "formats")
    return (
        all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in arrays)
        and all(np.array_equal(getattr(one, name).codes, getattr(other, name).codes) for name in coded)
        and all(getattr(one, name).names == getattr(other, name).names for name in coded)
        and one.tree.places == other.tree.places
        and (one.state, one.root_names) == (other.state, other.root_names)
    )


def test_columns_are_read_once_and_kept_for_the_next_start(store: Store, reads: list[str]) -> None:
    random_pictures(store, 1, 100)
    odd_rows(store)
    opened = OpenColumns()
    assert not opened.are_ready(store)
    columns = opened.of(store)
    assert opened.of(store) is columns and opened.are_ready(store) and reads == ["read_columns"]
    order = opened.by_path(store, columns)
    again = OpenColumns()
    assert same(again.of(store), columns) and again.by_path(store, columns).tolist() == order.tolist()
    assert reads == ["read_columns", "read_path_order"]


def test_a_change_is_noticed(store: Store, reads: list[str]) -> None:
    random_pictures(store, 1, 20)
    opened = OpenColumns()
    before = opened.of(store)
    with Store.open(store.folder) as other:  # type: ignore[arg-type]
        image = add(other, "new.jpg")
    assert not opened.are_ready(store)
    after = opened.of(store)
    assert after.ids.tolist() == [*before.ids.tolist(), image] and len(opened.by_path(store, after)) == 21
    assert same(OpenColumns().of(store), after) and reads.count("read_columns") == 2


def test_a_damaged_file_is_refused_and_made_again(store: Store, reads: list[str]) -> None:
    random_pictures(store, 1, 20)
    columns = OpenColumns().of(store)
    path = kept_path(store, "columns")
    assert path is not None
    whole = path.read_bytes()
    for place in (0, 25, 60, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert kept_columns(store, columns.state) is None
    for end in (0, 5, 30, len(whole) - 1):
        path.write_bytes(whole[:end])
        assert kept_columns(store, columns.state) is None
    assert same(OpenColumns().of(store), columns) and path.read_bytes() == whole and reads == ["read_columns"] * 2
    assert kept_columns(store, "another state") is None


def spoiled(about: dict[str, Any], arrays: Arrays, what: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a file holds with something in it that can't be true."""
    changed: dict[str, Any] = {name: array.copy() for name, array in arrays.items()}
    match what:
        case "ids fall":
            changed["ids"] = changed["ids"][::-1]
        case "an id of 0":
            changed["ids"][0] = 0
        case "no such folder" | "no such camera" | "no such row":
            changed[{"folder": "folders", "camera": "cameras", "row": "newest"}[what.split()[-1]]][0] = 60_000
        case "a row twice":
            changed["newest"][0] = changed["newest"][1]
        case "another type":
            changed["ids"] = changed["ids"].astype("<i8")
        case "another shape":
            changed["aspects"] = changed["aspects"][:-1]
        case "no array":
            del changed["months"]
        case "one array more":
            changed["more"] = changed["ids"]
        case "a name that is no text":
            about = {**about, "cameras": [None, *about["cameras"][1:]]}
        case "no root":
            about = {**about, "roots": []}
        case "no names":
            about = {name: value for name, value in about.items() if name != "months"}
        case "no folders":
            about = {**about, "places": 5}
    return about, changed


@pytest.mark.parametrize(
    "what",
    [
        "ids fall",
        "an id of 0",
        "no such folder",
        "no such camera",
        "no such row",
        "a row twice",
        "another type",
        "another shape",
        *("no array", "one array more", "a name that is no text", "no root", "no names", "no folders"),
    ],
)
def test_a_file_of_someone_else_is_refused(store: Store, what: str) -> None:
    random_pictures(store, 1, 20)
    columns, path = OpenColumns().of(store), kept_path(store, "columns")
    assert path is not None
    found = kept(path, columns.state)
    assert found is not None
    keep(path, columns.state, *spoiled(*found, what))
    assert kept(path, columns.state) is not None and kept_columns(store, columns.state) is None
    assert same(OpenColumns().of(store), columns)


def test_a_cache_that_can_not_be_written_costs_only_time(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random_pictures(store, 1, 20)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "file"))
    opened = OpenColumns()
    assert len(opened.of(store)) == 20 and len(opened.by_path(store, opened.of(store))) == 20


def test_only_the_newest_files_are_kept(store: Store, tmp_path: Path) -> None:
    random_pictures(store, 1, 5)
    for number in range(15):
        with Store.create(tmp_path / f"library {number}") as other:
            random_pictures(other, number, 3)
            OpenColumns().of(other)
    assert len(list((tmp_path / "own cache" / "arrays").iterdir())) == 12
    shutil.rmtree(tmp_path / "own cache")
    assert len(OpenColumns().of(store)) == 5


def test_a_large_library_is_read_in_a_process_of_its_own(
    store: Store, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    random_pictures(store, 1, 50)
    odd_rows(store)
    monkeypatch.setattr("search.columns.apart.MANY", 10)
    opened = OpenColumns()
    columns = opened.of(store)
    order = opened.by_path(store, columns)
    assert reads == [], "nothing was read here"
    shutil.rmtree(str(kept_path(store, "columns").parent))  # type: ignore[union-attr]
    monkeypatch.setattr("search.columns.apart.MANY", 1000)
    here = OpenColumns()
    assert same(here.of(store), columns) and here.by_path(store, columns).tolist() == order.tolist()
    assert reads == ["read_columns", "read_path_order"]


def test_where_no_process_can_be_started_it_is_read_here(
    store: Store, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    random_pictures(store, 1, 50)
    monkeypatch.setattr("search.columns.apart.MANY", 10)

    def fails(process: object) -> None:
        raise OSError

    monkeypatch.setattr("search.columns.apart.start", fails)
    assert len(OpenColumns().of(store)) == 50 and reads == ["read_columns"]


def test_a_library_in_memory_keeps_nothing() -> None:
    with Store.in_memory() as store:
        random_pictures(store, 1, 5)
        assert len(OpenColumns().of(store)) == 5 and kept_path(store, "columns") is None


def test_labels_are_counted_and_read_again_when_they_change(
    store: Store, encoder: ColourEncoder, reads: list[str]
) -> None:
    random_pictures(store, 1, 30)
    odd_rows(store)
    model = remember_model(store, encoder)
    rows = [(image, "cup" if image % 3 else "car", 0.5) for image in range(1, 45)]
    save_labels(store, model, ["cup", "car"], rows)
    store.db.execute("UPDATE labels SET class = x'00' WHERE image = 4")
    opened = OpenColumns()
    columns = opened.of(store)
    number = store.db.execute("SELECT id FROM label_sets").fetchone()[0]
    there = set(columns.ids.tolist()) - {4}
    cups = [image for image, name, _ in rows if name == "cup" and image in there]
    cars = [image for image, name, _ in rows if name == "car" and image in there]
    labels = opened.labels(store, columns, number)
    assert labels.counts(None) == {"cup": len(cups), "car": len(cars)}
    assert labels.counts(columns.ids < 10) == {"cup": sum(image < 10 for image in cups), "car": 3}
    assert opened.labels(store, columns, number) is labels and opened.labels(store, columns, 99).counts(None) == {}
    store.db.execute("DELETE FROM labels WHERE class = 'car'")
    assert opened.labels(store, columns, number).counts(None) == {"cup": len(cups)}
