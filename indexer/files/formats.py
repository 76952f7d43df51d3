"""Which files are taken for pictures, by the end of their names: some need a package of an extra.

Suffixes that as often mean something else (.raw, .ts) are left out.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec


def _suffixes(names: str) -> frozenset[str]:
    """Return the names with a dot before each."""
    return frozenset(f".{name}" for name in names.split())


PICTURE_SUFFIXES = _suffixes(
    "jpg jpeg jpe jfif mpo png apng webp gif tif tiff bmp dib jp2 j2k jpx ppm pgm pbm pnm heic heif hif avif"
)
RAW_SUFFIXES = _suffixes(
    "dng cr2 cr3 crw nef nrw arw srf sr2 orf rw2 raf pef srw rwl 3fr fff iiq mrw kdc dcr erf mef mos x3f gpr"
)
JXL_SUFFIXES = _suffixes("jxl")
VIDEO_SUFFIXES = _suffixes("mp4 m4v mov qt mkv webm avi mpg mpeg mpe mts m2ts 3gp 3g2 wmv asf flv ogv vob")

# Each extra of pyproject.toml: the package that reads its files, and their suffixes.
_EXTRAS = {
    "raw": ("rawpy", RAW_SUFFIXES),
    "jxl": ("pillow_jxl", JXL_SUFFIXES),
    "video": ("av", VIDEO_SUFFIXES),
}


def picture_suffixes() -> frozenset[str]:
    """Return the suffixes, in lower case, of all that can be read here; videos are among them."""
    return PICTURE_SUFFIXES.union(*(suffixes for package, suffixes in _EXTRAS.values() if _is_installed(package)))


def missing_extra(suffix: str) -> str | None:
    """Return the extra that would make files of this suffix readable and is not installed."""
    for extra, (package, suffixes) in _EXTRAS.items():
        if suffix.lower() in suffixes and not _is_installed(package):
            return extra
    return None


def is_video(name: str) -> bool:
    """Say whether a file name is that of a video."""
    return _suffix(name) in VIDEO_SUFFIXES


def is_raw(name: str) -> bool:
    """Say whether a file name is that of a camera's RAW picture."""
    return _suffix(name) in RAW_SUFFIXES


def _suffix(name: str) -> str:
    """Return what the name ends with from its last dot on, in lower case."""
    _, dot, end = name.rpartition(".")
    return (dot + end).lower()


@cache
def _is_installed(package: str) -> bool:
    """Look for a package without importing it."""
    return find_spec(package) is not None
