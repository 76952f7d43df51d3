"""Files that are read as a whole, such as tar shards: found by name, pattern or folder, here or anywhere."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from indexer.addresses import is_url
from indexer.errors import SourceEmpty, SourceError, reason_of
from indexer.files.foreign import Unfit, open_foreign
from indexer.files.ignore import ScanRules, is_out_of_view, is_passed_over
from indexer.paths import readable
from indexer.remote_files.ahead import ahead
from indexer.remote_files.file_systems import file_system
from indexer.remote_files.objects import Entry, entry_at, entry_of, pages
from indexer.remote_files.patience import patiently
from indexer.remote_files.patterns import expanded, is_pattern, is_wild
from indexer.remote_files.public_addresses import public_address
from indexer.remote_files.sentences import is_gone, is_of_its_place, told
from indexer.sources.item import LostShard, Shard
from indexer.sources.names import joined, path_address

BLOCK = 8 * 1024 * 1024  # bytes that are read ahead


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A file in the state in which it was found."""

    url: str  # with secrets, by which it is read; or the path of a local file
    signature: str

    @property
    def address(self) -> str:
        """The URL without secrets, or the path."""
        return address_of(self.url)

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open it; raises SourceError if it is gone, or not the one that was found any more."""
        with told(self.url), opened(self.url) as (file, entry):
            if entry.signature != self.signature:
                raise SourceError(f"{readable(self.address)} has changed since it was listed; run the same again.")
            yield file


def address_of(url: str) -> str:
    """Return the address of a URL or local path, as it may be kept."""
    return public_address(url) if is_url(url) else path_address(url)


@contextmanager
def opened(url: str) -> Iterator[tuple[BinaryIO, Entry]]:
    """Open a file, and tell what it is as it is opened; raises what the file system raises."""
    if not is_url(url):
        with open_foreign(url) as file:
            yield file, _local(url, os.fstat(file.fileno()))
        return
    fs, path = file_system(url)
    entry = entry_at(fs, path)
    with patiently(lambda: fs.open(path, "rb", block_size=BLOCK, cache_type="readahead")) as file:
        yield file, entry


Found = WholeFile | LostShard
Make = Callable[[WholeFile], Iterable[Shard]]


def shards_of(url: str, suffixes: tuple[str, ...], rules: ScanRules, make: Make) -> Iterator[Shard]:
    """Yield the shards of the files of a name, of a pattern, or below a folder; `make` makes them of each file.

    A file that is not there or can't be read is a lost shard. Raises SourceError if all are lost, or nothing fits.
    """
    yield from unless_all_are_lost(found_files(url, suffixes, rules), make, address_of(url))


def unless_all_are_lost(files: Iterable[Found], make: Make, named: str) -> Iterator[Shard]:
    """Yield the shards of files, and the lost ones once there is one that is not; raises SourceError if there is none.

    `make` yields nothing for a file that is known.
    """
    lost: list[LostShard] = []
    is_any = False
    for file in files:
        shards = [file] if isinstance(file, LostShard) else _made(make, file)
        if not is_any and isinstance(next(iter(shards), None), LostShard):
            lost += [shard for shard in shards if isinstance(shard, LostShard)]
            continue
        is_any = True
        yield from lost
        lost = []
        yield from shards
    if not is_any:
        raise _all_lost(lost, named)


def _made(make: Make, file: WholeFile) -> list[Shard]:
    try:
        return list(make(file))
    except SourceError as error:
        return [_lost(file.url, error)]


def _all_lost(lost: Iterable[LostShard], named: str) -> SourceError:
    """Return what is raised if there is no file that can be read."""
    unreadable = next((shard for shard in lost if not shard.is_gone), None)
    if unreadable is not None:
        return SourceError(unreadable.reason)
    return SourceEmpty(f"There is no file {readable(named)}; check the pattern or name.")


def found_files(url: str, suffixes: tuple[str, ...], rules: ScanRules) -> Iterator[Found]:
    """Yield the files of a name, of a pattern, or below a folder, and those of several that are lost.

    Raises SourceError if a single one is not there, or the place can't be read.
    """
    if is_plain(url):
        yield from _named(url, suffixes, rules)
        return
    for several in ahead(expanded(url), lambda name: _one_of_several(name, suffixes, rules), lambda name: 0):
        yield from several


def _one_of_several(name: str, suffixes: tuple[str, ...], rules: ScanRules) -> list[Found]:
    """Return the files of a name; raises SourceError for trouble that others in their place will have, too."""
    try:
        return list(_named(name, suffixes, rules))
    except SourceError as error:
        return [_lost(name, error)]


def _lost(url: str, error: SourceError) -> LostShard:
    """Return a file that can't be read; raises the error again if it is not of the file, but of its place."""
    cause = error.__cause__
    if cause is not None and is_of_its_place(cause):
        raise error
    return LostShard(address_of(url), str(error), cause is not None and is_gone(cause))


def is_plain(url: str) -> bool:
    """Return whether a name stands for one file or folder, and is not a pattern that any file fits but itself."""
    return not is_pattern(url) or (not is_url(url) and os.path.lexists(url))


def _named(name: str, suffixes: tuple[str, ...], rules: ScanRules) -> Iterator[Found]:
    """Yield the files of one name, glob or folder."""
    yield from _remote(name, suffixes, rules) if is_url(name) else _on_disk(name, suffixes, rules)


def _on_disk(name: str, suffixes: tuple[str, ...], rules: ScanRules) -> Iterator[Found]:
    for path in _paths(name, suffixes, rules):
        try:
            with open_foreign(path) as file:
                found = WholeFile(path, _local(path, os.fstat(file.fileno())).signature)
        except Unfit as error:
            yield LostShard(path_address(path), f"{readable(path)} can't be read: it is {error}.")
        except OSError as error:
            reason = f"{readable(path)} can't be read: {reason_of(error)}."
            yield LostShard(path_address(path), reason, isinstance(error, FileNotFoundError))
        else:
            yield found


def _paths(name: str, suffixes: tuple[str, ...], rules: ScanRules) -> Iterator[str]:
    """Yield the paths of one name, glob or folder of this machine, in order."""
    if os.path.isdir(name):
        yield from _below(name, suffixes, rules)
    elif is_wild(name) and not os.path.lexists(name):
        yield from sorted(glob.glob(name, recursive=True))  # noqa: PTH207 - names that Path can't hold
    else:
        yield name


def _below(folder: str, suffixes: tuple[str, ...], rules: ScanRules) -> Iterator[str]:
    for inner, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_passed_over(name))
        for name in sorted(files):
            path = os.path.join(inner, name)
            if name.lower().endswith(suffixes) and not is_out_of_view(os.path.relpath(path, folder), "", rules):
                yield path


def _local(path: str, status: os.stat_result) -> Entry:
    return Entry(path, status.st_size, str(status.st_mtime_ns))


def _remote(url: str, suffixes: tuple[str, ...], rules: ScanRules) -> Iterator[WholeFile]:
    with told(url):
        fs, path = file_system(url)
        if is_wild(url):
            for key, info in sorted(patiently(lambda: fs.glob(path, detail=True)).items()):
                if info["type"] == "file":
                    yield WholeFile(_url_of(fs, url, key), entry_of(info).signature)
            return
        try:
            yield WholeFile(url, entry_at(fs, path).signature)
        except (IsADirectoryError, FileNotFoundError) as error:
            if not (yield from _below_url(fs, url, path, suffixes, rules)):
                raise FileNotFoundError(path) from error


def _below_url(
    fs: Any, url: str, path: str, suffixes: tuple[str, ...], rules: ScanRules
) -> Generator[WholeFile, None, bool]:
    """Yield the files below a URL, and return whether there are any."""
    is_any = False
    for page in pages(fs, path, is_passed_over):
        for entry in page:
            inner = entry.key[len(path) :].lstrip("/")
            if inner.lower().endswith(suffixes) and not is_out_of_view(inner, "", rules):
                is_any = True
                yield WholeFile(joined(url, inner), entry.signature)
    return is_any


def _url_of(fs: Any, url: str, key: str) -> str:
    """Return the URL of what a glob has found; keys of the web are URLs."""
    if is_url(key):
        return key
    scheme, _, place = url.partition("://")
    host, bucket, inner = place.partition("/")[0], *key.partition("/")[::2]
    return f"{scheme}://{host}/{inner}" if "@" in host or host == bucket else str(fs.unstrip_protocol(key))
