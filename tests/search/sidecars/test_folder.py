"""Tests of search.sidecars.folder: which file is a picture's sidecar."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.sidecars.folder import SidecarFolder


@pytest.mark.parametrize(
    ("files", "picture", "sidecar"),
    [
        ("a.jpg", "a.jpg", "a.jpg.xmp"),
        ("a.jpg a.xmp", "a.jpg", "a.xmp"),
        ("a.jpg a.jpg.xmp", "a.jpg", "a.jpg.xmp"),
        ("a.jpg a.xmp a.jpg.xmp", "a.jpg", "a.jpg.xmp"),
        ("a.jpg A.XMP a.XMP", "a.jpg", "a.XMP"),
        ("a.jpg a.jpg.XMP", "a.jpg", "a.jpg.XMP"),
        # as the folder does
        ("a.jpg b.jpg b.xmp", "a.jpg", "a.xmp"),
        ("a.jpg b.jpg b.jpg.xmp", "a.jpg", "a.jpg.xmp"),
        ("a.jpg b.jpg b.xmp c.jpg c.xmp d.jpg d.jpg.xmp", "a.jpg", "a.xmp"),
        ("a.jpg b.jpg b.xmp c.jpg c.xmp d.jpg d.jpg.xmp e.jpg e.jpg.xmp", "a.jpg", "a.jpg.xmp"),
        ("a.jpg preset.xmp other.xmp", "a.jpg", "a.jpg.xmp"),
        # several pictures of one name
        ("a.jpg a.cr2 a.xmp", "a.jpg", "a.jpg.xmp"),
        ("a.jpg a.cr2 a.xmp", "a.cr2", "a.xmp"),
        ("a.jpg a.cr2 b.cr2 b.xmp", "a.jpg", "a.jpg.xmp"),
        ("a.jpg a.cr2 b.cr2 b.xmp", "a.cr2", "a.xmp"),
        ("a.heic a.mov a.xmp", "a.heic", "a.xmp"),
        ("a.heic a.mov a.xmp", "a.mov", "a.mov.xmp"),
        ("a.jpg a.png a.xmp", "a.jpg", "a.jpg.xmp"),
        ("a.jpg a.png a.xmp", "a.png", "a.png.xmp"),
        ("a.dng a.cr2 a.xmp", "a.dng", "a.dng.xmp"),
        # a name that ends as another's sidecar does
        ("a.jpg a.jpg.png a.jpg.xmp", "a.jpg.png", "a.jpg.png.xmp"),
        ("a.jpg a.txt a.xmp", "a.jpg", "a.xmp"),
        ("v.mp4 v.xmp", "v.mp4", "v.xmp"),
    ],
)
def test_which_sidecar(tmp_path: Path, files: str, picture: str, sidecar: str) -> None:
    for name in files.split():
        (tmp_path / name).touch()
    assert SidecarFolder(tmp_path).sidecar_of(picture).name == sidecar


def test_two_pictures_never_share_a_sidecar(tmp_path: Path) -> None:
    names = ["a.jpg", "a.cr2", "a.mov", "b.png", "b.jpg", "c.heic", "c.jpg.png", "c.jpg"]
    for name in [*names, "a.xmp", "b.xmp", "c.xmp", "c.jpg.xmp", "d.jpg", "d.xmp"]:
        (tmp_path / name).touch()
    folder = SidecarFolder(tmp_path)
    assert len({folder.sidecar_of(name) for name in names}) == len(names)
