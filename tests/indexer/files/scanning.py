"""Helpers of the tests that scan a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TypeGuard

from indexer.files.found import (
    FolderPictures,
    OnProblem,
    Problem,
    Signature,
    SkippedLink,
)
from indexer.files.ignore import ScanRules
from indexer.files.scan import scan

FOLLOW = ScanRules(follow_links=True)


def entries_of(root: Path, below: str, on_problem: OnProblem, rules: ScanRules = ScanRules()) -> list[object]:  # noqa: B008
    """Return what a scan yields, its picture files one by one."""
    entries: list[object] = []
    for entry in scan(root, below, on_problem, rules):
        entries += entry.files if isinstance(entry, FolderPictures) else [entry]
    return entries


def is_file(entry: object) -> TypeGuard[Signature]:
    return isinstance(entry, tuple)


def found(root: Path, below: str = "", rules: ScanRules = ScanRules()) -> tuple[list[str], list[Problem], int]:  # noqa: B008
    problems: list[Problem] = []
    entries = entries_of(root, below, problems.append, rules)
    files = [entry[0] for entry in entries if is_file(entry)]
    return files, problems, sum(isinstance(entry, SkippedLink) for entry in entries)


def make(root: Path, *names: str) -> None:
    """Make files that no scan opens."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
