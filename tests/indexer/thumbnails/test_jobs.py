"""Tests of indexer.thumbnails.jobs: hostile uploads, and files that have changed since they were indexed."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from indexer.decoding.limits import VARIABLE
from indexer.errors import PictureError, UnreachablePicture
from indexer.files.content import digest_of
from indexer.files.found import FoundFile, found_file
from indexer.models.preprocess import Preprocess
from indexer.thumbnails import jobs
from indexer.thumbnails.jobs import MOMENTS, SmallPicture, Upload
from tests.conftest import SAMPLES, MakePicture

PREPROCESS = Preprocess(16, 16)
OTHER = b"0123456789abcdef"  # a digest that is no file's


def png(width: int, height: int, pixels: bytes = b"") -> bytes:
    """Return a PNG that states a size, whatever its pixels are."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"<html><script>alert(1)</script>" * 20, "not a picture"),
        (png(20_000, 10_000), "it has more than the 100 megapixels that can be sent"),
        (png(2**31 - 1, 2**31 - 1), "more than the 100 megapixels"),
        ((SAMPLES / "car-red.jpg").read_bytes()[:3000], "truncated"),
        ((SAMPLES / "pizza.heic").read_bytes()[:3000], "damaged|truncated"),
        (png(40, 40), "damaged|truncated|can't be decoded"),
    ],
)
def test_hostile_uploads_are_refused(content: bytes, reason: str) -> None:
    with pytest.raises(PictureError, match=reason):
        Upload(content, PREPROCESS).do()


def test_a_lower_limit_holds_and_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "0.0001")
    with pytest.raises(PictureError, match="megapixels"):
        Upload((SAMPLES / "car-red.jpg").read_bytes(), PREPROCESS).do()
    assert os.environ[VARIABLE] == "0.0001"


def test_an_upload_is_upright(photos: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20), "red").save(photos / "turned.jpg", exif=exif)
    prepared = Upload((photos / "turned.jpg").read_bytes(), PREPROCESS).do()
    assert (prepared.width, prepared.height, prepared.pixels.shape) == (20, 40, (1, 16, 16, 3))


def test_a_video_can_be_sent(photos: Path) -> None:
    pytest.importorskip("av")
    from tests.indexer.video.writing import BLUE, RED, scene, write

    path = write(photos / "two.mp4", scene(RED, 4) + scene(BLUE, 4))
    prepared = Upload(path.read_bytes(), PREPROCESS).do()
    assert prepared.pixels.shape == (2, 16, 16, 3) and (prepared.width, prepared.height) == (160, 96)
    assert MOMENTS < 100, "a long one stays small"


def known(path: Path) -> tuple[FoundFile, bytes]:
    """Return what a library knows of a file."""
    return found_file("some/name.png", path.stat()), digest_of([path.read_bytes()])


def test_an_unchanged_file_is_what_the_library_says(picture: MakePicture) -> None:
    """Its bytes are not hashed: the digest given is passed on."""
    path = picture("a.png", "red")
    file, _ = known(path)
    assert SmallPicture(path, 256, None, file, OTHER).do().digest == OTHER
    old = file._replace(ctime_ns=None)
    assert SmallPicture(path, 256, None, old, OTHER).do().digest == OTHER, "a library of an old version"


def test_a_touched_file_is_hashed(picture: MakePicture) -> None:
    path = picture("a.png", "red")
    file, digest = known(path)
    os.utime(path, (1, 1))
    assert SmallPicture(path, 256, None, file, digest).do().digest == digest
    assert SmallPicture(path, 256, None, file, OTHER).do().digest == digest
    assert SmallPicture(path, 256).do().digest == digest


def test_an_edit_that_keeps_size_and_time_stamp_is_noticed(picture: MakePicture) -> None:
    path, other = picture("a.ppm", "red"), picture("b.ppm", "blue")
    file, digest = known(path)
    content = other.read_bytes()
    path.write_bytes(content)
    os.utime(path, ns=(file.mtime_ns, file.mtime_ns))
    assert SmallPicture(path, 256, None, file, digest).do().digest == digest_of([content]) != digest


def test_a_file_that_changes_meanwhile_has_no_digest(picture: MakePicture, monkeypatch: pytest.MonkeyPatch) -> None:
    path = picture("a.png", "red")
    file, digest = known(path)

    def slow(image: Image.Image) -> bytes:
        path.write_bytes(path.read_bytes() + b" ")
        return b"webp"

    monkeypatch.setattr(jobs, "webp", slow)
    assert SmallPicture(path, 256, None, file, digest).do() == (b"webp", None)


def test_a_changed_file_too_large_to_be_hashed_has_no_digest(
    picture: MakePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = picture("a.png", "red")
    monkeypatch.setattr(jobs, "MOST_IN_MEMORY", 10)
    assert SmallPicture(path, 256).do().digest is None


def test_a_file_that_is_gone_is_told(photos: Path) -> None:
    with pytest.raises(UnreachablePicture, match="no such file"):
        SmallPicture(photos / "gone.jpg", 256).do()
