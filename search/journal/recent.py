"""What was done last, by the names and first lines of the journals; for completion, which can't read them through."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from indexer.files.plain import reading_plain
from search.journal.journal_files import LONGEST_LINE, action_id, line_of
from search.journal.recorded import journals

MOST = 50  # journals that are looked at
_TAIL = 4096  # bytes at a journal's end, where it says that it was undone


def recent_actions(library: Path) -> Iterator[tuple[str, str]]:
    """Yield the id of each of the last actions that were not undone, and what it did, as its journal has it."""
    for file in journals(library)[:MOST]:
        with reading_plain(file) as opened:
            first = line_of(opened.readline(LONGEST_LINE)) or {}
            opened.seek(max(0, opened.seek(0, os.SEEK_END) - _TAIL))
            last = line_of(opened.read().rstrip(b"\n").rpartition(b"\n")[2]) or {}
        if last.get("op") != "undone" or last.get("kept"):
            yield action_id(file), str(first.get("action", ""))[:200]
