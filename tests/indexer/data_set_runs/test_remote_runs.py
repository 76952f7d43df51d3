"""Tests of runs that are processes of their own, with the pictures and the library in a bucket."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from indexer.data_set_runs.run import open_library
from indexer.data_sets.failures_table import FailuresTable
from indexer.data_sets.pictures_table import PicturesTable
from indexer.data_sets.shards_table import ShardsTable
from tests.conftest import REPOSITORY
from tests.sources import make_tar, picture, put

PER_SHARD = 50
_NAME = re.compile(r"\d{6}\.png")

# Indexes sources into a library, in commits of few rows; a run that is slow stays before its end until it is killed. By
# then it has nearly all pictures: tars are read side by side, so that of few pictures none may be of a whole tar.
RUN = """
    import sys, time
    from indexer.data_set_runs import committing
    from indexer.data_set_runs.local_engine import LocalEngine
    from indexer.data_set_runs.run import index_data_set
    from indexer.data_sets.description import Description
    from indexer.sources.opening import open_source
    from tests.fakes import ColourEncoder, Recorder

    class Slow(ColourEncoder):
        batch_size = 16

        def encode_images(self, batch):
            time.sleep(float(sys.argv[2]) if self.images_encoded < 300 or float(sys.argv[2]) < 0.2 else 3600)
            return super().encode_images(batch)

    committing.ROWS_PER_COMMIT = 20
    encoder = Slow()
    sources = [open_source(text) for text in sys.argv[3:]]
    describe = lambda: Description.of(encoder)
    summary = index_data_set(sys.argv[1], sources, LocalEngine(lambda: encoder, workers=0), describe, Recorder())
    print(summary.encoded, summary.unchanged, summary.failed, summary.failed_before)
"""


def start(library: str, *sources: str, seconds: float = 0.0) -> subprocess.Popen[str]:
    """Start a run in a process of its own; each batch of 16 takes so many seconds, and a slow one never ends."""
    arguments = [sys.executable, "-c", textwrap.dedent(RUN), library, str(seconds), *sources]
    return subprocess.Popen(arguments, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)


def counts(run: subprocess.Popen[str]) -> list[int]:
    """Wait for a run's end and return how many it encoded, left as they were, and found to be bad, now and before."""
    output, _ = run.communicate(timeout=900)
    assert run.returncode == 0
    return [int(word) for word in output.split()]


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 600
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def rows_of(library: str) -> Counter[str]:
    """Return how many rows each address has."""
    return Counter(
        text for batch in PicturesTable.open(library).scan(["address"]) for text in batch["address"].to_pylist()
    )


def put_shards(folder: Path, bucket: str, shards: int) -> set[str]:
    """Put tar files with tiny pictures, each with one that is none, into a bucket; return the good ones' names."""
    names = set()
    for number in range(shards):
        first = number * PER_SHARD
        members = {f"{one:06}.png": picture(one) for one in range(first, first + PER_SHARD)}
        names |= members.keys()
        put(
            f"{bucket}/shards/{number:02}.tar",
            make_tar(folder / "made.tar", members | {f"bad{number}.png": b"no picture"}).read_bytes(),
        )
    return names


def test_a_run_that_was_killed_is_gone_on_with(bucket: str, tmp_path: Path) -> None:
    names = put_shards(tmp_path, bucket, 6)
    for number in range(40):
        put(f"{bucket}/photos/{number:03}.png", picture(10_000 + number))
    library, places = f"{bucket}/library", (f"{bucket}/photos", f"{bucket}/shards/{{00..05}}.tar")
    total = 40 + 6 * PER_SHARD
    killed = start(library, *places, seconds=0.2)
    wait_for(lambda: ((table := open_library(library)) is not None and table.count() > 0) or killed.poll() is not None)
    killed.kill()
    killed.communicate()
    before = rows_of(library)
    assert 0 < len(before) < total, "killed in the middle"
    encoded, unchanged, failed, failed_before = counts(start(library, *places))
    after = rows_of(library)
    assert set(after.values()) == {1}
    assert {name for address in after for name in _NAME.findall(address)} == names
    assert len(after) == total
    assert encoded + unchanged == total and unchanged <= len(before)
    assert failed + failed_before == 6
    assert FailuresTable(library).count() == 6
    assert counts(start(library, *places)) == [0, total, 0, 6]
    assert {shard.pictures for shard in ShardsTable(library).all()} == {PER_SHARD}


def test_three_runs_at_once_take_in_every_picture_once(bucket: str, tmp_path: Path) -> None:
    put_shards(tmp_path, bucket, 4)
    for number in range(60):
        put(f"{bucket}/photos/{number:03}.png", picture(10_000 + number))
    library, places = f"{bucket}/library", [f"{bucket}/photos", f"{bucket}/shards/{{00..03}}.tar"]
    runs = [start(library, *order, seconds=0.02) for order in (places, places[::-1], places)]
    total = 60 + 4 * PER_SHARD
    assert all(sum(counts(run)[:2]) == total for run in runs)
    rows = rows_of(library)
    assert set(rows.values()) == {1}
    assert len(rows) == total
    assert FailuresTable(library).count() == 4
    assert counts(start(library, *places)) == [0, total, 0, 4]
