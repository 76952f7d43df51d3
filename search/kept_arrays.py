"""Arrays that were made of a library and are kept in the cache folder, so that the next start need not make them again.

A file names what it was made from (`state`), and ends with the XXH3-128 of all before. One that is damaged, of another
state or another version is as if it were not there; whoever reads it checks what is in it, since a file may be
anyone's. Only the newest few are kept.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.files.whole import written_whole
from indexer.paths import cache_folder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from indexer.store.store import Store

MARK = b"clipsearch arrays 1\n"
FOLDER, SUFFIX = "arrays", ".arrays"
KEPT = 12  # files, of all libraries
DIGEST = 16  # bytes
MOST_BYTES = 2**31

Arrays = dict[str, "NDArray[np.generic[Any]]"]


def kept_path(store: Store, kind: str) -> Path | None:
    """Return where arrays of a kind are kept for a library; None for one in memory."""
    if store.folder is None:
        return None
    import xxhash

    library = xxhash.xxh3_64_hexdigest(bytes(store.folder.resolve()))
    return cache_folder() / FOLDER / f"{kind}-{library}{SUFFIX}"


def keep(path: Path, state: str, about: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
    """Write arrays with JSON about them; where that is not possible they are made again the next time."""
    import xxhash

    forms = [(name, array.dtype.str, list(array.shape)) for name, array in arrays.items()]
    head = json.dumps({"state": state, "about": about, "arrays": forms}).encode("ascii")
    digest = xxhash.xxh3_128()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as part, part.open("wb") as file:
            for piece in (MARK, len(head).to_bytes(8, "little"), head, *(array.tobytes() for array in arrays.values())):
                digest.update(piece)
                file.write(piece)
            file.write(digest.digest())
        _forget_oldest(path.parent)


def kept(path: Path, state: str) -> tuple[dict[str, Any], Arrays] | None:
    """Return what JSON says about arrays, and the arrays; None unless they are there, intact, and of this state."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        return _read(path.read_bytes(), state)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _read(content: bytes, state: str) -> tuple[dict[str, Any], Arrays] | None:
    """Return what a file holds; None for one that is damaged or of another state; raises ValueError for odd ones."""
    import numpy as np
    import xxhash

    whole = memoryview(content)
    body, end = whole[:-DIGEST], whole[-DIGEST:]
    if not content.startswith(MARK) or xxhash.xxh3_128_digest(body) != bytes(end):
        return None
    start = len(MARK) + 8
    length = int.from_bytes(body[len(MARK) : start], "little")
    head = json.loads(bytes(body[start : start + length]))
    if head["state"] != state:
        return None
    offset, arrays = start + length, {}
    for name, form, shape in head["arrays"]:
        kind = np.dtype(form)
        count = int(np.prod(shape, dtype=np.int64))
        if kind.hasobject or count < 0:
            return None
        arrays[name] = np.frombuffer(body, kind, count, offset).reshape(shape)
        offset += count * kind.itemsize
    return (head["about"], arrays) if offset == len(body) else None


def _forget_oldest(folder: Path) -> None:
    """Delete all but the newest files."""
    files = [path for path in folder.glob(f"*{SUFFIX}") if path.is_file() and not path.is_symlink()]
    for path in sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        path.unlink()
