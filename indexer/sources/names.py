"""What files are called in addresses, and which names are taken for pictures."""

from __future__ import annotations

import os
from urllib.parse import quote, unquote_to_bytes

from indexer.files.formats import picture_suffixes, suffix_of
from indexer.files.ignore import ScanRules, is_out_of_view
from indexer.paths import is_utf8

BYTES = "+bytes://"  # after "file" or "tar": a name that is not UTF-8 follows, as bytes that are percent-encoded


def path_address(path: str) -> str:
    """Return the address of a local file: its path, if that can be stored as a text."""
    return path if is_utf8(path) else f"file{BYTES}{_encoded(path)}"


def member_address(member: str, container: str) -> str:
    """Return the address of a file in a tar, as fsspec chains them; `container` is the tar's."""
    return f"tar://{member}::{container}" if is_utf8(member) else f"tar{BYTES}{_encoded(member)}::{container}"


def row_address(table: str, row: int, column: str | None = None) -> str:
    """Return the address of a row of a Parquet or Arrow file; a column that was chosen is named too."""
    return f"{table}#{'' if column is None else f'column={quote(column)}&'}row={row}"


def decoded(name: str) -> str:
    """Return a name of which bytes are encoded."""
    return os.fsdecode(unquote_to_bytes(name))


def _encoded(name: str) -> str:
    return quote(os.fsencode(name))


def is_picture(path: str, rules: ScanRules = ScanRules()) -> bool:  # noqa: B008
    """Return whether a path below a place is that of a picture, which is not hidden there."""
    return suffix_of(path) in picture_suffixes() and not is_out_of_view(path, "", rules)


def base_name(path: str) -> str:
    """Return the last part of a path or URL."""
    return path.rstrip("/").rpartition("/")[2]


def joined(url: str, path: str) -> str:
    """Return the URL of what is at a path below a URL; a folder without a name, as buckets may have one, stays."""
    inner = path.removeprefix("/")
    return f"{url.rstrip('/')}/{inner}" if inner else url
