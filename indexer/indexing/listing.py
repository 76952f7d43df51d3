"""What a scan of a root met, kept until it is compared with what is known, and the hash that makes that short.

A run over a whole root that leaves nothing to do writes down the hash of all the files that it met. If the next one
meets the very same files there is nothing to do, and what is known of each of them need not be read. The store forgets
the hash with the first picture or failure of the root that is written, whoever writes it (migrations.py).
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

LOOK_UP = 64  # findings, most of them whole folders, after which to look whether to stop


@dataclass(slots=True)
class Listing:
    """What a scan met."""

    pictures: list[list[Signature]] = field(default_factory=list)  # folder by folder
    unread: list[str] = field(default_factory=list)  # what could not be examined
    links: int = 0  # symbolic links not followed
    passed_over: dict[str, int] = field(default_factory=dict)  # how many files an extra would add, by its name

    @property
    def files(self) -> int:
        """The number of picture files."""
        return sum(map(len, self.pictures))

    def digest(self) -> bytes:
        """Return the hash (16 bytes) of all paths, sizes and time stamps."""
        # marshal is the fastest way to bytes; JSON takes 40 times as long
        return digest_of(marshal.dumps(files, 2) for files in self.pictures)


def list_places(
    root: Root, places: Sequence[str], report: Callable[[Problem], None], stopping: Callable[[], bool]
) -> Listing | None:
    """Scan places in a root; None if told to stop."""
    listing = Listing()
    for place in places:
        if place and not os.path.lexists(root.path / place):
            continue  # it is gone, as the watcher may say
        for number, entry in enumerate(scan(root.path, place, report, root.rules), 1):
            match entry:
                case FolderPictures(files):
                    listing.pictures.append(files)
                case Unread(path):
                    listing.unread.append(path)
                case SkippedLink():
                    listing.links += 1
                case PassedOver(_, extra):
                    listing.passed_over[extra] = listing.passed_over.get(extra, 0) + 1
            if not number % LOOK_UP and stopping():
                return None
    return listing


def up_to_date(store: Store, root: Root) -> bytes | None:
    """Return the hash of the files with which there was nothing to do; None if something has been written since."""
    row: tuple[bytes | None] = store.db.execute("SELECT up_to_date FROM roots WHERE id = ?", [root.id]).fetchone()
    return row[0]
