"""What a scan of a root found, kept until it is compared with the library, and the hash that makes that short.

A run over a whole root that leaves nothing to do stores the hash of all the files that it found. If the next run finds
the same files there is nothing to do, and what the library knows of each need not be read. Triggers drop the hash as
soon as a picture or failure of the root is written, whoever writes it (store/migrations.py).
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from indexer.files.content import digest_of
from indexer.files.found import FolderPictures, PassedOver, Problem, Signature, SkippedLink, Unread
from indexer.files.scan import scan
from indexer.store.roots import Root
from indexer.store.store import Store

ENTRIES_PER_CHECK = 64  # scanned entries, most of them whole folders, between two checks whether to stop


@dataclass(slots=True)
class Listing:
    """What a scan found."""

    pictures: list[list[Signature]] = field(default_factory=list)  # folder by folder
    unread: list[str] = field(default_factory=list)  # files and folders that could not be examined
    links: int = 0  # symbolic links not followed
    passed_over: dict[str, int] = field(default_factory=dict)  # how many files an extra would add, by its name

    @property
    def files(self) -> int:
        """The number of picture files."""
        return sum(map(len, self.pictures))

    def digest(self) -> bytes:
        """Return the hash (16 bytes) of all paths, sizes and time stamps."""
        # marshal is the fastest way to bytes; JSON takes 40 times as long
        return digest_of(marshal.dumps([tuple(file) for file in files], 2) for files in self.pictures)  # no named ones


def list_files(
    root: Root, paths: Sequence[str], report: Callable[[Problem], None], stopping: Callable[[], bool]
) -> Listing | None:
    """Scan paths relative to a root, files or folders; None if told to stop."""
    listing = Listing()
    for below in paths:
        if below and not os.path.lexists(root.path / below):
            continue  # the watcher also names what is gone
        for number, entry in enumerate(scan(root.path, below, report, root.rules), 1):
            match entry:
                case FolderPictures(files):
                    listing.pictures.append(files)
                case Unread(path):
                    listing.unread.append(path)
                case SkippedLink():
                    listing.links += 1
                case PassedOver(_, extra):
                    listing.passed_over[extra] = listing.passed_over.get(extra, 0) + 1
            if not number % ENTRIES_PER_CHECK and stopping():
                return None
    return listing


def up_to_date(store: Store, root: Root) -> bytes | None:
    """Return the hash of a root's files when there was nothing to do; None if something was written since."""
    row: tuple[bytes | None] = store.db.execute("SELECT up_to_date FROM roots WHERE id = ?", [root.id]).fetchone()
    return row[0]
