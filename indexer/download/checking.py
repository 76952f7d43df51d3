"""Whether a file in the hub's cache is what the hub said it is; a damaged one is thrown away, to be fetched again.

The cache calls a file's content by its ETag, which is a checksum: of a large file the SHA-256, of a small one the SHA-1
that git gives it.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from indexer.errors import DownloadFailed
from indexer.paths import readable

BLOCK = 1 << 20
SHA256, GIT_SHA1 = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{40}")


def repository_folder(repository: str) -> Path:
    """Return where the hub's cache keeps a repository."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE).expanduser() / f"models--{repository.replace('/', '--')}"


def is_right(file: Path, etag: str) -> bool:
    """Return whether a file has the checksum that its ETag is; True for an ETag that is none. May raise OSError."""
    if SHA256.fullmatch(etag):
        digest = hashlib.sha256()
    elif GIT_SHA1.fullmatch(etag):
        digest = hashlib.sha1(b"blob %d\0" % file.stat().st_size, usedforsecurity=False)
    else:
        return True
    with file.open("rb") as opened:
        while block := opened.read(BLOCK):
            digest.update(block)
    return digest.hexdigest() == etag


def discard_damaged(repository: str) -> None:
    """Delete the damaged files of a repository from the cache; raises DownloadFailed if that is not possible.

    Where the system has no symbolic links the cache does not keep the checksums, and nothing is known to be damaged.
    """
    for link in repository_folder(repository).glob("snapshots/*/**/*"):
        if link.is_symlink() and _is_damaged(content := link.resolve()):
            try:
                content.unlink()
                link.unlink()
            except OSError as error:
                raise DownloadFailed(
                    f"{readable(content)} is damaged, as its checksum is wrong: delete it, and run this again."
                ) from error


def _is_damaged(file: Path) -> bool:
    try:
        return file.is_file() and not is_right(file, file.name)
    except OSError:
        return False  # what can't be read fails where it is used
