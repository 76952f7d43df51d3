"""Tests of search.sidecars.writer: sidecars are merged and written whole, and nothing is harmed."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from indexer.errors import OutputError
from search.journal import writing
from search.journal.journal_files import FOLDER
from search.sidecars.export import export_sidecars
from tests.conftest import MakePicture
from tests.exporting import contents, export
from tests.search.sidecars.merged import texts
from tests.search.sidecars.samples import DARKTABLE, DIGIKAM, around
from tests.undo import undo


def test_a_sidecar_that_can_not_be_merged_is_told_and_left(library: Path, photos: Path) -> None:
    bad = around("<dc:subject rdf:resource='cup'/>")
    (photos / "cup.png.xmp").write_bytes(bad)
    (photos / "car.png.xmp").mkdir()
    result = export(library)
    assert result.exit_code == 1
    assert "cup.png.xmp: left as it is: its subject is in an unusual form" in result.stderr
    assert "car.png.xmp: left as it is: it is not a regular file" in result.stderr
    assert (photos / "cup.png.xmp").read_bytes() == bad
    assert "nothing to undo" in undo(library).stderr


def test_a_linked_sidecar_stays_a_link(library: Path, photos: Path, tmp_path: Path) -> None:
    real = tmp_path / "sidecars" / "cup.xmp"
    real.parent.mkdir()
    real.write_text(DARKTABLE)
    (photos / "cup.png.xmp").symlink_to(real)
    (photos / "car.png.xmp").symlink_to("nowhere")
    result = export(library)
    assert "car.png.xmp: left as it is: it is a symbolic link to nothing" in result.stderr
    assert (photos / "cup.png.xmp").is_symlink() and texts(real.read_bytes(), "subject")[-1] == "cup"
    undo(library)
    assert real.read_text() == DARKTABLE and (photos / "cup.png.xmp").is_symlink()


def test_a_link_to_a_file_that_is_no_sidecar_is_left(library: Path, photos: Path, tmp_path: Path) -> None:
    """The file was written over, wherever it was."""
    mine = tmp_path / "mine.xml"
    mine.write_text(DARKTABLE)
    (photos / "cup.png.xmp").symlink_to(mine)
    assert "cup.png.xmp: left as it is: it is a link to a file of another kind" in export(library).stderr
    assert mine.read_text() == DARKTABLE


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_folder_that_can_not_be_written_to_is_told_once(
    library: Path, photos: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    (photos / "cup.png.xmp").write_text(DARKTABLE)
    before = contents(photos)

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(writing._File, "store", refuse)
    result = export(library)
    assert result.exit_code == 1
    reason = os.strerror(number).lower()
    assert f"{photos}: 2 sidecars left out: it can't be written to ({reason}); check its permissions." in result.stderr
    assert contents(photos) == before


def test_a_read_only_folder(library: Path, photos: Path) -> None:
    photos.chmod(0o555)
    try:
        if os.access(photos, os.W_OK):
            pytest.skip("root may write anywhere")
        for arguments in ([], ["--dry-run"]):
            result = export(library, *arguments)
            assert result.exit_code == 1 and "2 sidecars left out: it can't be written to" in result.stderr
    finally:
        photos.chmod(0o755)
    assert not list(photos.glob("*.xmp"))


def test_a_full_disk_keeps_what_is_whole(library: Path, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = writing._File.store, []

    def fill(file: writing._File) -> None:
        calls.append(file)
        if len(calls) > 1:
            file.part.write_bytes(file.new[:100])
            raise OSError(errno.ENOSPC, "No space left on device")
        real(file)

    files = {photos / name: ["cup"] for name in ("car.png", "cup.png", "tree.png")}
    with monkeypatch.context() as patch, pytest.raises(OutputError, match="is full: 1 sidecar was written"):
        patch.setattr(writing._File, "store", fill)
        export_sidecars(files, "kitchen", library)
    assert sorted(path.name for path in photos.iterdir() if path.suffix != ".png") == ["car.png.xmp"]
    assert "1 file removed" in undo(library).stderr


def test_a_sidecar_that_another_program_writes_meanwhile_is_read_again(
    library: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, made = photos / "cup.png.xmp", photos / "car.png.xmp"
    path.write_text(DARKTABLE)
    real = writing._File.sync

    def interfere(file: writing._File) -> None:
        real(file)
        if not made.exists():
            path.write_text(DIGIKAM)
            made.write_text(DARKTABLE)

    monkeypatch.setattr(writing._File, "sync", interfere)
    done = export_sidecars({photos / "cup.png": ["cup"], photos / "car.png": ["car"]}, "kitchen", library)
    assert not done.problems and [change.new for change in done.changes] == [False, False]
    assert texts(path.read_bytes(), "subject") == ["Anna", "cup"]
    assert texts(made.read_bytes(), "subject") == ["Rome", "caffè & tè", "car"]
    assert "Undone" in undo(library).stderr and (path.read_text(), made.read_text()) == (DIGIKAM, DARKTABLE)


def test_a_sidecar_that_another_program_never_leaves_alone_is_told(
    library: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = photos / "cup.png.xmp"
    path.write_text(DARKTABLE)

    def interfere(file: writing._File) -> None:
        path.write_text(path.read_text() + "\n")

    monkeypatch.setattr(writing._File, "sync", interfere)
    done = export_sidecars({photos / "cup.png": ["cup"]}, "kitchen", library)
    assert done.problems == [(path, "left as it is: another program is writing it; try again later")]
    assert path.read_text() == DARKTABLE + "\n\n" and not list((library / FOLDER).iterdir())


def test_pictures_whose_sidecars_are_links_to_one_file(library: Path, photos: Path, picture: MakePicture) -> None:
    (photos / "both.xmp").write_text(DARKTABLE)
    files = {}
    for number in range(5):
        files[picture(f"{number}.png", "red")] = ["cup", f"number {number}"]
        (photos / f"{number}.png.xmp").symlink_to("both.xmp")
    done = export_sidecars(files, "kitchen", library)
    assert not done.problems and [change.sidecar.name for change in done.changes] == [f"{n}.png.xmp" for n in range(5)]
    assert texts((photos / "both.xmp").read_bytes(), "subject")[2:] == ["cup", "number 4"]
    assert "Undone" in undo(library).stderr and (photos / "both.xmp").read_text() == DARKTABLE


def test_a_read_only_sidecar_is_told_and_left(library: Path, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = photos / "cup.png.xmp"
    path.write_text(DARKTABLE)
    real = os.access
    monkeypatch.setattr(os, "access", lambda name, mode: Path(name) != path and real(name, mode))  # for root, too
    for arguments in ([], ["--dry-run"]):
        result = export(library, *arguments)
        assert result.exit_code == 1 and f"{path}: left as it is: it is read-only" in result.stderr
    assert path.read_text() == DARKTABLE and (photos / "car.png.xmp").exists()


def test_the_disk_is_waited_for_once_for_many_sidecars(
    library: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {photos / f"{number}.png": ["cup"] for number in range(500)}
    for path in files:
        path.touch()
        path.with_name(path.name + ".xmp").write_text(DARKTABLE)
    waits: list[int] = []
    main_thread, real = threading.get_ident(), os.fsync

    def wait(descriptor: int) -> None:
        real(descriptor)
        if threading.get_ident() == main_thread:
            waits.append(descriptor)

    monkeypatch.setattr(os, "fsync", wait)
    done = export_sidecars(files, "kitchen", library)
    assert len(done.changes) == 500 and len(waits) < 30
    assert "500 files restored" in undo(library).stderr
    assert all(path.with_name(path.name + ".xmp").read_text() == DARKTABLE for path in files)
