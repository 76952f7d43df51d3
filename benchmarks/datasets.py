"""Measure data sets: the stores of libraries, the engines that encode them, embeddings in and out, and remote pictures.

    python -m benchmarks.datasets [--only stores,engines,files,remote] [--work FOLDER]

Each section stands in a module of its own, by which it can be looked up: what it measures, and how. It prints a
Markdown section; all of them together are what RESULTS.md has of data sets.
"""

from __future__ import annotations

import argparse
import importlib
import platform
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from benchmarks.daily.place import machine, work_folder

# Each has `add_arguments(parser)` for the options of its own, and `measure(work, arguments)`, which yields Markdown.
SECTIONS = {
    "stores": "benchmarks.dataset_stores",
    "engines": "benchmarks.dataset_engines",
    "files": "benchmarks.dataset_files",
    "remote": "benchmarks.dataset_remote",
}
PACKAGES = ("pylance", "faiss-cpu", "ray", "pyarrow", "numpy")


def main() -> None:
    """Measure the sections that are asked for, and print each once it is done."""
    sections = {name: importlib.import_module(module) for name, module in SECTIONS.items()}
    arguments = parsed(sections.values())
    work = work_folder(arguments.work)
    print(f"{machine()}\n\nPython {platform.python_version()}, {', '.join(installed())}")
    for name in arguments.only:
        for line in sections[name].measure(work, arguments):
            print(line, flush=True)


def installed() -> Iterator[str]:
    """Yield the packages that decide the figures, with their versions, where they are installed."""
    for package in PACKAGES:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            continue


def parsed(sections: Sequence[Any] | Any) -> argparse.Namespace:
    """Return the arguments: those of all sections."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=chosen, default=list(SECTIONS), metavar=",".join(SECTIONS))
    parser.add_argument("--work", type=Path, default=user_cache_path("clipsearch-benchmark"))
    for section in sections:
        section.add_arguments(parser)
    return parser.parse_args()


def chosen(text: str) -> list[str]:
    """Return the names of sections; raises ArgumentTypeError for an unknown one."""
    names = text.split(",")
    unknown = next((name for name in names if name not in SECTIONS), None)
    if unknown is not None:
        raise argparse.ArgumentTypeError(f"there is no section {unknown!r}, but {', '.join(SECTIONS)}")
    return names


if __name__ == "__main__":
    main()
