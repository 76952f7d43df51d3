"""The section "files" of the benchmark of data sets: embeddings out of a library into files, and in from them.

A library of either kind, filled as in the section "stores", is exported in each layout, and what was written is
imported into a new library of the same kind. The bound of an export is pyarrow or NumPy writing the same columns, which
it has in memory, bare; that of an import is pyarrow reading the file, and Lance writing what it reads, bare. Each is
one new process, whose peak memory is told.
"""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.daily.models import DIM
from benchmarks.daily.processes import fresh
from benchmarks.dataset_stores import STORES, fill, peak_memory
from benchmarks.search import make_vectors

LAYOUTS = {"Parquet": "e.parquet", "NumPy": "e.npy", "Lance": "e.lance", "clip-retrieval": "e/"}


@dataclass(frozen=True, slots=True)
class Moved:
    """How long it took to move all rows, and the most memory that took."""

    seconds: float
    memory: float  # MB


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this section."""
    parser.add_argument("--rows", type=int, default=200_000, help="files: embeddings in each")


def measure(work: Path, arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the section."""
    count = arguments.rows
    vectors = work / f"vectors-{count}.npy"
    make_vectors(vectors, count)
    yield f"\n## Files: {count:,} embeddings of {DIM} dimensions\n"
    yield "| library | layout | export | of the bound | memory | import | of the bound | memory |\n|-|-|-|-|-|-|-|-|"
    bounds: dict[str, tuple[Moved, Moved]] = {}
    for store in STORES:
        library, out = work / f"files-{store.lower()}-{count}", work / f"files-out-{count}"
        shutil.rmtree(library, ignore_errors=True)
        fresh(fill, store, library, vectors)
        for name, target in LAYOUTS.items():
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir(parents=True)
            exported: Moved = fresh(export, store, library, f"{out}/{target}")
            if name not in bounds:
                bounds[name] = fresh(write_bare, out, target), fresh(read_bare, out, target)
            imported: Moved = fresh(take_in, store, out / "new", out / target)
            yield _row(store, name, count, (exported, imported), bounds[name])
            shutil.rmtree(out)


def _row(store: str, name: str, count: int, moved: tuple[Moved, Moved], bounds: tuple[Moved, Moved]) -> str:
    cells = []
    for one, bound in zip(moved, bounds, strict=True):
        cells += [f"{count / one.seconds:,.0f} rows/s", f"{bound.seconds / one.seconds:.0%}", f"{one.memory:.0f} MB"]
    return f"| {store} | {name} | {' | '.join(cells)} |"


@contextmanager
def timed(moved: list[Moved]) -> Iterator[None]:
    """Note how long the block took."""
    started = time.perf_counter()
    yield
    moved.append(Moved(time.perf_counter() - started, peak_memory()))


def export(store: str, library: Path, target: str) -> Moved:
    """Export a library."""
    from search.embedding_files.exporting import ExportRequest, export_embeddings

    moved: list[Moved] = []
    with ExitStack() as stack:
        pictures = STORES[store](library, stack)
        with timed(moved):
            export_embeddings(pictures, ExportRequest(target), library if store == "SQLite" else None)
    return moved[0]


def take_in(store: str, library: Path, path: Path) -> Moved:
    """Import files into a new library."""
    from search.embedding_imports.target import ImportTarget, import_files

    moved: list[Moved] = []
    target = ImportTarget(library if store == "SQLite" else str(library))
    with ExitStack() as stack:
        STORES[store](library, stack)  # with the root, of which there are no files
    with timed(moved):
        import_files(target, [path])
    return moved[0]


def read_all(path: Path) -> Any:
    """Return the rows of files as one table, embeddings and all."""
    import lance
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.suffix == ".lance":
        return lance.dataset(str(path)).to_table()
    if path.suffix == ".parquet":
        return pq.read_table(path)
    npy = path if path.suffix == ".npy" else path / "img_emb" / "img_emb_0.npy"
    facts = path.with_suffix(".parquet") if path.suffix == ".npy" else path / "metadata" / "metadata_0.parquet"
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(np.load(npy).ravel()), DIM)
    return pq.read_table(facts).append_column("embedding", vectors)


def write_bare(out: Path, target: str) -> Moved:
    """Write what was exported once more, from memory."""
    import lance
    import pyarrow.parquet as pq

    table, moved = read_all(out / target), list[Moved]()
    with timed(moved):
        if target.endswith(".lance"):
            lance.write_dataset(table, out / "bare.lance")
        elif target.endswith(".parquet"):
            named = [name for name in table.column_names if name != "embedding"]
            pq.write_table(table, out / "bare.parquet", 50_000, compression="zstd", use_dictionary=named)
        else:
            numbers = table["embedding"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
            np.save(out / "bare.npy", numbers.reshape(-1, DIM))
            pq.write_table(table.drop_columns(["embedding"]), out / "bare.parquet", 50_000, compression="zstd")
    return moved[0]


def read_bare(out: Path, target: str) -> Moved:
    """Read what was exported, and write it into a Lance dataset without looking at it."""
    import lance

    moved: list[Moved] = []
    with timed(moved):
        lance.write_dataset(read_all(out / target), out / "read.lance")
    return moved[0]
