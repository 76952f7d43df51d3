"""Tests of indexer.metadata.unread: what is too large to be read is noted, and the picture is indexed all the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from indexer.engine.frames import frames
from indexer.metadata.unread import hearing_unread, tell_unread
from indexer.models.preprocess import Preprocess
from tests.conftest import MakePicture


def test_what_is_told_is_heard_once_and_only_within() -> None:
    tell_unread("its XMP", "is lost")
    with hearing_unread() as heard:
        for _ in range(2):
            tell_unread("its XMP", "has a hole")
    assert heard == ["its XMP has a hole; nothing in it was read"]


def note_of(path: Path) -> str | None:
    ((frame, _),) = frames(path.parent, path.name, Preprocess(16, 16))
    return frame.note


def test_sidecars_are_named_with_their_bound(picture: MakePicture) -> None:
    path = picture("a.jpg", "red")
    assert note_of(path) is None
    Path(f"{path}.xmp").write_bytes(b"<a>" + b"<b/>" * 5_000_000)
    assert note_of(path) == "its sidecar a.jpg.xmp is larger than 16 MiB; nothing in it was read"
    Path(f"{path}.xmp").write_bytes(b"<a>" + b"<b/>" * 1_000_000)
    Path(f"{path}.json").write_bytes(b" " * 2_000_000)
    assert note_of(path) == (
        "its sidecar a.jpg.xmp has more than 200,000 elements and attributes; nothing in it was read; "
        "the file a.jpg.json beside it is larger than 1 MiB; nothing in it was read"
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_what_never_ends_is_named(picture: MakePicture) -> None:
    path = picture("a.jpg", "red")
    Path(f"{path}.xmp").symlink_to("/dev/zero")
    os.mkfifo(f"{path}.json")
    assert note_of(path) == (
        "its sidecar a.jpg.xmp is not a regular file; nothing in it was read; "
        "the file a.jpg.json beside it is not a regular file; nothing in it was read"
    )


def test_xmp_and_exif_of_the_picture_itself_are_named(photos: Path) -> None:
    path = photos / "a.webp"
    Image.new("RGB", (32, 32), "red").save(path, xmp=b"<a>" + b"<b/>" * 1_000_000)
    assert note_of(path) == "its XMP has more than 200,000 elements and attributes; nothing in it was read"
    Image.new("RGB", (32, 32), "red").save(path, exif=b"Exif\0\0II*\0" + bytes(17 * 2**20))
    assert note_of(path) == "its EXIF is larger than 16 MiB; nothing in it was read"
