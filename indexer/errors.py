"""Every error that clipsearch raises on purpose.

    ClipsearchError
    ├── InvalidRequest          what was asked makes no sense (exit code 2 on the command line)
    ├── PictureError            one picture can't be read; the rest goes on
    │   └── UnreachablePicture  the system would not give its content; it may be sound
    ├── FolderError             a folder can't be indexed or is not in the library
    ├── OutputError             results can't be written where they were asked for, or shown
    ├── UndoError               there is nothing to take back, or not any more
    ├── LibraryError
    │   ├── LibraryMissing      nothing indexed here yet
    │   ├── LibraryBusy         another process is indexing it
    │   ├── LibraryDamaged      the database is not one, or is broken
    │   └── LibraryTooNew       written by a newer clipsearch
    └── ModelError
        ├── UnknownModel        no such model, tag or checkpoint
        ├── HubUnreachable      weights are not on this machine and can't be downloaded now
        ├── BuiltinMissing      the built-in model's packages are not installed, or damaged
        ├── ModelMismatch       the library was indexed with another model
        └── EncoderFailed       the model raised while encoding

Each message is one sentence that says what is wrong and what to do.
"""

from __future__ import annotations

from typing import ClassVar


class ClipsearchError(Exception):
    """The root of the tree; catch it to catch all of them."""

    exit_code: ClassVar[int] = 1


class InvalidRequest(ClipsearchError):
    """The request itself is wrong: no classes, a template without a place for the class, and the like."""

    exit_code: ClassVar[int] = 2


class PictureError(ClipsearchError):
    """One picture can't be read; the message is the reason alone, without the path."""


class UnreachablePicture(PictureError):
    """The system would not give the file's content (gone, no permission, a drive that failed); it may be sound."""


class FolderError(ClipsearchError):
    """A folder does not exist, is no folder, or is not in the library."""


class OutputError(ClipsearchError):
    """Results can't be copied, linked, written or shown as asked; what was done is kept and told."""


class UndoError(ClipsearchError):
    """There is no such action to take back, or it was taken back already."""


class LibraryError(ClipsearchError):
    """Something about the library's own files."""


class LibraryMissing(LibraryError):
    """There is no library here, or nothing in it yet."""


class LibraryBusy(LibraryError):
    """Another process is indexing this library."""


class LibraryDamaged(LibraryError):
    """The library's database can't be used."""


class LibraryTooNew(LibraryError):
    """The library was written by a newer version of clipsearch."""


class ModelError(ClipsearchError):
    """Something about the model."""


class UnknownModel(ModelError):
    """No model, tag or checkpoint of this name."""


class HubUnreachable(ModelError):
    """The weights are not on this machine and the hub can't be reached."""


class BuiltinMissing(ModelError):
    """The built-in model's packages are absent or their weight files are not the expected ones."""


class ModelMismatch(ModelError):
    """Embeddings of different models can't be compared."""


class EncoderFailed(ModelError):
    """The model raised while encoding; what was stored before is kept."""
