"""Measure what people do daily against rclip 4.0.8, and indexing against what this machine's cores could do at best.

    python -m benchmarks.indexing [--work FOLDER] [--repeat 5] [--only new questions first unchanged] [--skip-rclip]

Both tools get the same files and the same random ViT-B-32-256, clipsearch as a checkpoint, rclip as fp32 ONNX files
exported from it (benchmarks/daily/rclip.py says how it is run). The first run sets up all of it in the work folder
(4 GB, reused later): 12 MP JPEGs with the detail, file size and EXIF of a phone's, a tree of 100,000 tiny JPEGs, a
library of 1,000 small pictures for each tool. rclip needs Python 3.12 or 3.13 and is installed from PyPI in an
environment of its own; --rclip-python names an interpreter, or one that has it.

How it is counted. All files are in the page cache. In each round both tools run in turn, so that other load on the
machine meets both; figures are medians over rounds. Before each run the libraries go back to the thousand pictures,
with the model loaded once and the texts embedded, but in the rows that say otherwise. "Without start-up" is the rate
of the pictures that the long run has more than the short one. The bound is cores / (decode + encode): CPU seconds
a picture, measured alone in each round, of decoding in one thread and of encoding whole batches in all threads.
Memory is sampled in runs of their own: the sum over the process and its children of PSS, in which pages that they
share count once, and of RSS, in which they count often. What other programs share, such as torch's libraries, lowers
PSS, so growth is judged by RSS.
"""

from __future__ import annotations

import argparse
import platform
import statistics
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path

from benchmarks.daily import rclip
from benchmarks.daily.figures import Figures, table
from benchmarks.daily.first_run import FirstRun
from benchmarks.daily.interpreters import suitable
from benchmarks.daily.models import make_model
from benchmarks.daily.new_pictures import NewPictures
from benchmarks.daily.photos import LARGE, make_photos
from benchmarks.daily.place import machine, work_folder
from benchmarks.daily.questions import Questions
from benchmarks.daily.setting import Part, Setting, Sizes
from benchmarks.daily.unchanged import Unchanged

SMALLER = (640, 480)  # pixels
PARTS = ("new", "questions", "first", "unchanged")


def main() -> None:
    """Set up, measure, and print the figures as Markdown tables."""
    arguments = parsed()
    work, repeat = work_folder(arguments.work), arguments.repeat
    photo = SMALLER if arguments.tiny else LARGE
    sizes = Sizes(arguments.few, arguments.files, arguments.library, arguments.tree, photo)
    photos = make_photos(work / f"photos-{sizes.photo[0]}", sizes.files + repeat, sizes.photo)
    model = make_model(work, arguments.tiny)
    peer = "left out" if arguments.skip_rclip else rclip.set_up(work, model, arguments.rclip_python)
    setting = Setting(work, model, None if isinstance(peer, str) else peer, sizes, photos)
    about = peer if isinstance(peer, str) else peer.versions()
    print(f"{machine()}\n\nclipsearch: Python {platform.python_version()}, {ours()}\nrclip: {about}", flush=True)
    parts, figures = parts_of(setting, arguments.only), Figures()
    for number in range(repeat):
        for part in parts.values():
            part.measure(setting, figures, number)
    for part in parts.values():
        part.measure_once(setting, figures)
    megabytes = statistics.mean(path.stat().st_size for path in photos) / 1e6
    print(f"Medians of {repeat} rounds; a new picture has {megabytes:.1f} MB on average\n")
    print(table([row for part in parts.values() for row in part.rows(setting, figures)]))
    print(f"\n{figures.rounds()}")


def parsed() -> argparse.Namespace:
    """Return the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=user_cache_path("clipsearch-benchmark"))
    parser.add_argument("--files", type=int, default=256, help="new pictures of the long run")
    parser.add_argument("--few", type=int, default=64, help="new pictures of the short run")
    parser.add_argument("--library", type=int, default=1000, help="pictures that are there before")
    parser.add_argument("--tree", type=int, default=100_000, help="files of the unchanged pass")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="the parts to measure")
    parser.add_argument("--tiny", action="store_true", help="a tiny model and small pictures: does it run?")
    parser.add_argument("--rclip-python", type=suitable, help="a Python 3.12 or 3.13")
    parser.add_argument("--skip-rclip", action="store_true")
    arguments = parser.parse_args()
    if not 1 < arguments.few < arguments.files:
        parser.error("--few must be more than 1 and less than --files")
    return arguments


def parts_of(setting: Setting, names: tuple[str, ...]) -> Mapping[str, Part]:
    """Return what is asked for, set up."""
    parts: dict[str, Part] = {}
    if {"new", "questions"} & {*names}:
        setting.fill()
    for name in names:
        if name == "unchanged":
            parts[name] = Unchanged(setting, make_model(setting.work, tiny=True))
        else:
            parts[name] = {"new": NewPictures, "questions": Questions, "first": FirstRun}[name]()
    return parts


def ours() -> str:
    """Return the versions of what clipsearch runs on."""
    names = ("torch", "open_clip_torch", "onnxruntime", "pillow", "numpy")
    return ", ".join(f"{name} {version(name)}" for name in names)


if __name__ == "__main__":
    main()
