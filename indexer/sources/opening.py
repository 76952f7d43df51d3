"""Which source a person means by a path, pattern or URL."""

from __future__ import annotations

import os
import re
from pathlib import Path

from indexer.addresses import is_url
from indexer.errors import SourceError
from indexer.files.found import OnProblem
from indexer.files.ignore import ScanRules
from indexer.paths import absolute, home_expanded, readable
from indexer.sources.item import Source
from indexer.sources.local_tree import LocalTree, unheard
from indexer.sources.names import is_picture
from indexer.sources.object_listing import ObjectListing
from indexer.sources.patterns import is_pattern
from indexer.sources.tar_shards import SUFFIXES as TARS
from indexer.sources.tar_shards import TarShards

_FILE_URL = re.compile(r"(?:file|local)://(?:localhost(?=/))?", re.I)


def open_source(text: str, rules: ScanRules = ScanRules(), report: OnProblem = unheard) -> Source:  # noqa: B008
    """Return the source that is named; `report` hears of local files and folders that can't be listed.

    Raises SourceError if it is none. Whether it is there is found out by its listing.
    """
    named = _FILE_URL.sub("", text, count=1) if _FILE_URL.match(text) else text
    if not named:
        raise SourceError("The path is empty; name a file or folder, or . for the current folder.")
    return _anywhere(named, rules) if is_url(named) else _local(named, rules, report)


def _anywhere(url: str, rules: ScanRules) -> Source:
    if _plain(url).endswith(TARS):
        return TarShards(url, rules)
    return ObjectListing(url, rules)


def _local(text: str, rules: ScanRules, report: OnProblem) -> Source:
    path = os.fspath(absolute(Path(text))) if os.path.lexists(home_expanded(Path(text))) else _typed(text)
    if os.path.isdir(path):
        return LocalTree(path, "", rules, report)
    if path.lower().endswith(TARS):
        return TarShards(path, rules)
    if is_pattern(path) and not os.path.lexists(path):
        raise SourceError(f"{readable(text)} fits no kind of file that pictures are read from: .tar or .parquet.")
    if os.path.lexists(path) and is_picture(os.path.basename(path), rules):
        return LocalTree(os.path.dirname(path), os.path.basename(path), rules, report)
    if os.path.lexists(path):
        raise SourceError(f"{readable(text)} is no folder, and no file that pictures are read from.")
    return LocalTree(path, "", rules, report)


def _typed(text: str) -> str:
    """Return a pattern, or the path of what is not there, made absolute."""
    return os.path.abspath(home_expanded(Path(text)))


def _plain(url: str) -> str:
    """Return what a URL's kind is told by: without a query or fragment, in lower case."""
    return re.split(r"[?#]", url)[0].lower() if url.lower().startswith("http") else url.partition("#")[0].lower()
