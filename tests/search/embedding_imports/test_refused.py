"""Tests of what is refused when embeddings are imported: one sentence says how much and what to do."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from indexer.data_sets.description import Description
from indexer.errors import InvalidRequest, ModelMismatch, SourceError
from search.data_sets.contract import DataSet
from search.embedding_imports.found import readers_of
from search.embedding_imports.imported_columns import Addresses
from search.embedding_imports.importing import import_embeddings
from search.embedding_imports.models import model_of
from search.embedding_imports.reading import ColumnNames
from search.embedding_imports.spooling import Wanted
from tests.conftest import cut
from tests.data_sets import DESCRIPTION, DIM, unit
from tests.embedding_files import data_set, everything, half, import_into, paths, write_parquet


def _odd(row: int, value: float) -> np.ndarray:
    vectors = half(4)
    vectors[row] = value
    return vectors


def _npy(path: Path, rows: int = 4, facts: int = 4) -> Path:
    np.save(path, half(rows))
    pq.write_table(pa.table({"path": paths(facts)}), path.with_suffix(".parquet"))
    return path


def _pickled(path: Path) -> Path:
    _npy(path)
    with path.open("wb") as file:
        np.save(file, np.array([[object()]]), allow_pickle=True)
    return path


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _parts(folder: Path) -> Path:
    (folder / "img_emb").mkdir(parents=True)
    (folder / "metadata").mkdir()
    for number in range(2):
        np.save(folder / "img_emb" / f"img_emb_{number}.npy", half(1))
    pq.write_table(pa.table({"image_path": paths(1)}), folder / "metadata" / "metadata_1.parquet")
    return folder


def _mixed(folder: Path) -> Path:
    folder.mkdir()
    write_parquet(folder / "0.parquet", half(2), path=["/a", "/b"])
    write_parquet(folder / "1.parquet", unit(2, 16), path=["/c", "/d"])
    return folder


def _no_utf8(file: Path, name: str) -> Path:
    """Write texts in Latin-1 to a column, as programs do that don't check what they write."""
    offsets = pa.py_buffer(np.array([0, 4, 8], np.int32))
    texts = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"/a/\xff/a/b")])
    vectors = pa.array([list(map(float, row)) for row in half(2)])
    pq.write_table(pa.table({"path": paths(2), "embedding": vectors} | {name: texts}), file)
    return file


def _twins(file: Path) -> Path:
    listed = pa.array([list(map(float, row)) for row in half(2)])
    columns = [pa.array(paths(2)), pa.array(paths(2)), listed]
    pq.write_table(pa.Table.from_arrays(columns, names=["path", "path", "embedding"]), file)
    return file


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "nan": (
        lambda p: write_parquet(p / "e.parquet", _odd(1, np.nan), path=paths(4)),
        "1 of 4 .* the first in row 2 of",
    ),
    "infinite": (lambda p: write_parquet(p / "e.parquet", _odd(3, np.inf), path=paths(4)), "holds NaN or infinite"),
    "zero": (lambda p: write_parquet(p / "e.parquet", _odd(0, 0), path=paths(4)), "1 of 4 embeddings has only zeros"),
    "lengths": (lambda p: write_parquet(p / "e.parquet", half(4) * 3, path=paths(4)), "4 of 4 .* --normalize"),
    "dimension": (lambda p: write_parquet(p / "e.parquet", unit(2, 16), path=paths(2)), "have 16 numbers .* have 32"),
    "mixed dimensions": (lambda p: _mixed(p / "parts"), "1.parquet have 16 numbers"),
    "ragged": (
        lambda p: write_parquet(p / "e.parquet", [half(1)[0], half(1, 16)[0]], path=paths(2)),
        "embeddings of different lengths .16 to 32.",
    ),
    "no embeddings": (
        lambda p: (pq.write_table(pa.table({"path": paths(2), "n": [1, 2]}), p / "e.parquet"), p / "e.parquet")[1],
        "no column of embeddings .* it has: path, n; .*--embedding-column",
    ),
    "texts": (
        lambda p: (pq.write_table(pa.table({"path": ["/a"], "emb": ["[1]"]}), p / "e.parquet"), p / "e.parquet")[1],
        "is of type string, and no list",
    ),
    "no paths": (lambda p: write_parquet(p / "e.parquet", half(2), n=[1, 2]), "no column of paths .* --path-column"),
    "empty path": (lambda p: write_parquet(p / "e.parquet", half(2), path=["/a", None]), "1 of 2 rows has no path"),
    "relative": (lambda p: write_parquet(p / "e.parquet", half(2), path=["a", "b"]), "2 of 2 .* such as a; .*--root"),
    "twice": (
        lambda p: write_parquet(p / "e.parquet", half(3), path=["/a", "/b", "/a"]),
        "1 of 3 rows is of a picture that an earlier row has with another embedding, such as /a",
    ),
    "counts": (lambda p: _npy(p / "e.npy", 4, 3), "has 4 embeddings, and .* 3 rows"),
    "no facts": (lambda p: (_npy(p / "e.npy"), (p / "e.parquet").unlink(), p / "e.npy")[2], "no e.parquet beside"),
    "parts": (lambda p: _parts(p / "out"), "2 files in img_emb and 1 in metadata"),
    "pickle": (lambda p: _pickled(p / "e.npy"), "no NumPy file of numbers, or it is cut"),
    "a pickle alone": (
        lambda p: (_npy(p / "e.npy"), _written(p / "e.npy", pickle.dumps([1])))[1],
        "no NumPy file of numbers",
    ),
    "npy cut": (lambda p: cut(_npy(p / "e.npy")), "is cut or damaged"),
    "npy of integers": (
        lambda p: (_npy(p / "e.npy"), np.save(p / "e.npy", np.ones((4, DIM), np.int8)), p / "e.npy")[2],
        "of shape .4, 32. and type int8",
    ),
    "npy of one row": (
        lambda p: (_npy(p / "e.npy"), np.save(p / "e.npy", np.ones(DIM, np.float32)), p / "e.npy")[2],
        "no array of floating numbers with a row for each picture",
    ),
    "parquet cut": (lambda p: cut(write_parquet(p / "e.parquet", half(4), path=paths(4))), "is cut or damaged"),
    "no parquet": (lambda p: _written(p / "e.parquet", b"hello"), "is no Parquet file"),
    "no lance": (lambda p: ((p / "e.lance").mkdir(), p / "e.lance")[1], "is no Lance dataset"),
    "other kind": (lambda p: _written(p / "e.csv", b"a,b"), "of no kind that embeddings are read from"),
    "nothing": (lambda p: p / "nowhere.parquet", "There is no file or folder"),
    **{
        f"paths are {kind}": (
            lambda p, values=values: write_parquet(p / "e.parquet", half(2), path=values),  # type: ignore[misc]
            'column "path" of .* and holds no paths; name another with --path-column',
        )
        for kind, values in {"floats": [1.5, 2.5], "lists": [["a"], ["b"]], "structs": [{"a": 1}, {"a": 2}]}.items()
    },
    "a path that can name no file": (
        lambda p: write_parquet(p / "e.parquet", half(2), path=["/a\0b", "/c"]),
        "1 of 2 rows has no path",
    ),
    **{
        f"{name} in another encoding": (
            lambda p, name=name: _no_utf8(p / "e.parquet", name),  # type: ignore[misc]
            f'column "{name}" of .* has texts that are not UTF-8',
        )
        for name in ("path", "caption", "exif", "taken_at", "anything")
    },
    "two columns of one name": (lambda p: _twins(p / "e.parquet"), 'has two columns "path"; rename'),
    "empty folder": (lambda p: ((p / "empty").mkdir(), p / "empty")[1], "has no embeddings in it"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_one_sentence_and_nothing_committed(tmp_path: Path, case: str) -> None:
    make, words = REFUSED[case]
    with pytest.raises(SourceError, match=words) as refused:
        import_into(tmp_path / "library", make(tmp_path))
    assert "\n" not in str(refused.value) and not (tmp_path / "library").exists()


def test_what_a_library_has_stays_as_it_is(tmp_path: Path) -> None:
    write_parquet(tmp_path / "good.parquet", half(4), path=paths(4))
    import_into(tmp_path / "library", tmp_path / "good.parquet")
    before = everything(data_set(tmp_path / "library"))
    write_parquet(tmp_path / "bad.parquet", _odd(3, np.nan), path=paths(4))
    with pytest.raises(SourceError):
        import_into(tmp_path / "library", tmp_path / "good.parquet", tmp_path / "bad.parquet")
    assert everything(data_set(tmp_path / "library")) == before


def test_a_library_in_a_folder_refuses_urls_and_paths_elsewhere(tmp_path: Path) -> None:
    def refused(path: str) -> str:
        readers = readers_of([write_parquet(tmp_path / "e.parquet", half(1), path=[path])], ColumnNames())
        wanted = Wanted(DESCRIPTION, Addresses("/photos", ("/photos",)), ColumnNames())

        def never() -> AbstractContextManager[DataSet]:
            raise AssertionError("opened before all was looked at")

        with pytest.raises(SourceError) as error:
            import_embeddings(readers, wanted, never)
        return str(error.value)

    assert "--store lance" in refused("s3://bucket/1.jpg")
    assert "below no folder of the library" in refused("/elsewhere/1.jpg")
    assert "below no folder of the library" in refused("/photos/../elsewhere/1.jpg")
    assert "below no folder of the library" in refused("../1.jpg")


def test_whose_embeddings_they_are(tmp_path: Path) -> None:
    """A file that names its model is believed; else it is said by --model, and the library must have the same."""
    plain = write_parquet(tmp_path / "plain.parquet", half(1), path=paths(1))
    table = pq.read_table(plain)
    other = Description("ViT-B-32/openai", "e" * 64, DIM, 100.0, None)
    named = tmp_path / "named.parquet"
    pq.write_table(table.replace_schema_metadata(other.metadata()), named)

    def model(path: Path, requested: str | None, library: Description | None) -> Description:
        return model_of(readers_of([path], ColumnNames()), requested, library, lambda name: DESCRIPTION)

    assert model(named, None, None) == model(named, "ViT-B-32/openai", other) == other
    assert model(plain, "builtin", None) == DESCRIPTION == model(plain, "builtin", DESCRIPTION)
    for path, requested, library, words in [
        (named, None, DESCRIPTION, "were made by ViT-B-32/openai, which can't be compared with those of builtin"),
        (named, "builtin", None, "made by ViT-B-32/openai, not by builtin"),
        (plain, "ViT-B-32/openai", DESCRIPTION, "This library has the embeddings of builtin"),
    ]:
        with pytest.raises(ModelMismatch, match=words):
            model(path, requested, library)
    with pytest.raises(ModelMismatch, match="other weights"):
        model(named, None, Description(other.model, "d" * 64, DIM, 100.0, None))
    with pytest.raises(InvalidRequest, match=r"does not say which model .* --model"):
        model(plain, None, DESCRIPTION)


@pytest.mark.parametrize("about", [b"", b"{}", b"[1]", b'{"format": 1, "model": "m", "dim": "x"}'])
def test_what_a_file_says_of_its_model_may_be_anything(tmp_path: Path, about: bytes) -> None:
    plain = write_parquet(tmp_path / "e.parquet", half(1), path=paths(1))
    pq.write_table(pq.read_table(plain).replace_schema_metadata({b"clipsearch": about}), plain)
    with pytest.raises(SourceError, match="says of its model is damaged"):
        model_of(readers_of([plain], ColumnNames()), None, None, lambda name: DESCRIPTION)
