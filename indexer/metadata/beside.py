"""What lies beside a picture says of it: an XMP sidecar, Google Takeout's JSON, and the file's own name.

It is read when the picture is decoded. The names in a folder are read once for all of its pictures, and anew when the
folder has changed. Whatever is broken or no file says nothing; what is too large is told to who listens (unread.py).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from indexer.files.foreign import Unfit, read_foreign
from indexer.metadata.file_names import read_file_name
from indexer.metadata.metadata import Metadata, Reading, combined
from indexer.metadata.takeout import LARGEST as LARGEST_JSON
from indexer.metadata.takeout import SUFFIX as JSON
from indexer.metadata.takeout import read_takeout, takeout_name
from indexer.metadata.texts import or_none
from indexer.metadata.unread import tell_unread
from indexer.metadata.xmp import read_xmp
from indexer.paths import readable
from indexer.side_data.xml_bounds import LARGEST as LARGEST_XMP

XMP = ".xmp"
FOLDERS_REMEMBERED = 8


def metadata_beside(path: Path) -> Metadata:
    """Return what lies beside a file, and its name, say of it; never raises."""
    folder, name = os.path.split(path)
    names = or_none(lambda: _side_files(folder, Path(folder).stat().st_mtime_ns)) or {}
    readings = (
        or_none(lambda: _read_sidecar(folder, name, names)),
        or_none(lambda: read_file_name(name)),
        or_none(lambda: _read_takeout(folder, name, names)),
    )
    return combined(reading for reading in readings if reading is not None)


def _read_sidecar(folder: str, name: str, names: Mapping[str, str]) -> Reading | None:
    sidecar = _sidecar(folder, name, names)
    if sidecar is None:
        return None
    called = f"its sidecar {readable(sidecar)}"
    return read_xmp(_content(folder, sidecar, LARGEST_XMP, called), "sidecar", called)


def _read_takeout(folder: str, name: str, names: Mapping[str, str]) -> Reading | None:
    known = takeout_name(name, names) if names else None
    if known is None:
        return None
    return read_takeout(_content(folder, names[known], LARGEST_JSON, f"the file {readable(names[known])} beside it"))


def _sidecar(folder: str, name: str, names: Mapping[str, str]) -> str | None:
    """Return the sidecar IMG.jpg.xmp, or IMG.xmp, which speaks of all files of one shot."""
    stem = os.path.splitext(name)[0]
    if own := names.get(name.lower() + XMP):
        return own
    by_stem = names.get(stem.lower() + XMP)
    # Of IMG.jpg.png the sidecar IMG.jpg.xmp would be that of the picture IMG.jpg beside it.
    return by_stem if by_stem and not os.path.lexists(os.path.join(folder, stem)) else None


@lru_cache(FOLDERS_REMEMBERED)
def _side_files(folder: str, mtime_ns: int) -> Mapping[str, str]:
    """Return the names of a folder's XMP and JSON files by their form in lower case; `mtime_ns` tells changes."""
    names = sorted(name for name in os.listdir(folder) if name[-len(JSON) :].lower().endswith((XMP, JSON)))
    return {name.lower(): name for name in names}


def _content(folder: str, name: str, largest: int, called: str) -> bytes:
    """Return the bytes of a regular file that is not too large, else none; raises OSError."""
    try:
        return read_foreign(os.path.join(folder, name), largest)
    except Unfit as reason:
        tell_unread(called, f"is {reason}")
        return b""
