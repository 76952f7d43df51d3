"""Files of which nothing but the ctime differs from what is known: edited unseen, or only touched by something else.

Programs that keep a picture's time stamp (exiftool -P, a tagger, a restored backup) still change its ctime, and so do a
change of permissions, a hard link, and a copy of the whole root on another drive. The bytes tell: such a file is
hashed, and encoded only if they are others. If most of a large root differs at once, a few files are read for all.

Inode numbers are not compared. FAT, exFAT, SMB and sshfs hand out others whenever they like, and a file that was put in
another's place has a ctime of its own anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from indexer.files.content import digest_if_unchanged
from indexer.files.found import FoundFile, Signature
from indexer.store.known_files import digests_at, take_over_ctimes
from indexer.store.roots import Root
from indexer.store.store import Store

# More files, and a larger part of those that were known, than are believed to have been edited unseen at once:
MANY_FILES, MOST = 1_000, 0.5
SAMPLE = 32  # of so many files, those that are read


def retouched_among(files: Sequence[FoundFile], known: Mapping[str, Signature]) -> list[FoundFile]:
    """Return the files of which nothing but the ctime differs from what is known, by path."""
    before = ((file, known.get(file.path)) for file in files)
    return [file for file, old in before if old is not None and file[:3] == old[:3] and file.ctime_ns != old[3]]


def take_over(
    store: Store,
    root: Root,
    files: Sequence[FoundFile],
    known: Mapping[str, Signature],
    looked_at: int,
    stopping: Callable[[], bool],
) -> set[str]:
    """Store the new ctimes of those of the retouched files that need not be read, and return their paths.

    They need not if the library is of a version that knew no ctimes, or if they are very many of the `looked_at` known
    files and none of a sample, spread over all of them, has other bytes.
    """
    unread = [file for file in files if known[file.path][3] is None]
    others = [file for file in files if known[file.path][3] is not None]
    if len(others) > max(MANY_FILES, MOST * looked_at) and not _were_edited(store, root, others, stopping):
        unread += others
    take_over_ctimes(store, root, unread)
    return {file.path for file in unread}


def _were_edited(store: Store, root: Root, files: Sequence[FoundFile], stopping: Callable[[], bool]) -> bool:
    """Return whether a file of a sample has other bytes than the library knows."""
    sample = files[:: len(files) // SAMPLE]
    digests = digests_at(store, root, [file.path for file in sample])
    read = (file for file in sample if file.path in digests and not stopping())
    hashed = ((file.path, digest_if_unchanged(root.path / file.path, file)) for file in read)
    return any(digest is not None and digest != digests[path] for path, digest in hashed)
