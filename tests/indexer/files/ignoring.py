"""Helpers of the tests of ignore files."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.files.ignore import IGNORE_FILE, Ignore


def ignore(*lines: str) -> Ignore:
    return Ignore().with_excludes(lines, pytest.fail)


def written(folder: Path, content: bytes) -> tuple[Ignore, list[str]]:
    """Return what an ignore file of this content says, and what is reported about it."""
    (folder / IGNORE_FILE).write_bytes(content)
    reports: list[str] = []
    return Ignore().with_file_in(
        "", str(folder), lambda path, reason: reports.append(f"{path.name}: {reason}")
    ), reports
