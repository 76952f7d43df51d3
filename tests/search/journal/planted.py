"""Journals as someone else may put them into a library that is passed on."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from search.journal.journal_files import FOLDER, FileState
from search.journal.links_and_copies import digest_of

LATER = "29990101T000000000000-5ee500.jsonl"  # after all that is done here
FIRST = {"clipsearch": 1, "action": "copy 1 picture to best", "began": "2026-01-01T00:00:00+00:00"}


def plant(library: Path, *lines: dict[str, Any] | bytes, name: str = LATER, first: Any = FIRST) -> Path:
    """Write a journal of an action that was never done, and return its file."""
    folder = library / FOLDER
    folder.mkdir(exist_ok=True)
    texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in (first, *lines)]
    (folder / name).write_bytes(b"".join(text + b"\n" for text in texts))
    return folder / name


def state_of(path: Path) -> dict[str, Any]:
    """Return all that a journal says of a file as it is."""
    return FileState.of(path.stat(), digest_of([path.read_bytes()]).hex()).fields()


def line(op: str, path: Path | str, **fields: Any) -> dict[str, Any]:
    """Return a line of a journal."""
    return {"op": op, "path": os.fspath(path), **fields}
