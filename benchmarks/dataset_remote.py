"""The section "remote" of the benchmark of data sets: pictures and a library in a bucket, beside both in folders.

The bucket is moto's, on this machine: what a network costs is not in the figures, what the ways to it cost is. The same
photos are indexed into new libraries by the command, with the built-in model, which is decoding and encoding as ever;
then each library answers a text that it has embedded before, in a new process. Medians of runs that take turns.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.daily.clipsearch import REPOSITORY

KNOWN = "a red square"
SIDE = (640, 480)
WAYS = ("folder-folder", "bucket-folder", "folder-bucket", "bucket-bucket")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this section."""
    parser.add_argument("--photos", type=int, default=400, help="remote: pictures to index")
    parser.add_argument("--runs", type=int, default=3, help="remote: runs of each kind")
    parser.add_argument("--way", choices=WAYS, action="append", help="remote: only this one of the ways")


def measure(work: Path, arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the section."""
    from tests.object_store import object_store

    with tempfile.TemporaryDirectory(dir=work) as folder, object_store() as store:
        photos, environment = Path(folder) / "photos", {**os.environ, **store.environment}
        make_photos(photos, arguments.photos)
        bucket = store.make_bucket("benchmark")
        copy_to(f"{bucket}/photos", photos, store.environment)
        places = {"folder": folder, "bucket": bucket}
        ways = arguments.way or WAYS
        indexed: dict[str, list[float]] = {name: [] for name in ways}
        asked: dict[str, list[float]] = {name: [] for name in ways}
        for run in range(arguments.runs):
            for name in ways:
                whence, where = name.split("-")
                source = f"{places[whence]}/photos"
                library = f"{places[where]}/{name}-{run}"
                indexed[name].append(seconds(["index", source, "--model", "builtin"], library, environment))
                seconds(["query", KNOWN, "--cutoff", "none"], library, environment)
                asked[name].append(seconds(["query", KNOWN, "--cutoff", "none"], library, environment))
    size = f"{SIDE[0]} x {SIDE[1]}"
    yield f"\n## Remote: {arguments.photos:,} photos of {size}, in a folder and in a bucket of this machine\n"
    yield "| from where into a library where | index, whole command | photos/s | query, text cached |\n|-|-|-|-|"
    for name in ways:
        took, answered = statistics.median(indexed[name]), statistics.median(asked[name])
        yield f"| {name} | {took:.1f} s | {arguments.photos / took:.1f} | {answered:.2f} s |"


def make_photos(folder: Path, count: int) -> None:
    """Write JPEGs of noise, which are as large as photos of their size."""
    import numpy as np
    from PIL import Image

    random = np.random.default_rng(0)
    folder.mkdir()
    for number in range(count):
        small = Image.fromarray(random.integers(0, 256, (SIDE[1] // 8, SIDE[0] // 8, 3), dtype=np.uint8))
        small.resize(SIDE, Image.Resampling.BICUBIC).save(folder / f"{number:05}.jpg", quality=90)


def copy_to(url: str, folder: Path, environment: dict[str, str]) -> None:
    """Copy the files of a folder into a bucket."""
    import fsspec

    names = {"key": "AWS_ACCESS_KEY_ID", "secret": "AWS_SECRET_ACCESS_KEY", "endpoint_url": "AWS_ENDPOINT_URL"}
    there = fsspec.filesystem("s3", **{option: environment[name] for option, name in names.items()})
    there.put(f"{folder}/", f"{url}/", recursive=True)


def seconds(command: list[str], library: str, environment: dict[str, str]) -> float:
    """Run a command on a library, a data set if it is new; return how long it took."""
    store = ["--store", "lance"] if command[0] == "index" else []
    started = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-m", "clipsearch", *command, *store, "--library", library],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{ended.stderr[-3000:]}")
    return time.perf_counter() - started
