"""A pass over a large tree in which nothing has changed."""

from __future__ import annotations

import sys

from benchmarks.daily.figures import Figures, Row
from benchmarks.daily.photos import TINY, make_tree
from benchmarks.daily.setting import Setting

DISTINCT = 50
FASTER = 10


class Unchanged:
    """Looking for what is new where nothing is. Ours has really indexed the tree; rclip's database is filled."""

    def __init__(self, setting: Setting, tiny: str) -> None:
        self._tree = make_tree(setting.work / f"tree-{setting.sizes.tree}", setting.sizes.tree, DISTINCT, TINY)
        name = self._tree.name
        self._library = setting.library_at(setting.work / f"{name}-library")
        self._library.model = tiny
        print(f"  {self._library.index(self._tree).output.splitlines()[-1]}", file=sys.stderr)
        self._data = setting.rclip.data(setting.work / f"{name}-rclip") if setting.rclip else None
        if self._data:
            self._data.fill(self._tree)
            self._data.index(self._tree)

    def measure(self, setting: Setting, figures: Figures, number: int) -> None:
        """Time a pass of each."""
        figures.add("clipsearch, unchanged, s", self._library.index(self._tree, 0).seconds)
        if self._data:
            figures.add("rclip, unchanged, s", self._data.index(self._tree).seconds)

    def measure_once(self, setting: Setting, figures: Figures) -> None:
        """Sample memory, and run rclip as a user does."""
        figures.add_memory("clipsearch, unchanged", self._library.index(self._tree, 0, sample=True))
        if self._data:
            figures.add("rclip, unchanged, whole command, s", self._data.whole_command(self._tree).seconds)

    def rows(self, setting: Setting, figures: Figures) -> list[Row]:
        """Return the times; here the ratio says how many times as fast."""
        ours, theirs = figures["clipsearch, unchanged, s"], figures.get("rclip, unchanged, s")
        what = f"unchanged pass, {setting.sizes.tree:,} files"
        if theirs is None:
            return [Row(what, "", f"{ours:.2f} s")]
        ratio = theirs / ours
        return [Row(what, f"{theirs:.2f} s", f"{ours:.2f} s", ratio, f">= {FASTER}x as fast", ratio >= FASTER)]
