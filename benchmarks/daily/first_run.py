"""The first index of all: the weights are on disk, nothing is in the cache."""

from __future__ import annotations

import shutil

from benchmarks.daily.figures import Figures, Row, limit_row
from benchmarks.daily.photos import SAMPLES
from benchmarks.daily.processes import into_the_page_cache
from benchmarks.daily.setting import Setting

SECONDS = 12


class FirstRun:
    """A new user's."""

    def measure(self, setting: Setting, figures: Figures, number: int) -> None:
        """Time it until the prompt is back; rclip can't read all of these pictures."""
        cache, library = setting.work / "first-cache", setting.work / "first-library"
        for folder in (cache, library):
            shutil.rmtree(folder, ignore_errors=True)
        into_the_page_cache(SAMPLES, setting.weights)
        figures.add("clipsearch, first, s", setting.library_at(library, cache).index(SAMPLES).seconds)

    def measure_once(self, setting: Setting, figures: Figures) -> None:
        """There is nothing else."""

    def rows(self, setting: Setting, figures: Figures) -> list[Row]:
        """Return the time."""
        what = "first index of the sample images, weights on disk, empty cache"
        return [limit_row(what, figures["clipsearch, first, s"], "s", SECONDS)]
