"""Pictures whose addresses stand in a list, here or anywhere: one a line, or in a column of CSV or JSON lines.

They may lie anywhere in the web and in buckets, also in a private network: whoever names a list means its addresses.
Files of this machine are not read by a list.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from indexer.addresses import is_url
from indexer.errors import SourceError
from indexer.files.content import digest_of, pieces
from indexer.paths import readable
from indexer.remote_files.ahead import ahead
from indexer.remote_files.public_addresses import public_address
from indexer.remote_files.sentences import told
from indexer.remote_files.spooling import spool_folder
from indexer.sources.image_columns import TEXTS
from indexer.sources.item import Item, Known, Shard, Unread
from indexer.sources.record_fields import caption_of, said_of
from indexer.sources.references import Fetched, Unfetched, fetch, place_of, signature_at
from indexer.sources.whole_files import address_of, opened

SUFFIXES = (".txt", ".csv", ".tsv", ".jsonl", ".ndjson")
FILES_PER_SHARD = 500
LONGEST_LINE = 2**20  # bytes
MOST_REFUSED = 100  # pictures at the start of a list, after which it is taken for one of nothing else
GUESSED = 4 * 1024 * 1024  # bytes of a picture


@dataclass(frozen=True, slots=True)
class Line:
    """A picture in a list."""

    url: str  # with secrets
    caption: str | None = None
    extra: dict[str, object] = field(default_factory=dict)
    signature: str = ""

    @property
    def address(self) -> str:
        """Its URL without secrets."""
        return public_address(self.url)


@dataclass(frozen=True, slots=True)
class UrlList:
    """A list."""

    url: str

    @property
    def address(self) -> str:
        """Where the list is, without secrets."""
        return address_of(self.url)

    def shards(self, known: Known) -> Iterator[Shard]:
        """Yield the pictures that are not known; raises SourceError if there is no such list, or nothing in it."""
        lines: dict[str, Line] = {}
        is_empty = True
        for line in self._looked_up():
            is_empty = False
            if not known.has_file(line.address, line.signature):
                lines.setdefault(line.address, line)
            if len(lines) == FILES_PER_SHARD:
                yield UrlShard(tuple(lines.values()))
                lines = {}
        if lines:
            yield UrlShard(tuple(lines.values()))
        if is_empty:
            raise SourceError(f"There is no address in {readable(self.address)}; it takes one a line.")

    def _looked_up(self) -> Iterator[Line]:
        """Yield the lines with the states that their pictures are in; raises SourceError if the stores of all refuse.

        A store that refuses while others don't is told for each of its pictures.
        """
        refused: list[tuple[Line, SourceError]] = []
        is_any = False
        for line, error in ahead(self._lines(), _looked_up, lambda line: 0):
            if error is not None and not is_any:
                refused.append((line, error))
                if len(refused) == MOST_REFUSED:
                    break
                continue
            is_any = True
            yield from (earlier for earlier, _ in refused)
            refused = []
            yield line
        if refused:
            raise refused[0][1]

    def _lines(self) -> Iterator[Line]:
        name = self.address.lower()
        with told(self.url), opened(self.url) as (file, _):
            is_wide = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
            file.seek(0)
            text = io.TextIOWrapper(file, "utf-16" if is_wide else "utf-8-sig", "replace", newline="")
            try:
                yield from _of_json(text) if name.endswith(("jsonl", "ndjson")) else _of_text(text, name)
            except csv.Error as error:
                raise SourceError(f"{readable(self.address)} can't be read as a table: {error}.") from error
            finally:
                text.detach()


def _looked_up(line: Line) -> tuple[Line, SourceError | None]:
    """Return a line with the state that its picture is in now, and what is raised by a store that refuses all."""
    try:
        return replace(line, signature=signature_at(place_of(line.url, None))), None
    except Unfetched:
        return replace(line, signature="unread"), None
    except SourceError as error:
        return line, error


def _of_json(text: TextIO) -> Iterator[Line]:
    for line in _bounded(text):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, str):
            record = {"url": record}
        if isinstance(record, dict) and (made := _of_record(record)) is not None:
            yield made


def _of_text(text: TextIO, name: str) -> Iterator[Line]:
    """Yield the lines of a plain list, or of a table with or without a header."""
    rows: Iterator[list[str]]
    if name.endswith(".csv"):
        rows = csv.reader(_bounded(text))
    else:
        rows = (line.rstrip("\r\n").split("\t") for line in _bounded(text))
    header: list[str] | None = None
    for row in rows:
        if not any(row) or row[0].lstrip().startswith("#"):
            continue
        if header is None:
            header = [] if any(is_url(cell.strip()) for cell in row) else row
            if header:
                continue
        made = _of_record(dict(zip(header, row, strict=False))) if header else _of_cells(row)
        if made is not None:
            yield made


def _bounded(text: TextIO) -> Iterator[str]:
    """Yield the lines but those that are too long, which are never held."""
    while line := text.readline(LONGEST_LINE):
        is_whole = len(line) < LONGEST_LINE or line.endswith(("\n", "\r"))
        if is_whole:
            yield line
        while not is_whole:
            rest = text.readline(LONGEST_LINE)
            is_whole = len(rest) < LONGEST_LINE or rest.endswith(("\n", "\r"))


def _of_record(record: dict[str, Any]) -> Line | None:
    """Return the line of a record, with what else it says."""
    lower = {str(name).strip().lower(): name for name in reversed(list(record))}
    name = next((lower[name] for name in TEXTS if name in lower), None)
    url = None if name is None else record[name]
    if not isinstance(url, str) or not url.strip():
        return None
    caption, extra = said_of({str(key): value for key, value in record.items() if key != name})
    return Line(url.strip(), caption, extra)


def _of_cells(row: list[str]) -> Line | None:
    """Return the line of a row without a header: its address, and the first other text as a caption."""
    url = next((cell.strip() for cell in row if is_url(cell.strip())), None)
    others = [cell.strip() for cell in row if cell.strip() != url]
    return None if url is None else Line(url, caption_of(others))


@dataclass(frozen=True, slots=True)
class UrlShard:
    """Some pictures of a list."""

    lines: tuple[Line, ...]

    @property
    def name(self) -> str:
        """The address of the first."""
        return self.lines[0].address

    @property
    def signature(self) -> str:
        """None: each picture has its own."""
        return ""

    @property
    def is_sealed(self) -> bool:
        """Pictures are known one by one."""
        return False

    def items(self, spool: Path | None = None) -> Iterator[Item | Unread]:
        """Fetch the pictures, several at once."""
        with spool_folder(spool) as folder:
            for line, fetched in zip(self.lines, self._fetched(folder), strict=True):
                if isinstance(fetched, Unfetched):
                    yield Unread(line.address, line.signature, str(fetched), fetched.lasting)
                    continue
                signature = fetched.signature or _of_content(fetched.content)
                name = readable(fetched.name)
                yield Item(line.address, name, fetched.content, signature, line.caption, line.extra)

    def _fetched(self, folder: Path) -> Iterator[Fetched | Unfetched]:
        return ahead(self.lines, partial(_fetched, folder=folder), lambda line: GUESSED)


def _fetched(line: Line, folder: Path) -> Fetched | Unfetched:
    try:
        with told(line.address):
            return fetch(place_of(line.url, None), folder)
    except Unfetched as error:
        return error
    except SourceError as error:  # of a store that refuses, while others in the list don't
        return Unfetched(str(error))


def _of_content(content: bytes | Path) -> str:
    """Return the signature of bytes, of which a server says nothing."""
    if isinstance(content, bytes):
        return f"content-{digest_of([content]).hex()}"
    with content.open("rb") as file:
        return f"content-{digest_of(pieces(file)).hex()}"
