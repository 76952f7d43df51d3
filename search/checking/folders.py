"""What lies around the database: journals, the folders of pictures, and the pictures."""

from __future__ import annotations

import stat
from pathlib import Path

from indexer.files.content import digest_if_unchanged
from indexer.files.found import FoundFile
from indexer.files.mounts import state_of
from indexer.paths import from_columns
from indexer.store.roots import roots
from indexer.store.soundness import is_count, is_name
from indexer.store.store import Store
from search.checking.findings import Problem, Problems
from search.journal.recorded import CHANGED, DAMAGED, journals, read_journal
from search.journal.signing import known_own
from search.progress import Progress

FILES_AT_ONCE = 1000
DECAYED = "The file's bytes are not those that were indexed, though its size and time are."


def journal_problems(folder: Path) -> Problems:
    """Yield the journals that are damaged or not this user's own; clipsearch undo leaves what these did."""
    own = known_own(folder)
    for file in journals(folder):
        recorded = read_journal(file, own)
        line = f" from line {recorded.bad_line} on" if recorded.bad_line else ""
        if recorded.origin in (DAMAGED, CHANGED):
            what = f"A journal is {recorded.origin}{line}, so that undo leaves what it says was done."
            yield Problem("journal", what, path=file)
        elif recorded.origin:
            yield Problem("journal", f"A journal is {recorded.origin}.", path=file, is_note=True)


def root_problems(store: Store) -> Problems:
    """Yield the folders that can't be reached now; that is no damage, a drive may not be mounted."""
    for root in roots(store):
        if (state := state_of(root.path)) != "mounted":
            yield Problem(
                "roots", f"The folder is {state}; check that its drive is mounted.", path=root.path, is_note=True
            )


def original_problems(store: Store, progress: Progress) -> Problems:
    """Yield the files whose bytes have changed though size and time have not: decay of a disk, or an odd edit."""
    every = int(store.db.execute("SELECT count(*) FROM images").fetchone()[0])
    select = (
        "SELECT id, path, path_bytes, size, mtime_ns, ctime_ns, content_hash FROM images"
        " WHERE root = ? AND id > ? ORDER BY id LIMIT ?"
    )
    done = 0
    for root in roots(store):
        last, before = 0, None
        while rows := store.db.execute(select, [root.id, last, FILES_AT_ONCE]).fetchall():
            for _, path, raw, size, mtime_ns, ctime_ns, digest in rows:
                progress(min(done, every), every)
                done += 1
                is_known, before = (path, raw) == before, (path, raw)  # another moment of the same video
                sound = is_name(path, raw) and is_count(size) and is_count(mtime_ns) and type(digest) is bytes
                if is_known or not sound:
                    continue
                file = FoundFile(from_columns(path, raw), size, mtime_ns, ctime_ns)
                if _has_decayed(root.path, file, digest):
                    yield Problem("originals", DECAYED, path=root.path / file.path)
            last = rows[-1][0]
    progress(every, every)


def _has_decayed(root: Path, known: FoundFile, digest: bytes) -> bool:
    """Return whether a file has the size and time that it was indexed with, but other bytes."""
    path = root / known.path
    try:
        status = path.stat()
    except (OSError, ValueError):
        return False
    if not stat.S_ISREG(status.st_mode) or (status.st_size, status.st_mtime_ns) != (known.size, known.mtime_ns):
        return False
    actual = digest_if_unchanged(path, FoundFile(known.path, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
    return actual is not None and actual != digest
