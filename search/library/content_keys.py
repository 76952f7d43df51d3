"""Keys of pictures by what their files hold, which stay when files move and when they leave the library and come back.

A key is SIZE:HASH:MILLISECONDS, the last of a moment in a video and 0 of a still.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.store.store import Store

KEY = re.compile(r"(?P<size>\d{1,18}):(?P<digest>[0-9a-f]{32}):(?P<at_ms>\d{1,15})")


def content_keys(store: Store, images: Iterable[int]) -> dict[int, str]:
    """Return the keys of pictures, by id, without those that have none yet."""
    rows = store.db.rows_in(
        "SELECT id, size, content_hash, at_ms FROM images WHERE id IN ({marks})"
        " AND typeof(content_hash) = 'blob' AND length(content_hash) = 16 AND size >= 0 AND at_ms >= 0",
        images,
    )
    return {image: f"{size}:{digest.hex()}:{at_ms}" for image, size, digest, at_ms in rows}


def images_with(store: Store, keys: Sequence[str]) -> Mapping[str, int]:
    """Return a picture for each of the keys that the library has a file of."""
    found = {}
    for key in dict.fromkeys(keys):
        parts = KEY.fullmatch(key)
        if parts is not None:
            row = store.db.execute(
                "SELECT min(id) FROM images WHERE size = ? AND content_hash = ? AND at_ms = ?",
                [int(parts["size"]), bytes.fromhex(parts["digest"]), int(parts["at_ms"])],
            ).fetchone()
            if row[0] is not None:
                found[key] = int(row[0])
    return found
