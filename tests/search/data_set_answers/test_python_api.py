"""Tests of what clipsearch.open_data_set returns, with the real built-in model."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

import clipsearch
from clipsearch import InvalidRequest, LibraryError, LibraryMissing
from indexer.data_sets.pictures_table import PicturesTable
from indexer.store.store import Store
from tests.conftest import SAMPLES


def test_it_is_asked_as_a_local_library_is(sample_library: Path, sample_data_set: str) -> None:
    with clipsearch.open(sample_library) as local, clipsearch.open_data_set(sample_data_set) as data_set:
        for arguments in (
            {"text": "red envelope"},
            {"text": "car", "minus": ["red"], "k": 5},
            {"types": "jpeg", "k": 7},
            {"like": [(SAMPLES / "red-envelope.jpg", 2.0)], "cutoff": "none", "k": 3},
            {"text": 'a "red"', "sort": "path"},
        ):
            wanted = local.query(**arguments)  # type: ignore[arg-type]
            assert [hit.address for hit in data_set.query(**arguments)] == [str(hit.path) for hit in wanted]  # type: ignore[arg-type]
        assert data_set.count() == local.info().pictures
        assert data_set.count(types="png") == len(local.query(types="png"))
        like = str(SAMPLES / "red-envelope.jpg")
        for fold in (True, False):
            wanted = local.similar(like, 5, fold=fold)
            found = data_set.similar(like, 5, fold=fold)
            assert [hit.address for hit in found] == [str(hit.path) for hit in wanted]
        first = data_set.query("red envelope")[0]
        assert data_set.similar(first.id, 3) == data_set.similar(first.address, 3)
        labelled = {one.address: one.best for one in data_set.label("cup,car")}
        assert labelled == {str(one.path): one.best for one in local.label("cup,car")}
        batches = list(data_set.scan(["address", "embedding"], rows=10, types="png"))
        assert sum(len(batch) for batch in batches) == data_set.count(types="png")
        assert data_set.info().pictures == data_set.count()


def test_indexing_makes_a_data_set(tmp_path: Path, photos: Path) -> None:
    (photos / "a.jpg").write_bytes((SAMPLES / "red-envelope.jpg").read_bytes())
    address = tmp_path / "made"
    with clipsearch.open_data_set(address, model="builtin", device="cpu") as data_set:
        with pytest.raises(LibraryMissing):
            data_set.count()
        assert data_set.index(photos, workers=0).encoded == 1
        assert data_set.count() == 1
        assert data_set.index(workers=0).unchanged == 1
        version = data_set.info().version
        (photos / "a.jpg").unlink()
        data_set.index(photos, workers=0, prune=True)
        assert data_set.count() == 0
    with clipsearch.open_data_set(address, as_of=version) as earlier:
        assert earlier.count() == 1
        with pytest.raises(InvalidRequest, match="as_of"):
            earlier.index(photos)


def test_a_run_optimizes_a_library_that_has_grown_as_the_command_does(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.data_sets.optimizing.MANY_FILES", 1)
    with clipsearch.open_data_set(tmp_path / "made", model="builtin", device="cpu") as data_set:
        for name in ("a", "b"):
            Image.new("RGB", (64, 64), "red" if name == "a" else "blue").save(photos / f"{name}.png")
            assert data_set.index(photos, workers=0).encoded == 1
        assert PicturesTable.open(data_set.address).dataset.get_version()["metadata"]["total_data_files"] == "1"

        def full(*arguments: object) -> object:
            raise LibraryError("The disk is full.")

        monkeypatch.setattr("indexer.data_sets.pictures_table.optimize", full)
        monkeypatch.setattr("indexer.data_sets.optimizing.MANY_FILES", 0)
        Image.new("RGB", (64, 64), "green").save(photos / "c.png")
        with pytest.warns(UserWarning, match=r"could not be optimized.*: The disk is full\."):
            assert data_set.index(photos, workers=0).encoded == 1
        assert data_set.count() == 3


def test_each_kind_is_opened_by_its_own_function(sample_data_set: str, tmp_path: Path) -> None:
    for place in (sample_data_set, Path(sample_data_set), "s3://bucket/lib"):
        with pytest.raises(InvalidRequest, match="open_data_set"):
            clipsearch.open(place)
    assert not Path("s3:").exists()
    for opening in (Store.open, Store.create):
        with pytest.raises(LibraryError, match="is a data set"):
            opening(Path(sample_data_set))
    assert not list(Path(sample_data_set).glob("*.db"))
    with pytest.raises(LibraryMissing):
        clipsearch.open_data_set(tmp_path / "nothing").count()


def test_bad_arguments_are_refused_in_one_sentence(sample_data_set: str) -> None:
    with pytest.raises(InvalidRequest):
        clipsearch.open_data_set(3)  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest):
        clipsearch.open_data_set(sample_data_set, as_of=True)
    with clipsearch.open_data_set(sample_data_set) as data_set:
        for call in (
            lambda: data_set.query(),
            lambda: data_set.query("x", k=0),
            lambda: data_set.query("x", label="cup"),
            lambda: data_set.query(like="s3://bucket/none.jpg"),
            lambda: data_set.query(like=[("a.jpg", -1)]),
            lambda: data_set.similar("s3://bucket/none.jpg"),
            lambda: data_set.label([]),
            lambda: data_set.scan("no-such-column"),
            lambda: data_set.index(engine="spark"),  # type: ignore[arg-type]
        ):
            with pytest.raises(InvalidRequest) as error:
                call()
            assert "\n" not in str(error.value)


def test_embeddings_go_out_and_come_in(sample_data_set: str, tmp_path: Path) -> None:
    with clipsearch.open_data_set(sample_data_set) as data_set:
        done = data_set.export_embeddings(tmp_path / "e.parquet", types="png", projection=True)
        assert done.rows == data_set.count(types="png") and done.action == ""
    with clipsearch.open_data_set(tmp_path / "new") as new:
        assert new.import_embeddings(tmp_path / "e.parquet").rows == new.count() == done.rows
        with pytest.raises(InvalidRequest):
            new.export_embeddings(tmp_path / "f.parquet", layout="odd")  # type: ignore[arg-type]
    with (
        clipsearch.open_data_set(tmp_path / "new", as_of=1) as earlier,
        pytest.raises(InvalidRequest, match="leave as_of out"),
    ):
        earlier.import_embeddings(tmp_path / "e.parquet")
