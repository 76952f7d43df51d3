"""The objects below a place: listed a page at a time, and read so that they are those that were listed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from indexer.files.foreign import Unfit
from indexer.remote_files.patience import patiently
from indexer.remote_files.sentences import is_changed, is_gone, is_refused, is_without_bucket
from indexer.wording import too_large

PAGE = 1000  # objects; as many as S3 gives at once
PIECE = 4 * 1024 * 1024  # bytes
LARGEST_UNSTATED = 256 * 1024 * 1024  # bytes of a file of which a server does not say how large it is
DEEPEST = 200  # folders in one another, of file systems in which links may lead around
# What names a state of a file, as file systems call it; the first that there is.
_VERSIONS = ("ETag", "etag", "generation", "blob_id", "md5Hash", "content_md5", "version_id", "sha")
_TIMES = ("mtime", "LastModified", "last_modified", "updated", "created")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as a file system lists it."""

    key: str  # its path there
    size: int
    version: str  # what names its state: an ETag, or the time of its last change; "" if nothing does

    @property
    def signature(self) -> str:
        """What shows whether it has changed."""
        return f"{self.size}-{self.version}"


class Changed(Exception):
    """An object is not the one that was listed any more."""


class Sink(Protocol):
    """What takes the bytes of an object."""

    def write(self, piece: bytes, /) -> int:
        """Take some."""


def entry_at(fs: Any, path: str) -> Entry:
    """Return what is at a path; raises FileNotFoundError, and for a folder IsADirectoryError."""
    try:
        info = patiently(lambda: fs.info(path))
    except Exception:
        if is_s3(fs):
            _say_more(fs, path)
        raise
    if info["type"] == "directory":
        raise IsADirectoryError(path)
    return entry_of(info)


def _say_more(fs: Any, path: str) -> None:
    """Raise what S3 says of an error where it may say it: to what was asked it answers with a number alone."""
    bucket, _, key = path.partition("/")
    try:
        patiently(lambda: fs.call_s3("list_objects_v2", Bucket=bucket, Prefix=key, MaxKeys=1))
    except Exception as reason:
        if is_refused(reason) or is_without_bucket(reason):
            raise


def entry_of(info: dict[str, Any]) -> Entry:
    """Return a file of what fsspec tells of it."""
    return Entry(str(info["name"]), int(info.get("size") or 0), _version(info))


def _version(info: dict[str, Any]) -> str:
    for name in (*_VERSIONS, *_TIMES):
        value = info.get(name)
        if value:
            # some file systems give the same moment now as a number and now as a date
            return str(value.timestamp() if isinstance(value, datetime) else value).strip('"')
    return ""


def pages(fs: Any, path: str, leaves_out: Callable[[str], bool] = lambda name: False) -> Iterator[list[Entry]]:
    """Yield the files below a path, at any depth, in lists of some; folders with names to leave out are not entered.

    Raises what the file system raises.
    """
    if is_s3(fs):
        yield from _s3_pages(fs, path)
    elif "abfs" in _protocols(fs):
        yield from _azure_pages(fs, path)
    else:
        yield from _google_pages(fs, path) if "gs" in _protocols(fs) else _folders(fs, path, leaves_out)


def is_s3(fs: Any) -> bool:
    """Return whether a file system is a bucket of S3."""
    return "s3" in _protocols(fs)


def _protocols(fs: Any) -> tuple[str, ...]:
    return (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)


def _s3_pages(fs: Any, path: str) -> Iterator[list[Entry]]:
    """Yield the objects in the order of their keys, whatever lies in which folder: 1,000 for each request."""
    bucket, _, prefix = path.partition("/")
    asked: dict[str, Any] = {"Bucket": bucket, "MaxKeys": PAGE}
    if prefix:
        asked["Prefix"] = prefix.rstrip("/") + "/"
    while True:
        page = patiently(lambda: fs.call_s3("list_objects_v2", **asked))
        yield [
            Entry(f"{bucket}/{found['Key']}", int(found["Size"]), str(found.get("ETag", "")).strip('"'))
            for found in page.get("Contents", ())
            if not found["Key"].endswith("/")
        ]
        if not page.get("IsTruncated"):
            return
        asked["ContinuationToken"] = page["NextContinuationToken"]


def _google_pages(fs: Any, path: str) -> Iterator[list[Entry]]:
    """Do the same in Google's storage, whose file system would hold the names of a whole folder."""
    bucket, _, prefix = path.partition("/")
    asked: dict[str, Any] = {"maxResults": PAGE}
    if prefix:
        asked["prefix"] = prefix.rstrip("/") + "/"
    while True:
        page = patiently(lambda: fs.call("GET", "b/{}/o", bucket, json_out=True, **asked))
        yield [
            entry_of({**found, "name": f"{bucket}/{found['name']}"})
            for found in page.get("items", ())
            if not found["name"].endswith("/")
        ]
        if not page.get("nextPageToken"):
            return
        asked["pageToken"] = page["nextPageToken"]


def _azure_pages(fs: Any, path: str) -> Iterator[list[Entry]]:
    """Do the same in Azure's storage, whose file system knows of no folder without a name."""
    import fsspec.asyn

    container, _, prefix = path.partition("/")
    start = prefix.rstrip("/") + "/" if prefix else None
    token: str | None = None

    async def ask() -> tuple[list[Entry], str | None]:
        client = fs.service_client.get_container_client(container)
        listed = client.list_blobs(name_starts_with=start, include=["metadata"], results_per_page=PAGE).by_page(token)
        async for page in listed:
            return [entry async for entry in _blobs(page, container)], listed.continuation_token
        return [], None

    while True:
        page, token = patiently(lambda: fsspec.asyn.sync(fs.loop, ask))
        yield page
        if not token:
            return


async def _blobs(page: AsyncIterator[Any], container: str) -> AsyncIterator[Entry]:
    """Yield the blobs of a page that stand for no folder."""
    async for blob in page:
        if not blob.name.endswith("/") and (blob.metadata or {}).get("hdi_isfolder") != "true":
            yield Entry(f"{container}/{blob.name}", int(blob.size or 0), str(blob.etag or "").strip('"'))


def _folders(fs: Any, path: str, leaves_out: Callable[[str], bool]) -> Iterator[list[Entry]]:
    """Yield the files folder by folder, with one listing for each."""
    fresh = {"refresh": True} if "hf" in _protocols(fs) else {}  # else what it once was told
    pending = [(path, 0)]
    while pending:
        folder, depth = pending.pop()
        listed = patiently(lambda: fs.ls(folder, detail=True, **fresh))  # noqa: B023
        found = sorted(listed, key=lambda info: str(info["name"]))
        inner = [
            (str(info["name"]), depth + 1)
            for info in found
            if info["type"] == "directory"
            and not info.get("islink")
            and not leaves_out(str(info["name"]).rstrip("/").rpartition("/")[2])
            and str(info["name"]).rstrip("/") != folder.rstrip("/")
        ]
        pending += reversed(inner) if depth < DEEPEST else ()
        files = [_stated(fs, entry_of(info)) for info in found if info["type"] == "file"]
        for start in range(0, len(files), PAGE):
            yield files[start : start + PAGE]


def _stated(fs: Any, entry: Entry) -> Entry:
    """Return a file with its state, which listings of the web don't tell."""
    if entry.version or entry.size:
        return entry
    try:
        return entry_of(patiently(lambda: fs.info(entry.key)))
    except Exception as error:
        if is_gone(error):
            return entry
        raise


def copy_object(fs: Any, entry: Entry, sink: Sink) -> None:
    """Write the bytes of an object, as it was listed, to a sink; raises Changed, and what the file system raises."""
    try:
        written = _copy_from_s3(fs, entry, sink) if is_s3(fs) else _copy(fs, entry, sink)
    except Exception as error:
        if is_changed(error) and not is_gone(error):
            raise Changed from error
        raise
    if written != entry.size and entry.version:
        raise Changed if not is_s3(fs) else ConnectionError("less came than was stated")


def _copy(fs: Any, entry: Entry, sink: Sink) -> int:
    """Copy a file, and look afterwards whether it is still the one that was listed: versions never come back."""
    written, most = 0, entry.size or LARGEST_UNSTATED
    with fs.open(entry.key, "rb", cache_type="none" if entry.size <= PIECE else "readahead") as file:
        while piece := file.read(PIECE):
            written += len(piece)
            if written > most:
                raise Changed if entry.size else Unfit(too_large(most))
            sink.write(piece)
    if entry_of(fs.info(entry.key)).signature != entry.signature:
        raise Changed
    return written


def _copy_from_s3(fs: Any, entry: Entry, sink: Sink) -> int:
    """Copy an object with one request, which S3 answers only if it is still the one that was listed."""
    import fsspec.asyn

    bucket, _, key = entry.key.partition("/")
    condition = {"IfMatch": f'"{entry.version}"'} if entry.version else {}

    async def get() -> int:
        written = 0
        answer = await fs._call_s3("get_object", Bucket=bucket, Key=key, **condition)
        async with answer["Body"] as body:
            while piece := await body.read(PIECE):
                written += sink.write(piece)
        return written

    return int(fsspec.asyn.sync(fs.loop, get))
