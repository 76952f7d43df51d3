"""The actions of a library by its journals, each read once while it stays as it is: some have 100,000 lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from search.journal.recorded import journals
from search.journal.undo import Action, read_action

MOST = 200  # that are listed


class JournalList:
    """The last actions of one library."""

    def __init__(self, library: Path) -> None:
        """Take the library's folder."""
        self._library = library
        self._read: dict[Path, tuple[tuple[int, int], Action]] = {}

    def records(self) -> list[dict[str, Any]]:
        """Return the last actions as JSON, the last first; raises LibraryError."""
        known, self._read = self._read, {}
        for file in journals(self._library)[:MOST]:
            try:
                status = file.stat()
            except OSError:  # nothing came of it
                continue
            mark = (status.st_size, status.st_mtime_ns)
            before = known.get(file)
            self._read[file] = before if before and before[0] == mark else (mark, read_action(self._library, file))
        return [_record(action) for _, action in self._read.values()]


def _record(action: Action) -> dict[str, Any]:
    return {
        "id": action.id,
        "what": action.what,
        "began": action.began,
        "files": action.files,
        "state": action.state,
        "why_not": action.why_not if action.origin else None,
    }
