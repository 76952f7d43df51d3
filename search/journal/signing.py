"""What shows that a journal is this user's own: a key that never goes with a library, and a chain of signatures.

A library is passed on and synced, its journals with it, and undo removes and writes files. So each line carries an
HMAC-SHA256 over the line, the journal's name, the library's id and the line before: no line can be changed, left out,
moved or repeated without the key, and only what was written last can be cut off. The key is in the user's own folder,
the id, which anyone may know, in the library's, so that it stays when the library is moved.
"""

from __future__ import annotations

import hmac
import os
import re
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import LibraryError
from indexer.files.plain import open_new, reading_plain
from indexer.files.whole import PART_PREFIX, rename_new, sync_folder, written_whole
from indexer.paths import own_folder, readable

KEY_NAME = "journal.key"
KEY_BYTES = 32
ID_NAME = "library.id"
_ID = re.compile(rb"[0-9a-f]{32}\n")
_SIGNATURE = re.compile(rb', "mac": "([0-9a-f]{64})"\}')
_SIGNATURE_BYTES = 64 + len(b', "mac": ""}')
_WAIT = 30.0  # seconds for another process that makes the key


@dataclass(frozen=True, slots=True)
class Own:
    """What a user's journals of one library are signed with."""

    key: bytes
    library: str  # the library's id

    @property
    def key_id(self) -> str:
        """What tells keys apart and gives none away."""
        return hmac.digest(self.key, b"clipsearch: the name of this key", "sha256").hex()[:16]


class Chain:
    """The signatures of a journal's lines, one after the other."""

    def __init__(self, own: Own, journal: Path) -> None:
        """Begin before the first line."""
        self._key = hmac.digest(own.key, f"clipsearch journal\0{own.library}\0".encode() + _name(journal), "sha256")
        self._last = b""

    def sign(self, body: bytes) -> tuple[bytes, Chain]:
        """Return a JSON object with its signature, and the chain after it; this one stays, in case writing fails."""
        mac = self._mac(body)
        return body[:-1] + b', "mac": "' + mac.hex().encode("ascii") + b'"}', self._after(mac)

    def follows(self, line: bytes) -> bool:
        """Return whether a line is the next one that was signed, and if so go on after it."""
        parts = parted(line)
        if parts is None:
            return False
        mac = self._mac(parts[0])
        if not hmac.compare_digest(mac.hex().encode("ascii"), parts[1]):
            return False
        self._last = mac
        return True

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._key, self._last + body, "sha256")

    def _after(self, mac: bytes) -> Chain:
        chain = object.__new__(Chain)
        chain._key, chain._last = self._key, mac
        return chain


def parted(line: bytes) -> tuple[bytes, bytes] | None:
    """Return what is signed of a line, and its signature in hexadecimal; None if it has none."""
    end = _SIGNATURE.fullmatch(line[-_SIGNATURE_BYTES:])
    return None if end is None else (line[:-_SIGNATURE_BYTES] + b"}", end[1])


def known_own(library: Path) -> Own | None:
    """Return what this user signs a library's journals with, None if there is no key yet; raises LibraryError."""
    key = _read_key()
    return None if key is None else Own(key, _read_id(library) or "")


def made_own(library: Path) -> Own:
    """Return what this user signs a library's journals with, made if there is none; raises LibraryError, OSError."""
    return Own(_read_key() or _make_key(), _read_id(library) or _make_id(library))


def key_file() -> Path:
    """Return where the user's key is."""
    return own_folder() / KEY_NAME


def _read_key() -> bytes | None:
    file = key_file()
    try:
        with file.open("rb") as opened:
            key = opened.read(KEY_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise LibraryError(
            f"Your key for clipsearch undo, {readable(file)}, can't be read ({error.strerror}); check its permissions."
        ) from error
    if len(key) != KEY_BYTES:
        raise LibraryError(
            f"Your key for clipsearch undo, {readable(file)}, is damaged; bring it back from a backup, or delete it: "
            "a new one is made then, and what was done before can only be undone with --unproven."
        )
    return key


def _make_key() -> bytes:
    """Make the user's key, or return the one that another process has just made."""
    from filelock import FileLock, Timeout

    file = key_file()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(file.with_suffix(".lock")).acquire(timeout=_WAIT):
            key = _read_key()
            if key is None:
                key = os.urandom(KEY_BYTES)
                _write_whole(file, key)
            return key
    except (OSError, Timeout) as error:
        reason = getattr(error, "strerror", None) or "another process holds its lock"
        raise LibraryError(
            f"Your key for clipsearch undo can't be written to {readable(file.parent)} ({reason}), so nothing was "
            "done; free space, check the permissions of that folder, or set CLIPSEARCH_CONFIG to another one."
        ) from error


def _write_whole(file: Path, key: bytes) -> None:
    with written_whole(file) as part, os.fdopen(open_new(part, mode=0o600), "wb") as opened:
        opened.write(key)
    sync_folder(file.parent)


def _read_id(library: Path) -> str | None:
    """Return a library's id; None if it has none, or something else is in its place."""
    try:
        with reading_plain(library / ID_NAME) as file:
            content = file.read(64)
    except OSError:
        return None
    return content.decode("ascii").strip() if _ID.fullmatch(content) else None


def _make_id(library: Path) -> str:
    """Give a library an id, or return the one that another process has just given it; raises OSError, LibraryError."""
    file = library / ID_NAME
    part = library / f"{PART_PREFIX}{os.urandom(4).hex()}.part"
    try:
        with os.fdopen(open_new(part, mode=0o600), "wb") as opened:
            opened.write(os.urandom(16).hex().encode("ascii") + b"\n")
            opened.flush()
            os.fsync(opened.fileno())
        rename_new(part, file)
    except FileExistsError:
        pass
    finally:
        part.unlink(missing_ok=True)
    made = _read_id(library)
    if made is None:
        raise LibraryError(f"{readable(file)} is damaged or no file, so nothing was done; move it away.")
    return made


def _name(journal: Path) -> bytes:
    return os.fsencode(journal.name)
