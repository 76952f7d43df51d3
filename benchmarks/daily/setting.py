"""What the measurements share: sizes, folders, both tools, and a library of a thousand that both go back to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from benchmarks.daily.clipsearch import Library
from benchmarks.daily.figures import Figures, Row
from benchmarks.daily.photos import link_all, make_tree
from benchmarks.daily.rclip import Data, Rclip


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    few: int  # new pictures of the short run
    files: int  # of the long one
    library: int  # pictures that are there before
    tree: int  # files of the unchanged pass
    photo: tuple[int, int]  # pixels of a new picture


@dataclass(slots=True)
class Setting:
    """Where the benchmark is, and with what."""

    work: Path
    model: str
    rclip: Rclip | None
    sizes: Sizes
    photos: list[Path]  # those of the long run, and one more for each round
    folder: Path = field(init=False)  # the pictures that both libraries have
    library: Library = field(init=False)
    data: Data | None = field(init=False)

    def __post_init__(self) -> None:
        name = f"library-{self.sizes.library}-{'tiny' if self.model.startswith('local-dir:') else 'full'}"
        self.folder = self.work / name
        self.library = self.library_at(self.work / f"{name}-clipsearch")
        self.data = self.rclip.data(self.work / f"{name}-rclip") if self.rclip else None

    @property
    def cache(self) -> Path:
        """The cache folder of all runs but the first."""
        return self.work / "cache"

    @property
    def weights(self) -> Path:
        """Where the model is on disk."""
        local, _, folder = self.model.partition("local-dir:")
        return Path(folder or local.partition("/")[2])

    def library_at(self, folder: Path, cache: Path | None = None) -> Library:
        """Return a library of ours elsewhere."""
        return Library(folder, cache or self.cache, self.model)

    def new_photo(self, number: int) -> Path:
        """Return the picture of a round that no library has."""
        return self.photos[self.sizes.files + number]

    def fill(self) -> None:
        """Index the thousand with both tools, ask what caches texts, and remember that state."""
        make_tree(self.folder, self.sizes.library, self.sizes.library)
        link_all([], self.folder / "new")
        self.library.empty()
        self.library.index(self.folder)
        self.library.run("label", self.photos[0], "--classes", "cup,car")
        self.library.run("query", "a red cup", "--cutoff", "none")
        self.library.keep()
        if self.data and not self.data.kept.exists():  # it does not change, as ours may have since
            self.data.index(self.folder)
            self.data.keep()

    def restore(self) -> None:
        """Go back to the state after `fill`."""
        link_all([], self.folder / "new")
        self.library.restore()
        if self.data:
            self.data.restore()


class Part(Protocol):
    """Something that is measured."""

    def measure(self, setting: Setting, figures: Figures, number: int) -> None:
        """Measure one round, both tools in turn."""

    def measure_once(self, setting: Setting, figures: Figures) -> None:
        """Measure what takes no rounds, such as memory, which is sampled in runs of its own."""

    def rows(self, setting: Setting, figures: Figures) -> list[Row]:
        """Return the lines of the table."""
