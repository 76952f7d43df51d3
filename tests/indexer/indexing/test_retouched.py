"""Tests of retouched: edits that keep size and time stamp are seen, and what only touches files costs little."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from indexer.indexing import retouched
from indexer.indexing.run import index, index_paths
from indexer.root_folders.moving_roots import move_root
from indexer.store.roots import roots
from indexer.store.store import Store
from search.library.picture_vectors import known_ids
from tests.conftest import MakePicture, count, cut, run
from tests.fakes import ColourEncoder, Recorder
from tests.indexer.indexing.contents import assert_sound, colour_of, id_of, label_all, labels, without_model

SIZE = (16, 12)


def bitmap(path: Path, colour: str) -> None:
    """Write a picture into a file; one of every colour has as many bytes."""
    Image.new("RGB", SIZE, colour).save(path, "BMP")


def in_place(path: Path, other: Path) -> None:
    with path.open("r+b") as file:
        file.write(other.read_bytes())


def renamed(path: Path, other: Path) -> None:
    other.rename(path)


def by_a_part(path: Path, other: Path) -> None:
    part = path.with_name(".part")
    part.write_bytes(other.read_bytes())
    part.replace(path)


def removed_first(path: Path, other: Path) -> None:
    path.unlink()
    shutil.copyfile(other, path)


def truncated(path: Path, other: Path) -> None:
    path.write_bytes(other.read_bytes())


def mapped(path: Path, other: Path) -> None:
    import mmap

    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        memory[:] = other.read_bytes()


def linked(path: Path, other: Path) -> None:
    path.unlink()
    path.hardlink_to(other)


def one_byte(path: Path, other: Path) -> None:
    with path.open("r+b") as file:  # the bytes of a pixel at the end; the rest follows
        file.seek(-3, os.SEEK_END)
        file.write(other.read_bytes()[-3:])
    in_place(path, other)


def moved_aside(path: Path, other: Path) -> None:
    path.rename(path.with_name("old.bmp_original"))
    shutil.copy2(other, path)


def swapped(path: Path, other: Path) -> None:
    aside = path.with_name(".aside")
    path.rename(aside)
    other.rename(path)
    aside.rename(other)


EDITS: list[Callable[[Path, Path], None]] = [
    *(in_place, renamed, by_a_part, removed_first, truncated),
    *(mapped, linked, one_byte, moved_aside, swapped),
]


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("name", ["a.bmp", "sub/Größe.bmp"])
def test_an_edit_that_keeps_size_and_time_is_seen(
    store: Store, photos: Path, encoder: ColourEncoder, edit: Callable[[Path, Path], None], name: str
) -> None:
    path, other = photos / name, photos / "other.bin"
    path.parent.mkdir(exist_ok=True)
    bitmap(path, "red")
    bitmap(photos / "stays.bmp", "lime")
    run(store, photos, encoder)
    run(store, photos, encoder)
    label_all(store)
    before = path.stat()
    bitmap(other, "blue")
    edit(path, other)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert known_ids(store, path) == []
    summary, _ = run(store, photos, encoder)
    assert (summary.encoded, summary.unchanged) == (1, 1)
    assert colour_of(store, path) == "blue"
    assert labels(store) == {id_of(store, photos / "stays.bmp"): f"label {id_of(store, photos / 'stays.bmp')}"}
    assert_sound(store, 2)
    without_model(store, photos)


def in_other_places(photos: Path) -> None:
    kept = photos.with_name("kept")
    shutil.copytree(photos, kept)
    shutil.rmtree(photos)
    kept.rename(photos)


TOUCHES: dict[str, Callable[[Path], object]] = {
    "permissions": lambda photos: [path.chmod(0o640) for path in photos.rglob("*.bmp")],
    "owner": lambda photos: [os.chown(path, os.getuid(), os.getgid()) for path in photos.rglob("*.bmp")],
    "hard links": lambda photos: [path.with_suffix(".bak").hardlink_to(path) for path in list(photos.rglob("*.bmp"))],
    "written again": lambda photos: [path.write_bytes(path.read_bytes()) for path in photos.rglob("*.bmp")],
    "restored": in_other_places,
}


@pytest.mark.parametrize("touch", TOUCHES)
def test_what_only_touches_files_encodes_nothing(
    store: Store, photos: Path, encoder: ColourEncoder, touch: str
) -> None:
    (photos / "sub").mkdir()
    for number, name in enumerate(("a.bmp", "b.bmp", "sub/c.bmp")):
        bitmap(photos / name, ("red", "lime", "blue")[number])
        os.utime(photos / name, ns=(5, 10**18 + number))
    run(store, photos, encoder)
    known = label_all(store)
    TOUCHES[touch](photos)
    for number, name in enumerate(("a.bmp", "b.bmp", "sub/c.bmp")):
        os.utime(photos / name, ns=(5, 10**18 + number))
    assert len(known_ids(store, photos / "a.bmp")) == 1, "its bytes are the same"
    summary = without_model(store, photos)
    assert (summary.unchanged, summary.moved, summary.copied, summary.forgotten) == (3, 0, 0, 0)
    assert labels(store) == known
    assert_sound(store, 3)


def no_reading(*_: object) -> None:
    pytest.fail("a file was read")


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file may be read."""
    for module in ("indexer.indexing.known_content", "indexer.indexing.retouched"):
        monkeypatch.setattr(f"{module}.digest_if_unchanged", no_reading)


@pytest.mark.usefixtures("unread")
def test_a_library_that_knew_no_ctimes_takes_them_over(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    for name in ("a.png", "b.png", os.fsdecode(b"caf\xe9.png")):
        picture(name, "red")
    cut(picture("bad.png", "red"))
    run(store, photos, encoder)
    tables = ("images", "failures")
    now = [store.db.execute(f"SELECT path, ctime_ns FROM {table}").fetchall() for table in tables]
    assert all(ctime_ns for rows in now for _, ctime_ns in rows)
    for table in tables:
        store.db.execute(f"UPDATE {table} SET ctime_ns = NULL")
    assert len(known_ids(store, photos / "a.png")) == 1
    summary, _ = run(store, photos, encoder)
    assert (summary.encoded, summary.unchanged, summary.failed_before, summary.failed) == (0, 3, 1, 0)
    assert [store.db.execute(f"SELECT path, ctime_ns FROM {table}").fetchall() for table in tables] == now
    assert roots(store)[0].indexed_at and store.db.execute("SELECT up_to_date FROM roots").fetchone()[0] is not None


def touch_all(photos: Path) -> None:
    for path in photos.rglob("*.bmp"):
        path.chmod(0o640)


@pytest.fixture
def many(store: Store, photos: Path, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A root of ten pictures, which are very many here."""
    monkeypatch.setattr(retouched, "MANY_FILES", 5)
    monkeypatch.setattr(retouched, "SAMPLE", 3)
    for number in range(10):
        bitmap(photos / f"{number}.bmp", ("red", "lime")[number % 2])
        os.utime(photos / f"{number}.bmp", ns=(5, 10**18 + number))
    run(store, photos, encoder)


@pytest.mark.usefixtures("many")
def test_of_very_many_a_few_are_read(store: Store, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch_all(photos)
    read: list[str] = []
    real = retouched.digest_if_unchanged
    monkeypatch.setattr("indexer.indexing.known_content.digest_if_unchanged", no_reading)
    monkeypatch.setattr(retouched, "digest_if_unchanged", lambda path, file: read.append(path.name) or real(path, file))
    summary = without_model(store, photos)
    assert (summary.unchanged, read) == (10, ["0.bmp", "3.bmp", "6.bmp", "9.bmp"])
    without_model(store, photos)
    assert len(read) == 4, "their ctimes are known now"


@pytest.mark.usefixtures("many")
def test_one_edited_file_in_the_sample_has_all_read(store: Store, photos: Path, encoder: ColourEncoder) -> None:
    for name in ("0.bmp", "4.bmp"):
        status = (photos / name).stat()
        bitmap(photos / name, "blue")
        os.utime(photos / name, ns=(5, status.st_mtime_ns))
    touch_all(photos)
    assert run(store, photos, encoder)[0].encoded == 2
    assert [colour_of(store, photos / name) for name in ("0.bmp", "4.bmp", "1.bmp")] == ["blue", "blue", "lime"]


@pytest.mark.usefixtures("many")
def test_half_of_a_root_is_not_most_of_it(store: Store, photos: Path, encoder: ColourEncoder) -> None:
    for number in range(5):
        (photos / f"{number}.bmp").chmod(0o640)
    status = (photos / "4.bmp").stat()
    bitmap(photos / "4.bmp", "blue")
    os.utime(photos / "4.bmp", ns=(5, status.st_mtime_ns))
    assert run(store, photos, encoder)[0].encoded == 1


@pytest.mark.usefixtures("many")
def test_a_root_that_moved_to_another_drive_is_not_read(
    store: Store, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = photos.with_name("new")
    shutil.copytree(photos, new)
    move_root(store, photos, new)
    monkeypatch.setattr("indexer.indexing.known_content.digest_if_unchanged", no_reading)
    assert without_model(store, new).unchanged == 10


def test_a_failed_file_that_was_mended_unseen_is_tried_again(
    store: Store, photos: Path, encoder: ColourEncoder
) -> None:
    path = photos / "a.bmp"
    bitmap(path, "red")
    sound, status = path.read_bytes(), path.stat()
    path.write_bytes(b"no" + sound[2:])
    os.utime(path, ns=(5, status.st_mtime_ns))
    assert run(store, photos, encoder)[0].failed == 1
    path.write_bytes(sound)
    os.utime(path, ns=(5, status.st_mtime_ns))
    summary, _ = run(store, photos, encoder)
    assert (summary.encoded, summary.failed, count(store, "failures")) == (1, 0, 0)


def test_a_watcher_sees_such_an_edit(store: Store, photos: Path, encoder: ColourEncoder) -> None:
    path = photos / "a.bmp"
    bitmap(path, "red")
    index(store, [photos], lambda: encoder, Recorder(), workers=0)
    status = path.stat()
    bitmap(path, "blue")
    os.utime(path, ns=(5, status.st_mtime_ns))
    summary = index_paths(store, [path], lambda: encoder, Recorder(), workers=0)
    assert (summary.encoded, colour_of(store, path)) == (1, "blue")
