"""Pictures that a list or table names by an address or path, each fetched from where it is."""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

from indexer.addresses import is_url
from indexer.errors import SourceError, UnreachablePicture, reason_of
from indexer.files.formats import picture_suffixes, suffix_of
from indexer.remote_files.file_systems import file_system, scheme_of
from indexer.remote_files.objects import Changed, copy_object, entry_at
from indexer.remote_files.patience import patiently
from indexer.remote_files.sentences import is_forbidden, is_gone, is_refused, sentence_of
from indexer.remote_files.spooling import content_of, content_of_any_size
from indexer.remote_files.web import NotFetched, copy_web, is_web
from indexer.remote_files.web import signature_at as web_signature_at

STORES = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "hf", "memory")
_FILE_URL = re.compile(r"file://(?:localhost(?=/))?", re.I)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A picture that was named."""

    name: str
    content: bytes | Path
    signature: str = ""  # of the state that it was in, if its server says that


class Unfetched(UnreachablePicture):
    """It can't be had; the message says why in a few words."""

    def __init__(self, reason: str, lasting: bool = False) -> None:
        super().__init__(reason)
        self.lasting = lasting


def place_of(reference: str, holder: str | None) -> str:
    """Return the URL or local path that a text names; `holder` is the URL or path of the file in which it stands.

    Raises Unfetched for files of this machine, which neither a list (None) nor a file from elsewhere may name.
    """
    text = reference.strip()
    if not text or "\0" in text:
        raise Unfetched("it names no place", lasting=True)
    if _FILE_URL.match(text):
        text = _FILE_URL.sub("", text, count=1)
    elif is_url(text):
        if is_web(text) or scheme_of(text) in STORES:
            return text
        raise Unfetched(f"{scheme_of(text)[:20]}:// is no kind of address that pictures are read from", lasting=True)
    if holder is None:
        raise Unfetched("it is no address of the web or of a bucket", lasting=True)
    if is_url(holder):
        if Path(text).is_absolute() or _FILE_URL.match(reference.strip()):
            raise Unfetched("it names a file of this machine, which only a table on this machine may", lasting=True)
        return _beside(holder, text)
    return os.path.join(os.path.dirname(holder), text)


def _beside(holder: str, path: str) -> str:
    """Return the URL of a path relative to the folder of a file, which does not lead out of its bucket or host."""
    scheme, _, place = re.split(r"[?#]", holder)[0].partition("://")
    host, _, folder = place.rpartition("/")[0].partition("/")
    return f"{scheme}://{host}/{posixpath.normpath('/' + posixpath.join(folder, path)).lstrip('/')}"


def fetch(place: str, folder: Path) -> Fetched:
    """Return what is at a URL or local path; raises Unfetched, and SourceError for a store that refuses all."""
    if not is_url(place):
        if not os.path.isfile(place):
            raise Unfetched("no such file" if not os.path.exists(place) else "not a regular file")
        return Fetched(os.path.basename(place), Path(place))
    try:
        return _from_web(place, folder) if is_web(place) else _from_store(place, folder)
    except SourceError:
        raise
    except Exception as error:
        raise unfetched(error, place) from error


def _from_web(url: str, folder: Path) -> Fetched:
    signatures: list[str] = []
    content = patiently(lambda: content_of_any_size(lambda taken: signatures.append(copy_web(url, taken)), folder))
    return Fetched(name_of(url), content, signatures[-1])


def _from_store(url: str, folder: Path) -> Fetched:
    fs, path = file_system(url)
    entry = entry_at(fs, path)
    content = patiently(lambda: content_of(lambda file: copy_object(fs, entry, file), entry.size, folder))
    return Fetched(name_of(url), content, entry.signature)


def signature_at(place: str) -> str:
    """Return what shows whether a picture at a URL has changed, without fetching it; "" if nothing does.

    What can't be had has a signature too: so what is gone is not asked for again until it is there.
    """
    try:
        if is_web(place):
            return patiently(lambda: web_signature_at(place))
        fs, path = file_system(place)
        return entry_at(fs, path).signature
    except SourceError:
        raise
    except Exception as error:
        return "gone" if isinstance(error, IsADirectoryError) or is_gone(error) else ""


def unfetched(error: Exception, place: str) -> Exception:
    """Return what is raised for trouble with one picture: its own if it is the picture's, else for the whole store."""
    if isinstance(error, NotFetched):
        return Unfetched(str(error), lasting=True)
    if isinstance(error, Changed):
        return Unfetched("it changed while it was read")
    if isinstance(error, IsADirectoryError) or is_gone(error):
        return Unfetched("there is nothing at its address", lasting=is_web(place))
    if is_refused(error) and not is_web(place):
        return SourceError(sentence_of(error, place))  # of its place, which is not that of the table or list
    if is_refused(error) or is_forbidden(error):
        return Unfetched("no permission to read it")
    reason = reason_of(error) if isinstance(error, MemoryError) else "its address can't be reached or gives nothing now"
    return Unfetched(reason)


def name_of(place: str) -> str:
    """Return the name of a file at a place, without what follows it in a URL."""
    path = re.split(r"[?#]", place)[0] if is_web(place) else place
    return path.rstrip("/").rpartition("/")[2] or "picture"


def named_as_picture(name: str) -> str:
    """Return a name if its suffix is that of a picture, else none: its bytes tell what it is."""
    return name if suffix_of(name) in picture_suffixes() else ""
