"""Fetches a file from the hub into its cache. What has come is kept when a download breaks off, and gone on with.

The hub's own client starts anew each time, as it can't know which half-written file is whose; this one locks the file,
and believes what has come only once its checksum is right. A file in its place is then the client's to use.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import filelock

from indexer.download import sentences
from indexer.download.checking import is_right, repository_folder
from indexer.download.reporting import Meter
from indexer.errors import DownloadFailed

BLOCK = 1 << 17
LOOK_SECONDS = 0.25  # at how far another process has come
PLAIN = re.compile(r"\w[\w.-]*")  # an ETag that names a file


@dataclass(frozen=True, slots=True)
class Remote:
    """A file on the hub."""

    repository: str
    name: str
    commit: str
    etag: str
    size: int | None

    @property
    def whole(self) -> Path:
        """Where the hub's cache keeps its content."""
        return repository_folder(self.repository) / "blobs" / self.etag

    @property
    def part(self) -> Path:
        """Where what has come of it waits; called as what `hf cache prune` removes."""
        return self.whole.with_name(f"{self.etag}.clipsearch.incomplete")

    @property
    def lock(self) -> Path:
        """The hub's client locks the same file."""
        folder = repository_folder(self.repository)
        return folder.parent / ".locks" / folder.name / f"{self.etag}.lock"


def fetch(repository: str, *names: str) -> Path:
    """Fetch the first of these files that a repository has, if it is not here, and return its path in the cache.

    Raises DownloadFailed, or HubUnreachable if the hub does not answer; Ctrl-C gets a sentence on what is kept.
    """
    for name in names:
        if (path := fetch_if_there(repository, name)) is not None:
            return path
    raise DownloadFailed(f"The repository {repository} has none of the files that were looked for: {', '.join(names)}.")


def fetch_if_there(repository: str, name: str, most: int | None = None) -> Path | None:
    """Fetch a file as `fetch` does, of no more than `most` bytes; None if the repository has none of this name."""
    from huggingface_hub import hf_hub_download

    remote = _look_up(repository, name)
    if remote is None:
        return None
    if most is not None and (remote.size or 0) > most:
        raise DownloadFailed(f"{name} of {repository} is far larger than such a file is ({remote.size:,} bytes).")
    _bring(remote)
    with sentences.told(repository, name, remote.part):
        path = Path(hf_hub_download(repository, name))
    if not path.is_symlink():
        remote.whole.unlink(missing_ok=True)  # it was copied, as this system has no symbolic links
    return path


def _look_up(repository: str, name: str) -> Remote | None:
    """Ask the hub about a file; None if the repository has no such file."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.utils import EntryNotFoundError

    with sentences.asked(repository):
        try:
            said = get_hf_file_metadata(hf_hub_url(repository, name))
        except EntryNotFoundError:
            return None
    if said.commit_hash is None or said.etag is None or not PLAIN.fullmatch(said.etag):
        raise DownloadFailed(sentences.not_the_hub())
    return Remote(repository, name, said.commit_hash, said.etag, said.size)


def _bring(remote: Remote) -> None:
    """Put a file's content in its place in the cache, if it is not there; one process does it, others wait for it."""
    if remote.whole.exists():
        return
    meter = Meter(remote.name, remote.repository, remote.size)
    try:
        with sentences.told(remote.repository, remote.name, remote.part, remote.size):
            remote.part.parent.mkdir(parents=True, exist_ok=True)
            with _locked(remote, meter):
                if not remote.whole.exists():
                    _download(remote, meter)
                    _accept(remote)
                meter.done = _size(remote.whole)
    finally:
        meter.end()


@contextlib.contextmanager
def _locked(remote: Remote, meter: Meter) -> Iterator[None]:
    """Hold a file's lock, and meanwhile report how far whoever holds it has come."""
    remote.lock.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(remote.lock, mode=0o664)
    while True:
        try:
            lock.acquire(timeout=LOOK_SECONDS)
            break
        except filelock.Timeout:
            meter.reach(_size(remote.part))
        except NotImplementedError:
            break  # a file system without locks; the checksum tells if two have written
    try:
        yield
    finally:
        lock.release()


def _download(remote: Remote, meter: Meter) -> None:
    """Fetch what is missing of a file."""
    from huggingface_hub import hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers

    have = _size(remote.part)
    if remote.size is not None and have > remote.size:
        have = 0
    if remote.size is not None:
        sentences.check_room(remote.part, shutil.disk_usage(remote.part.parent).free, remote.size - have)
    meter.reach(have)
    with _small_blocks(), remote.part.open("r+b" if have else "wb") as file:
        file.seek(have)
        http_get(
            hf_hub_url(remote.repository, remote.name, revision=remote.commit),
            _Metered(file, meter),
            resume_size=have,
            headers={**build_hf_headers(), "Accept-Encoding": "identity"},  # compressed, it could not be gone on with
            expected_size=remote.size,
        )


@contextlib.contextmanager
def _small_blocks() -> Iterator[None]:
    """Let the hub's client write what comes in small blocks: a block that is not full when it breaks off is lost."""
    from huggingface_hub import constants

    before = constants.DOWNLOAD_CHUNK_SIZE
    constants.DOWNLOAD_CHUNK_SIZE = BLOCK
    try:
        yield
    finally:
        constants.DOWNLOAD_CHUNK_SIZE = before


def _accept(remote: Remote) -> None:
    """Give what has come its place if it is what was asked for."""
    if not is_right(remote.part, remote.etag):
        remote.part.unlink()
        raise DownloadFailed(
            f"What came of {remote.name} is damaged, as its checksum is wrong, and is not kept: run this again."
        )
    os.replace(remote.part, remote.whole)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


class _Metered:
    """A file whose growth is reported; the hub's client writes to it, and starts it anew if it must."""

    def __init__(self, file: IO[bytes], meter: Meter) -> None:
        self._file, self._meter = file, meter

    def write(self, content: bytes) -> int:
        """Write, and report."""
        written = self._file.write(content)
        self._meter.reach(self._file.tell())
        return written

    def truncate(self, size: int | None = None) -> int:
        """Cut the file off, and count from there."""
        length = self._file.truncate(size)
        self._meter.done = length
        return length

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
