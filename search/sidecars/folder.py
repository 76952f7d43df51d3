"""Which XMP file is a picture's sidecar: IMG.jpg.xmp or IMG.xmp, as its folder already uses them.

The sidecar that is there wins, IMG.jpg.xmp before IMG.xmp. Else it is named as most in the folder are, and IMG.jpg.xmp
where there are none. IMG.xmp is for one picture alone: of several IMG.* it is the only RAW, or else the only still.
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
        """Return the sidecar of a picture, the one that is there or the one to make."""
        stem = os.path.splitext(name)[0]
        owned = [stem] if self._owns_stem(name, stem) else []
        for base in [name, *owned]:
            for suffix in (SUFFIX, SUFFIX.upper()):
                if base + suffix in self.names:
                    return self.folder / (base + suffix)
        return self.folder / ((stem if owned and self._by_stem else name) + SUFFIX)

    def _owns_stem(self, name: str, stem: str) -> bool:
        """Say whether IMG.xmp would be this picture's."""
        if stem in self.names:  # IMG.jpg beside IMG.jpg.png
            return False
        alike = self._stems[stem]
        raws = [one for one in alike if is_raw(one)]
        stills = [one for one in alike if not is_video(one)]
        return (raws or stills or alike) == [name]

    def _most_are_by_stem(self) -> bool:
        """Say whether more sidecars are named IMG.xmp than IMG.jpg.xmp."""
        bases = [name[: -len(SUFFIX)] for name in self.names if name.lower().endswith(SUFFIX)]
        counts = Counter(base in self.names for base in bases if base in self.names or base in self._stems)
        return counts[False] > counts[True]
