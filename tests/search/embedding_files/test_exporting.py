"""Tests of search.embedding_files: what is written, in which layout, and what other programs read of it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import lance
import numpy as np
import pyarrow.parquet as pq
import pytest

from indexer.addresses import is_url
from indexer.errors import FolderError, InvalidRequest, OutputError
from search.embedding_files import folder_writers
from search.embedding_files.exporting import Exported, ExportRequest, export_embeddings
from tests.data_sets import DIM
from tests.embedding_files import data_set, everything, import_into, known_rows
from tests.readers import READERS, needs_reader, reader_environment, what_reader_says

ALL = [("e.parquet", None), ("e.npy", None), ("e.lance", None), ("e/", None), ("e/", "img2dataset")]


def export(folder: Path, name: str, **options: object) -> Exported:
    """Export what `known_rows` returns."""
    pictures = data_set(folder / "library", known_rows())
    request = ExportRequest(f"{folder}/{name}", **options)  # type: ignore[arg-type]
    return export_embeddings(pictures, request, None)


@pytest.mark.parametrize(("name", "layout"), ALL)
@pytest.mark.parametrize("precision", ["fp16", "fp32"])
def test_all_comes_back_from_every_layout(tmp_path: Path, name: str, layout: str | None, precision: str) -> None:
    assert export(tmp_path, name, layout=layout, precision=precision).rows == 30
    done = import_into(tmp_path / "other", tmp_path / name)
    assert (done.rows, done.replaced) == (30, 0)
    assert everything(data_set(tmp_path / "other")) == everything(data_set(tmp_path / "library"))
    assert import_into(tmp_path / "other", tmp_path / name).replaced == 30, "and again changes nothing"
    assert everything(data_set(tmp_path / "other")) == everything(data_set(tmp_path / "library"))


def test_a_parquet_file_names_its_model_and_says_what_people_look_for(tmp_path: Path) -> None:
    export(tmp_path, "e.parquet", projection=True)
    table = pq.read_table(tmp_path / "e.parquet")
    about = json.loads(table.schema.metadata[b"clipsearch"])
    assert about["model"] == "builtin" and about["dim"] == DIM and about["normalized"] is True
    assert str(table.schema.field("embedding").type) == f"fixed_size_list<element: float>[{DIM}]"
    first = table.slice(0, 1).to_pylist()[0]
    assert (first["camera"], first["at"], first["size"]) == ("Canon EOS", 0.0, 1000)
    points = np.stack([table["x"].to_numpy(), table["y"].to_numpy()])
    assert np.isfinite(points).all() and points.std(axis=1).min() > 0.05


def test_row_groups_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.embedding_files.parquet_files.GROUP_ROWS", 10)
    monkeypatch.setattr("search.embedding_files.exporting.READ_ROWS", 4)
    export(tmp_path, "e.parquet")
    meta = pq.ParquetFile(tmp_path / "e.parquet").metadata
    assert [meta.row_group(number).num_rows for number in range(meta.num_row_groups)] == [12, 12, 6]


@needs_reader("embedding_atlas")
def test_embedding_atlas_opens_it(tmp_path: Path) -> None:
    """Without a browser: its command reads the file, takes our x and y, and writes its page with the data."""
    export(tmp_path, "e.parquet", projection=True)
    command = [READERS / "embedding-atlas", tmp_path / "e.parquet", "--vector", "embedding", "--x", "x", "--y", "y"]
    command += ["--export-application", tmp_path / "page"]
    subprocess.run(command, check=True, env=reader_environment(tmp_path))
    shown = pq.read_table(tmp_path / "page" / "data" / "dataset.parquet")
    assert shown["path"].to_pylist() == pq.read_table(tmp_path / "e.parquet")["path"].to_pylist()
    props = json.loads((tmp_path / "page" / "data" / "metadata.json").read_text())["props"]
    assert json.dumps(props).count('"x"') and json.dumps(props).count('"y"')


def test_parts_of_clip_retrieval_are_numbered_as_it_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_writers.ClipRetrievalFolder, "part_rows", 3)
    export(tmp_path, "e/")
    names = sorted(path.name for path in (tmp_path / "e" / "img_emb").iterdir())
    assert names == [f"img_emb_{number:02}.npy" for number in range(10)]
    assert np.load(tmp_path / "e" / "img_emb" / "img_emb_09.npy").shape == (3, DIM)
    table = pq.read_table(tmp_path / "e" / "metadata" / "metadata_09.parquet")
    assert table.num_rows == 3 and {"image_path", "url", "caption"} <= set(table.column_names)
    assert import_into(tmp_path / "other", tmp_path / "e").rows == 30


@needs_reader("embedding_reader")
def test_the_reader_of_clip_retrieval_reads_its_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_writers.ClipRetrievalFolder, "part_rows", 20)
    export(tmp_path, "e/")
    code = """
    import sys, json
    from embedding_reader import EmbeddingReader
    folder = sys.argv[1]
    reader = EmbeddingReader(f"{folder}/img_emb", "parquet_npy", metadata_folder=f"{folder}/metadata",
                             meta_columns=["image_path", "caption"])
    rows = [(path, float(vector @ vector)) for vectors, facts in reader(7, show_progress=False)
            for path, vector in zip(facts["image_path"], vectors)]
    print(json.dumps(rows))
    """
    rows = what_reader_says(code, tmp_path / "e", home=tmp_path / "home")
    addresses = [row["address"] for batch in data_set(tmp_path / "library").scan() for row in batch.to_pylist()]
    assert [path for path, _ in rows] == addresses and all(abs(square - 1) < 0.01 for _, square in rows)


@needs_reader("clip_retrieval")
def test_clip_retrieval_indexes_its_layout_and_answers_from_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own `index` and what its `back` answers with; its __init__ is left out, which asks for wandb and more."""
    monkeypatch.setattr(folder_writers.ClipRetrievalFolder, "part_rows", 20)
    export(tmp_path, "e/")
    code = """
    import sys, json, types
    from pathlib import Path
    import faiss, numpy, pandas
    package = types.ModuleType("clip_retrieval")
    package.__path__ = [f"{folder}/clip_retrieval" for folder in sys.path]
    sys.modules["clip_retrieval"] = package
    from clip_retrieval.clip_back import load_index, load_metadata_provider, meta_to_dict
    from clip_retrieval.clip_index import clip_index
    pandas.options.future.infer_string = False  # it knows texts as objects alone, as pandas 2 has them
    answers, (folder, index) = {}, sys.argv[1:]
    json.JSONEncoder.default = lambda self, number: float(number)  # autofaiss knows no numbers of NumPy 2
    clip_index(folder, index, max_index_memory_usage="100M", current_memory_available="1G", nb_cores=1)
    answering = load_index(f"{index}/image.index", False)
    columns = ["image_path", "caption", "url"]
    vectors = numpy.concatenate([numpy.load(file) for file in sorted(Path(folder, "img_emb").iterdir())])
    _, nearest = answering.search(vectors.astype("float32"), 1)
    for in_hdf5 in (False, True):
        facts, _ = load_metadata_provider(index, in_hdf5, False, answering, columns, False)
        answers[in_hdf5] = [meta_to_dict(facts.get([int(row)], columns)[0]) for row in nearest[:, 0]]
    print(json.dumps([answers[False], answers[True]]))
    """
    addresses = [row["address"] for batch in data_set(tmp_path / "library").scan() for row in batch.to_pylist()]
    for rows in what_reader_says(code, tmp_path / "e", tmp_path / "index", home=tmp_path / "home"):
        assert [row["image_path"] for row in rows] == addresses
        assert {row["caption"] for row in rows} == {"a cup"}
        assert [row.get("url") or None for row in rows] == [path if is_url(path) else None for path in addresses]


def test_shards_of_img2dataset_have_its_columns_and_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_writers.Img2DatasetFolder, "part_rows", 10)
    export(tmp_path, "e/", layout="img2dataset")
    second = pq.read_table(tmp_path / "e" / "00001.parquet")
    assert second.column_names[:5] == ["url", "caption", "key", "status", "error_message"]
    assert second["key"].to_pylist()[:2] == ["000010", "000011"] and set(second["status"].to_pylist()) == {"success"}


def test_lance_and_numpy_open_what_is_for_them(tmp_path: Path) -> None:
    export(tmp_path, "e.lance")
    assert lance.dataset(str(tmp_path / "e.lance")).count_rows() == 30
    export(tmp_path, "n.npy")
    vectors = np.load(tmp_path / "n.npy", allow_pickle=False)
    assert vectors.dtype == np.float16 and len(pq.read_table(tmp_path / "n.parquet")) == len(vectors) == 30


@pytest.mark.parametrize(("name", "layout"), ALL)
def test_nothing_is_replaced_unless_that_is_asked_for(tmp_path: Path, name: str, layout: str | None) -> None:
    export(tmp_path, name, layout=layout)
    with pytest.raises(OutputError, match="is there already; give another name, or --force"):
        export(tmp_path, name, layout=layout)
    export(tmp_path, name, layout=layout, force=True)
    assert import_into(tmp_path / "other", tmp_path / name).rows == 30
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".clipsearch")]


def test_a_folder_of_something_else_is_not_replaced_even_so(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(b"mine")
    for layout in (None, "img2dataset"):
        with pytest.raises(OutputError, match="holds something else"):
            export(tmp_path, "photos/", layout=layout, force=True)
    assert (tmp_path / "photos" / "a.jpg").read_bytes() == b"mine"


@pytest.mark.parametrize(("name", "layout"), ALL)
def test_what_fails_on_the_way_leaves_nothing(
    tmp_path: Path, name: str, layout: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = data_set(tmp_path / "library", known_rows())
    scan = pictures.scan

    def breaking(*arguments: object) -> object:
        yield from scan(*arguments)  # type: ignore[arg-type]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pictures, "scan", breaking)
    with pytest.raises(OutputError, match="no space left on device"):
        export_embeddings(pictures, ExportRequest(f"{tmp_path}/{name}", layout=layout), None)  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["library"]


@pytest.mark.parametrize(
    ("name", "layout", "words"),
    [
        ("e.csv", None, "ends with .csv"),
        ("e.parquet", "clip-retrieval", "is a folder's"),
        ("e/", "plain", "is one file"),
    ],
)
def test_names_that_fit_no_layout(tmp_path: Path, name: str, layout: str | None, words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        export(tmp_path, name, layout=layout)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="There is no folder"):
        export(tmp_path, "nowhere/e.parquet")
