"""The section "engines" of the benchmark of data sets: the same tar shards by this process alone, and by Ray.

Distinct JPEGs like a phone's, of 2 megapixels, are encoded by a ViT-B-32-256 with random weights: by the local engine,
and by a Ray of this machine with one and with two actors that encode. Each run is a new process, which counts its CPU
seconds with those of all that it started, until the last shard has come. A short run and a long one tell what a
picture costs apart from start-up: starting Ray and its actors takes as long for a million pictures. All engines share
the cores of this machine, so that more actors gain nothing here; what counts is the CPU that Ray costs on top.

With --engine-whole 100000, so many tiny pictures in tars of 1,000 go through Ray into a library in Lance, where they
are counted.
"""

from __future__ import annotations

import argparse
import functools
import io
import itertools
import shutil
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil
from PIL import Image

from benchmarks.daily.models import make_model
from benchmarks.daily.photos import make_photos
from benchmarks.daily.processes import CORES, fresh, into_the_page_cache

PHOTO, SMALLER = (1632, 1224), (320, 240)  # pixels
PER_SHARD = 32
BATCH = 32
PER_TINY_SHARD = 1000
MOST_OVERHEAD = 0.15
ENGINES: dict[str, int | None] = {"local": None, "Ray, 1 actor": 1, "Ray, 2 actors": 2}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took."""

    seconds: float
    cpu: float  # seconds of all processes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this section."""
    parser.add_argument("--engine-pictures", type=int, default=512, help="engines: pictures of the long run")
    parser.add_argument("--engine-few", type=int, default=128, help="engines: pictures of the short run")
    parser.add_argument("--engine-tiny", action="store_true", help="engines: a tiny model and small pictures")
    parser.add_argument("--engine-whole", type=int, default=0, help="engines: tiny pictures that go into a library")


def measure(work: Path, arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the section."""
    few, many = arguments.engine_few, arguments.engine_pictures
    model = make_model(work, arguments.engine_tiny)
    shards = make_shards(work, many, SMALLER if arguments.engine_tiny else PHOTO)
    into_the_page_cache(shards)
    yield f"\n## Engines: {many} pictures in tars of {PER_SHARD}, {CORES} cores\n"
    yield "| engine | pictures/s | CPU s a picture | to local | with start-up: s | CPU s |\n|-|-|-|-|-|-|"
    local: float | None = None
    for name, actors in ENGINES.items():
        short, long = (fresh(encode, shards, count, model, actors) for count in (few, many))
        each = (long.cpu - short.cpu) / (many - few)
        rate = (many - few) / (long.seconds - short.seconds)
        local = local or each
        yield f"| {name} | {rate:.1f} | {each:.4f} | {each / local:.2f} | {long.seconds:.1f} | {long.cpu:.1f} |"
    yield f"\nOverhead of Ray that is aimed at: {MOST_OVERHEAD:.0%} of the CPU seconds a picture at most"
    if arguments.engine_whole:
        yield from whole(work, arguments.engine_whole)


def encode(shards: Path, count: int, model: str, actors: int | None) -> Cost:
    """Encode so many pictures in this process and what it starts."""
    from indexer.models.loading import load_encoder
    from indexer.sources.opening import open_source

    load = functools.partial(load_encoder, model, "cpu")
    wanted = count // PER_SHARD
    source = open_source(f"{shards}/*.tar")
    started, last, done = time.perf_counter(), Cost(0, 0), 0
    listed = ((source.address, shard) for shard in itertools.islice(source.shards(Unknown()), wanted))
    for shard in engine_of(load, actors).encode(listed, lambda done: None):
        assert not shard.unread
        done += shard.pictures
        last = Cost(time.perf_counter() - started, cpu_seconds())
    assert done == count
    return last


def engine_of(load: Callable[[], Any], actors: int | None) -> Any:
    """Return the local engine, or Ray's with so many actors that encode, which share the cores as locally."""
    from indexer.data_set_runs.local_engine import LocalEngine
    from indexer.ray_engine.engine import RayEngine
    from indexer.ray_engine.sizes import Sizes, sizes_for

    if actors is None:
        return LocalEngine(load, batch_size=BATCH)

    def sizes(nodes: Any, shards: int) -> Sizes:
        own = 1 / actors if 2 * actors > CORES else CORES // 2 // actors
        return replace(sizes_for(nodes, shards), encoders=actors, encoder_cpus=own, threads=max(1, CORES // actors))

    return RayEngine(load, load_there=load, batch_size=BATCH, sizes=sizes)


class Unknown:
    """A library that knows nothing."""

    def has_file(self, address: str, signature: str) -> bool:
        return False

    def has_shard(self, name: str, signature: str) -> bool:
        return False

    def keep(self, address: str) -> None:
        return


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and all that it started, those that have ended among them."""
    here = psutil.Process()
    total = 0.0
    for process in (here, *here.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue  # it has just ended
        total += times.user + times.system + times.children_user + times.children_system
    return total


def make_shards(work: Path, count: int, size: tuple[int, int]) -> Path:
    """Make tars of distinct JPEGs, and return their folder."""
    folder = work / f"shards-{size[0]}-{count}"
    if folder.exists():
        return folder
    photos = make_photos(work / f"photos-{size[0]}", count, size)
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    for start in range(0, count, PER_SHARD):
        with tarfile.open(part / f"{start // PER_SHARD:05}.tar", "w") as tar:
            for photo in photos[start : start + PER_SHARD]:
                tar.add(photo, photo.name)
    part.rename(folder)
    return folder


def whole(work: Path, count: int) -> Iterator[str]:
    """Yield what it takes to bring tiny pictures into a library in Lance by Ray."""
    shards, library = work / f"tiny-shards-{count}", work / "tiny-library"
    make_tiny_shards(shards, count)
    shutil.rmtree(library, ignore_errors=True)
    seconds, rows, ids = fresh(index_all, shards, library)
    yield f"\n{count:,} tiny pictures in tars of {PER_TINY_SHARD}, by Ray into a library in Lance:"
    yield f"{rows:,} rows, {ids:,} ids, {seconds:.0f} s, {rows / seconds:.0f} pictures/s"


def index_all(shards: Path, library: Path) -> tuple[float, int, int]:
    """Index all shards; return the seconds, and how many rows and different ids there are then."""
    from indexer.data_set_runs.run import index_data_set
    from indexer.data_sets.description import Description
    from indexer.data_sets.pictures_table import PicturesTable
    from indexer.indexing.listener import SilentListener
    from indexer.ray_engine.engine import RayEngine
    from indexer.sources.opening import open_source
    from tests.fakes import ColourEncoder

    engine = RayEngine(ColourEncoder, load_there=ColourEncoder, batch_size=256)
    started = time.perf_counter()
    index_data_set(
        str(library),
        [open_source(f"{shards}/*.tar")],
        engine,
        lambda: Description.of(ColourEncoder()),
        SilentListener(),
    )
    seconds = time.perf_counter() - started
    ids = {id for batch in PicturesTable.open(str(library)).scan(["id"]) for id in batch["id"].to_pylist()}
    rows = PicturesTable.open(str(library)).count()
    return seconds, rows, len(ids)


def make_tiny_shards(folder: Path, count: int) -> None:
    """Make tars of tiny pictures, each of another colour or shade."""
    if folder.exists():
        return
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    for start in range(0, count, PER_TINY_SHARD):
        with tarfile.open(part / f"{start // PER_TINY_SHARD:05}.tar", "w") as tar:
            for number in range(start, min(start + PER_TINY_SHARD, count)):
                content = io.BytesIO()
                Image.new("RGB", (8, 6), (number & 255, number >> 8 & 255, number >> 16 & 255)).save(content, "PNG")
                member = tarfile.TarInfo(f"{number:08}.png")
                member.size = content.tell()
                content.seek(0)
                tar.addfile(member, content)
    part.rename(folder)
