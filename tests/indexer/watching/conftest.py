"""A watch that runs in a thread, for the tests of watching."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import indexer.watching.changes
import indexer.watching.watch
from indexer.errors import LibraryBusy
from indexer.indexing.summary import Summary
from indexer.store.lock import only_writer
from indexer.store.pictures import paths_of
from indexer.store.store import Store
from tests.conftest import MakePicture, moved_in
from tests.fakes import ColourEncoder, Recorder

QUIET = 0.4  # seconds after which a file is taken to be complete
LONG = 180.0  # seconds that nothing takes, however busy the machine is


def eventually(true: Callable[[], object]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@contextlib.contextmanager
def between_runs(store: Store) -> Iterator[None]:
    """Hold the library's lock for the with-block, once the run that a watch has just begun lets go of it.

    What a run has stored can be read before the run has ended.
    """
    with contextlib.ExitStack() as held:

        def taken() -> bool:
            with contextlib.suppress(LibraryBusy):
                held.enter_context(only_writer(store))
                return True
            return False

        eventually(taken)
        yield


class Watcher:
    """A watch in a thread, with a library of its own."""

    def __init__(self, library: Path, encoder: ColourEncoder) -> None:
        self.library = library
        self.encoder = encoder
        self.stop = threading.Event()
        self.recorder = Recorder()
        self.runs: list[Summary] = []
        self.told: list[str] = []
        self.loads = 0
        self.thread = threading.Thread(target=self._watch)
        self.poll = False
        self.folders: list[Path] = []

    def start(self, *folders: Path, poll: bool = False) -> None:
        """Start, and wait until it watches."""
        self.folders, self.poll = list(folders), poll
        self.thread.start()
        eventually(lambda: any("Watching" in line for line in self.told))

    def _watch(self) -> None:
        with Store.create(self.library) as store:
            indexer.watching.watch.watch(
                store,
                self.folders,
                self._load,
                lambda: contextlib.nullcontext(self.recorder),
                ran=self.runs.append,
                tell=self.told.append,
                stopping=self.stop.is_set,
                poll=self.poll,
                workers=0,
                quiet=QUIET,
            )

    def _load(self) -> ColourEncoder:
        self.loads += 1
        return self.encoder

    def ids(self) -> dict[str, int]:
        """Return the ids in the library by file name."""
        with Store.open(self.library) as store:
            ids = [row[0] for row in store.db.execute("SELECT id FROM images")]
            return {path.name: image for image, path in paths_of(store, ids).items()}

    def encoded(self) -> int:
        """Return how many pictures the runs that have ended have encoded: what a run stores can be read before that."""
        return sum(summary.encoded for summary in self.runs)


@pytest.fixture
def picture(picture: MakePicture, photos: Path) -> MakePicture:
    """Make a picture that is there as a whole at once, picture("a/b.png", "red")."""
    return moved_in(picture, photos)


@pytest.fixture
def watcher(tmp_path: Path, encoder: ColourEncoder) -> Iterator[Watcher]:
    watcher = Watcher(tmp_path / "library", encoder)
    yield watcher
    watcher.stop.set()
    if watcher.thread.ident is not None:
        watcher.thread.join(LONG)
        assert not watcher.thread.is_alive()
