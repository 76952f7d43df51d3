"""Pictures whose right class or caption is known: a folder per class, or a CSV file.

truth/cup/a.jpg             path,class                  path,caption
truth/cup/more/b.jpg        a.jpg,cup                   a.jpg,a white cup on a table
truth/car/c.jpg             cars/c.jpg,car              cars/c.jpg,a red car in front of a house
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from indexer.errors import FolderError, InvalidRequest
from indexer.files.found import FolderPictures, OnProblem, PassedOver, Problem
from indexer.files.ignore import ScanRules, is_passed_over
from indexer.files.scan import scan
from indexer.installation import install_command
from indexer.paths import readable
from indexer.spelling import spelled_on_disk
from indexer.wording import counted
from search.evaluation.metrics import Bools, Ints
from search.evaluation.truth_tables import read_pairs
from search.labels.classes import tidy


@dataclass(frozen=True, slots=True)
class Truth:
    """Pictures with their right class."""

    paths: tuple[Path, ...]
    classes: tuple[str, ...]  # sorted; one may have no picture
    labels: Ints  # (n,), the index of each picture's class in `classes`
    missing: int = 0  # pictures that are named but not there

    def only(self, chosen: Bools) -> Truth:
        """Return the truth of the chosen pictures, a mask (n,)."""
        paths = tuple(path for path, wanted in zip(self.paths, chosen, strict=True) if wanted)
        return Truth(paths, self.classes, self.labels[chosen])

    @property
    def without_pictures(self) -> list[str]:
        """The classes that have no picture."""
        counts = np.bincount(self.labels, minlength=len(self.classes))
        return [name for name, count in zip(self.classes, counts, strict=True) if not count]


@dataclass(frozen=True, slots=True)
class Captions:
    """Pictures with one or more captions each."""

    paths: tuple[Path, ...]  # each once
    texts: tuple[str, ...]
    picture_of: Ints  # (texts,), the index of each caption's picture in `paths`
    missing: int = 0  # pictures that are named but not there

    def only(self, chosen: Bools) -> Captions:
        """Return the captions of the chosen pictures, a mask over `paths`."""
        new_index = np.cumsum(chosen) - 1
        kept = chosen[self.picture_of]
        return Captions(
            tuple(path for path, wanted in zip(self.paths, chosen, strict=True) if wanted),
            tuple(text for text, wanted in zip(self.texts, kept, strict=True) if wanted),
            np.asarray(new_index[self.picture_of[kept]], dtype=np.int64),
        )


def read_truth(source: Path, report: OnProblem) -> Truth:
    """Read a folder that has a folder for each class, or a CSV file with the columns path and class.

    What is left out is reported. Raises FolderError if there is nothing at `source` or no picture in it,
    InvalidRequest for a CSV file that is not well formed, or for a single class.
    """
    source = spelled_on_disk(source)
    if source.is_dir():
        truth = _read_folder(source, report)
    elif source.exists():
        pairs, missing = read_pairs(source, "class", report)
        truth = replace(_truth([path for path, _ in pairs], [name for _, name in pairs]), missing=missing)
    else:
        raise FolderError(f"There is no {readable(source)}; name a folder with a folder per class, or a CSV file.")
    if len(truth.classes) < 2:
        raise InvalidRequest(
            f"There is only one class in {readable(source)}, {truth.classes[0]!r}, of which every picture is; "
            "add pictures of another class."
        )
    return truth


def read_captions(source: Path, report: OnProblem) -> Captions:
    """Read a CSV file with the columns path and caption; a picture may have several captions.

    Raises as `read_truth` does.
    """
    source = spelled_on_disk(source)
    if not source.is_file():
        raise FolderError(f"There is no file {readable(source)}; name a CSV file with the columns path,caption.")
    pairs, missing = read_pairs(source, "caption", report)
    indices = {path: index for index, path in enumerate(dict.fromkeys(path for path, _ in pairs))}
    picture_of = np.array([indices[path] for path, _ in pairs], dtype=np.int64)
    return Captions(tuple(indices), tuple(text for _, text in pairs), picture_of, missing)


def _read_folder(folder: Path, report: OnProblem) -> Truth:
    """Take each folder in a folder as a class, with the pictures at any depth below it."""
    paths: list[Path] = []
    names: list[str] = []
    left_out = Counter[tuple[str, str]]()
    for event in scan(folder, "", report, ScanRules(follow_links=True)):
        if isinstance(event, PassedOver):
            left_out["file", f"can be read after: {install_command(event.extra)}"] += 1
        elif isinstance(event, FolderPictures):
            inside = [path for path, *_ in event.files if "/" in path]
            paths += [folder / path for path in inside]
            names += [tidy(path.partition("/")[0]) for path in inside]
            left_out["picture", "in no class's folder"] += len(event.files) - len(inside)
    for (what, reason), number in (+left_out).items():
        report(Problem(folder, f"left out, {counted(number, what)} {reason}"))
    if not paths:
        raise FolderError(
            f"There is no picture in a folder of {readable(folder)}; it should have a folder for each class, "
            f"such as {readable(os.path.join(folder.name, 'cup'))}."
        )
    return _truth(paths, names, [tidy(entry.name) for entry in folder.iterdir() if _is_class(entry)])


def _is_class(entry: Path) -> bool:
    """Say whether an entry of the truth's folder is a class, even one without pictures."""
    return entry.is_dir() and not is_passed_over(entry.name)


def _truth(paths: Sequence[Path], names: Sequence[str], others: Iterable[str] = ()) -> Truth:
    classes = tuple(sorted({*names, *others}))
    indices = {name: index for index, name in enumerate(classes)}
    return Truth(tuple(paths), classes, np.array([indices[name] for name in names], dtype=np.int64))
