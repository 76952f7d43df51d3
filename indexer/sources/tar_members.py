"""The members of a tar as they come, from its first byte to its last, and whether that last one is there at all.

`tarfile` takes a tar that breaks off between two members, and one with a damaged header in its middle, for one that
ends there. Of a shard of which the rest is lost nobody would hear. So whatever is no end is said here.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from indexer.errors import SourceError
from indexer.remote_files.sentences import sentence_if_known

BUFFER = 256 * 1024  # bytes
ZSTANDARD = b"\x28\xb5\x2f\xfd"  # its first bytes
LONGEST_NAME = 1024 * 1024  # bytes of what stands before a member: its name, its fields
_BEFORE = (
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
)  # which tarfile takes into the memory whole, however many they are
# What tarfile raises of headers that make no sense
_NONSENSE = (ValueError, ArithmeticError, LookupError, TypeError, RecursionError)


class _Zstandard(Exception):
    """It is packed by what Python can't unpack."""


class _Cut(Exception):
    """There is no next member, and no end."""


class _Member(tarfile.TarInfo):
    """A header that must be one."""

    @classmethod
    def fromtarfile(cls, tar: tarfile.TarFile) -> _Member:
        """Read the next header; raises _Cut where none follows."""
        try:
            return super().fromtarfile(tar)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise _Cut from error

    def _proc_member(self, tar: tarfile.TarFile) -> tarfile.TarInfo:
        """Read what belongs to a header; raises _Cut for one that leads back, or before which too much stands."""
        if self.size < 0 or (self.type in _BEFORE and self.size > LONGEST_NAME):
            raise _Cut
        member = cast(tarfile.TarInfo, super()._proc_member(tar))  # type: ignore[misc]
        if member.size < 0:
            raise _Cut
        return member


@contextmanager
def saying_cut(address: str) -> Iterator[None]:
    """Raise SourceError for a tar that breaks off or is damaged."""
    try:
        yield
    except _Zstandard as error:
        raise SourceError(
            f"{address} is packed by Zstandard, which is not read; unpack it, or pack it by gzip."
        ) from error
    except (_Cut, tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, OSError, *_NONSENSE) as error:
        is_of_a_file = isinstance(error, OSError) and error.errno is not None
        if is_of_a_file or (not isinstance(error, tarfile.TarError) and sentence_if_known(error, address)):
            raise  # of where it is read from, not of what is in it
        raise SourceError(
            f"{address} breaks off or is damaged, so nothing of it was taken; make or copy it again."
        ) from error


def members(file: BinaryIO) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """Yield the members of a tar, packed or not; each is to be read before the next one.

    It is only ever gone forward in: tarfile's own way to do that copies what it has read ahead for every member.
    """
    buffered = io.BufferedReader(cast(io.RawIOBase, _unpacked(file)), BUFFER)
    try:
        with tarfile.TarFile(fileobj=buffered, tarinfo=_Member, encoding="utf-8") as tar:
            while (member := tar.next()) is not None:
                yield tar, member
                tar.members.clear()  # type: ignore[attr-defined]
    finally:
        buffered.detach()  # it is for others to close


def _unpacked(file: BinaryIO) -> BinaryIO:
    """Return a tar that may be packed by gzip, bzip2 or xz, to be read as if it were not."""
    mark = file.read(6)
    file.seek(0)
    if mark.startswith(b"\x1f\x8b"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=file))
    if mark.startswith(b"BZh"):
        return cast(BinaryIO, bz2.BZ2File(file))
    if mark.startswith(ZSTANDARD):
        raise _Zstandard
    return cast(BinaryIO, lzma.LZMAFile(file)) if mark == b"\xfd7zXZ\0" else file
