"""Every error that clipsearch raises on purpose.

    ClipsearchError
    ├── InvalidRequest          the request makes no sense (exit code 2 on the command line)
    ├── PictureError            one picture can't be read; the rest goes on
    │   └── UnreachablePicture  the system did not give its content; the file may be sound
    ├── FolderError             a folder can't be indexed or is not in the library
    ├── SourceError             a place that pictures are read from is not there, refuses, or breaks off
    │   └── SourceEmpty         there is nothing at all in it
    ├── OutputError             results can't be written or shown as requested
    ├── UndoError               there is nothing (left) to undo
    ├── LibraryError
    │   ├── LibraryMissing      nothing is indexed here yet
    │   ├── LibraryBusy         another process is indexing it
    │   ├── LibraryDamaged      the file is no database, or a broken one
    │   └── LibraryTooNew       written by a newer clipsearch
    └── ModelError
        ├── UnknownModel        no such model, tag or checkpoint
        ├── HubUnreachable      weights are not on this machine and can't be downloaded now
        ├── DownloadFailed      the hub answers but does not give the weights, or they can't be stored
        ├── BuiltinMissing      the built-in model's packages are missing or damaged
        ├── ModelNotAllowed     a library names a model that was never asked for on this machine
        ├── ModelMismatch       the library was indexed with another model
        └── EncoderFailed       the model raised while encoding

Each message is one sentence that says what is wrong and what to do.
"""

from __future__ import annotations

from typing import ClassVar


class ClipsearchError(Exception):
    """The root of the tree: catches all of them."""

    exit_code: ClassVar[int] = 1

    def __init__(self, *sentence: object, unnamed: str | None = None) -> None:
        """Take the sentence, and the same without what folders, files and labels of a library are called.

        Those are others' words, which an assistant may take for orders, so it is told the second one.
        """
        super().__init__(*sentence)
        self._unnamed = unnamed

    @property
    def unnamed(self) -> str:
        """The sentence without names of a library."""
        return str(self) if self._unnamed is None else self._unnamed


class InvalidRequest(ClipsearchError):
    """The request itself is wrong: no classes, a template without a slot for the class, and the like."""

    exit_code: ClassVar[int] = 2


class PictureError(ClipsearchError):
    """One picture can't be read; the message is the reason alone, without the path."""


class UnreachablePicture(PictureError):
    """The system did not give the file's content (gone, no permission, a failed drive); the file may be sound."""


class FolderError(ClipsearchError):
    """A folder does not exist, is not a folder, or is not in the library."""


class SourceError(ClipsearchError):
    """An object store, tar, Parquet file or listing can't be read, or not to its end; what was committed is kept."""


class SourceEmpty(SourceError):
    """A place was listed to its end and nothing is there, or it is a folder that is not there."""


class OutputError(ClipsearchError):
    """Results can't be copied, linked, written or shown as requested; what was done is kept and reported."""


class UndoError(ClipsearchError):
    """There is no such action to undo, or it was undone already."""


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


class DownloadFailed(ModelError):
    """The hub answers, but does not give a model's files, or they can't be stored; what has come is kept."""


class BuiltinMissing(ModelError):
    """The built-in model's packages are missing or their weight files are not the expected ones."""


class ModelNotAllowed(ModelError):
    """A library names a model that was never asked for on this machine, and nobody has allowed it."""


class ModelMismatch(ModelError):
    """Embeddings of different models can't be compared."""


class EncoderFailed(ModelError):
    """The model raised while encoding; what was stored before is kept."""


def reason_of(error: Exception) -> str:
    """Say in a few words why the system did not give a file's content, or there was no room for it."""
    match error:
        case MemoryError():
            return "too large for the memory of this machine"
        case FileNotFoundError():
            return "no such file"
        case PermissionError():
            return "no permission to read it"
    return " ".join(str(getattr(error, "strerror", None) or error).split()) or type(error).__name__
