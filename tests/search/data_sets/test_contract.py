"""Tests of search.data_sets.contract: what holds for every store, over Lance in a folder, in a bucket, and SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from indexer.arrays import FloatArray
from indexer.data_sets import nearest, pictures_table
from indexer.data_sets.columns import EMBEDDING, ID, schema_of
from indexer.data_sets.pictures_table import PicturesTable
from indexer.data_sets.vector_index import vector_index
from indexer.errors import ClipsearchError, FolderError, InvalidRequest, ModelMismatch
from indexer.store.models import remember_row
from indexer.store.roots import claim_root
from indexer.store.store import Store
from search.data_sets.contract import DataSet
from search.data_sets.lance_data_set import LanceDataSet
from search.data_sets.sqlite_data_set import SqliteDataSet
from search.filters.filters import NO_FILTERS, Filters, make_filters
from search.index import building, due
from search.library.library import Library
from tests.data_sets import DESCRIPTION, DIM, rows_of, unit

EXACT = 1e-5  # that a score may be off, by rounding
FEW = 500  # pictures, from which on there is an index in these tests


@dataclass(frozen=True, slots=True)
class Place:
    """A store of one kind, empty at first."""

    folder: Path  # below which its pictures are said to be
    open: Callable[[], DataSet]  # what is stored by now
    data_set: DataSet
    optimize: Callable[[], object]
    has_index: Callable[[], bool]  # that is used for a query

    def addresses(self, count: int, start: int = 0) -> list[str]:
        """Return the addresses of some pictures."""
        return [str(self.folder / f"{number:05}.jpg") for number in range(start, start + count)]

    def rows(self, vectors: FloatArray, start: int = 0, **columns: Sequence[Any]) -> pa.RecordBatch:
        """Return rows for some vectors."""
        return rows_of(self.addresses(len(vectors), start), vectors, **columns)


def in_sqlite(store: Store, folder: Path) -> SqliteDataSet:
    remember_row(store, DESCRIPTION.model, DESCRIPTION)
    claim_root(store, folder)
    return SqliteDataSet(Library(store))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have stores search by an index although they hold few pictures."""
    for module in (due, building):
        monkeypatch.setattr(module, "EXACT_ROWS", FEW)
    monkeypatch.setattr(pictures_table, "FEW_PASSING", 0)
    monkeypatch.setattr(nearest, "COST_OF_CANDIDATE", 0)


@pytest.fixture(params=["lance", "bucket", "sqlite"])
def place(request: pytest.FixtureRequest, tmp_path: Path, photos: Path, few: None) -> Iterator[Place]:
    """An empty store of each kind, which has an index from FEW pictures on."""
    if request.param == "sqlite":
        with Store.create(tmp_path / "sqlite") as store, Store.create(tmp_path / "sqlite") as other:
            local = in_sqlite(store, photos)
            has_index = lambda: not local.library.index.is_exact  # noqa: E731
            yield Place(photos, lambda: SqliteDataSet(Library(other)), local, local.optimize, has_index)
        return
    address = f"{request.getfixturevalue('bucket')}/lib" if request.param == "bucket" else str(tmp_path / "lance")
    table = PicturesTable.create(address, DESCRIPTION)
    yield Place(
        photos,
        lambda: LanceDataSet(PicturesTable.open(address)),
        LanceDataSet(table),
        lambda: table.optimize(least_rows=FEW),
        lambda: vector_index(table.dataset) is not None,
    )


def addresses_in(data_set: DataSet, where: Filters = NO_FILTERS) -> list[str]:
    return sorted(row for batch in data_set.scan(["address"], where) for row in batch["address"].to_pylist())


def found_by(
    place: Place, queries: FloatArray, k: int, where: Filters = NO_FILTERS, exact: bool = False
) -> list[list[str]]:
    """Return the names of what is found, and check how it is told."""
    found = place.data_set.search(queries, k, where, exact)
    assert found.ids.shape == found.scores.shape == (len(queries), k)
    assert found.scores.dtype == np.float32
    assert [[one is None for one in row] for row in found.ids] == np.isnan(found.scores).tolist()
    names = {}
    for batch in place.data_set.scan([ID, "address"]):
        names.update(zip(batch[ID].to_pylist(), batch["address"].to_pylist(), strict=True))
    return [[Path(names[one]).name for one in row if one is not None] for row in found.ids.tolist()]


def clustered(count: int, dim: int = DIM) -> FloatArray:
    """Return unit vectors around a few centres, as pictures are."""
    random = np.random.default_rng(1)
    points = unit(max(4, count // 50), dim)[random.integers(0, max(4, count // 50), count)]
    moved = points + 0.6 / np.sqrt(dim) * random.standard_normal(points.shape)
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)


def test_an_empty_store_answers(place: Place) -> None:
    data_set = place.data_set
    assert data_set.description == DESCRIPTION
    assert data_set.count() == 0 and list(data_set.scan()) == []
    for exact in (False, True):
        assert found_by(place, unit(2), 3, exact=exact) == [[], []]
    assert found_by(place, unit(0), 3) == []
    data_set.optimize()
    data_set.delete(make_filters(after=2000))
    assert data_set.commit([]) == data_set.version
    assert data_set.count() == 0


def test_what_is_committed_is_there_for_others_and_again_replaces(place: Place) -> None:
    data_set, vectors = place.data_set, unit(6)
    first = data_set.commit([place.rows(vectors[:2], width=[1, 2]), place.rows(vectors[2:4], start=2)])
    assert data_set.version == first and data_set.count() == place.open().count() == 4
    second = data_set.commit([place.rows(vectors[4:], start=3, width=[7, 8])])
    assert second > first
    assert addresses_in(place.open()) == place.addresses(5)
    widths = {row["address"]: row["width"] for batch in data_set.scan() for row in batch.to_pylist()}
    assert [widths[one] or 0 for one in place.addresses(5)] == [1, 2, 0, 7, 8]
    assert found_by(place, vectors[4:5], 1) == [["00003.jpg"]]
    assert found_by(place, vectors[3:4], 1) != [["00003.jpg"]]


def failing(place: Place) -> Iterator[pa.RecordBatch]:
    yield place.rows(unit(300))
    raise OSError("the disk is gone")


def test_a_commit_that_breaks_off_changes_nothing(place: Place) -> None:
    before = place.data_set.commit([place.rows(unit(2), start=1000)])
    with pytest.raises(OSError, match="the disk is gone"):
        place.data_set.commit(failing(place))
    assert place.data_set.version == place.open().version == before
    assert addresses_in(place.open()) == place.addresses(2, 1000)


def bad_rows(place: Place) -> dict[str, tuple[pa.RecordBatch, type[ClipsearchError], str]]:
    """Return rows that are not to be committed, with the error and what it says."""
    good, dim = unit(3), DIM // 2
    odd = {"nan": good.copy(), "inf": good.copy(), "zero": good.copy(), "long": good * np.float32(1.1)}
    odd["nan"][1, 4], odd["inf"][1, 4], odd["zero"][1] = np.nan, np.inf, 0
    other = rows_of(place.addresses(3), unit(3, dim), replace(DESCRIPTION, dim=dim))
    plain = place.rows(good)
    rows = pa.concat_tables([pa.Table.from_batches([plain.slice(0, 2)]), pa.Table.from_batches([plain.slice(1, 2)])])
    mask = pa.array([False, True, False])
    nulls = plain.set_column(plain.schema.names.index(EMBEDDING), plain.schema.field(EMBEDDING), _masked(plain, mask))
    foreign = rows_of(place.addresses(3), good, replace(DESCRIPTION, model="other", fingerprint="0" * 64))
    return {
        "dimensions": (other, InvalidRequest, "16 dimensions, and those of the library's model, builtin, have 32"),
        "NaN": (place.rows(odd["nan"]), InvalidRequest, "embedding of .*00001.jpg holds what is no finite number"),
        "infinite": (place.rows(odd["inf"]), InvalidRequest, "embedding of .*00001.jpg holds what is no finite number"),
        "zero": (place.rows(odd["zero"]), InvalidRequest, "embedding of .*00001.jpg has not the length 1"),
        "long": (place.rows(odd["long"]), InvalidRequest, "embedding of .*00000.jpg has not the length 1"),
        "null": (nulls, InvalidRequest, "no id, address or embedding"),
        "twice": (rows.combine_chunks().to_batches()[0], InvalidRequest, "same id, that of .*00001.jpg"),
        "columns": (plain.drop_columns(["width"]), InvalidRequest, "columns of a library .width."),
        "another model": (foreign, ModelMismatch, "of the model other, and the library's are of builtin"),
    }


def _masked(rows: pa.RecordBatch, mask: pa.Array) -> pa.Array:
    values = rows[EMBEDDING].to_pylist()
    kept = [None if is_null else value for value, is_null in zip(values, mask.to_pylist(), strict=True)]
    return pa.array(kept, rows[EMBEDDING].type)


def test_rows_that_are_not_sound_are_refused_and_nothing_is_committed(place: Place) -> None:
    before = place.data_set.commit([place.rows(unit(2), start=1000)])
    for name, (rows, error, says) in bad_rows(place).items():
        with pytest.raises(error, match=f"{says}.*nothing was committed.$") as raised:
            place.data_set.commit([place.rows(unit(2), start=50), rows])
        assert "\n" not in str(raised.value), name
        assert place.open().version == before, name
    assert addresses_in(place.data_set) == place.addresses(2, 1000)


def test_the_same_id_in_two_batches_of_a_commit_is_refused(place: Place) -> None:
    with pytest.raises(InvalidRequest, match="Two rows have the same id"):
        place.data_set.commit([place.rows(unit(2)), place.rows(unit(2), start=1)])
    assert place.data_set.count() == 0


@pytest.mark.parametrize("queries", [unit(1)[0], unit(2, DIM - 1), np.full((1, DIM), np.nan, np.float32)])
def test_queries_of_another_shape_are_refused(place: Place, queries: FloatArray) -> None:
    place.data_set.commit([place.rows(unit(3))])
    with pytest.raises(InvalidRequest, match=r"must be finite, of shape \(n, 32\)"):
        place.data_set.search(queries, 1)


def test_deleting_what_passes(place: Place) -> None:
    dates = [f"20{year}" for year in (10, 11, 12, 13)]
    before = place.data_set.commit([place.rows(unit(5), taken_at=[*dates, None])])
    after = place.data_set.delete(make_filters(after=2011, before=2013))
    assert after > before and place.data_set.version == after
    assert addresses_in(place.open()) == [place.addresses(5)[number] for number in (0, 3, 4)]
    assert found_by(place, unit(5)[1:2], 9)[0] and "00001.jpg" not in found_by(place, unit(5)[1:2], 9)[0]
    with pytest.raises(FolderError):
        place.data_set.delete(make_filters(folder=place.folder / "none"))
    place.data_set.delete(NO_FILTERS)
    assert place.data_set.count() == place.open().count() == 0


def test_counting_and_scanning_what_passes(place: Place) -> None:
    place.data_set.commit(
        [place.rows(unit(30), format=["JPEG", "PNG", "MP4"] * 10, width=list(range(30)), height=[9] * 30)]
    )
    png = make_filters(types="png")
    assert place.data_set.count(png) == 10
    batches = list(place.data_set.scan(["width", EMBEDDING, "address"], png, rows=4))
    assert [batch.schema.names for batch in batches] == [["width", EMBEDDING, "address"]] * len(batches)
    assert max(batch.num_rows for batch in batches) <= 4
    table = pa.Table.from_batches(batches)
    numbers = table["width"].to_pylist()
    assert sorted(numbers) == list(range(1, 30, 3))
    vectors = table[EMBEDDING].combine_chunks().flatten().to_numpy().reshape(-1, DIM)
    assert vectors.dtype == np.float16
    assert np.array_equal(vectors, unit(30).astype(np.float16)[numbers])
    assert table["address"].to_pylist() == [place.addresses(30)[number] for number in numbers]
    again = pa.Table.from_batches(list(place.data_set.scan(["width"], png)))
    assert again["width"].to_pylist() == numbers
    assert place.data_set.count(make_filters(types="png", min_size=(0, 99))) == 0
    assert list(place.data_set.scan(None, make_filters(types="png", min_size=(0, 99)))) == []


def test_all_columns_come_as_the_schema_says(place: Place) -> None:
    known = {
        **{"content_hash": [b"c" * 16], "perceptual_hash": [b"p" * 32], "size": [5_000_000_000], "width": [640]},
        **{"height": [480], "format": ["JPEG"], "taken_at": ["2021-07-04T15:30:00+02:00"], "taken_ms": [7]},
        **{"taken_from": ["exif"], "camera_make": ["Añ\x1a00"], "camera_model": ["5D"], "lens": ["50 mm"]},
        **{"latitude": [48.5], "longitude": [-2.5], "orientation": [6], "note": ["cut off"]},
    }
    place.data_set.commit([place.rows(unit(1), source=[str(place.folder)], **known)])
    (batch,) = place.data_set.scan()
    assert batch.schema.equals(schema_of(DESCRIPTION), check_metadata=True)
    row = batch.to_pylist()[0]
    assert {name: [row[name]] for name in known} == known
    assert (row["source"], row["address"], row["at_ms"]) == (str(place.folder), place.addresses(1)[0], None)
    copied = pa.RecordBatch.from_pylist([row | {"size": 4}], batch.schema)
    place.data_set.commit([copied])  # what was scanned can be committed
    assert place.data_set.count() == 1


def test_moments_of_a_video_are_rows_that_share_an_address(place: Place) -> None:
    video = [str(place.folder / "a.mp4")] * 3
    vectors = unit(3)
    place.data_set.commit(
        [rows_of(video, vectors, at_ms=[0, 1000, 2000], format=["MP4"] * 3), place.rows(unit(1, seed=9))]
    )
    place.data_set.commit([rows_of(video[:1], unit(1, seed=5), at_ms=[1000], format=["MP4"])])
    rows = [row for batch in place.data_set.scan(["address", "at_ms"]) for row in batch.to_pylist()]
    assert sorted((row["at_ms"] for row in rows if row["address"] == video[0]), key=int) == [0, 1000, 2000]
    assert [row["at_ms"] for row in rows if row["address"] != video[0]] == [None]
    found = place.data_set.search(unit(1, seed=5), 1)
    assert found.scores[0, 0] > 0.999


def test_more_than_there_are_and_filtered(place: Place) -> None:
    vectors = unit(8)
    place.data_set.commit([place.rows(vectors, taken_at=["2020", "2021"] * 4)])
    for exact in (False, True):
        order = [f"{number:05}.jpg" for number in np.argsort(-(vectors @ vectors[3]))]
        assert found_by(place, vectors[3:4], 20, exact=exact) == [order]
        odd = [name for name in order if int(name[:5]) % 2]
        assert found_by(place, vectors[3:4], 20, make_filters(after=2021), exact) == [odd]
        assert found_by(place, vectors[3:4], 3, make_filters(after=2021), exact) == [odd[:3]]
        assert found_by(place, vectors[:2], 3, make_filters(after=2022), exact) == [[], []]


def test_an_index_finds_what_an_exact_search_finds_with_its_scores(place: Place) -> None:
    vectors = clustered(3000)
    years = [f"20{number % 50 + 10}" for number in range(3000)]
    place.data_set.commit(
        place.rows(vectors[at : at + 500], start=at, taken_at=years[at : at + 500]) for at in range(0, 3000, 500)
    )
    version = place.data_set.version
    place.optimize()
    assert place.data_set.version >= version and place.data_set.count() == 3000
    assert place.has_index()
    queries = np.asarray(vectors[::100] + 0.1 * unit(30), dtype=np.float32)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    for where, share in ((NO_FILTERS, 1), (make_filters(before=2015), 10)):
        exact = place.data_set.search(queries, 10, where, exact=True)
        near = place.data_set.search(queries, 10, where)
        assert overlap(exact.ids, near.ids) >= 0.99, share
        truth = queries @ vectors.astype(np.float16).astype(np.float32).T
        truth[:, [number % 50 + 2010 >= 2015 and share > 1 for number in range(3000)]] = -1
        best = -np.sort(-truth, axis=1)[:, :10]
        assert np.abs(exact.scores - best).max() < EXACT
        assert_scores_are_true(place, near.ids, near.scores, queries, vectors)


def overlap(expected: Any, found: Any) -> float:
    """Return the recall."""
    hits = [len(set(one) & set(other)) for one, other in zip(expected.tolist(), found.tolist(), strict=True)]
    return sum(hits) / expected.size


def assert_scores_are_true(
    place: Place, ids: Any, scores: FloatArray, queries: FloatArray, vectors: FloatArray
) -> None:
    numbers = {}
    for batch in place.data_set.scan([ID, "address"]):
        numbers.update(
            zip(batch[ID].to_pylist(), (int(Path(one).stem) for one in batch["address"].to_pylist()), strict=True)
        )
    stored = vectors.astype(np.float16).astype(np.float32)
    for row, query in enumerate(queries):
        chosen = [numbers[one] for one in ids[row]]
        assert np.abs(scores[row] - stored[chosen] @ query).max() < EXACT
        assert (np.diff(scores[row]) <= 0).all()


def test_what_changes_after_an_index_was_made_is_found(place: Place) -> None:
    vectors = clustered(800)
    place.data_set.commit([place.rows(vectors, taken_at=["2020"] * 400 + ["2021"] * 400)])
    place.optimize()
    assert place.has_index()
    fresh = unit(2, seed=77)
    place.data_set.commit([place.rows(fresh[:1], start=5000), place.rows(fresh[1:], start=7)])
    assert found_by(place, fresh, 1) == [["05000.jpg"], ["00007.jpg"]]
    assert found_by(place, vectors[7:8], 1) != [["00007.jpg"]]
    place.data_set.delete(make_filters(after=2021))
    assert place.data_set.count() == 401
    assert all(int(name[:5]) < 400 for name in found_by(place, vectors[500:501], 20)[0] if name != "05000.jpg")
    place.optimize()
    assert place.open().count() == 401
    assert found_by(place, fresh, 1) == [["05000.jpg"], ["00007.jpg"]]


def test_columns_that_are_not_there_are_told(place: Place) -> None:
    place.data_set.commit([place.rows(unit(1))])
    with pytest.raises(InvalidRequest, match='There is no column "colour"; there are: id, source,'):
        list(place.data_set.scan(["id", "colour"]))
