"""A folder of files that belong together: written as a whole, and used only while they are what was written.

A JSON file says what the others are; it is written last, and names their sizes and hashes.
"""

from __future__ import annotations

import contextlib
import errno
import json
import mmap
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from indexer.paths import cache_folder

DAMAGED = "damaged"  # a file
CHECKED = "checked.json"  # the signatures of the files when they were last hashed
CHECK_SECONDS = 7 * 86400.0
Facts = TypeVar("Facts")
LEFT_OVER_SECONDS = 3600.0  # after which an unfinished folder is taken for that of a killed run


class NotExported(Exception):
    """Nothing was exported of this model; the message says why."""


@dataclass(frozen=True, slots=True)
class Files:
    """What the files of a folder must be."""

    hashes: dict[str, str]  # XXH3-64, by name
    sizes: dict[str, int]  # bytes

    @classmethod
    def of(cls, folder: Path, names: Sequence[str]) -> Files:
        """Return what some files of a folder are now."""
        sizes = {name: (folder / name).stat().st_size for name in names}
        return cls({name: hash_of(folder / name) for name in names}, sizes)

    def are_there(self, folder: Path, names: Sequence[str]) -> bool:
        """Return whether these files exist in their full size; does not check their content."""
        try:
            return all((folder / name).stat().st_size == self.sizes[name] for name in names)
        except (OSError, KeyError):
            return False

    def are_intact(self, folder: Path, names: Sequence[str]) -> bool:
        """Return whether these files are byte for byte what was written."""
        try:
            return all(hash_of(folder / name) == self.hashes[name] for name in names)
        except (OSError, KeyError, ValueError):
            return False


def hash_of(path: Path) -> str:
    """Return the XXH3-64 of a file; mapped, it takes a quarter of the time of reading (2 ms for 25 MB)."""
    import xxhash

    check_regular(path)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return str(xxhash.xxh3_64_hexdigest(content))


def check_regular(path: Path) -> None:
    """Raise OSError for what is no file: opening a pipe would wait for ever."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "not a file", str(path))


def read_json(path: Path) -> dict[str, Any] | None:
    """Return the object in a JSON file; None if there is none."""
    try:
        check_regular(path)
        fields = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None


def note_damage(folder: Path) -> None:
    """Note in a folder that its files are not as they were written, so that they are made anew after the next run."""
    with contextlib.suppress(OSError):
        (folder / DAMAGED).touch()


def is_noted_damaged(folder: Path) -> bool:
    """Return whether files of a folder were found damaged."""
    return (folder / DAMAGED).exists()


def look_again(folder: Path, files: Files) -> None:
    """Note damage of a folder's files, before anyone needs them.

    They are hashed if one has another signature than when they last were, or after a week, since a disk may lose bits
    without a sign: 300 MB take 50 ms. The folder may be read-only; then nothing is noted.
    """
    with contextlib.suppress(OSError):
        now = {name: _signature(folder / name) for name in sorted(files.hashes)}
        seen = read_json(folder / CHECKED) or {}
        at = seen.get("at")
        if seen.get("files") == now and isinstance(at, float) and 0 <= time.time() - at < CHECK_SECONDS:
            return
        if not files.are_intact(folder, list(now)):
            note_damage(folder)
        else:
            (folder / CHECKED).write_text(json.dumps({"files": now, "at": time.time()}), encoding="utf-8")


def _signature(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def seal(fields: dict[str, Any]) -> str:
    """Return fields as JSON with a hash of themselves, so that a damaged file is known."""
    return json.dumps({**fields, "seal": _seal_of(fields)}, indent=1)


def read_sealed(path: Path) -> dict[str, Any] | None:
    """Return the fields that `seal` wrote into a file; None if it is not there or not as it was written."""
    fields = read_json(path) or {}
    return fields if fields.pop("seal", None) == _seal_of(fields) else None


def read_facts(file: Path, kind: Callable[..., Facts], format: int) -> Facts | None:
    """Return the facts in a sealed file; None if it is missing, damaged or of another version."""
    fields = read_sealed(file)
    if fields is None or fields.get("format") != format:
        return None
    try:
        return kind(**fields)
    except TypeError:
        return None


def _seal_of(fields: dict[str, Any]) -> str:
    import xxhash

    return str(xxhash.xxh3_64_hexdigest(json.dumps(fields, sort_keys=True).encode()))


def can_keep() -> bool:
    """Return whether the cache folder can be written, so that no model is loaded in vain."""
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache_folder()):
            return True
    except OSError:
        return False


@contextlib.contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Give a new folder to write into; at the end of the block it replaces the target."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for left_over in target.parent.glob(f"{target.name}.*"):
        if time.time() - left_over.stat().st_mtime > LEFT_OVER_SECONDS:
            shutil.rmtree(left_over, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=f"{target.name}."))
    try:
        yield folder  # nothing waits for the disk: files that a power cut damages are known by their hashes
        if target.exists():  # damaged, or of another version
            os.replace(target, folder.with_suffix(".old"))
        os.replace(folder, target)
    finally:
        for left_over in (folder, folder.with_suffix(".old")):
            shutil.rmtree(left_over, ignore_errors=True)
