"""Which XMP file is a picture's sidecar: IMG.jpg.xmp or IMG.xmp, as its folder already uses them.

An existing sidecar wins, IMG.jpg.xmp before IMG.xmp. A new one is named as most in the folder are, or IMG.jpg.xmp if
there are none. IMG.xmp belongs to one picture: of several IMG.* to the only RAW, or else to the only still.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from pathlib import Path

from indexer.files.formats import JXL_SUFFIXES, PICTURE_SUFFIXES, RAW_SUFFIXES, VIDEO_SUFFIXES, is_raw, is_video

SUFFIX = ".xmp"
_ALL_SUFFIXES = PICTURE_SUFFIXES | RAW_SUFFIXES | JXL_SUFFIXES | VIDEO_SUFFIXES


class SidecarFolder:
    """The sidecars of one folder's pictures."""

    def __init__(self, folder: Path) -> None:
        """Read the folder's names; raises OSError."""
        self.folder = folder
        self.names = set(os.listdir(folder))
        self._stems: dict[str, list[str]] = defaultdict(list)
        for name in self.names:
            stem, suffix = os.path.splitext(name)
            if suffix.lower() in _ALL_SUFFIXES:
                self._stems[stem].append(name)
        self._by_stem = self._most_are_by_stem()

    def sidecar_of(self, name: str) -> Path:
        """Return the sidecar of a picture, an existing one or the one to make."""
        stem = os.path.splitext(name)[0]
        bases = [name, stem] if self._owns_stem(name, stem) else [name]
        for base in bases:
            for suffix in (SUFFIX, SUFFIX.upper()):
                if base + suffix in self.names:
                    return self.folder / (base + suffix)
        return self.folder / (bases[-1 if self._by_stem else 0] + SUFFIX)

    def _owns_stem(self, name: str, stem: str) -> bool:
        """Return whether IMG.xmp belongs to this picture."""
        if stem in self.names:  # IMG.jpg beside IMG.jpg.png
            return False
        pictures = self._stems[stem]
        raws = [picture for picture in pictures if is_raw(picture)]
        stills = [picture for picture in pictures if not is_video(picture)]
        return (raws or stills or pictures) == [name]

    def _most_are_by_stem(self) -> bool:
        """Return whether more sidecars are named IMG.xmp than IMG.jpg.xmp."""
        bases = [name[: -len(SUFFIX)] for name in self.names if name.lower().endswith(SUFFIX)]
        counts = Counter(base in self.names for base in bases if base in self.names or base in self._stems)
        return counts[False] > counts[True]
