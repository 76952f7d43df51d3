"""The section "files" of the benchmark of data sets: embeddings out of a library into files, and in from them.

A library of either kind, filled as in the section "stores", is exported in each layout, and what was written is
imported into a new library of the same kind. The bound of an export is pyarrow or NumPy writing the same columns, which
it has in memory, bare; that of an import is pyarrow reading the file, and Lance writing what it reads, bare. Each is
one new process, whose peak memory is told: what it holds itself, and what of mapped files lies in memory, which the
system takes back when it needs it. With several sizes (`--rows 100000,300000`) a table says how both grow with them.
"""

from __future__ import annotations

import argparse
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.daily.models import DIM
from benchmarks.daily.processes import fresh
from benchmarks.dataset_stores import STORES, fill
from benchmarks.search import make_vectors

LAYOUTS = {"Parquet": "e.parquet", "NumPy": "e.npy", "Lance": "e.lance", "clip-retrieval": "e/"}


@dataclass(frozen=True, slots=True)
class Moved:
    """How long it took to move all rows, and the most memory that took."""

    seconds: float
    memory: float  # MB that the process held itself
    mapped: float  # MB of mapped files that lay in memory


Key = tuple[str, str, int]  # library, layout, rows
Done = dict[Key, tuple[Moved, Moved]]  # exported, imported


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this section."""
    parser.add_argument("--rows", type=numbers, default=[200_000], help="files: embeddings in each; several: 1000,3000")
    parser.add_argument("--layouts", type=lambda text: text.split(","), default=list(LAYOUTS), help="files: which")


def numbers(text: str) -> list[int]:
    """Return numbers."""
    return [int(part) for part in text.split(",")]


def measure(work: Path, arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the section."""
    done: Done = {}
    for count in arguments.rows:
        yield from _of_size(work, count, arguments.layouts, done)
    if len(arguments.rows) > 1:
        yield from _growth(done, arguments.rows)


def _of_size(work: Path, count: int, layouts: Sequence[str], done: Done) -> Iterator[str]:
    """Yield the table of one size."""
    vectors = work / f"vectors-{count}.npy"
    make_vectors(vectors, count)
    yield f"\n## Files: {count:,} embeddings of {DIM} dimensions\n"
    yield "| library | layout | export | of the bound | memory | import | of the bound | memory |\n|-|-|-|-|-|-|-|-|"
    bounds: dict[str, tuple[Moved, Moved]] = {}
    for store in STORES:
        library, out = work / f"files-{store.lower()}-{count}", work / f"files-out-{count}"
        shutil.rmtree(library, ignore_errors=True)
        fresh(fill, store, library, vectors)
        for name in layouts:
            target = LAYOUTS[name]
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir(parents=True)
            exported: Moved = fresh(export, store, library, f"{out}/{target}")
            if name not in bounds:
                bounds[name] = fresh(write_bare, out, target), fresh(read_bare, out, target)
            imported: Moved = fresh(take_in, store, out / "new", out / target)
            done[store, name, count] = exported, imported
            yield _row(store, name, count, (exported, imported), bounds[name])
            shutil.rmtree(out)
        shutil.rmtree(library)


def _growth(done: Done, sizes: Sequence[int]) -> Iterator[str]:
    """Yield how memory grows from one size to the next, beside how the rows do."""
    yield "\n### Peak memory, MB: held by the process + of mapped files\n"
    heads = [f"{size:,}" for size in sizes]
    yield f"| library | layout | | {' | '.join(heads)} | growth | bytes held for each more row |"
    yield "|-|-|-|" + "-|" * (len(sizes) + 2)
    for store, name in dict.fromkeys((store, name) for store, name, _ in done):
        for at, what in enumerate(("export", "import")):
            moved = [done[store, name, size][at] for size in sizes]
            cells = [f"{one.memory:.0f} + {one.mapped:.0f}" for one in moved]
            ratio = f"x {moved[-1].memory / moved[0].memory:.2f} (rows x {sizes[-1] / sizes[0]:.1f})"
            each = (moved[-1].memory - moved[0].memory) * 1e6 / (sizes[-1] - sizes[0])
            yield f"| {store} | {name} | {what} | {' | '.join(cells)} | {ratio} | {each:.0f} |"


def _row(store: str, name: str, count: int, moved: tuple[Moved, Moved], bounds: tuple[Moved, Moved]) -> str:
    cells = []
    for one, bound in zip(moved, bounds, strict=True):
        cells += [
            f"{count / one.seconds:,.0f} rows/s",
            f"{bound.seconds / one.seconds:.0%}",
            f"{one.memory:.0f} + {one.mapped:.0f} MB",
        ]
    return f"| {store} | {name} | {' | '.join(cells)} |"


@contextmanager
def timed(moved: list[Moved]) -> Iterator[None]:
    """Note how long the block took, and the most memory while it ran."""
    peaks, ended = {"RssAnon": 0.0, "RssFile": 0.0}, threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            for name, now in resident().items():
                peaks[name] = max(peaks[name], now)

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    started = time.perf_counter()
    yield
    seconds = time.perf_counter() - started
    ended.set()
    watching.join()
    moved.append(Moved(seconds, peaks["RssAnon"], peaks["RssFile"]))


def resident() -> dict[str, float]:
    """Return how much of this process is in memory, in MB: its own, and of mapped files. Linux alone says that."""
    lines = (line.split() for line in Path("/proc/self/status").read_text().splitlines())
    return {parts[0][:-1]: float(parts[1]) / 1e3 for parts in lines if parts[0] in ("RssAnon:", "RssFile:")}


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
