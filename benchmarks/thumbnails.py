"""What thumbnails cost: to make them beside indexing, to keep them, to look one up among many, to make room.

    python -m benchmarks.thumbnails [--photos 60] [--kept 130000] [--rounds 3] [--model builtin] [--tiny]

Prints Markdown tables. The first is of CPU seconds of this process; the second of whole runs, in processes, into new
libraries; the third of a cache folder that is full. All of it is in a temporary folder (TMPDIR).
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.daily.photos import LARGE, make_photos
from indexer.decoding.decode import open_picture
from indexer.thumbnails.kept import KeptThumbnails
from indexer.thumbnails.making import shrunk, webp
from indexer.thumbnails.names import SMALL, Thumb

MODEL_SIDE = 224  # pixels that a usual model looks at
LOOK_UPS = 5000
TYPICAL = 15_000  # bytes of a thumbnail


def cpu(act: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU milliseconds of something, and what it gives."""
    began = time.process_time()
    given = act()
    return 1000 * (time.process_time() - began), given


def parts(paths: Sequence[Path]) -> None:
    """Print what decoding, reducing and writing cost."""
    rows: dict[str, list[float]] = {"decode": [], "reduce": [], "WebP": []}
    sizes = []
    for path in paths:
        decoded, picture = cpu(lambda path=path: open_picture(path, MODEL_SIDE).image)  # type: ignore[misc]
        reduced, small = cpu(lambda picture=picture: shrunk(picture, SMALL))  # type: ignore[misc]
        written, content = cpu(lambda small=small: webp(small))  # type: ignore[misc]
        for name, taken in zip(rows, (decoded, reduced, written), strict=True):
            rows[name].append(taken)
        sizes.append(len(content))
    print(f"## {len(paths)} photos, CPU ms for each\n\n| | ms |\n|-|-|")
    for name, taken in rows.items():
        print(f"| {name} | {mean(taken):.2f} |")
    blocks = [-(-size // 4096) * 4096 for size in sizes]
    print(f"| a thumbnail's bytes, and on the disk | {mean(sizes):.0f}, {mean(blocks):.0f} |\n")


def runs(photos: Path, count: int, model: str, rounds: int, work: Path) -> None:
    """Print how many pictures a run encodes in a second, with and without, in turns, into new libraries."""
    os.environ["CLIPSEARCH_CACHE"] = str(work / "cache")
    rate_of(work / "first", photos, model, False)  # exports the model
    rates: dict[bool, list[float]] = {False: [], True: []}
    for number in range(rounds):
        for wanted in (False, True):
            shutil.rmtree(KeptThumbnails.ours().folder, ignore_errors=True)
            rates[wanted].append(rate_of(work / f"library {number} {wanted}", photos, model, wanted))
    bytes_kept = KeptThumbnails.ours().taken()
    shutil.rmtree(KeptThumbnails.ours().folder)
    began = time.perf_counter()
    rate_of(work / "first", photos, model, True)
    afterwards = count / (time.perf_counter() - began)
    print(f"## Indexing {count} photos\n\n| | pictures/s |\n|-|-|")
    print(f"| without | {median(rates[False]):.1f} |\n| with --thumbnails | {median(rates[True]):.1f} |")
    print(f"| of known pictures, afterwards | {afterwards:.1f} |\n| MB on the disk | {bytes_kept / 1e6:.2f} |\n")


def rate_of(library: Path, photos: Path, model: str, thumbnails: bool) -> float:
    """Return how many pictures a second a run encoded, without its start."""
    import clipsearch

    with clipsearch.open(library, model=model) as opened:
        return opened.index([photos], thumbnails=thumbnails).rate


def percentiles(taken: list[float]) -> str:
    """Return the median, the 95th and the 99th percentile and the most of seconds, as cells in ms."""
    taken = sorted(1000 * seconds for seconds in taken)
    at = [taken[min(len(taken) - 1, int(part * len(taken)))] for part in (0.5, 0.95, 0.99, 1.0)]
    return " | ".join(f"{value:.3f}" for value in at)


def timed(act: Callable[[int], Any], numbers: Sequence[int]) -> list[float]:
    """Return the seconds of each call."""
    taken = []
    for number in numbers:
        began = time.perf_counter()
        act(number)
        taken.append(time.perf_counter() - began)
    return taken


def keeping(count: int, work: Path) -> None:
    """Print what it costs to look up and keep one in a folder that is full."""
    kept = KeptThumbnails(work / "kept" / "thumbnails" / "1", max(16_000_000, count * 16_384))
    content = random.Random(0).randbytes(TYPICAL)

    def thumb(number: int) -> Thumb:
        return Thumb(number.to_bytes(16, "big"))

    for number in range(count):
        kept.put(thumb(number), SMALL, content)
    chosen = random.Random(1).sample(range(count), min(LOOK_UPS, count))
    print(f"## {count:,} kept\n\n| | p50 ms | p95 ms | p99 ms | most ms |\n|-|-|-|-|-|")
    others = [count + number for number in chosen]
    for what, act, numbers in (
        ("look one up", lambda number: kept.get(thumb(number), SMALL), chosen),
        ("look up one that is not there", lambda number: kept.get(thumb(number), SMALL), others),
        ("keep one more, and make room", lambda number: kept.put(thumb(number), SMALL, content), others),
        ("list all", lambda _: kept.names(), range(3)),
        ("add all sizes up", lambda _: kept.taken(), range(3)),
    ):
        print(f"| {what} | {percentiles(timed(act, numbers))} |")
    print(f"\nroom {kept.room / 1e6:.1f} MB, taken {kept.taken() / 1e6:.1f} MB")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--kept", type=int, default=130_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", default="builtin")
    parser.add_argument("--tiny", action="store_true", help="small photos")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clipsearch-thumbnails-") as folder:
        work = Path(folder)
        paths = make_photos(work / "photos", given.photos, (640, 480) if given.tiny else LARGE)
        parts(paths)
        runs(work / "photos", given.photos, given.model, given.rounds, work)
        keeping(given.kept, work)


if __name__ == "__main__":
    main()
