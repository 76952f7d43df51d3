"""What requests are refused for: our errors, and the HTTP status that each has."""

from __future__ import annotations

from indexer.errors import (
    ClipsearchError,
    FolderError,
    InvalidRequest,
    LibraryBusy,
    LibraryError,
    ModelError,
    ModelMismatch,
    OutputError,
    PictureError,
    UndoError,
)

STATUSES: tuple[tuple[type[ClipsearchError], int], ...] = (  # the first that fits
    (LibraryBusy, 409),
    (ModelMismatch, 409),
    (LibraryError, 503),
    (ModelError, 503),
    (PictureError, 422),
    (InvalidRequest, 400),
    (FolderError, 400),
    (UndoError, 400),
    (OutputError, 400),
)


class Refused(ClipsearchError):
    """A request that is answered with a status of its own."""

    def __init__(self, status: int, sentence: str, unnamed: str | None = None) -> None:
        """Take the HTTP status, the sentence, and the same without names of the library."""
        super().__init__(sentence, unnamed=unnamed)
        self.status = status


def status_of(error: ClipsearchError) -> int:
    """Return the HTTP status of one of our errors."""
    if isinstance(error, Refused):
        return error.status
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
