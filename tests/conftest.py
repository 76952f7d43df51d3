"""Fixtures: picture folders, libraries, and the real built-in model's library of the sample images."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from PIL import Image

from indexer.indexing.run import index
from indexer.indexing.summary import Summary
from indexer.store import connection
from indexer.store import store as store_module
from indexer.store.pictures import paths_of
from indexer.store.store import Store
from search.library.library import Library
from tests.fakes import ColourEncoder, Recorder
from tests.new_libraries import migrate_at_once
from tests.object_store import ObjectStore, object_store
from tests.slow_first import place_of

REPOSITORY = Path(__file__).parent.parent
SAMPLES = REPOSITORY / "sample_images"

MakePicture = Callable[..., Path]


def pytest_configure() -> None:
    """Hear Ctrl-C and the terminal's end also where the tests are in the background: what they start would ignore them.

    A handler is not inherited as ignoring is; the tests themselves go on when their terminal ends.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda number, frame: None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let test_fuzz.py try more."""
    parser.addoption("--fuzz-cases", type=int, default=2080, help="how many broken files to try, of all formats")
    parser.addoption("--fuzz-seed", type=int, default=1, help="which broken files to try")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow ones."""
    items.sort(key=lambda item: place_of(item.nodeid))


@pytest.fixture
def fuzz_cases(request: pytest.FixtureRequest) -> int:
    """How many broken files to try, of all formats."""
    return int(request.config.getoption("--fuzz-cases"))


@pytest.fixture
def fuzz_seed(request: pytest.FixtureRequest) -> int:
    """Which broken files to try."""
    return int(request.config.getoption("--fuzz-seed"))


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache folder of all tests: what a model leaves there is made once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session", autouse=True)
def _libraries_at_once() -> Iterator[None]:
    """Make the libraries of all tests in this process with one statement after another, not step by step."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "migrate", migrate_at_once)
        patch.setattr(store_module, "migrate", migrate_at_once)
        yield


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Path) -> None:
    """Keep every test away from the user's library, cache, models and network."""
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(cache))
    monkeypatch.setenv("CLIPSEARCH_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("CLIPSEARCH_LIBRARY", str(tmp_path / "default-library"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.delenv("CLIPSEARCH_MODEL", raising=False)
    monkeypatch.delenv("CLIPSEARCH_DEBUG", raising=False)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """An empty picture folder."""
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def picture(photos: Path) -> MakePicture:
    """Make a picture of one colour, picture("a/b.png", "red"), with bytes that no other file has."""
    numbers = itertools.count()

    def make(name: str, colour: str, size: tuple[int, int] = (16, 12)) -> Path:
        path = photos / name
        path.parent.mkdir(parents=True, exist_ok=True)
        exif = Image.Exif()
        exif[0x010E] = f"picture {next(numbers):05}"  # ImageDescription
        Image.new("RGB", size, colour).save(path, exif=exif)
        return path

    return make


def moved_in(make: MakePicture, photos: Path) -> MakePicture:
    """Return what makes pictures elsewhere and moves them in: who watches the folder never sees a half one."""
    numbers = itertools.count()

    def make_whole(name: str, colour: str, size: tuple[int, int] = (16, 12)) -> Path:
        path = photos / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return make(f"../being made/{next(numbers)}{path.suffix}", colour, size).replace(path)

    return make_whole


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty library on disk."""
    with Store.create(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def encoder() -> ColourEncoder:
    """The fake model."""
    return ColourEncoder()


def run(store: Store, folder: Path, encoder: ColourEncoder, **options: object) -> tuple[Summary, Recorder]:
    """Index one folder with the fake model, decoding in this process."""
    listener = options.pop("listener", None) or Recorder()
    assert isinstance(listener, Recorder)
    options.setdefault("workers", 0)
    return index(store, [folder], lambda: encoder, listener, **options), listener  # type: ignore[arg-type]


@pytest.fixture
def library(store: Store, picture: MakePicture, photos: Path, encoder: ColourEncoder) -> Library:
    """Three pictures, in two folders."""
    picture("a/red.png", "red")
    picture("a/blue.png", "blue")
    picture("b/lime.png", "lime")
    run(store, photos, encoder)
    return Library.with_encoder(store, encoder)


def cut(path: Path) -> Path:
    """Cut a file off in its middle."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def count(store: Store, table: str) -> int:
    """Return how many rows a table has."""
    return int(store.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def indexed_names(store: Store) -> set[str]:
    """Return the file names of all pictures in a library."""
    ids = [row[0] for row in store.db.execute("SELECT id FROM images")]
    return {path.name for path in paths_of(store, ids).values()}


@pytest.fixture(scope="session")
def indexed_samples(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """The sample images, indexed once by the real built-in model; to be copied, not to be opened.

    It has the background prompts, as the command leaves it: they would take the first text of each copy a second. Where
    several processes run the tests, the first that needs it makes it for all.
    """
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "indexed-samples"
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            made = tmp_path_factory.mktemp("samples") / "library"
            _index_samples(made, cache)
            made.rename(shared)
    return shared


def _index_samples(folder: Path, cache: Path) -> None:
    """Make the library of the sample images."""
    from indexer.models.loading import load_encoder
    from search.texts.background import keep_background

    with pytest.MonkeyPatch.context() as patch, Store.create(folder) as opened:
        patch.setenv("CLIPSEARCH_CACHE", str(cache))
        encoder = load_encoder("builtin", "cpu")
        summary = index(opened, [SAMPLES], lambda: encoder, Recorder())
        keep_background(opened, encoder)
    assert summary.encoded == summary.found >= 24


@pytest.fixture(scope="module")
def sample_library(indexed_samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample library for the tests of a module, which may label its pictures and embed texts."""
    return Path(shutil.copytree(indexed_samples, tmp_path_factory.mktemp("samples") / "library"))


@pytest.fixture(scope="session")
def store_server() -> Iterator[ObjectStore]:
    """Run an object store on this machine, once for all tests of a process."""
    with object_store() as running:
        yield running


@pytest.fixture
def bucket(store_server: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the URL of an empty bucket of this test, which the variables of the environment lead to."""
    for name, value in store_server.environment.items():
        monkeypatch.setenv(name, value)
    return store_server.make_bucket(f"test-{uuid.uuid4().hex}")
