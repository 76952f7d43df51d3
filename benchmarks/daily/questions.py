"""Questions to a library that is there: with a picture that is not in it, and with a new text."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from benchmarks.daily.figures import Figures, Row, time_row
from benchmarks.daily.processes import into_the_page_cache
from benchmarks.daily.setting import Setting

OF_RCLIP = 0.9  # of its time
WORDS = (
    *("red", "blue", "old", "small", "broken", "wooden"),
    *("dog", "cat", "car", "tree", "house", "river", "table", "cup"),
)


def commands(picture: Path) -> dict[str, tuple[str | Path, ...]]:
    """Return ours that take a picture."""
    return {
        "similar FILE": ("similar", picture),
        "query --like FILE": ("query", "--like", picture),
        "label FILE": ("label", picture, "--classes", "cup,car"),
    }


def new_text(number: int) -> str:
    """Return a text that was not asked before, in an earlier run of this benchmark neither."""
    random = np.random.default_rng([number, time.time_ns()])
    return f"{' '.join(random.choice(WORDS, 3))} {random.integers(1_000_000)}"


class Questions:
    """Asking."""

    def measure(self, setting: Setting, figures: Figures, number: int) -> None:
        """Time rclip and each of our commands, with the same picture and the same text."""
        setting.restore()
        picture, text = setting.new_photo(number), new_text(number)
        into_the_page_cache(picture)
        if setting.data:
            figures.add("rclip, picture, s", setting.data.ask(setting.folder, picture).seconds)
        for name, command in commands(picture).items():
            figures.add(f"clipsearch, {name}, s", setting.library.run(*command).seconds)
        if setting.data:
            figures.add("rclip, text, s", setting.data.ask(setting.folder, text).seconds)
        asked = setting.library.run("query", text, "--cutoff", "none")  # a random model's matches would be cut off
        figures.add("clipsearch, text, s", asked.seconds)

    def measure_once(self, setting: Setting, figures: Figures) -> None:
        """Look at memory, and at what is imported."""
        setting.restore()
        picture = setting.new_photo(0)
        for name, command in commands(picture).items():
            done, heavy = setting.library.looked_at(*command)
            figures.add_memory(f"clipsearch, {name}", done)
            figures.add(f"clipsearch, {name}, heavy imports", len(heavy))
        if setting.data:
            figures.add_memory("rclip, picture", setting.data.ask(setting.folder, picture, sample=True))

    def rows(self, setting: Setting, figures: Figures) -> list[Row]:
        """Return times, memory and imports."""
        rows, theirs = [], figures.get("rclip, picture, s")
        for name in commands(Path()):
            ours = figures[f"clipsearch, {name}, s"]
            ratio = None if theirs is None else ours / theirs
            target, reached = ("", None) if ratio is None else (f"<= {OF_RCLIP}x rclip's", ratio <= OF_RCLIP)
            shown = "" if theirs is None else f"{theirs:.2f} s"
            rows.append(Row(f"`{name}`, not in the library", shown, f"{ours:.2f} s", ratio, target, reached))
        peak = max(figures[f"clipsearch, {name}, PSS, MB"] for name in commands(Path()))
        memory = figures.get("rclip, picture, PSS, MB")
        shown = "" if memory is None else f"{memory:.0f} MB"
        rows.append(Row("the greatest peak memory (PSS) of these", shown, f"{peak:.0f} MB"))
        importing = [name for name in commands(Path()) if figures[f"clipsearch, {name}, heavy imports"]]
        found = "yes: " + ", ".join(importing) if importing else "no"
        rows.append(Row("they import torch or open_clip", "", found, None, "no", not importing))
        rows.append(time_row(figures, f"a new text, {setting.sizes.library:,} pictures", "text"))
        return rows
