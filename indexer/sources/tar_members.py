"""The members of a tar as they come, from its first byte to its last, and whether that last one is there at all.

`tarfile` takes a tar that breaks off between two members, and one with a damaged header in its middle, for one that
ends there. Of a shard of which the rest is lost nobody would hear. So whatever is no end is said here.
"""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from indexer.errors import SourceError

LONGEST_NAME = 1000  # bytes; what systems take, though a header may state any length


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


@contextmanager
def saying_cut(address: str) -> Iterator[None]:
    """Raise SourceError for a tar that breaks off or is damaged."""
    try:
        yield
    except (_Cut, tarfile.TarError, EOFError, zlib.error, OverflowError) as error:
        raise SourceError(
            f"{address} breaks off or is damaged, so nothing of it was taken; make or copy it again."
        ) from error


def members(file: BinaryIO) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """Yield the members of a tar, packed in any way that Python can unpack; each is to be read before the next one."""
    with tarfile.open(fileobj=file, mode="r|*", tarinfo=_Member, bufsize=1024 * 1024, encoding="utf-8") as tar:
        for member in tar:
            yield tar, member
            tar.members.clear()  # type: ignore[attr-defined]
