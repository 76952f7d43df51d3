"""Tests of listing: a pass over an unchanged root compares one hash, and no change gets lost by that."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.files.found import FoundFile
from indexer.files.ignore import ScanRules
from indexer.indexing.listing import list_files, up_to_date
from indexer.indexing.run import index
from indexer.store.roots import Root, roots
from indexer.store.store import Store
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder, Recorder


@pytest.fixture
def at_rest(store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder) -> Root:
    """A root with three pictures and a failure, of which the last run has found nothing to do."""
    for name in ("a.png", "sub/b.png", "sub/c.png"):
        picture(name, "red")
    (photos / "bad.png").write_bytes(b"no picture")
    run(store, photos, encoder)
    assert up_to_date(store, roots(store)[0]) is None, "until a run finds nothing to do"
    run(store, photos, encoder)
    (root,) = roots(store)
    assert up_to_date(store, root) is not None
    return root


def unneeded(*_: object) -> None:
    pytest.fail("what is known of the files is not needed")


@pytest.mark.usefixtures("at_rest")
def test_an_unchanged_root_is_known_by_its_hash(
    store: Store, photos: Path, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.indexing.plan.known_files", unneeded)
    monkeypatch.setattr("indexer.indexing.plan.failed_signatures", unneeded)
    summary, listener = run(store, photos, encoder)
    assert (summary.found, summary.unchanged, summary.failed_before) == (4, 3, 1)
    assert (summary.encoded, summary.forgotten, listener.problems) == (0, 0, [])


def swap(photos: Path) -> None:
    (photos / "a.png").rename(photos / "d.png")
    (photos / "sub" / "b.png").rename(photos / "a.png")
    (photos / "d.png").rename(photos / "sub" / "b.png")


CHANGES: dict[str, Callable[[Path], object]] = {
    "new": lambda photos: (photos / "new.png").write_bytes((photos / "a.png").read_bytes()),
    "gone": lambda photos: (photos / "sub" / "c.png").unlink(),
    "renamed": lambda photos: (photos / "a.png").rename(photos / "d.png"),
    "moved": lambda photos: (photos / "a.png").rename(photos / "sub" / "a.png"),
    "swapped": swap,
    "touched": lambda photos: os.utime(photos / "a.png", ns=(1, 1)),
    "changed": lambda photos: (photos / "a.png").write_bytes((photos / "sub" / "b.png").read_bytes() + b"\0"),
    "mended": lambda photos: (photos / "bad.png").write_bytes((photos / "a.png").read_bytes()),
    "bad gone": lambda photos: (photos / "bad.png").unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_seen(store: Store, photos: Path, at_rest: Root, encoder: ColourEncoder, change: str) -> None:
    CHANGES[change](photos)
    listing = list_files(at_rest, [""], unneeded, lambda: False)
    assert listing and listing.digest() != up_to_date(store, at_rest)
    run(store, photos, encoder)
    files = {path.relative_to(photos).as_posix(): path.stat() for path in photos.rglob("*.png")}
    here = {name: (status.st_size, status.st_mtime_ns) for name, status in files.items()}
    known = store.db.execute("SELECT path, size, mtime_ns FROM images UNION SELECT path, size, mtime_ns FROM failures")
    assert {name: (size, mtime_ns) for name, size, mtime_ns in known} == here
    summary, _ = run(store, photos, encoder)
    assert (summary.encoded, summary.moved, summary.copied, summary.forgotten) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM images WHERE path = 'a.png'",
        "UPDATE images SET size = 1 WHERE path = 'a.png'",
        "UPDATE images SET path = 'z.png' WHERE path = 'a.png'",
        "INSERT INTO images (root, path, size, mtime_ns, width, height, format, indexed_at)"
        " SELECT root, 'z.png', size, mtime_ns, width, height, format, indexed_at FROM images WHERE path = 'a.png'",
        "DELETE FROM failures",
        "UPDATE failures SET mtime_ns = 1",
    ],
)
def test_whoever_writes_the_hash_is_forgotten(
    store: Store, photos: Path, at_rest: Root, encoder: ColourEncoder, change: str
) -> None:
    store.db.execute(change)
    assert up_to_date(store, at_rest) is None
    run(store, photos, encoder)
    run(store, photos, encoder)
    assert up_to_date(store, at_rest) is not None


def test_a_picture_without_an_embedding_is_not_at_rest(
    store: Store, photos: Path, at_rest: Root, encoder: ColourEncoder
) -> None:
    store.db.execute("DELETE FROM embeddings WHERE image = (SELECT min(image) FROM embeddings)")
    assert up_to_date(store, at_rest) is not None, "it tells of files alone"
    assert run(store, photos, encoder)[0].encoded == 1


def test_a_reindex_encodes_all_and_tries_failures_again(
    store: Store, photos: Path, at_rest: Root, encoder: ColourEncoder
) -> None:
    summary, _ = run(store, photos, encoder, reindex=True)
    assert (summary.encoded, summary.failed) == (3, 1)


def test_a_run_over_a_folder_of_it_leaves_the_hash_alone(
    store: Store, photos: Path, at_rest: Root, encoder: ColourEncoder
) -> None:
    before = up_to_date(store, at_rest)
    run(store, photos / "sub", encoder)
    assert up_to_date(store, at_rest) == before


def test_what_is_kept_is_told_of_in_every_run(
    store: Store, photos: Path, at_rest: Root, encoder: ColourEncoder
) -> None:
    for name in "bc":
        (photos / "sub" / f"{name}.png").unlink()
    for _ in range(3):
        assert run(store, photos, encoder)[0].kept == [photos / "sub"]
        assert up_to_date(store, at_rest) is None


def test_told_to_stop(photos: Path, at_rest: Root) -> None:
    for number in range(70):
        (photos / f"{number}").mkdir()
        (photos / f"{number}" / "a.png").touch()
    assert list_files(at_rest, [""], unneeded, lambda: True) is None


def test_odd_names(store: Store, photos: Path, encoder: ColourEncoder, picture: MakePicture) -> None:
    for name in (os.fsdecode(b"caf\xe9.png"), "two\nlines.png", "日本.png"):
        picture("a.png", "red").rename(photos / name)
    for _ in range(3):
        run(store, photos, encoder)
    summary = index(store, [photos], unneeded, Recorder(), workers=0)  # type: ignore[arg-type]
    assert summary.unchanged == 3
    (root,) = roots(store)
    listing = list_files(root, [""], unneeded, lambda: False)
    assert listing and all(isinstance(file, tuple) for file in listing.pictures[0])
    assert up_to_date(store, root) == listing.digest()
    assert FoundFile(*listing.pictures[0][0]).path


def test_files_behind_links_are_hashed_like_others(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "elsewhere.png").write_bytes(b"1")
    (tmp_path / "photos" / "a.png").symlink_to(tmp_path / "elsewhere.png")
    root = Root(1, tmp_path / "photos", None, ScanRules(follow_links=True))
    listing = list_files(root, [""], pytest.fail, lambda: False)
    assert listing is not None and listing.files == 1 and len(listing.digest()) == 16
