"""ImageNet's classes as texts, and their embeddings, which are the corners of the built-in model's space."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Callable

import numpy as np

from indexer.arrays import FloatArray
from indexer.builtin_space.recipe import DIM
from indexer.files.plain import reading_plain
from indexer.files.whole import written_whole
from indexer.paths import cache_folder

CLASSES = 1000


def kept_classes(fingerprint: str, embed: Callable[[], FloatArray]) -> FloatArray:
    """Return the classes' text embeddings (1000, 384), embedded once and kept in the cache folder."""
    file = cache_folder() / f"classes-{fingerprint[:16]}.bin"
    with contextlib.suppress(OSError, ValueError):  # it is not there, or damaged
        with reading_plain(file) as opened:
            content = opened.read(4 * CLASSES * DIM + 4)
        if zlib.crc32(content[:-4]).to_bytes(4, "big") == content[-4:]:
            return np.frombuffer(content[:-4], "<f4").reshape(CLASSES, DIM).astype(np.float32)
    rows = embed()
    with contextlib.suppress(OSError):  # it can be embedded again
        file.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(file) as part, part.open("xb") as opened:
            content = rows.astype("<f4").tobytes()
            opened.write(content + zlib.crc32(content).to_bytes(4, "big"))
    return rows


def class_texts() -> list[str]:
    """Return the text of each ImageNet class: its names and its WordNet definition."""
    from timm.data import ImageNetInfo

    info = ImageNetInfo()
    return [str(info.index_to_description(index, detailed=True)) for index in range(info.num_classes())]
