"""Helpers of the tests of truths and their tables."""

from __future__ import annotations

from pathlib import Path

from indexer.files.found import Problem
from search.evaluation.truth import Truth


def refuse(problem: Problem) -> None:
    raise AssertionError(problem)


def pairs(truth: Truth, folder: Path) -> dict[str, str]:
    """Return the class of each picture by its path in a folder."""
    return {
        path.relative_to(folder).as_posix(): truth.classes[label]
        for path, label in zip(truth.paths, truth.labels, strict=True)
    }


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "truth.csv"
    file.write_text(text, encoding=encoding)
    return file
