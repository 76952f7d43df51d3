"""What libraries open in several threads have of one index together: a file is mapped and checked once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from search.index.vector_index import Memory

if TYPE_CHECKING:
    from search.index.checksums import Written
    from search.index.compressed import CompressedIndex
    from search.index.vector_index import ChangedIndex


class SharedIndex:
    """The index of one state of the embeddings; whoever opens it holds the lock."""

    def __init__(self) -> None:
        """Have nothing open yet."""
        self.lock = threading.Lock()
        self.state: tuple[int, int, str | None] | None = None  # of which model, generation and file the rest is
        self.compressed: ChangedIndex | None = None
        self.memory = Memory()
        self._file: tuple[Written, CompressedIndex] | None = None

    def file_opened(self, written: Written) -> CompressedIndex | None:
        """Return the index of a file, if that is the one that is mapped; it is not written to once it has its name."""
        return self._file[1] if self._file is not None and self._file[0] == written else None

    def keep_file(self, written: Written, index: CompressedIndex) -> None:
        """Keep a file mapped, in place of the one before."""
        self._file = written, index
