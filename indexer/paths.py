"""File names as the database holds them, and where the library and the cache are.

On Linux a name is bytes. Python has it as a str with surrogates for what is not UTF-8 (PEP 383). SQLite's TEXT
can't hold those, so such a name is stored as its bytes, beside a readable form of it.
"""

from __future__ import annotations

import base64
import contextlib
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.errors import FolderError
from indexer.spelling import NamesOnDisk, spelled_on_disk

if TYPE_CHECKING:
    from platformdirs.api import PlatformDirsABC

FOLDER_GONE = "The current folder is not there any more; change to one that is."


def to_columns(path: str) -> tuple[str, bytes | None]:
    """Return the columns `path` (readable) and `path_bytes` (only for names that are not UTF-8)."""
    return (path, None) if is_utf8(path) else (readable(path), os.fsencode(path))


def from_columns(path: str, path_bytes: bytes | None) -> str:
    """Return the name that `to_columns` stored."""
    return path if path_bytes is None else os.fsdecode(path_bytes)


def to_fields(path: str) -> dict[str, str]:
    """Return the JSON fields `path` (readable) and, only for names that are not UTF-8, `path_bytes` (Base64)."""
    shown, raw = to_columns(path)
    return {"path": shown} if raw is None else {"path": shown, "path_bytes": base64.b64encode(raw).decode("ascii")}


def from_fields(fields: Mapping[str, Any]) -> str:
    """Return the name that `to_fields` wrote."""
    raw = fields.get("path_bytes")
    return from_columns(fields["path"], None if raw is None else base64.b64decode(raw))


def readable(path: str | os.PathLike[str]) -> str:
    """Return a path or text that any terminal and JSON reader accepts, undecodable bytes as \\xNN."""
    return os.fspath(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def in_name(text: str, most: int) -> str:
    """Return the start of a text as a part of a file's name, which leads to no other folder whatever it holds."""
    return "".join(sign if sign.isalnum() or sign in " -" else "_" for sign in text[:most])


def is_utf8(text: str) -> bool:
    """Return whether a text or name can be written as UTF-8: it has no surrogates for undecodable bytes."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def default_library() -> Path:
    """Return the library's folder: CLIPSEARCH_LIBRARY, else the platform's data folder."""
    return _named_folder("CLIPSEARCH_LIBRARY") or _platform().user_data_path


def cache_folder() -> Path:
    """Return the folder of files that can be made again: CLIPSEARCH_CACHE, else the platform's cache folder."""
    return _named_folder("CLIPSEARCH_CACHE") or _platform().user_cache_path


def own_folder() -> Path:
    """Return the folder of what this user trusts on this machine: CLIPSEARCH_CONFIG, else the platform's config folder.

    A library is passed on and synced; what is here never goes with it. So it is another folder also on macOS and
    Windows, whose config folder would be the default library's.
    """
    named = _named_folder("CLIPSEARCH_CONFIG")
    if named is not None:
        return named
    config = _platform().user_config_path
    return config.with_name(f"{config.name}-own") if config == _platform().user_data_path else config


def _named_folder(variable: str) -> Path | None:
    """Return the folder that an environment variable names, if it is set."""
    chosen = os.environ.get(variable)
    return spelled_on_disk(Path(chosen).expanduser()) if chosen else None


def _platform() -> PlatformDirsABC:
    import platformdirs

    return platformdirs.PlatformDirs("clipsearch", appauthor=False)


def current_folder() -> Path:
    """Return the current folder as the shell calls it, also by way of links; raises FolderError if it is gone."""
    try:
        named, there = Path(os.environ.get("PWD", "")), Path.cwd()
        return named if named.is_absolute() and named.samefile(there) else there
    except OSError as error:
        raise FolderError(FOLDER_GONE) from error


def home_expanded(path: Path) -> Path:
    """Return a path a person gave with "~" resolved; without such a user, a file may be called "~name"."""
    with contextlib.suppress(RuntimeError):
        return path.expanduser()
    return path


def absolute(path: Path, names: NamesOnDisk | None = None) -> Path:
    """Return the absolute form of a path a person gave, "~" and symbolic links resolved as far as possible.

    It is spelled as on the disk. Whoever has many paths gives the same `names` for all, so that no folder is listed
    twice.
    """
    resolved = _resolved(home_expanded(path))
    spelled = (names or NamesOnDisk()).spelled(resolved)
    return resolved if spelled == resolved else _resolved(spelled)


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return Path(os.path.abspath(path))


def inside(path: str, folder: str) -> str | None:
    """Return `path` relative to `folder` with "/" ("" if they are the same), or None if it is not inside."""
    try:
        relative = Path(path).relative_to(folder).as_posix()
    except ValueError:
        return None
    return "" if relative == "." else relative


def outermost(paths: Collection[Path]) -> list[Path]:
    """Return the absolute paths that are inside no other of them, sorted."""
    return sorted(path for path in paths if not any(parent in paths for parent in path.parents))
