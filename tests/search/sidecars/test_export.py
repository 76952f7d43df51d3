"""Tests of search.sidecars.export: which files get a sidecar, and how a set is called there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.store.store import Store
from search.sidecars import export as sidecar_export
from search.sidecars.export import export_sidecars
from search.sidecars.folder import SidecarFolder
from tests.exporting import contents, export, label, rename


def test_pictures_and_folders_that_are_gone(library: Path, photos: Path, tmp_path: Path) -> None:
    (photos / "cup.png").unlink()
    result = export(library)
    assert result.exit_code == 1 and "1 sidecar left out: the pictures are not there any more" in result.stderr
    assert [path.name for path in photos.glob("*.xmp")] == ["car.png.xmp"]
    done = export_sidecars({tmp_path / "gone" / "a.png": ["cup"]}, "kitchen", library)
    assert [reason.startswith("it can't be read") for _, reason in done.folders] == [True]


def test_a_folder_is_read_once(library: Path, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def counted(folder: Path) -> SidecarFolder:
        read.append(folder)
        return SidecarFolder(folder)

    monkeypatch.setattr(sidecar_export, "SidecarFolder", counted)
    (photos / "d").mkdir()
    files = {photos / name: ["cup"] for name in ("tree.png", "d/a.png", "cup.png")}
    (photos / "d" / "a.png").touch()
    assert len(export_sidecars(files, "kitchen", library).changes) == 3
    assert read == [photos, photos / "d"]


def test_nothing_is_written_into_a_library_of_apples(library: Path, tmp_path: Path) -> None:
    path = tmp_path / "Mine.photoslibrary" / "originals" / "a.png"
    path.parent.mkdir(parents=True)
    path.touch()
    done = export_sidecars({path: ["cup"]}, "kitchen", library)
    assert not done.changes and list(path.parent.iterdir()) == [path]


def test_a_name_that_is_not_utf8(library: Path, photos: Path) -> None:
    path = photos / os.fsdecode(b"caf\xe9.png")
    path.touch()
    done = export_sidecars({path: ["cup"]}, "kitchen", library)
    assert [os.fsencode(one.sidecar.name) for one in done.changes] == [b"caf\xe9.png.xmp"]


def test_two_sets_that_sidecars_could_not_tell_apart(library: Path, photos: Path, store: Store) -> None:
    export(library)
    rename(library, "cup,car", "kitchen")
    label(store, {"cup.png": ("cup", 0.9)})  # another set of the old name
    before = contents(photos)
    result = export(library, "cup,car")
    assert result.exit_code == 2 and 'call the label set "kitchen" by the name "cup,car"' in result.stderr
    assert contents(photos) == before
