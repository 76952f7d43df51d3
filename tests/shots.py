"""Pictures of made-up shots: the same number is the same scene."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from indexer.store.store import Store
from search.library.library import Library
from tests.conftest import run
from tests.fakes import ColourEncoder

Shot = Callable[..., Path]


def save_shot(
    photos: Path,
    number: int,
    name: str,
    size: tuple[int, int] = (320, 240),
    taken: str | None = None,
    **options: object,
) -> Path:
    """Save the picture of a number, save_shot(photos, 1, "a.jpg", (800, 600)), and return its path."""
    grid = np.random.default_rng(number).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    exif = Image.Exif()
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    path = photos / name
    path.parent.mkdir(parents=True, exist_ok=True)
    options.setdefault("quality", 90)
    Image.fromarray(grid).resize(size, Image.Resampling.BICUBIC).save(path, exif=exif, **options)
    return path


def library_of(store: Store, photos: Path) -> Library:
    """Return a library with one plain picture."""
    encoder = ColourEncoder()
    Image.new("RGB", (16, 12), "red").save(photos / "plain.png")
    run(store, photos, encoder)
    return Library.with_encoder(store, encoder)


def index(library: Library, photos: Path) -> None:
    """Index the photos again."""
    run(library.store, photos, ColourEncoder())
