"""Which source a person means by a path, pattern or URL."""

from __future__ import annotations

import os
import re
from itertools import islice
from pathlib import Path

from indexer.addresses import is_url
from indexer.errors import SourceError
from indexer.files.found import OnProblem
from indexer.files.ignore import ScanRules, is_out_of_view, is_passed_over
from indexer.paths import absolute, home_expanded, readable
from indexer.remote_files.file_systems import file_system
from indexer.remote_files.objects import pages
from indexer.remote_files.patterns import is_pattern
from indexer.remote_files.sentences import is_gone, sentence_of
from indexer.remote_files.web import is_web
from indexer.sources.hf_on_disk import SavedDataset, is_saved
from indexer.sources.item import Source
from indexer.sources.local_tree import LocalTree, unheard
from indexer.sources.names import BYTES, base_name, decoded, is_picture
from indexer.sources.object_listing import ObjectListing
from indexer.sources.parquet_images import SUFFIXES as PARQUETS
from indexer.sources.parquet_images import ParquetImages
from indexer.sources.tar_shards import SUFFIXES as TARS
from indexer.sources.tar_shards import TarShards
from indexer.sources.url_list import SUFFIXES as LISTS
from indexer.sources.url_list import UrlList

_FILE_URL = re.compile(r"(?:file|local)://(?:localhost(?=/))?", re.I)
_COLUMN = re.compile(r"#column=([^#]+)$")
_LOOKED_AT = 1000  # files of a folder, to tell what it holds


def open_source(text: str, rules: ScanRules = ScanRules(), report: OnProblem = unheard) -> Source:  # noqa: B008
    """Return the source that is named; `report` hears of local files and folders that can't be listed.

    Raises SourceError if it is none.
    """
    named = _FILE_URL.sub("", text, count=1) if _FILE_URL.match(text) else _path_of_bytes(text)
    column = None if os.path.lexists(named) else _COLUMN.search(named)
    place = named if column is None else named[: column.start()]
    if not place:
        raise SourceError("The path is empty; name a file or folder, or . for the current folder.")
    url = place if is_url(place) else _local(place)
    source = _by_name(url, rules, None if column is None else column[1])
    if source is None and not is_url(url) and not os.path.isdir(url):
        source = _local_file(url, rules, report)
    return source or _folder(url, rules, report, None if column is None else column[1])


def _path_of_bytes(text: str) -> str:
    """Return the path of a local address whose name is not UTF-8, with the column behind it; any other as it is."""
    start = f"file{BYTES}"
    place, sharp, column = text.removeprefix(start).partition("#column=")
    return decoded(place) + sharp + column if text.startswith(start) else text


def _by_name(url: str, rules: ScanRules, column: str | None) -> Source | None:
    """Return the source of files whose names say what they are; None for a folder and for pictures."""
    if not is_url(url) and os.path.isdir(url):
        return None
    name = _plain(url)
    if column is not None and not name.endswith((*TARS, *LISTS)) and (name.endswith(PARQUETS) or is_pattern(url)):
        return ParquetImages(url, column, rules)
    if name.endswith(TARS):
        return TarShards(url, rules)
    if name.endswith(PARQUETS):
        return ParquetImages(url, column, rules)
    return UrlList(url) if name.endswith(LISTS) and not is_pattern(url) else None


def _folder(url: str, rules: ScanRules, report: OnProblem, column: str | None) -> Source:
    """Return the source of a folder: a saved data set, shards if it has no pictures beside them, or pictures."""
    names = _names_below(url, rules)
    if is_saved({name for name in names if "/" not in name}):
        return SavedDataset(url, column)
    if column is not None:
        return ParquetImages(url, column, rules)
    if not any(is_picture(name, rules) for name in names):
        for suffixes in (PARQUETS, TARS):
            if any(name.lower().endswith(suffixes) and not is_out_of_view(name, "", rules) for name in names):
                return ParquetImages(url, None, rules) if suffixes is PARQUETS else TarShards(url, rules)
    return ObjectListing(url, rules) if is_url(url) else LocalTree(url, "", rules, report)


def _names_below(url: str, rules: ScanRules) -> list[str]:
    """Return the paths of the first files below a folder; none if it can't be listed, which its source will tell."""
    try:
        if not is_url(url):
            walked = (os.path.join(inner, name) for inner, _, names in os.walk(url) for name in names)
            return [os.path.relpath(path, url).replace(os.sep, "/") for path in islice(walked, _LOOKED_AT)]
        fs, path = file_system(url)
        if is_picture(base_name(path), rules):
            return []
        found = (entry for page in pages(fs, path, is_passed_over) for entry in page)
        return [entry.key[len(path) :].lstrip("/") for entry in islice(found, _LOOKED_AT)]
    except SourceError:
        raise
    except Exception as error:
        if is_gone(error):
            return []
        raise SourceError(sentence_of(error, url)) from error


def _local(text: str) -> str:
    """Return the absolute path of what is there, or of a pattern."""
    path = home_expanded(Path(text))
    return os.fspath(absolute(path)) if os.path.lexists(path) else os.path.abspath(path)


def _local_file(path: str, rules: ScanRules, report: OnProblem) -> Source:
    """Return the source of a single picture of this machine; raises SourceError for another file."""
    if os.path.lexists(path) and is_picture(os.path.basename(path), rules):
        return LocalTree(os.path.dirname(path), os.path.basename(path), rules, report)
    if os.path.lexists(path):
        raise SourceError(f"{readable(path)} is no folder, and no file that pictures are read from.")
    if is_pattern(path):
        raise SourceError(
            f"{readable(path)} is a pattern of no kind of file that pictures are read from, such as .tar."
        )
    return LocalTree(path, "", rules, report)


def _plain(url: str) -> str:
    """Return what a URL's kind is told by: without a query or fragment, in lower case."""
    return re.split(r"[?#]", url)[0].lower() if is_web(url) else url.lower()
