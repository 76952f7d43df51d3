"""Tests of search.embedding_imports: files as other programs write them, and their rows in a library."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from indexer.data_sets.texts import from_column
from indexer.errors import LibraryError, SourceError
from indexer.paths import cache_folder
from search.data_sets.lance_data_set import LanceDataSet
from search.embedding_imports.found import readers_of
from search.embedding_imports.imported_columns import Addresses
from search.embedding_imports.importing import import_embeddings
from search.embedding_imports.kept_error import KeptError
from search.embedding_imports.reading import READ_ROWS, ColumnNames
from search.embedding_imports.spooling import Wanted, spooled
from tests.data_sets import DESCRIPTION, DIM, unit
from tests.embedding_files import data_set, everything, half, import_into, paths, write_parquet


def rows_in(library: Path) -> list[dict[str, object]]:
    """Return the rows of a data set by their addresses."""
    return sorted(everything(data_set(library)), key=lambda row: str(row["address"]))


@pytest.mark.parametrize("kind", [pa.list_(pa.float32()), pa.list_(pa.float64()), pa.large_list(pa.float16())])
@pytest.mark.parametrize("name", ["path", "url", "image_path", "file_name", "key"])
def test_columns_by_their_usual_names_and_numbers_of_any_width(tmp_path: Path, kind: pa.DataType, name: str) -> None:
    addresses = [f"s3://bucket/{number}.jpg" for number in range(5)]
    write_parquet(tmp_path / "e.parquet", half(5), kind, **{name: addresses})
    assert import_into(tmp_path / "library", tmp_path / "e.parquet").rows == 5
    rows = rows_in(tmp_path / "library")
    assert [row["address"] for row in rows] == addresses
    assert np.array_equal(np.array([row["embedding"] for row in rows], dtype=np.float32), half(5))


def test_columns_that_are_named(tmp_path: Path) -> None:
    listed = pa.array([list(map(float, row)) for row in half(2)])
    pq.write_table(pa.table({"where": paths(2), "path": ["x", "y"], "clip_l": listed}), tmp_path / "e.parquet")
    with pytest.raises(SourceError, match=r"has no column of embeddings .* it has: where, path, clip_l; name one with"):
        import_into(tmp_path / "library", tmp_path / "e.parquet")
    assert import_into(tmp_path / "library", tmp_path / "e.parquet", names=ColumnNames("clip_l", "where")).rows == 2
    assert [row["address"] for row in rows_in(tmp_path / "library")] == paths(2)


def test_paths_may_be_bytes_categories_or_ids(tmp_path: Path) -> None:
    kinds = {
        "bytes": pa.array([b"/a/1.jpg", b"/a/\xff.jpg"], pa.binary()),
        "categories": pa.array(["/a/1.jpg", "/a/2.jpg"]).dictionary_encode(),
        "ids": pa.array([1, 2]),
    }
    found = {}
    for kind, column in kinds.items():
        write_parquet(tmp_path / f"{kind}.parquet", half(2), path=column)
        import_into(tmp_path / kind, tmp_path / f"{kind}.parquet", root="/r")
        found[kind] = [from_column(str(row["address"])) for row in rows_in(tmp_path / kind)]
    assert sorted(found["bytes"]) == ["/a/1.jpg", "/a/\udcff.jpg"], "the name stays what it is on the disk"
    assert (found["categories"], found["ids"]) == (["/a/1.jpg", "/a/2.jpg"], ["/r/1", "/r/2"])


def test_what_else_a_file_says_is_kept(tmp_path: Path) -> None:
    facts = {
        "width": [640.0, None],  # as pandas has whole numbers with gaps
        "TEXT": ["a cup", None],
        "latitude": [48.0, 99.0],  # no such place
        "NSFW": ["unlikely", None],
        "similarity": [0.25, float("nan")],
    }
    write_parquet(tmp_path / "e.parquet", half(2), path=paths(2), **facts)
    import_into(tmp_path / "library", tmp_path / "e.parquet")
    first, second = rows_in(tmp_path / "library")
    assert (first["width"], first["caption"], first["latitude"]) == (640, "a cup", 48.0)
    assert first["extra"] == '{"NSFW": "unlikely", "similarity": 0.25}'
    assert (second["width"], second["caption"], second["latitude"]) == (None, None, None)


def test_folder_of_clip_retrieval_with_the_tenth_part_after_the_ninth(tmp_path: Path) -> None:
    """As its writer lays it out where the number of parts was not known; of a webdataset image_path is the key."""
    folder = tmp_path / "out"
    (folder / "img_emb").mkdir(parents=True)
    (folder / "metadata").mkdir()
    vectors = half(11)
    for number in range(11):
        np.save(folder / "img_emb" / f"img_emb_{number}.npy", vectors[number : number + 1].astype(np.float16))
        facts = {"image_path": [f"{number:09}"], "caption": ["c"], "url": [f"https://example.org/{number:02}.jpg"]}
        pq.write_table(pa.table(facts), folder / "metadata" / f"metadata_{number}.parquet")
    assert import_into(tmp_path / "library", folder).rows == 11
    rows = rows_in(tmp_path / "library")
    assert [row["address"] for row in rows] == [f"https://example.org/{number:02}.jpg" for number in range(11)]
    assert np.array_equal(np.array([row["embedding"] for row in rows], dtype=np.float32), vectors)
    assert import_into(tmp_path / "one", folder / "img_emb" / "img_emb_10.npy").rows == 1, "a part alone"


def test_shards_of_img2dataset_with_numpy_files_beside(tmp_path: Path) -> None:
    folder = tmp_path / "shards"
    folder.mkdir()
    for number in (9, 10):
        facts = {"url": [f"https://example.org/{number}.jpg"], "key": [f"{number:05}0000"], "status": ["success"]}
        pq.write_table(pa.table(facts), folder / f"{number:05}.parquet")
        np.save(folder / f"{number:05}.npy", half(1, seed=number))
    assert import_into(tmp_path / "library", folder).rows == 2


def test_rows_without_an_embedding_are_left_out(tmp_path: Path) -> None:
    """Such as img2dataset has of pictures that could not be loaded."""
    listed = pa.array([list(map(float, half(1)[0])), None], pa.list_(pa.float32()))
    pq.write_table(pa.table({"url": ["s3://b/1", "s3://b/2"], "embedding": listed}), tmp_path / "e.parquet")
    done = import_into(tmp_path / "library", tmp_path / "e.parquet")
    assert (done.rows, done.without) == (1, 1)
    assert [row["address"] for row in rows_in(tmp_path / "library")] == ["s3://b/1"]


def test_a_lance_dataset_of_others_and_fixed_lists(tmp_path: Path) -> None:
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(half(4).ravel()), DIM)
    lance.write_dataset(pa.table({"uri": paths(4), "vector": vectors}), tmp_path / "e.lance")
    assert import_into(tmp_path / "library", tmp_path / "e.lance").rows == 4
    with_gap = pa.array([None, *vectors.to_pylist()[1:]], vectors.type)  # the numbers under a null are no embedding
    pq.write_table(pa.table({"uri": paths(4), "vector": with_gap}), tmp_path / "e.parquet")
    done = import_into(tmp_path / "other", tmp_path / "e.parquet")
    assert (done.rows, done.without) == (3, 1)
    assert np.array_equal(rows_in(tmp_path / "other")[0]["embedding"], half(4)[1])


def test_relative_paths_start_from_the_root(tmp_path: Path) -> None:
    write_parquet(tmp_path / "e.parquet", half(2), path=["a/1.jpg", "./b/../2.jpg"])
    import_into(tmp_path / "library", tmp_path / "e.parquet", root="/photos")
    assert [row["address"] for row in rows_in(tmp_path / "library")] == ["/photos/2.jpg", "/photos/a/1.jpg"]
    import_into(tmp_path / "remote", tmp_path / "e.parquet", root="s3://bucket/photos/")
    assert [row["address"] for row in rows_in(tmp_path / "remote")] == [
        "s3://bucket/photos/2.jpg",
        "s3://bucket/photos/a/1.jpg",
    ]


def test_rows_that_say_the_same_twice_count_once(tmp_path: Path) -> None:
    vectors = np.concatenate([half(3), half(3)[:2]])
    write_parquet(tmp_path / "e.parquet", vectors, path=[*paths(3), *paths(2)])
    done = import_into(tmp_path / "library", tmp_path / "e.parquet")
    assert (done.rows, done.repeated) == (3, 2) and len(rows_in(tmp_path / "library")) == 3


def test_moments_of_a_video_are_rows_of_their_own(tmp_path: Path) -> None:
    write_parquet(tmp_path / "e.parquet", half(2), path=["/v.mp4"] * 2, at=[0.0, 1.5])
    import_into(tmp_path / "library", tmp_path / "e.parquet")
    assert sorted(row["at_ms"] for row in rows_in(tmp_path / "library")) == [0, 1500]  # type: ignore[type-var]


def test_moments_that_are_none_and_rows_that_are_one(tmp_path: Path) -> None:
    vectors = np.concatenate([half(1), half(1), half(2)])
    times = [None, 0.0, -1.0, float("inf")]
    write_parquet(tmp_path / "e.parquet", vectors, path=["/a.jpg", "/a.jpg", "/b.jpg", "/c.jpg"], at=times)
    done = import_into(tmp_path / "library", tmp_path / "e.parquet")
    assert (done.rows, done.repeated) == (3, 1)
    assert [row["at_ms"] for row in rows_in(tmp_path / "library")] == [None, None, None]


def test_embeddings_that_were_scaled_in_few_bits_are_taken(tmp_path: Path) -> None:
    rounded = unit(5) * np.array([[1.004], [0.996], [1.0005], [1], [1]], dtype=np.float32)
    write_parquet(tmp_path / "e.parquet", rounded, path=paths(5))
    assert import_into(tmp_path / "library", tmp_path / "e.parquet").scaled == 0
    stored = np.array([row["embedding"] for row in rows_in(tmp_path / "library")], dtype=np.float32)
    assert np.abs(np.linalg.norm(stored, axis=1) - 1).max() < 1e-3


def test_other_lengths_are_scaled_if_that_is_asked_for(tmp_path: Path) -> None:
    write_parquet(tmp_path / "e.parquet", unit(3) * 10, path=paths(3))
    assert import_into(tmp_path / "library", tmp_path / "e.parquet", normalize=True).scaled == 3
    stored = np.array([row["embedding"] for row in rows_in(tmp_path / "library")], dtype=np.float32)
    assert np.allclose(stored, unit(3), atol=1e-3)


def test_many_rows_pass_in_order_and_few_at_once(tmp_path: Path) -> None:
    count = 2 * READ_ROWS + 5
    vectors = unit(count, 4)
    np.save(tmp_path / "e.npy", vectors.astype(np.float16))
    pq.write_table(pa.table({"path": [f"/{number:06}" for number in range(count)]}), tmp_path / "e.parquet")
    from indexer.data_sets.description import Description

    small = Description("builtin", "f" * 64, 4, 100.0, None)
    assert import_into(tmp_path / "library", tmp_path / "e.npy", description=small).rows == count
    table = pa.Table.from_batches(list(data_set(tmp_path / "library", None, small).scan(["address", "embedding"])))
    rows = sorted(zip(table["address"].to_pylist(), table["embedding"].to_pylist(), strict=True))
    assert np.array_equal(np.array([row for _, row in rows], np.float16), vectors.astype(np.float16))


def test_a_parquet_file_is_not_held_in_memory(tmp_path: Path) -> None:
    """Fails before: all of its row groups were read at once, and stayed to the end."""
    groups, rows = 20, READ_ROWS
    schema = pa.schema([("path", pa.string()), ("embedding", pa.list_(pa.float32(), DIM))])
    vectors, names = unit(rows), paths(rows)
    with pq.ParquetWriter(tmp_path / "e.parquet", schema, compression="none", use_dictionary=False) as file:
        for _ in range(groups):
            listed = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), DIM)
            file.write_table(pa.table([pa.array(names), listed], schema=schema))
    size, before = (tmp_path / "e.parquet").stat().st_size, pa.total_allocated_bytes()
    (reader,) = readers_of([tmp_path / "e.parquet"], ColumnNames())
    held = [pa.total_allocated_bytes() - before for _ in reader.rows()]
    assert len(held) == groups and max(held) < size / 2


def test_nothing_lies_in_the_cache_folder_while_rows_are_looked_at(tmp_path: Path, cache: Path) -> None:
    """So that nothing stays there if the process is killed."""
    write_parquet(tmp_path / "e.parquet", half(3), path=paths(3))
    wanted = Wanted(DESCRIPTION, Addresses(None), ColumnNames())
    before = sorted(cache_folder().glob("*"))
    with spooled(readers_of([tmp_path / "e.parquet"], ColumnNames()), wanted) as rows:
        assert sorted(cache_folder().glob("*")) == before
        assert sum(batch.num_rows for batch in rows.batches()) == 3


class Unmended(LanceDataSet):
    """A data set that can't be optimized."""

    def optimize(self) -> None:
        raise LibraryError("Others write.")


def test_rows_are_in_though_the_library_can_not_be_optimized(tmp_path: Path) -> None:
    write_parquet(tmp_path / "e.parquet", half(3), path=paths(3))
    pictures, told = Unmended(data_set(tmp_path / "library").table), []
    wanted = Wanted(DESCRIPTION, Addresses(None), ColumnNames())
    readers = readers_of([tmp_path / "e.parquet"], ColumnNames())
    done = import_embeddings(
        readers, wanted, lambda: nullcontext(pictures), stored=lambda: told.append(pictures.count())
    )
    assert (done.rows, done.not_optimized, told) == (3, "Others write.", [3])


def test_why_rows_were_not_taken_comes_out_as_it_was() -> None:
    """Fails before: GeneratorExit, which rows get that nobody pulls any more."""

    def give_up(batches: Iterable[pa.RecordBatch]) -> None:
        for _ in batches:
            raise LibraryError("There is no room left.")

    kept = KeptError([pa.record_batch({"id": ["a"]})])
    with pytest.raises(LibraryError, match="no room"), kept:
        give_up(iter(kept))
