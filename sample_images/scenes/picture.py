"""The catalogue entry of one sample picture: what is rendered and how its file is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """One picture: `build` fills an empty studio (objects, light, camera); the rest says how to save it.

    `name` carries the ending that decides the file format (.jpg .png .webp .tif .gif .heic .avif).
    `width` and `height` are those of the upright picture, as a viewer shows it.
    """

    name: str
    build: Callable[[], None]
    width: int = 800
    height: int = 600
    samples: int = 64
    quality: int = 88
    transparent: bool = False
    """Leave the background out (PNG and WebP only)."""
    look: str = "AgX - Medium High Contrast"
    """Blender's tone curve: an AgX look, or "Standard" for colours as given."""
    exposure: float = 0.0
    taken: str | None = None
    """EXIF date with offset from UTC, such as "2023-02-05T18:20:31+08:00"."""
    gps: tuple[float, float] | None = None
    """EXIF place: latitude and longitude in degrees, north and east positive."""
    orientation: int = 1
    """EXIF orientation (1, 3, 6 or 8); the stored pixels are turned so that a viewer shows them upright."""
