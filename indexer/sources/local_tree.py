"""Pictures in a folder of this machine, or a single one: found by the rules by which a local library finds them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from indexer.errors import SourceEmpty, SourceError, reason_of
from indexer.files.found import Away, FolderPictures, OnProblem, Problem
from indexer.files.found import Unread as UnreadFolder
from indexer.files.ignore import ScanRules
from indexer.files.mounts import state_of
from indexer.files.scan import scan
from indexer.paths import readable
from indexer.sources.item import Item, Known, Shard, Unread
from indexer.sources.names import path_address

FILES_PER_SHARD = 500


def unheard(problem: Problem) -> None:
    """Say nothing of what can't be listed."""


@dataclass(frozen=True, slots=True)
class LocalTree:
    """A local folder, or a file in one."""

    root: str  # absolute
    below: str = ""  # of a single file its name
    rules: ScanRules = ScanRules()  # noqa: RUF009
    report: OnProblem = unheard

    @property
    def address(self) -> str:
        """Its absolute path."""
        return path_address(os.path.join(self.root, self.below) if self.below else self.root)

    def shards(self, known: Known) -> Iterator[Shard]:
        """Yield what is not known, some files at a time; raises SourceError if the folder can't be read."""
        self._check()
        found = self._unknown(known)
        while paths := tuple(islice(found, FILES_PER_SHARD)):
            yield LocalShard(self.root, paths)

    def _check(self) -> None:
        """Raise SourceError for a folder that is not there, or is empty as those of drives are that are not mounted."""
        shown = readable(self.root)
        match state_of(Path(self.root)):
            case "empty":
                raise SourceEmpty(f"There is nothing in the folder {shown}; check that its drive is mounted.")
            case "not there":
                raise SourceEmpty(f"There is no folder {shown}; check the name, and that its drive is mounted.")
            case "not readable":
                raise SourceError(f"The folder {shown} can't be read; check its permissions.")

    def _unknown(self, known: Known) -> Iterator[str]:
        """Yield the paths, relative to the root, of pictures that are not known as they are."""
        for entry in scan(Path(self.root), self.below, self.report, self.rules):
            match entry:
                case FolderPictures(files):
                    for path, size, mtime_ns, _ in files:
                        if not known.has_file(self._address_of(path), _signature(size, mtime_ns)):
                            yield path
                case Away(path) | UnreadFolder(path):
                    known.keep(self._address_of(path))

    def _address_of(self, path: str) -> str:
        return path_address(os.path.join(self.root, path) if path else self.root)


@dataclass(frozen=True, slots=True)
class LocalShard:
    """Some files of a folder."""

    root: str
    paths: tuple[str, ...]  # relative to the root

    @property
    def name(self) -> str:
        """The address of its first file."""
        return path_address(os.path.join(self.root, self.paths[0]))

    @property
    def signature(self) -> str:
        """None: each file has its own."""
        return ""

    @property
    def is_sealed(self) -> bool:
        """Files are known one by one."""
        return False

    def items(self, spool: Path | None = None) -> Iterator[Item | Unread]:
        """Yield the files, which are read where they are."""
        for relative in self.paths:
            path = Path(self.root, relative)
            address = path_address(str(path))
            try:
                status = path.stat()
            except OSError as error:
                yield Unread(address, "", reason_of(error), lasting=False)
                continue
            yield Item(address, path.name, path, _signature(status.st_size, status.st_mtime_ns))


def _signature(size: int, mtime_ns: int) -> str:
    return f"{size}-{mtime_ns}"
