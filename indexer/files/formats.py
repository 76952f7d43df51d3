"""Which files count as pictures, by the suffix of their name; some need a package of an extra.

Suffixes that just as often mean something else (.raw, .ts) are left out.
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
# As images.format has them: what a file's bytes are, whatever its suffix says.
VIDEO_FORMATS = frozenset(("MP4", "M4V", "MOV", "3GP", "MKV", "WEBM", "AVI", "FLV", "WMV", "MPEG", "TS", "OGG", "MXF"))
VIDEO_FORMATS |= {"DV", "RM", "WTV", "IVF"}
VIDEO_SUFFIXES = _suffixes("mp4 m4v mov qt mkv webm avi mpg mpeg mpe mts m2ts 3gp 3g2 wmv asf flv ogv vob")

# Each extra of pyproject.toml: the package that reads its files, and their suffixes.
_EXTRAS = {
    "raw": ("rawpy", RAW_SUFFIXES),
    "jxl": ("pillow_jxl", JXL_SUFFIXES),
    "video": ("av", VIDEO_SUFFIXES),
}


def picture_suffixes() -> frozenset[str]:
    """Return the suffixes, in lower case, of all files that can be read here, videos included."""
    return PICTURE_SUFFIXES.union(*(suffixes for package, suffixes in _EXTRAS.values() if _is_installed(package)))


def missing_extra(suffix: str) -> str | None:
    """Return the extra that is needed to read files of this suffix and is not installed, if any."""
    for extra, (package, suffixes) in _EXTRAS.items():
        if suffix.lower() in suffixes and not _is_installed(package):
            return extra
    return None


def is_video(name: str) -> bool:
    """Return whether this is the name of a video."""
    return suffix_of(name) in VIDEO_SUFFIXES


def is_raw(name: str) -> bool:
    """Return whether this is the name of a camera's RAW file."""
    return suffix_of(name) in RAW_SUFFIXES


def can_read_raw() -> bool:
    """Return whether RAW files can be read here."""
    return missing_extra(".dng") is None


def suffix_of(name: str) -> str:
    """Return the end of a name or path from its last dot, in lower case; of one without a dot, its last letter."""
    return name[name.rfind(".") :].lower()


@cache
def _is_installed(package: str) -> bool:
    """Return whether a package can be imported, without importing it."""
    return find_spec(package) is not None
