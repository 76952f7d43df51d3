"""Pictures in tar files, as WebDataset and img2dataset write them, read in one go from the first byte to the last.

What belongs together follows one another and has one name up to the first dot: 0001.jpg, 0001.txt with its caption,
0001.json with more of it, 0001.cls with its class. Nothing is ever unpacked.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from indexer.files.foreign import Unfit
from indexer.files.ignore import ScanRules
from indexer.paths import readable
from indexer.remote_files.spooling import content_of, spool_folder
from indexer.sources.item import Item, Known, Shard, Unread
from indexer.sources.names import base_name, is_picture, member_address
from indexer.sources.record_fields import caption_of, said_of
from indexer.sources.tar_members import members, saying_cut
from indexer.sources.whole_files import WholeFile, address_of, shards_of

SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst")  # the last one to say that it is not read
LARGEST_RECORD = 1024 * 1024  # bytes of a caption or of JSON
LARGEST = 16 * 1024**3  # bytes of a picture or video
PIECE = 1024 * 1024  # bytes
_RECORDS = ("txt", "caption", "json", "cls")


@dataclass(frozen=True, slots=True)
class TarShards:
    """The tar files of a name, pattern or folder."""

    url: str
    rules: ScanRules = ScanRules()  # noqa: RUF009

    @property
    def address(self) -> str:
        """What names them, without secrets."""
        return address_of(self.url)

    def shards(self, known: Known) -> Iterator[Shard]:
        """Yield the files that are not known; raises SourceError if there is none, or their place can't be read."""

        def make(file: WholeFile) -> Iterator[Shard]:
            if not known.has_shard(file.address, file.signature):
                yield TarShard(file, self.rules)

        yield from shards_of(self.url, SUFFIXES, self.rules, make)


@dataclass(slots=True)
class _Sample:
    """What follows one another under one name."""

    key: str
    pictures: list[Item] = field(default_factory=list)
    caption: str | None = None
    extra: dict[str, object] = field(default_factory=dict)

    def items(self) -> Iterator[Item]:
        """Yield its pictures with what is said of them."""
        for item in self.pictures:
            yield Item(item.address, item.name, item.content, item.signature, self.caption, self.extra)

    def add(self, kind: str, content: bytes) -> None:
        """Take what is said of the pictures; a caption of its own goes before that of a record."""
        if kind == "json":
            self._add_record(content)
        elif kind == "cls":
            self.extra["cls"] = _whole(readable(content.decode("utf-8", "surrogateescape").strip()))
        else:
            self.caption = caption_of(content.decode("utf-8", "replace")) or self.caption

    def _add_record(self, content: bytes) -> None:
        try:
            record = json.loads(content)
        except (ValueError, RecursionError):
            return
        if isinstance(record, dict):
            caption, extra = said_of({str(name): value for name, value in record.items()})
            self.caption = self.caption or caption
            self.extra = {**extra, **self.extra}


@dataclass(frozen=True, slots=True)
class TarShard:
    """A tar file."""

    file: WholeFile
    rules: ScanRules = ScanRules()  # noqa: RUF009
    only: frozenset[str] | None = None  # addresses

    def part(self, addresses: frozenset[str]) -> TarShard:
        """Return it giving nothing but the pictures at these addresses."""
        return replace(self, only=addresses)

    @property
    def name(self) -> str:
        """Its address."""
        return self.file.address

    @property
    def signature(self) -> str:
        """The state in which it was found."""
        return self.file.signature

    @property
    def is_sealed(self) -> bool:
        """It is one file."""
        return True

    def items(self, spool: Path | None = None) -> Iterator[Item | Unread]:
        """Read it once; raises SourceError if it is cut, when nothing of it may be taken."""
        with spool_folder(spool) as folder, self.file.opened() as file, saying_cut(readable(self.name)):
            yield from self._read(file, folder)

    def _read(self, file: BinaryIO, folder: Path) -> Iterator[Item | Unread]:
        sample, seen = _Sample(""), set[int]()
        for tar, member in members(file):
            key, _, kind = _split(member.name)
            if key != sample.key:
                yield from sample.items()
                sample = _Sample(key)
            if is_picture(_inner(member.name), self.rules):
                taken = self._picture(tar, member, seen, folder)
                if isinstance(taken, Unread):
                    yield taken
                elif taken is not None:
                    sample.pictures.append(taken)
            elif kind.rpartition(".")[2].lower() in _RECORDS and member.isreg() and member.size <= LARGEST_RECORD:
                sample.add(kind.rpartition(".")[2].lower(), _content(tar, member))
        yield from sample.items()

    def _picture(
        self, tar: tarfile.TarFile, member: tarfile.TarInfo, seen: set[int], folder: Path
    ) -> Item | Unread | None:
        """Return a member that has the name of a picture; None for a folder of such a name, and what is not wanted."""
        address = member_address(member.name, self.name)
        if member.isdir() or (self.only is not None and address not in self.only):
            return None
        try:
            _check(member)
        except Unfit as reason:
            return Unread(address, self.signature, str(reason))
        if hash(member.name) in seen:
            again = f"{address}#again-at-{member.offset}"
            return Unread(again, self.signature, "another file in the tar has the same name; the first one was taken")
        seen.add(hash(member.name))
        content = content_of(lambda taken: _copy(tar, member, taken), member.size, folder)
        return Item(address, readable(base_name(member.name)), content, self.signature)


def _split(name: str) -> tuple[str, str, str]:
    """Return the key of a member, up to the first dot of its last part; and what follows that dot."""
    folder, slash, last = name.rpartition("/")
    stem, dot, kind = last.partition(".")
    return folder + slash + stem, dot, kind


def _inner(name: str) -> str:
    """Return a member's name as a path below the tar."""
    return "/".join(part for part in name.split("/") if part not in ("", ".", ".."))


def _check(member: tarfile.TarInfo) -> None:
    """Raise Unfit for what has no bytes of its own, or states more than a picture has."""
    if member.issym() or member.islnk():
        raise Unfit("it is a link in the tar, without bytes of its own")
    if not member.isreg():
        raise Unfit("it is not a regular file in the tar")
    if member.issparse():
        raise Unfit("it is a sparse file in the tar")
    if member.size > LARGEST:
        raise Unfit(f"it is larger than {LARGEST // 1024**3} GiB")


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    opened = tar.extractfile(member)
    assert opened is not None
    return opened.read()


def _copy(tar: tarfile.TarFile, member: tarfile.TarInfo, taken: BinaryIO) -> None:
    opened = tar.extractfile(member)
    assert opened is not None
    left = member.size
    while left:
        piece = opened.read(min(PIECE, left))
        if not piece:
            raise EOFError
        taken.write(piece)
        left -= len(piece)


def _whole(text: str) -> int | str:
    """Return a class as a number, as WebDataset writes it; else its name."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text[:200]
