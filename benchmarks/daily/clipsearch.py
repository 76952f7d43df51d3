"""clipsearch as a person runs it, with a cache and libraries of the benchmark's own.

A GPU is hidden from it, as rclip uses none.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

from benchmarks.daily.processes import Run, run

REPOSITORY = Path(__file__).resolve().parent.parent.parent
HEAVY = {"torch", "open_clip"}


class Library:
    """A library, and the commands that use it."""

    def __init__(self, folder: Path, cache: Path, model: str) -> None:
        self.folder, self.model = folder, model
        self._kept = folder.with_name(f"{folder.name}-kept")
        folders = {"CLIPSEARCH_LIBRARY": str(folder), "CLIPSEARCH_CACHE": str(cache), "CLIPSEARCH_CONFIG": str(cache)}
        self.environment = {**os.environ, **folders, "CUDA_VISIBLE_DEVICES": ""}

    def run(self, *arguments: str | Path, sample: bool = False, **environment: str) -> Run:
        """Run a command with this library."""
        command = [sys.executable, "-m", "clipsearch", *arguments]
        return run(command, sample, {**self.environment, **environment}, cwd=REPOSITORY)

    def index(self, folder: Path, encoded: int | None = None, sample: bool = False) -> Run:
        """Index a folder; so many pictures must have been encoded, if it is given."""
        model = () if self.folder.exists() else ("--model", self.model)
        done = self.run("index", folder, *model, sample=sample)
        assert encoded is None or re.search(rf"\b{encoded:,} encoded", done.output), done.output
        return done

    def looked_at(self, *arguments: str | Path) -> tuple[Run, set[str]]:
        """Run a command, sampling memory, and return which heavy packages it imports, its children included."""
        done = self.run(*arguments, sample=True, PYTHONPROFILEIMPORTTIME="1")
        return done, HEAVY & set(re.findall(r"^import time:.*\|\s*([\w.]+)$", done.output, re.MULTILINE))

    def empty(self) -> None:
        """Have no library."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def keep(self) -> None:
        """Remember the library as it is."""
        shutil.rmtree(self._kept, ignore_errors=True)
        shutil.copytree(self.folder, self._kept)

    def restore(self) -> None:
        """Go back to the remembered library."""
        self.empty()
        shutil.copytree(self._kept, self.folder)


def own_rate(done: Run) -> float | None:
    """Return the pictures/s of an index run's summary, if it says them."""
    found = re.findall(r"\(([\d.]+) pictures/s", done.output)
    return float(found[-1]) if found else None
