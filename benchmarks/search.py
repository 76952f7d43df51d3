"""Measure searching against rclip: cold and warm queries, bytes a picture, labels, up to a million pictures.

    python -m benchmarks.search [--work FOLDER] [--pictures 1000000] [--repeat 7] [--skip-rclip]

Both tools get the same embeddings and the same random ViT-B-32-256. The embeddings are synthetic and clustered (2,000
centres on the sphere, and noise of 0.9 of their length around them), of pictures that need no files: neither tool
opens the pictures that it finds. clipsearch's library is filled through its schema, its index built by
its own code and its text tower exported by it; rclip 4.0.8 is what benchmarks/daily/rclip.py sets up, its database
filled through its own `DB.upsert_image`.

A cold query is a new process, from its start to its end, with the files in the page cache; both tools get the same
texts, a new one each time where the text must not be cached. Both run in turn, and the medians are compared. RSS is
the kernel's peak for the process. Warm queries are vectors around other draws of the centres (noise 1.5 of their
length, as texts are farther from pictures than pictures from each other), asked one after another in one process;
recall@10 is against the exact product with all stored vectors.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_cache_path

from benchmarks.daily import rclip as peer
from benchmarks.daily.clipsearch import REPOSITORY
from benchmarks.daily.interpreters import suitable
from benchmarks.daily.models import DIM, make_model
from benchmarks.daily.place import machine, work_folder
from benchmarks.daily.processes import fresh, into_the_page_cache
from benchmarks.daily.questions import new_text
from benchmarks.daily.rclip import Data, Rclip
from indexer.store.models import remember_model

CENTRES = 2000
FEW = 100  # pictures of the small library
NOISE, QUERY_NOISE = 0.9, 1.5
BLOCK = 20_000
QUERIES = 200
CLASSES = 100
FILL_RCLIP = """
import sys
import numpy as np
from rclip import db
from rclip.utils.helpers import get_app_datadir
database = db.DB(get_app_datadir() / "db.sqlite3")
for number, vector in enumerate(np.load(sys.argv[1], mmap_mode="r")):
    row = dict(filepath=f"{sys.argv[2]}/{number // 500:04}/IMG_{number:07}.jpg", modified_at=1.0, size=3800000)
    row.update(vector=np.asarray(vector, np.float32).tobytes(), hash=f"{number:032}")
    database.upsert_image(row, commit=False)
database.close()
"""


@dataclass(frozen=True, slots=True)
class Cold:
    """One command in a new process."""

    seconds: float
    rss: float  # MB
    output: str


def cold(command: list[str | Path], **options: Any) -> Cold:
    """Run a command and return how long it took and its peak memory."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        environment = {**(options.pop("env", None) or os.environ)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode at hand
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command], stdout=out, stderr=errors, env=environment, **options
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        if process.returncode:
            raise SystemExit(f"{command} failed:\n{errors.read().decode()[-3000:]}")
        return Cold(seconds, usage.ru_maxrss / 1e3, out.read().decode())


# -- the libraries ------------------------------------------------------------------------------------------------


def make_vectors(path: Path, count: int) -> None:
    """Write unit vectors, fp16, shape (count, DIM)."""
    if path.exists():
        return
    random = np.random.default_rng(0)
    out = np.lib.format.open_memmap(path.with_suffix(".part"), "w+", np.float16, (count, DIM))
    for start in range(0, count, BLOCK):
        rows = min(BLOCK, count - start)
        out[start : start + rows] = around(centres()[random.integers(0, CENTRES, rows)], NOISE, random)
    out.flush()
    path.with_suffix(".part").rename(path)


def centres() -> np.ndarray:
    """Return the centres (CENTRES, DIM)."""
    found = np.random.default_rng(1).standard_normal((CENTRES, DIM), dtype=np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def around(points: np.ndarray, noise: float, random: np.random.Generator) -> np.ndarray:
    """Return unit vectors near unit vectors."""
    moved = points + noise / np.sqrt(DIM) * random.standard_normal(points.shape, dtype=np.float32)
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)


def fill_clipsearch(library: Path, vectors: Path, model: str) -> None:
    """Make a library: the pictures of a phone as far as the database is concerned, and the index."""
    from indexer.models.loading import load_encoder
    from indexer.store.store import Store
    from search.index.building import refresh

    encoder = load_encoder(model, "cpu")
    rows = np.load(vectors, mmap_mode="r")
    random = np.random.default_rng(2)
    columns = list(picture(0, random))
    marks = ", ".join("?" * len(columns))
    with Store.create(library) as store:
        stored = remember_model(store, encoder)
        store.db.execute("INSERT INTO roots (path, added_at, indexed_at) VALUES ('/photos', '', '')")
        for start in range(0, len(rows), BLOCK):
            numbers = range(start, min(start + BLOCK, len(rows)))
            with store.writing():
                store.db.conn.executemany(
                    f"INSERT INTO images ({', '.join(columns)}) VALUES ({marks})",
                    ([*picture(number, random).values()] for number in numbers),
                )
                store.db.conn.executemany(
                    "INSERT INTO embeddings (image, model, vector) VALUES (?, ?, ?)",
                    ((number + 1, stored.id, rows[number].tobytes()) for number in numbers),
                )
        started = time.perf_counter()
        refresh(store, stored)
        print(f"  index of {len(rows):,} built in {time.perf_counter() - started:.1f} s", file=sys.stderr)
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def prepare_texts(library: Path) -> None:
    """Export the text tower of a library's model if there is none, or only one of an older version."""
    from indexer.library_model.loading import load_stored
    from indexer.models.agreement import agree
    from indexer.store.models import active_model
    from indexer.store.store import Store
    from indexer.text_tower.export import export_tower
    from indexer.text_tower.tower import open_tower

    with Store.open(library) as store:
        stored = active_model(store)
        assert stored is not None
        agree(stored.name)  # the library may be of another day, or machine
        if open_tower(stored.fingerprint) is None:
            export_tower(load_stored(stored, "cpu"))


def picture(number: int, random: np.random.Generator) -> dict[str, Any]:
    """Return what the library knows of a picture, besides its id."""
    return {
        "root": 1,
        "id": number + 1,
        "path": f"{number // 500:04}/IMG_{number:07}.jpg",
        "size": 3_800_000 + number % 1000,
        "mtime_ns": 1_700_000_000_000_000_000 + number,
        "width": 4000,
        "height": 3000,
        "format": "JPEG",
        "indexed_at": "2026-01-01T00:00:00+00:00",
        "content_hash": random.bytes(16),
        "perceptual_hash": random.bytes(32),
        "taken_at": f"{2005 + number % 20}-{number % 12 + 1:02}-{number % 28 + 1:02}T12:00:00+02:00",
        "camera_make": "Clipsearch",
        "camera_model": f"Benchmark {number % 7}",
        "lens": "4.2 mm f/1.8",
        "latitude": 40 + number % 1000 / 100,
        "longitude": number % 777 / 50,
        "orientation": 1,
    }


def library_of(work: Path, count: int, model: str) -> Path:
    """Return a library of so many pictures, made if it is not there."""
    kind = "tiny-" if model.startswith("local-dir:") else ""
    library, vectors = work / f"search-{kind}{count}", work / f"vectors-{count}.npy"
    make_vectors(vectors, count)
    if not (library / "ready").exists():
        shutil.rmtree(library, ignore_errors=True)
        fresh(fill_clipsearch, library, vectors, model)
        (library / "ready").touch()
    fresh(prepare_texts, library)
    return library


def rclip_of(work: Path, count: int, rclip: Rclip) -> Data:
    """Return rclip's data folder for so many pictures, made if it is not there."""
    data, folder = rclip.data(work / f"{rclip.model.name}-search-{count}"), work / "rclip-folder"
    folder.mkdir(exist_ok=True)
    if not (data.folder / "ready").exists():
        data.empty()
        data.run("-c", FILL_RCLIP, work / f"vectors-{count}.npy", folder)
        (data.folder / "ready").touch()
    return data


# -- the measurement ----------------------------------------------------------------------------------------------


def ask_clipsearch(library: Path, text: str) -> Cold:
    """Ask as a user does; the cut-off would hide what a random model finds."""
    command = [sys.executable, "-m", "clipsearch", "query", text, "--cutoff", "none", "--library", library]
    return cold(command, cwd=REPOSITORY)


def ask_rclip(data: Data, folder: Path, text: str) -> Cold:
    """Ask as a user does who does not want to index first."""
    command = [data.rclip.python, "-m", "rclip", "--no-indexing", "--filepath-only", text]
    return cold(command, cwd=folder, env=data.environment)


def measure_cold(library: Path, data: Data | None, folder: Path, repeat: int, seed: int) -> dict[str, list[Cold]]:
    """Ask both in turn: a cached text, then new ones."""
    found: dict[str, list[Cold]] = {"cached": [], "new": [], "rclip": []}
    ask_clipsearch(library, "a red cup")
    for number in range(repeat):
        into_the_page_cache(library)
        found["cached"].append(ask_clipsearch(library, "a red cup"))
        text = new_text(100 * seed + number)
        found["new"].append(ask_clipsearch(library, text))
        if data:
            into_the_page_cache(data.folder)
            found["rclip"].append(ask_rclip(data, folder, text))
    return found


def imported(library: Path) -> set[str]:
    """Return which of the heavy packages a query of a new text imports."""
    code = (
        "import sys, cli.main\n"
        f"cli.main.main(['query', {new_text(99)!r}, '--library', {str(library)!r}], standalone_mode=False)\n"
        "print('imported', *({'torch', 'open_clip', 'transformers', 'onnxruntime', 'faiss'} & set(sys.modules)))"
    )
    return set(cold([sys.executable, "-c", code], cwd=REPOSITORY).output.splitlines()[-1].split()[1:])


def warm(library: Path, vectors: Path) -> dict[str, float]:
    """Ask in one process: p50 and p95 in ms, and the recall."""
    from search.library.library import open_library

    random = np.random.default_rng(3)
    queries = around(centres()[random.integers(0, CENTRES, QUERIES)], QUERY_NOISE, random).astype(np.float32)
    rows, truth = np.load(vectors, mmap_mode="r"), []
    scores = np.concatenate(
        [queries @ rows[at : at + BLOCK].astype(np.float32).T for at in range(0, len(rows), BLOCK)], 1
    )
    truth = np.argsort(-scores, axis=1)[:, :10] + 1
    del scores
    times, hits = [], 0
    into_the_page_cache(library)
    with open_library(library) as opened:
        opened.index.search(queries[0], 10)
        for query, true in zip(queries, truth, strict=True):
            started = time.perf_counter()
            found = opened.index.search(query, 10)
            times.append(1000 * (time.perf_counter() - started))
            hits += len({image for image, _ in found} & set(true))
    return {"p50": statistics.median(times), "p95": float(np.percentile(times, 95)), "recall": hits / truth.size}


def label_seconds(library: Path) -> dict[str, float]:
    """Give every picture its best of 100 classes: reading, multiplying, softmax, the best; nothing is stored."""
    from search.labels.blocks import map_blocks
    from search.labels.probabilities import probabilities
    from search.library.library import open_library

    random = np.random.default_rng(4)
    texts = around(centres()[:CLASSES], QUERY_NOISE, random).astype(np.float32)
    into_the_page_cache(library)
    with open_library(library) as opened:
        started, pictures = time.perf_counter(), 0

        def judge(vectors: np.ndarray) -> np.ndarray:
            return probabilities(vectors @ texts.T, 100.0, None)

        for ids, found in map_blocks(opened.index, judge, len(texts)):
            best = found.argmax(axis=1)
            pictures += len(ids)
            assert found[np.arange(len(ids)), best].min() > 0
        return {"seconds": time.perf_counter() - started, "pictures": pictures}


def bytes_each(library: Path, count: int) -> float:
    """Return the bytes on disk a picture, all files of the library together."""
    return sum(path.stat().st_size for path in library.iterdir()) / count


def main() -> None:
    """Set up, measure, and print the figures as a Markdown table."""
    arguments = parsed()
    work, many, repeat = work_folder(arguments.work), arguments.pictures, arguments.repeat
    model, folder = make_model(work, arguments.tiny), work / "rclip-folder"
    found = "left out" if arguments.skip_rclip else peer.set_up(work, model, arguments.rclip_python)
    rclip = None if isinstance(found, str) else found
    few_library, many_library = library_of(work, FEW, model), library_of(work, many, model)
    few_data = rclip_of(work, FEW, rclip) if rclip else None
    many_data = rclip_of(work, many, rclip) if rclip else None

    few = measure_cold(few_library, few_data, folder, repeat, 1)
    large = measure_cold(many_library, many_data, folder, min(repeat, max(3, repeat // 2)), 2)
    asked = fresh(warm, many_library, work / f"vectors-{many}.npy")
    labelled = fresh(label_seconds, many_library)
    about = rclip.versions() if rclip else found
    print_table(many, few, large, asked, labelled, bytes_each(many_library, many), str(about))
    print(f"\nImported for a new text: {', '.join(sorted(imported(many_library)))}")


def parsed() -> argparse.Namespace:
    """Return the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=user_cache_path("clipsearch-benchmark"))
    parser.add_argument("--pictures", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--tiny", action="store_true", help="a tiny model: does it run?")
    parser.add_argument("--rclip-python", type=suitable, help="a Python 3.12 or 3.13")
    parser.add_argument("--skip-rclip", action="store_true")
    return parser.parse_args()


def median(runs: list[Cold], what: str = "seconds") -> float:
    """Return the median of what was measured, NaN for nothing."""
    return statistics.median(getattr(run, what) for run in runs) if runs else float("nan")


def print_table(
    many: int,
    few: dict[str, list[Cold]],
    large: dict[str, list[Cold]],
    asked: dict[str, float],
    labelled: dict[str, float],
    each: float,
    rclip: str,
) -> None:
    """Print what was reached beside what was wanted."""
    ours = ", ".join(f"{name} {version(name)}" for name in ("faiss-cpu", "numpy", "onnxruntime"))
    print(f"{machine()}\n\nPython {platform.python_version()}, {ours}\nrclip: {rclip}\n")
    print("| what | clipsearch | rclip | target | reached |\n|-|-|-|-|-|")

    def line(what: str, got: str, theirs: str, target: str, reached: bool) -> None:
        print(f"| {what} | {got} | {theirs} | {target} | {'yes' if reached else 'no'} |")

    cached, rss = median(large["cached"]), median(large["cached"], "rss")
    goal = "<= 0.35 s, <= 350 MB"
    line(f"cold, text cached, {many:,}", f"{cached:.2f} s, {rss:.0f} MB", "", goal, cached <= 0.35 and rss <= 350)
    new, theirs = median(few["new"]), median(few["rclip"])
    reached = new <= 0.85 and not theirs < new
    beside = f"{theirs:.2f} s" if few["rclip"] else ""
    line(f"cold, new text, {FEW}", f"{new:.2f} s", beside, "<= 0.85 s, faster than rclip", reached)
    new, theirs = median(large["new"]), median(large["rclip"])
    ratio = theirs / new
    reached = new <= 1.0 and not ratio < 30
    shown = [f"{median(large[tool]):.2f} s, {median(large[tool], 'rss'):.0f} MB" for tool in ("new", "rclip")]
    beside = f"{shown[1]} ({ratio:.1f}x)" if large["rclip"] else ""
    line(f"cold, new text, {many:,}", shown[0], beside, "<= 1.0 s, >= 30x faster", reached)
    got = f"p50 {asked['p50']:.1f} ms, p95 {asked['p95']:.1f} ms, recall@10 {asked['recall']:.4f}"
    line(f"warm, {many:,}", got, "", "p50 <= 5 ms, recall >= 0.99", asked["p50"] <= 5 and asked["recall"] >= 0.99)
    line("bytes on disk a picture", f"{each:.0f}", "", "<= 2,000", each <= 2000)
    seconds = labelled["seconds"]
    line(f"labels, {many:,} x {CLASSES} classes", f"{seconds:.1f} s", "", "<= 5 s", seconds <= 5)
    everything = {"few": few, "large": large}
    raw = {
        size: {name: [round(run.seconds, 3) for run in runs] for name, runs in found.items()}
        for size, found in everything.items()
    }
    print(f"\nSeconds of each run: {json.dumps(raw)}")


if __name__ == "__main__":
    main()
