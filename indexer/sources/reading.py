"""The original bytes of a picture, by the address that a library keeps: a path, a URL, a member of a tar, a row.

Whoever reads many keeps one `AddressReader` open: of the tars and tables it has read last it knows where things are, so
that pictures asked for in the order in which they lie are read in one go.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tarfile
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast
from urllib.parse import unquote

from indexer.addresses import is_url
from indexer.errors import ClipsearchError, SourceError, UnreachablePicture, reason_of
from indexer.files.foreign import Unfit, open_foreign
from indexer.paths import readable
from indexer.remote_files.sentences import is_broken_off, is_gone, is_refused, is_throttled, sentence_of
from indexer.remote_files.spooling import content_of, spool_folder
from indexer.sources.names import BYTES, decoded
from indexer.sources.references import fetch
from indexer.sources.table_rows import arrow_batches, parquet_batches, picture_of
from indexer.sources.whole_files import opened

MOST_OPEN = 4  # tars and tables
MOST_LISTED = 200_000  # members of tars of which is kept where they are, half a kilobyte each
AHEAD = 5000  # rows that are passed over rather than begun with anew
_MEMBER = re.compile(r"tar(\+bytes)?://(.*)::(.*)", re.S)
_ROW = re.compile(r"(.*)#(?:column=([^&#]*)&)?row=(\d+)", re.S)
_FILE_URL = re.compile(r"file://(?:localhost(?=/))?", re.I)


class _Container(Protocol):
    """A file with pictures in it."""

    def read(self, name: str) -> BinaryIO:
        """Open one of them; raises UnreachablePicture."""


class AddressReader:
    """Opens pictures by their addresses; for one thread."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, tuple[_Container, ExitStack]] = OrderedDict()
        self._lists = _Lists()
        self._stack = ExitStack()
        self._folder: Path | None = None

    def __enter__(self) -> AddressReader:
        return self

    def __exit__(self, *_: object) -> None:
        while self._open:
            self._open.popitem()[1][1].close()
        self._stack.close()

    def open(self, address: str) -> BinaryIO:
        """Open a picture to read its original bytes, from its start.

        Raises UnreachablePicture if it is not there any more or can't be read, SourceError if its whole place can't.
        """
        member = _MEMBER.fullmatch(address)
        row = None if member else _ROW.fullmatch(address)
        try:
            if member is not None:
                name = decoded(member[2]) if member[1] else member[2]
                return self._container(member[3], partial(_Tar.opened, self._lists)).read(name)
            if row is not None and not _is_there(address):
                key = row[1] if row[2] is None else f"{row[1]}#column={row[2]}"
                return self._container(key, _Table.opened).read(row[3])
            return self._single(address)
        except ClipsearchError:
            raise
        except Exception as error:
            raise _trouble(error, address) from error

    def _container(self, key: str, make: Callable[[str, ExitStack, Path], _Container]) -> _Container:
        if key not in self._open:
            while len(self._open) >= MOST_OPEN:
                self._open.popitem(last=False)[1][1].close()
            with ExitStack() as stack:
                container = make(key, stack, self._spool())
                self._open[key] = container, stack.pop_all()
        self._open.move_to_end(key)
        return self._open[key][0]

    def _single(self, address: str) -> BinaryIO:
        path = _path(address)
        if path is not None:
            return open_foreign(path)
        return _as_file(fetch(address, self._spool()).content, is_own=True)

    def _spool(self) -> Path:
        if self._folder is None:
            self._folder = self._stack.enter_context(spool_folder(None))
        return self._folder


def open_address(address: str) -> BinaryIO:
    """Open a single picture; raises as AddressReader.open does."""
    reader = AddressReader()
    with reader:
        return reader.open(address)


def _path(address: str) -> str | None:
    """Return the path of a local file by its address; None for a URL."""
    if address.startswith(f"file{BYTES}"):
        return decoded(address.removeprefix(f"file{BYTES}"))
    if _FILE_URL.match(address):
        return _FILE_URL.sub("", address, count=1)
    return None if is_url(address) else address


def _is_there(address: str) -> bool:
    """Return whether an address is the path of a local file, though it looks like a row."""
    return not is_url(address) and os.path.isfile(address)


def _as_file(content: bytes | Path, is_own: bool = False) -> BinaryIO:
    """Return content as an open file; a spooled one of ours loses its name, and is gone when it is closed."""
    if isinstance(content, bytes):
        return BytesIO(content)
    file = content.open("rb")
    if is_own:
        with contextlib.suppress(OSError):  # Windows keeps the names of open files
            content.unlink()
    return file


_Members = dict[str, tarfile.TarInfo]


class _Lists:
    """Where the members of tars are, also of those that were closed: a tar is gone through to its end to know it.

    So pictures that lie in many tars are read in any order, such as the best first.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], _Members] = OrderedDict()  # by address and signature

    def of(self, address: str, signature: str, tar: tarfile.TarFile) -> _Members:
        """Return the members of an open tar by name; of one name twice, the first was taken."""
        key = address, signature
        if key not in self._known:
            members: _Members = {}
            for member in tar:
                members.setdefault(member.name, member)
            self._known[key] = members
        self._known.move_to_end(key)
        while len(self._known) > 1 and sum(map(len, self._known.values())) > MOST_LISTED:
            self._known.popitem(last=False)
        return self._known[key]


class _Tar:
    """A tar, and where its members are."""

    def __init__(self, tar: tarfile.TarFile, members: _Members, folder: Path) -> None:
        self._tar, self._members, self._folder = tar, members, folder

    @classmethod
    def opened(cls, lists: _Lists, address: str, stack: ExitStack, folder: Path) -> _Tar:
        """Open the tar at an address."""
        file, entry = stack.enter_context(opened(_path(address) or address))
        try:
            tar = stack.enter_context(_open_tar(file))
            return cls(tar, lists.of(address, entry.signature, tar), folder)
        except (tarfile.TarError, EOFError) as error:
            raise SourceError(f"{readable(address)} is damaged; make or copy it again.") from error

    def read(self, name: str) -> BinaryIO:
        member = self._members.get(name)
        if member is None or not member.isreg() or member.issparse():
            raise UnreachablePicture("it is not in the tar any more")
        packed = self._tar.extractfile(member)
        assert packed is not None
        source = packed
        content = content_of(lambda taken: shutil.copyfileobj(source, taken), member.size, self._folder)
        return _as_file(content, is_own=True)


def _open_tar(file: BinaryIO) -> tarfile.TarFile:
    return tarfile.open(fileobj=file, mode="r:*", encoding="utf-8")


class _Table:
    """A Parquet or Arrow file, read from one row on as long as those that are asked for come after."""

    def __init__(self, url: str, file: BinaryIO, column: str | None, folder: Path) -> None:
        self._url, self._file, self._column, self._folder = url, file, column, folder
        self._batches: Iterator[tuple[Any, Any]] = iter(())
        self._first, self._columns, self._batch = 0, None, ()  # of the batch that is held

    @classmethod
    def opened(cls, key: str, stack: ExitStack, folder: Path) -> _Table:
        """Open the table at an address, with the column that was chosen behind it."""
        address, _, column = key.partition("#column=")
        url = _path(address) or address
        file, _entry = stack.enter_context(opened(url))
        return cls(url, file, unquote(column) or None, folder)

    def read(self, name: str) -> BinaryIO:
        row = int(name)
        if not self._first <= row <= self._first + len(self._batch) + AHEAD or not self._batch:
            self._begin(row)
        while row >= self._first + len(self._batch):
            self._advance()
        record = self._batch[row - self._first : row - self._first + 1].to_pylist()[0]  # type: ignore[attr-defined]
        fetched = picture_of(cast(Any, self._columns), record, self._url, self._folder)
        is_own = isinstance(fetched.content, Path) and fetched.content.parent == self._folder
        return _as_file(fetched.content, is_own)

    def _begin(self, row: int) -> None:
        batches = arrow_batches if self._url.lower().endswith(".arrow") else parquet_batches
        self._file.seek(0)
        self._first, self._batch = row, ()
        self._batches = iter(batches(self._file, readable(self._url), self._column, row, None, alone=True))

    def _advance(self) -> None:
        self._first += len(self._batch)
        try:
            self._columns, self._batch = next(self._batches)
        except StopIteration:
            self._batch = ()
            raise UnreachablePicture("the table does not have as many rows any more") from None


def _trouble(error: Exception, address: str) -> ClipsearchError:
    """Return what is raised: of the picture itself, or of a place that gives nothing at all."""
    if isinstance(error, Unfit):
        return UnreachablePicture(str(error))
    if is_refused(error) or is_throttled(error) or is_broken_off(error):
        return SourceError(sentence_of(error, address))
    if is_gone(error):
        return UnreachablePicture("there is nothing at its address")
    return UnreachablePicture(reason_of(error))
