"""The section "stores" of the benchmark of data sets: the same pictures in Lance and in SQLite with FAISS.

Both stores get the same clustered embeddings (benchmarks/search.py) and facts through the contract of a store, in
commits of 50,000, and are then optimized. The queries are vectors around other draws of the centres, asked one after
another for the best 10, and a part of them for the best 100 and 200; recall is against the exact product with all
stored vectors, also of those alone that pass a filter: one year of fifty, and five of them. "First" is the first search
with a filter, which looks up what passes; Lance's files are read before. Each store is filled in one new process and
asked in another.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.daily.models import DIM
from benchmarks.daily.processes import fresh, into_the_page_cache
from benchmarks.search import BLOCK, CENTRES, QUERY_NOISE, around, centres, make_vectors
from indexer.data_sets.columns import EMBEDDING, ID, row_id, schema_of
from indexer.data_sets.description import Description
from search.data_sets.contract import DataSet
from search.data_sets.lance_data_set import LanceDataSet
from search.filters.filters import NO_FILTERS, Filters, make_filters

DESCRIPTION = Description("benchmark", "b" * 64, DIM, 100.0, None)
TOPS = (10, 100, 200)  # the last is what the cut-off of a query looks at
YEARS = 50
COMMIT = 50_000  # rows
ROOT = Path("/photos")
FILTERS: dict[str, Filters] = {
    "all": NO_FILTERS,
    "10%": make_filters(after="2000", before="2005"),
    "2%": make_filters(after="2000", before="2001"),
}
GOALS = {"all": 0.99, "10%": 0.98, "2%": 0.98}  # recall@10
LEAST_OF_MANY = 0.98  # recall of more
PART = 4  # of the queries, one in so many is asked for more than the best 10
MOST_MS = 15.0


@dataclass(slots=True)
class Asked:
    """What was measured of one store."""

    first: dict[str, float] = field(default_factory=dict)  # ms, by filter
    p50: dict[tuple[str, int], float] = field(default_factory=dict)  # ms, by filter and how many are asked for
    p95: dict[tuple[str, int], float] = field(default_factory=dict)
    recall: dict[tuple[str, int], float] = field(default_factory=dict)
    memory: float = 0.0  # MB


@dataclass(frozen=True, slots=True)
class Filled:
    """How long it took to make a store, its size, and the most memory that took."""

    commit: float  # seconds
    optimize: float
    bytes: int
    memory: float  # MB


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this section."""
    parser.add_argument("--vectors", type=int, default=500_000, help="stores: embeddings in each")
    parser.add_argument("--queries", type=int, default=200, help="stores: how many are asked")


def measure(work: Path, arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the section."""
    count, vectors = arguments.vectors, work / f"vectors-{arguments.vectors}.npy"
    make_vectors(vectors, count)
    yield f"\n## Stores: {count:,} embeddings of {DIM} dimensions\n"
    yield "| store | filter | first ms | best | recall | p50 ms | p95 ms | reached |\n|-|-|-|-|-|-|-|-|"
    about = []
    for name in STORES:
        place = work / f"store-{name.lower()}-{count}"
        shutil.rmtree(place, ignore_errors=True)
        filled: Filled = fresh(fill, name, place, vectors)
        asked: Asked = fresh(ask, name, place, vectors, arguments.queries)
        yield from (_row(name, passing, top, asked) for passing in FILTERS for top in TOPS)
        about.append(
            f"| {name} | {filled.commit:.0f} s, {count / filled.commit:,.0f}/s | {filled.optimize:.0f} s |"
            f" {filled.bytes / count:.0f} | {filled.memory:.0f} MB | {asked.memory:.0f} MB |"
        )
    yield "\n| store | committed | optimized | bytes a picture | memory to make it | memory to ask |\n|-|-|-|-|-|-|"
    yield from about


def _row(name: str, passing: str, top: int, asked: Asked) -> str:
    recall, p50, is_few = asked.recall[passing, top], asked.p50[passing, top], top == TOPS[0]
    least = GOALS[passing] if is_few else LEAST_OF_MANY
    is_timed = name == "Lance" and is_few
    reached = "yes" if recall >= least and not (is_timed and p50 > MOST_MS) else "no"
    goals = ", ".join([f"recall >= {least}"] + [f"p50 <= {MOST_MS:.0f} ms"] * is_timed)
    first = f"{asked.first[passing]:.1f}" if is_few else ""
    cells = (name, passing, first, top, f"{recall:.4f}", f"{p50:.1f}", f"{asked.p95[passing, top]:.1f}")
    return f"| {' | '.join(map(str, cells))} | {reached}: {goals} |"


def fill(name: str, place: Path, vectors: Path) -> Filled:
    """Make a store of all vectors."""
    rows = np.load(vectors, mmap_mode="r")
    with ExitStack() as stack:
        store = STORES[name](place, stack)
        started = time.perf_counter()
        for start in range(0, len(rows), COMMIT):
            store.commit(batches(rows, start, min(start + COMMIT, len(rows))))
        committed = time.perf_counter()
        store.optimize()
        optimized = time.perf_counter()
        if isinstance(store, LanceDataSet):  # which keeps earlier versions for some weeks
            store.table.dataset.cleanup_old_versions(timedelta(microseconds=1))
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    return Filled(committed - started, optimized - committed, size, peak_memory())


def batches(rows: np.ndarray, start: int, end: int) -> Iterator[Any]:
    """Yield the rows of some numbers."""
    import pyarrow as pa

    schema = schema_of(DESCRIPTION)
    for at in range(start, end, BLOCK):
        some = range(at, min(at + BLOCK, end))
        known = facts(some)
        values = pa.array(np.ascontiguousarray(rows[some.start : some.stop]).ravel())
        known[EMBEDDING] = pa.FixedSizeListArray.from_arrays(values, DIM)
        arrays = [
            known[one.name]
            if isinstance(known.get(one.name), pa.Array)
            else pa.array(known.get(one.name, [None] * len(some)), one.type)
            for one in schema
        ]
        yield pa.record_batch(arrays, schema=schema)


def facts(numbers: range) -> dict[str, Any]:
    """Return the columns of pictures but for the embeddings."""
    addresses = [f"{ROOT}/{number // 500:04}/IMG_{number:07}.jpg" for number in numbers]
    digests = [number.to_bytes(16, "big") for number in numbers]
    return {
        ID: [row_id(*identity) for identity in zip(addresses, [None] * len(addresses), digests, strict=True)],
        "source": [str(ROOT)] * len(numbers),
        "address": addresses,
        "content_hash": digests,
        "size": [3_800_000 + number % 1000 for number in numbers],
        "width": [4000] * len(numbers),
        "height": [3000] * len(numbers),
        "format": ["JPEG"] * len(numbers),
        "taken_at": [
            f"{2000 + number % YEARS}-{number % 12 + 1:02}-{number % 28 + 1:02}T12:00:00" for number in numbers
        ],
        "camera_make": ["Clipsearch"] * len(numbers),
        "camera_model": [f"Benchmark {number % 7}" for number in numbers],
        "latitude": [40 + number % 1000 / 100 for number in numbers],
        "longitude": [number % 777 / 50 for number in numbers],
    }


def ask(name: str, place: Path, vectors: Path, count: int) -> Asked:
    """Ask a store, and compare what it finds with what is there."""
    random = np.random.default_rng(3)
    queries = around(centres()[random.integers(0, CENTRES, count)], QUERY_NOISE, random).astype(np.float32)
    true = best(np.load(vectors, mmap_mode="r"), queries)
    into_the_page_cache(place)
    asked = Asked()
    with ExitStack() as stack:
        store = STORES[name](place, stack)
        addresses = numbers_of(store)
        store.search(queries[:1], TOPS[0])
        for passing, filters in FILTERS.items():
            asked.first[passing] = _timed(store, queries[0], TOPS[0], filters)[1]
            for top in TOPS:
                _ask_for(store, top, passing, zip(queries, true[passing], strict=True), addresses, asked)
    asked.memory = peak_memory()
    return asked


def _ask_for(
    store: DataSet, top: int, passing: str, pairs: Iterable[tuple[Any, Any]], addresses: dict[str, int], asked: Asked
) -> None:
    """Ask for the best `top` of each query, or of some of them, and note the times and what was found."""
    times, hits = [], []
    for query, expected in islice(pairs, 0, None, 1 if top == TOPS[0] else PART):
        ids, ms = _timed(store, query, top, FILTERS[passing])
        times.append(ms)
        wanted = set(expected[:top].tolist())
        hits.append(len({addresses[one] for one in ids if one is not None} & wanted) / len(wanted))
    asked.p50[passing, top], asked.p95[passing, top] = statistics.median(times), float(np.percentile(times, 95))
    asked.recall[passing, top] = statistics.mean(hits)


def _timed(store: DataSet, query: np.ndarray, top: int, filters: Filters) -> tuple[Any, float]:
    """Return the ids that a search finds, and how many milliseconds it took."""
    started = time.perf_counter()
    found = store.search(query[np.newaxis], top, filters)
    return found.ids[0], 1000 * (time.perf_counter() - started)


def numbers_of(store: DataSet) -> dict[str, int]:
    """Return the number of each picture, by its id in the store."""
    found = {}
    for batch in store.scan([ID, "address"]):
        for identity, address in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            found[identity] = int(address[-11:-4])
    return found


def best(rows: np.ndarray, queries: np.ndarray) -> dict[str, np.ndarray]:
    """Return the numbers of the nearest (queries, 200) that pass each filter, by an exact product."""
    years = {"all": YEARS, "10%": YEARS // 10, "2%": 1}
    kept: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {name: [] for name in years}
    for start in range(0, len(rows), BLOCK):
        scores = queries @ rows[start : start + BLOCK].astype(np.float32).T
        numbers = np.arange(start, start + scores.shape[1])
        for name, some in years.items():
            passing = np.flatnonzero(numbers % YEARS < some)
            order = np.argsort(-scores[:, passing], axis=1)[:, : TOPS[-1]]
            kept[name].append((numbers[passing][order], np.take_along_axis(scores[:, passing], order, 1)))
    nearest = {}
    for name, parts in kept.items():
        numbers, scores = (np.concatenate(part, axis=1) for part in zip(*parts, strict=True))
        nearest[name] = np.take_along_axis(numbers, np.argsort(-scores, axis=1)[:, : TOPS[-1]], 1)
    return nearest


def peak_memory() -> float:
    """Return the most memory that this process had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def in_lance(place: Path, stack: ExitStack) -> DataSet:
    """Open a store in Lance, or make it."""
    from indexer.addresses import is_data_set
    from indexer.data_sets.pictures_table import PicturesTable

    table = PicturesTable.open(str(place)) if is_data_set(place) else PicturesTable.create(str(place), DESCRIPTION)
    return LanceDataSet(table)


def in_sqlite(place: Path, stack: ExitStack) -> DataSet:
    """Open a local library, or make it; the pictures need no files."""
    from indexer.store.models import remember_row
    from indexer.store.roots import claim_root
    from indexer.store.store import Store
    from search.data_sets.sqlite_data_set import SqliteDataSet
    from search.library.library import Library

    store = stack.enter_context(Store.create(place))
    remember_row(store, DESCRIPTION.model, DESCRIPTION)
    claim_root(store, ROOT)
    return SqliteDataSet(Library(store))


STORES: dict[str, Callable[[Path, ExitStack], DataSet]] = {"Lance": in_lance, "SQLite": in_sqlite}
