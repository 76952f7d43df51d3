"""Pictures that a sync client has put away: their bytes are in the cloud, and a placeholder stands here for each.

Some clients leave a small file of another name, such as `IMG.jpg.nextcloud`; some the file itself, with its name, size
and time stamp, marked as without data. Reading such a file would download it. What is away is not gone.
"""

from __future__ import annotations

import os
import sys

SUFFIXES = (".nextcloud", ".owncloud", ".opencloud", ".cloud")  # after the picture's own name; the last is odrive's
HIDDEN = ".icloud"  # after the name with a dot before it
PLACEHOLDERS = (*SUFFIXES, HIDDEN)

# FILE_ATTRIBUTE_OFFLINE, _RECALL_ON_OPEN and _RECALL_ON_DATA_ACCESS (OneDrive, Dropbox, iCloud for Windows):
WINDOWS_BITS = 0x1000 | 0x40000 | 0x400000
MACOS_BIT = 0x40000000  # SF_DATALESS (iCloud Drive and other file providers)
SHOWS_MARKS = sys.platform in ("win32", "darwin")  # the systems on which a file itself says that it is away


def stands_for(name: str) -> str | None:
    """Return the name of the file that a placeholder of this name stands for; None if it is no placeholder's name."""
    stem, dot, kind = name.rpartition(".")
    suffix = f"{dot}{kind.lower()}"
    if suffix == HIDDEN:
        return stem[1:] if stem.startswith(".") and stem[1:] else None
    return stem if suffix in SUFFIXES and stem else None


def is_away(path: str | os.PathLike[str]) -> bool:
    """Return whether nothing is at a path but a placeholder stands for it, or what is there is marked as away."""
    folder, name = os.path.split(path)
    try:
        return is_marked(os.lstat(path))
    except (OSError, ValueError):  # a name that no file can have
        placeholders = (*(name + suffix for suffix in SUFFIXES), f".{name}{HIDDEN}")
        return any(os.path.lexists(os.path.join(folder, placeholder)) for placeholder in placeholders)


def why_missing(path: str | os.PathLike[str]) -> str:
    """Say in a few words why there is no file at a path."""
    return "it is away: a sync client has left a placeholder for it" if is_away(path) else "no such file"


def is_marked(status: os.stat_result) -> bool:
    """Return whether a file says of itself that its bytes are elsewhere, as OneDrive's and iCloud's do."""
    attributes, flags = getattr(status, "st_file_attributes", 0), getattr(status, "st_flags", 0)
    return bool(attributes & WINDOWS_BITS or flags & MACOS_BIT)
