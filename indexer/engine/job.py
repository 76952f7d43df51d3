"""A file to be decoded, and the results: its frames with their pixels, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.files.found import FoundFile
from indexer.store.roots import Root

if TYPE_CHECKING:
    from indexer.decoding.frame import Failure, Frame
    from indexer.models.preprocess import Pixels


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be decoded."""

    root: Root
    file: FoundFile

    @property
    def path(self) -> Path:
        """The absolute path."""
        return self.root.path / self.file.path


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that could not be decoded."""

    job: Job
    failure: Failure


@dataclass(frozen=True, slots=True)
class Decoded:
    """A frame with its pixels in a worker's shared memory."""

    job: Job
    frame: Frame
    pixels: Pixels
    free: Any  # the semaphore of the worker's free slots

    def release(self) -> None:
        """Let the worker write over the pixels; call it once they were copied."""
        self.free.release()
