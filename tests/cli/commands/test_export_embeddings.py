"""Tests of clipsearch export-embeddings and import-embeddings, from one library to another by way of files."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from indexer.data_sets.description import Description
from indexer.data_sets.pictures_table import PicturesTable
from indexer.models import loading
from indexer.store.store import Store
from tests.cli.conftest import Invoke, one_sentence
from tests.conftest import MakePicture
from tests.embedding_files import data_set, everything, known_rows, write_parquet
from tests.fakes import ColourEncoder

FORMS = [["e.parquet"], ["e.npy"], ["e.lance"], ["e/"], ["e/", "--layout", "img2dataset"]]
OTHER = Description("ViT-B-32/openai", "e" * 64, 3, 100.0, None)


@pytest.fixture
def builtin(clipsearch: Invoke, encoder: ColourEncoder, photos: Path, picture: MakePicture) -> Invoke:
    """Run the command line with the fake model under a name that can be typed, with two pictures indexed."""
    encoder.name = "builtin"
    picture("red.png", "red")
    picture("sub/blue.png", "blue")
    assert clipsearch("index", photos).exit_code == 0
    return clipsearch


def hits(clipsearch: Invoke, *arguments: str | Path) -> list[tuple[str, float]]:
    """Return the paths and scores of a query."""
    found = clipsearch("query", "red", "--all", "--format", "json", *arguments)
    return [(hit["path"], hit["score"]) for hit in json.loads(found.stdout)]


@pytest.mark.parametrize("form", FORMS, ids=" ".join)
def test_from_a_library_to_another_and_a_later_run_encodes_nothing(
    indexed: Invoke, encoder: ColourEncoder, photos: Path, tmp_path: Path, form: list[str]
) -> None:
    name, *options = form
    done = indexed("export-embeddings", f"{tmp_path}/{name}", *options)
    assert done.exit_code == 0 and "Wrote 3 embeddings to" in done.stderr and "clipsearch undo" in done.stderr
    other = tmp_path / "other"
    imported = indexed("import-embeddings", tmp_path / name, "--root", photos, "--library", other)
    assert imported.exit_code == 0 and "Imported 3 embeddings." in imported.stderr, imported.output
    assert hits(indexed, "--library", other) == hits(indexed)
    before = encoder.images_encoded
    assert "3 unchanged" in indexed("index", "--library", other).stderr and encoder.images_encoded == before
    again = indexed("import-embeddings", tmp_path / name, "--library", other)
    assert "Imported 3 embeddings, 3 of them of pictures that the library had." in again.stderr


@pytest.mark.parametrize("form", FORMS, ids=" ".join)
def test_undo_takes_it_back(indexed: Invoke, tmp_path: Path, form: list[str]) -> None:
    name, *options = form
    before = sorted(tmp_path.rglob("*.parquet"))
    indexed("export-embeddings", f"{tmp_path}/{name}", *options)
    undone = indexed("undo")
    assert undone.exit_code == 0 and "export embeddings to" in undone.stderr, undone.output
    assert not (tmp_path / name).exists() and sorted(tmp_path.rglob("*.parquet")) == before


def test_a_folder_that_was_there_stays_after_undo(indexed: Invoke, tmp_path: Path) -> None:
    (tmp_path / "e").mkdir()
    indexed("export-embeddings", f"{tmp_path}/e/")
    assert indexed("undo").exit_code == 0 and list((tmp_path / "e").iterdir()) == []


def test_what_passes_filters_with_labels_and_a_plane(indexed: Invoke, tmp_path: Path) -> None:
    indexed("label", "--classes", "red,blue", "--no-other", "--name", "mine")
    done = indexed(
        "export-embeddings", tmp_path / "e.parquet", "--named", "sub/", "--with-labels", "mine", "--projection"
    )
    assert done.exit_code == 0, done.output
    rows = sorted(pq.read_table(tmp_path / "e.parquet").to_pylist(), key=lambda row: str(row["path"]))
    assert [Path(row["path"]).name for row in rows] == ["blue.png", "white.png"]
    assert rows[0]["label"] == "blue" and rows[0]["labels"] == ["blue"] and 0.5 < rows[0]["probability"] <= 1
    assert rows[0]["x"] != rows[1]["x"] and rows[0]["format"] == "PNG" and rows[0]["width"] == 16


def test_data_sets_give_and_take_them_too(clipsearch: Invoke, tmp_path: Path) -> None:
    data_set(tmp_path / "data", known_rows())
    done = clipsearch("export-embeddings", tmp_path / "e.parquet", "--library", tmp_path / "data")
    assert done.exit_code == 0 and "Wrote 30 embeddings" in done.stderr and "undo" not in done.stderr
    new = tmp_path / "new"
    assert clipsearch("import-embeddings", tmp_path / "e.parquet", "--store", "lance", "--library", new).exit_code == 0
    assert everything(data_set(new)) == everything(data_set(tmp_path / "data"))
    one_sentence(
        clipsearch("export-embeddings", tmp_path / "f.parquet", "--with-labels", "x", "--library", new), code=2
    )


def test_a_data_set_in_a_bucket(clipsearch: Invoke, bucket: str, tmp_path: Path) -> None:
    data_set(tmp_path / "data", known_rows())
    clipsearch("export-embeddings", tmp_path / "e.parquet", "--library", tmp_path / "data")
    assert clipsearch("import-embeddings", tmp_path / "e.parquet", "--library", f"{bucket}/library").exit_code == 0
    done = clipsearch("export-embeddings", f"{tmp_path}/e/", "--library", f"{bucket}/library")
    assert done.exit_code == 0 and (tmp_path / "e" / "img_emb" / "img_emb_0.npy").exists(), done.output


def test_a_model_that_is_named_is_loaded_for_a_new_library(
    clipsearch: Invoke, encoder: ColourEncoder, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str | None] = []

    def load(requested: str | None, *_: object) -> ColourEncoder:
        loaded.append(requested)
        return encoder

    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "cache"))  # in which no model was exported
    monkeypatch.setattr(loading, "load_first_encoder", load)
    file = write_parquet(tmp_path / "e.parquet", [[1, 0, 0], [0, 0, 1]], path=["red.png", "blue.png"])
    one_sentence(clipsearch("import-embeddings", file, "--root", photos), "does not say which model", code=2)
    one_sentence(clipsearch("import-embeddings", file, "--model", "builtin"), "2 of 2 rows", "--root")
    done = clipsearch("import-embeddings", file, "--model", "builtin", "--root", photos)
    assert done.exit_code == 0 and set(loaded) == {"builtin"}, done.output
    with Store.open(tmp_path / "lib") as store:
        names = [row[0] for row in store.db.execute("SELECT path FROM images ORDER BY id")]
        assert names == ["red.png", "blue.png"]


def test_options_and_columns(builtin: Invoke, photos: Path, tmp_path: Path) -> None:
    file = write_parquet(tmp_path / "e.parquet", [[3, 0, 0], [3, 0, 0]], file=["red.png", "red.png"])
    arguments = ("import-embeddings", file, "--model", "builtin", "--root", photos)
    one_sentence(builtin(*arguments), "no column of paths", "--path-column")
    one_sentence(builtin(*arguments, "--path-column", "file"), "2 of 2", "--normalize")
    done = builtin(*arguments, "--path-column", "file", "--normalize")
    assert "1 row was left out: an earlier one says the same." in done.stderr
    assert "2 embeddings had another length than 1, and were scaled." in done.stderr
    assert "Imported 1 embedding, 1 of them of pictures that the library had." in done.stderr
    none = write_parquet(tmp_path / "none.parquet", [], path=[])
    assert builtin("import-embeddings", none, "--model", "builtin").exit_code == 1


def test_refusals_are_one_sentence(builtin: Invoke, photos: Path, tmp_path: Path) -> None:
    before = hits(builtin)
    refused = {
        "URL": (["s3://bucket/1.jpg"], [[1, 0, 0]], ["--store lance"]),
        "outside": (["/elsewhere/1.jpg"], [[1, 0, 0]], ["/elsewhere/1.jpg", "--root"]),
        "dimension": ([f"{photos}/red.png"], [[1, 0]], ["2 numbers", "builtin have 3"]),
        "NaN": ([f"{photos}/red.png"], [[float("nan"), 0, 0]], ["NaN"]),
    }
    for name, (paths, vectors, words) in refused.items():
        file = write_parquet(tmp_path / f"{name}.parquet", vectors, path=paths)
        one_sentence(builtin("import-embeddings", file, "--model", "builtin"), *words)
    pq.write_table(pq.read_table(file).replace_schema_metadata(OTHER.metadata()), file)
    one_sentence(builtin("import-embeddings", file), "made by ViT-B-32/openai", "builtin")
    one_sentence(builtin("import-embeddings", file, "--root", "s3://b"), "made by ViT-B-32/openai")
    one_sentence(builtin("import-embeddings", file, "--store", "lance"), "has a local library")
    one_sentence(builtin("import-embeddings", tmp_path / "none.parquet"), "There is no file or folder")
    one_sentence(builtin("import-embeddings", "s3://key:secret@bucket/e.parquet"), "s3:// is no file of this machine")
    one_sentence(builtin("export-embeddings", "s3://bucket/e.parquet"), "are written on this machine", code=2)
    assert builtin("export-embeddings", "e.npy", "--as-of", "1").exit_code == 2
    one_sentence(builtin("export-embeddings", tmp_path / "e.csv"), "ends with .csv", code=2)
    one_sentence(builtin("export-embeddings", "e.npy", "--library", tmp_path / "nowhere"), "no library")
    assert builtin("export-embeddings", tmp_path / "e.parquet", "--named", "nothing").exit_code == 1
    assert hits(builtin) == before and not (tmp_path / "e.parquet").exists()


def test_without_the_extra(indexed: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.data_sets.either_library.is_installed", lambda extra: False)
    for command in ("export-embeddings", "import-embeddings"):
        one_sentence(indexed(command, tmp_path / "e.parquet"), "pip", "lance")


def test_nothing_is_left_of_a_new_library_that_was_refused(clipsearch: Invoke, tmp_path: Path) -> None:
    file = write_parquet(tmp_path / "e.parquet", [[float("nan")] * 3], path=["/a.jpg"])
    pq.write_table(pq.read_table(file).replace_schema_metadata(OTHER.metadata()), file)
    for options in (["--root", "/"], ["--store", "lance"]):
        assert clipsearch("import-embeddings", file, *options, "--library", tmp_path / "new").exit_code == 1
    assert not (tmp_path / "new").exists()


def test_names_that_are_no_utf8_come_back(
    clipsearch: Invoke, picture: MakePicture, photos: Path, tmp_path: Path
) -> None:
    picture("red.png", "red")
    try:
        (photos / "red.png").rename(photos / "r\udcffd.png")
    except OSError:
        pytest.skip("this file system has no such names")
    clipsearch("index", photos)
    clipsearch("export-embeddings", tmp_path / "e.parquet")
    other = tmp_path / "other"
    assert clipsearch("import-embeddings", tmp_path / "e.parquet", "--root", photos, "--library", other).exit_code == 0
    assert "1 unchanged" in clipsearch("index", "--library", other).stderr


def test_a_version_of_a_data_set_grows_with_each_import(clipsearch: Invoke, tmp_path: Path) -> None:
    file = write_parquet(tmp_path / "e.parquet", [[1, 0, 0]], path=["/a.jpg"])
    pq.write_table(pq.read_table(file).replace_schema_metadata(OTHER.metadata()), file)
    versions = []
    for _ in range(2):
        clipsearch("import-embeddings", file, "--store", "lance", "--library", tmp_path / "new")
        versions.append(PicturesTable.open(str(tmp_path / "new")).version)
    assert versions[1] > versions[0]
    was = clipsearch("export-embeddings", tmp_path / "was.npy", "--library", tmp_path / "new", "--as-of", "1")
    assert was.exit_code == 1 and "No picture to export." in was.stderr


def test_a_data_set_of_a_local_library_answers_alike_and_its_next_run_encodes_nothing(
    indexed: Invoke, encoder: ColourEncoder, photos: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    indexed("export-embeddings", tmp_path / "e.parquet")
    assert indexed("import-embeddings", tmp_path / "e.parquet", "--store", "lance", "--library", new).exit_code == 0
    found = indexed("query", "red", "--all", "--format", "paths", "--library", new)
    assert found.stdout.splitlines() == indexed("query", "red", "--all", "--format", "paths").stdout.splitlines()
    before = encoder.images_encoded
    again = indexed("index", photos, "--library", new)
    assert "3 unchanged" in again.stderr and encoder.images_encoded == before, again.output
