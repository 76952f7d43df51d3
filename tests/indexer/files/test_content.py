"""Tests of indexer.files.content."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import xxhash

from indexer.errors import PictureError, UnreachablePicture
from indexer.files import content
from indexer.files.content import digest_if_unchanged, digest_of, is_unchanged, pieces, read_content
from indexer.files.found import FoundFile, found_file

BYTES = bytes(range(256)) * 100


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "a.jpg").write_bytes(BYTES)
    return tmp_path / "a.jpg"


@pytest.mark.parametrize("in_memory", [10**6, 1000])
def test_the_bytes_that_are_decoded_are_those_that_were_hashed(
    file: Path, in_memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "MOST_IN_MEMORY", in_memory)
    monkeypatch.setattr(content, "PIECE", 999)
    with read_content(file.parent, file.name) as read:
        assert read.source.read() == BYTES
        status = file.stat()
        assert read.file == FoundFile("a.jpg", len(BYTES), status.st_mtime_ns, status.st_ctime_ns)
        assert read.digest == xxhash.xxh3_128_digest(BYTES)
    with file.open("rb") as opened:
        assert digest_of(pieces(opened)) == read.digest


def test_what_has_no_content_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    with pytest.raises(PictureError, match="empty"), read_content(tmp_path, "empty.jpg"):
        pass
    with pytest.raises(PictureError, match="not a regular file"), read_content(Path("/dev"), "null"):
        pass
    with pytest.raises(UnreachablePicture, match="no such file"), read_content(tmp_path, "gone.jpg"):
        pass


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(PictureError, match="not a regular file"), read_content(tmp_path, "pipe.jpg"):
        pass
    assert digest_if_unchanged(tmp_path / "pipe.jpg", FoundFile("pipe.jpg", 0, 0)) is None


def test_a_file_that_changes_while_it_is_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def changing(_: object) -> bytes:
        os.utime(file, ns=(0, 1))
        return b""

    monkeypatch.setattr(content, "digest_of", changing)
    with pytest.raises(UnreachablePicture, match="changed"), read_content(file.parent, file.name):
        pass


def test_a_file_is_unchanged_if_its_bytes_are(file: Path) -> None:
    known, digest = found_file("a.jpg", file.stat()), xxhash.xxh3_128_digest(BYTES)
    assert is_unchanged(file, known, None)
    assert is_unchanged(file, known._replace(ctime_ns=None), None), "a library that knew no ctimes"
    file.chmod(0o640)
    assert is_unchanged(file, known, digest) and not is_unchanged(file, known, None)
    assert is_unchanged(file, known._replace(ctime_ns=None), None)
    file.write_bytes(bytes(reversed(BYTES)))
    os.utime(file, ns=(0, known.mtime_ns))
    assert not is_unchanged(file, known, digest)
    assert not is_unchanged(file, known._replace(size=1, ctime_ns=None), digest)
    file.unlink()
    assert not is_unchanged(file, known, digest)
    file.with_name("a.jpg.nextcloud").touch()
    assert is_unchanged(file, known, digest), "it is away"


def test_a_hash_only_of_the_expected_file(file: Path) -> None:
    expected = found_file("a.jpg", file.stat())
    assert digest_if_unchanged(file, expected) == xxhash.xxh3_128_digest(BYTES)
    assert digest_if_unchanged(file, expected._replace(mtime_ns=1)) is None
    file.unlink()
    assert digest_if_unchanged(file, expected) is None
