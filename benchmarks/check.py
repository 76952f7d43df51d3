"""Measure `clipsearch check` on a library of a million, and what it costs that every search hashes the index file.

    python -m benchmarks.check [--work FOLDER] [--pictures 1000000] [--repeat 3]

The library is that of benchmarks.search: synthetic embeddings, a random ViT-B-32-256, no files of pictures. The bound
for `check` is what can't be left out, measured in the same rounds: SQLite's own `PRAGMA integrity_check`, and reading
every embedding once. The bound for a search with a text that was asked before is the same command on a library of a
hundred, where there is no index file to hash. Everything is in the page cache; medians over the rounds.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import sys
import time
from contextlib import closing
from pathlib import Path

from platformdirs import user_cache_path

from benchmarks.daily.clipsearch import REPOSITORY
from benchmarks.daily.models import make_model
from benchmarks.daily.place import machine, work_folder
from benchmarks.daily.processes import into_the_page_cache
from benchmarks.search import FEW, Cold, ask_clipsearch, cold, library_of
from indexer.models.agreement import agree
from indexer.store.models import active_model
from indexer.store.store import Store
from search.index.checksums import add_missing_checksum, xxh3_of

TEXT = "a red cup"


def check(library: Path) -> Cold:
    """Check as a user does; the synthetic pictures' folder is not there, which is a note."""
    return cold([sys.executable, "-m", "clipsearch", "check", "--library", library], cwd=REPOSITORY)


def bound(library: Path) -> tuple[float, float]:
    """Return the seconds of SQLite's own check, and of reading every embedding."""
    with closing(sqlite3.connect(library / "library.db")) as db:
        started = time.perf_counter()
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        checked = time.perf_counter()
        sum(len(row[0]) for row in db.execute("SELECT vector FROM embeddings"))
        return checked - started, time.perf_counter() - checked


def hashing(library: Path) -> float:
    """Return the seconds that the hash of the index file takes; about 0 without one."""
    started = time.perf_counter()
    for file in library.glob("*.faiss"):
        xxh3_of(file)
    return time.perf_counter() - started


def bring_up_to_date(library: Path) -> None:
    """Do with a library of an earlier version what the next `index` would do."""
    with Store.open(library) as store:
        model = active_model(store)
        assert model is not None
        add_missing_checksum(store, model)


def main() -> None:
    """Set up, measure, and print the figures as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=user_cache_path("clipsearch-benchmark"))
    parser.add_argument("--pictures", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--tiny", action="store_true", help="a tiny model: does it run?")
    arguments = parser.parse_args()
    work = work_folder(arguments.work)
    model = make_model(work, arguments.tiny)
    agree(model)
    few, many = library_of(work, FEW, model), library_of(work, arguments.pictures, model)
    for library in (few, many):
        bring_up_to_date(library)
        ask_clipsearch(library, TEXT)
    checks, sqlite, reading, hashes, small, large = [], [], [], [], [], []
    for _ in range(arguments.repeat):
        into_the_page_cache(many)
        checks.append(check(many))
        for seconds, kept in zip(bound(many), (sqlite, reading), strict=True):
            kept.append(seconds)
        hashes.append(hashing(many))
        small.append(ask_clipsearch(few, TEXT).seconds)
        large.append(ask_clipsearch(many, TEXT).seconds)
    seconds = statistics.median(run.seconds for run in checks)
    least = statistics.median(map(sum, zip(sqlite, reading, strict=True)))
    print(f"{machine()}\n\n| what | seconds | bound | ratio |\n|-|-|-|-|")
    print(f"| `clipsearch check`, {arguments.pictures:,} | {seconds:.2f} | {least:.2f} | {seconds / least:.2f} |")
    asked, bare = statistics.median(large), statistics.median(small)
    print(f"| a text that was asked before | {asked:.3f} | {bare:.3f} | {asked / bare:.2f} |")
    print(f"\nSQLite's own check {statistics.median(sqlite):.2f} s, reading {statistics.median(reading):.2f} s,")
    print(f"hashing the index file {statistics.median(hashes):.3f} s, memory {max(run.rss for run in checks):.0f} MB")


if __name__ == "__main__":
    main()
