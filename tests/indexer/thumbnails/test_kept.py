"""Tests of indexer.thumbnails.kept: whole or not at all, and never wrong, whatever happens to the folder."""

from __future__ import annotations

import errno
import os
import pickle
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer.errors import InvalidRequest
from indexer.thumbnails.kept import USED_SECONDS, KeptThumbnails
from indexer.thumbnails.names import Thumb
from indexer.thumbnails.room import VARIABLE
from tests.conftest import REPOSITORY

THUMB = Thumb(bytes(range(16)), 1200)
PICTURE = b"RIFF not really a picture " * 100


@pytest.fixture
def kept(tmp_path: Path) -> KeptThumbnails:
    return KeptThumbnails(tmp_path / "cache" / "thumbnails" / "1", 10**9)


def the_file(kept: KeptThumbnails) -> Path:
    """Return the only file that is kept."""
    (path,) = kept.folder.rglob("*.webp")
    return path


def test_what_is_put_is_there_for_this_size_alone(kept: KeptThumbnails) -> None:
    assert kept.get(THUMB, 256) is None and not kept.has(THUMB, 256)
    kept.put(THUMB, 256, PICTURE)
    assert kept.get(THUMB, 256) == PICTURE and kept.has(THUMB, 256)
    assert kept.get(THUMB, 512) is None and kept.get(Thumb(THUMB.digest), 256) is None
    assert kept.names() == {the_file(kept).name}
    assert kept.taken() == 4096, "as much as the disk gives"


def test_the_large_ones_are_not_kept(kept: KeptThumbnails) -> None:
    kept.put(THUMB, 2048, PICTURE)
    assert kept.get(THUMB, 2048) is None and not kept.folder.exists()


def test_without_room_none_is_kept(kept: KeptThumbnails) -> None:
    none = KeptThumbnails(kept.folder, 0)
    none.put(THUMB, 256, PICTURE)
    assert not none.has(THUMB, 256) and not kept.folder.exists()


def test_it_is_in_the_cache_folder_and_for_no_other_user(
    kept: KeptThumbnails, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "mine"))
    monkeypatch.setenv(VARIABLE, "3GB")
    ours = KeptThumbnails.ours()
    assert (ours.folder.parent, ours.room) == (tmp_path / "mine" / "thumbnails", 3 * 10**9)
    ours.put(THUMB, 256, PICTURE)
    assert os.name == "nt" or stat.S_IMODE(ours.folder.stat().st_mode) == 0o700
    assert pickle.loads(pickle.dumps(ours)) == ours
    monkeypatch.setenv(VARIABLE, "much")
    with pytest.raises(InvalidRequest):
        KeptThumbnails.ours()


@pytest.mark.parametrize("damage", ["cut", "empty", "a bit", "another's", "zeroes", "longer"])
def test_a_damaged_file_is_not_shown_and_made_again(kept: KeptThumbnails, damage: str) -> None:
    kept.put(THUMB, 256, PICTURE)
    path = the_file(kept)
    content = bytearray(path.read_bytes())
    match damage:
        case "cut":
            del content[100:]
        case "empty":
            content.clear()
        case "a bit":
            content[50] ^= 1
        case "zeroes":
            content = bytearray(len(content))
        case "longer":
            content += b"more"
        case _:
            kept.put(Thumb(bytes(16)), 256, b"another picture" * 9)
            (other,) = set(kept.folder.rglob("*.webp")) - {path}
            content = bytearray(other.read_bytes())
    path.write_bytes(content)
    assert kept.get(THUMB, 256) is None and not path.exists()
    kept.put(THUMB, 256, PICTURE)
    assert kept.get(THUMB, 256) == PICTURE


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes and links there")
@pytest.mark.parametrize("what", ["folder", "pipe", "loop", "huge"])
def test_what_is_no_file_of_ours_is_not_waited_for(kept: KeptThumbnails, what: str) -> None:
    kept.put(THUMB, 256, PICTURE)
    path = the_file(kept)
    path.unlink()
    match what:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "loop":
            path.symlink_to(path)
        case _:
            with path.open("wb") as file:
                file.truncate(2**40)
    assert kept.get(THUMB, 256) is None


def test_a_full_disk_leaves_nothing_half_written(kept: KeptThumbnails, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.put(THUMB, 256, PICTURE)

    def full(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    for thumb in (THUMB, Thumb(bytes(16))):
        with pytest.raises(OSError, match="No space left"):
            kept.put(thumb, 256, PICTURE * 2)
    assert kept.get(THUMB, 256) == PICTURE, "what was there stays"
    assert [path.name for path in kept.folder.rglob("*") if path.is_file()] == [the_file(kept).name]


def test_a_folder_that_cannot_be_made_is_told(kept: KeptThumbnails) -> None:
    kept.folder.parent.parent.mkdir(parents=True)
    kept.folder.parent.write_text("a file")
    with pytest.raises(OSError):
        kept.put(THUMB, 256, PICTURE)
    assert kept.get(THUMB, 256) is None and kept.names() == set() and kept.taken() == 0


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything can be written here")
def test_a_folder_that_cannot_be_written_is_read(kept: KeptThumbnails) -> None:
    kept.put(THUMB, 256, PICTURE)
    path = the_file(kept)
    os.utime(path, (1, 1))
    path.parent.chmod(0o500)
    try:
        assert kept.get(THUMB, 256) == PICTURE
    finally:
        path.parent.chmod(0o700)


@pytest.mark.parametrize("before", [-10 * USED_SECONDS, 10 * USED_SECONDS, 10**9])
def test_use_is_noted_also_after_a_clock_was_wrong(kept: KeptThumbnails, before: float) -> None:
    kept.put(THUMB, 256, PICTURE)
    path = the_file(kept)
    os.utime(path, (time.time() + before,) * 2)
    kept.get(THUMB, 256)
    assert abs(path.stat().st_mtime - time.time()) < 60


def test_use_within_the_hour_is_not_written_again(kept: KeptThumbnails) -> None:
    kept.put(THUMB, 256, PICTURE)
    path = the_file(kept)
    os.utime(path, (time.time() - 600,) * 2)
    before = path.stat().st_mtime_ns
    kept.get(THUMB, 256)
    assert path.stat().st_mtime_ns == before


def test_many_processes_at_once(kept: KeptThumbnails, tmp_path: Path) -> None:
    """They write, read and evict the same few hundred files; none ever sees a wrong one, and the room is kept."""
    room = 16_000_000 // 4  # a dozen of these for each folder
    script = """
import random, sys
from pathlib import Path
from indexer.thumbnails.kept import KeptThumbnails
from indexer.thumbnails.names import Thumb
kept = KeptThumbnails(Path(sys.argv[1]), int(sys.argv[2]))
chance = random.Random(int(sys.argv[3]))
for _ in range(1500):
    number = chance.randrange(3000)
    thumb = Thumb(number.to_bytes(16, "big"))
    picture = bytes([number % 256]) * 4000
    found = kept.get(thumb, 256)
    assert found in (None, picture), "wrong"
    if found is None:
        kept.put(thumb, 256, picture)
"""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    commands = [[sys.executable, "-c", script, str(kept.folder), str(room), str(seed)] for seed in range(4)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, env=environment) for command in commands]
    for process in running:
        assert process.communicate(timeout=120)[1] == b"" and process.returncode == 0
    assert not list(kept.folder.rglob("*.part"))
    assert 0 < kept.taken() < 1.2 * room
