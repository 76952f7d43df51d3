"""Tests of the files that wait for the decoders."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from indexer.data_set_runs.spool import LONGEST_NAME, Spool, safe_name
from indexer.errors import ClipsearchError, UnreachablePicture
from indexer.remote_files.spooling import spool_folder
from indexer.sources.item import Item


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("IMG_1.jpg", "IMG_1.jpg"),
        ("../../etc/passwd", "passwd"),
        ("a\\b\\c.png", "c.png"),
        ("/", "picture"),
        ("..", "picture"),
        ("", "picture"),
        ("a\0b.png", "a_b.png"),
        ("\ud83d.png", "?.png"),  # half of a pair, which is no file's name
        ("bad\udcff.png", "bad\udcff.png"),
    ],
)
def test_any_name_becomes_that_of_a_file_in_a_folder(given: str, name: str) -> None:
    assert safe_name(given) == name


def test_a_long_name_keeps_its_suffix() -> None:
    name = safe_name("é" * 500 + ".jpeg")
    assert name.endswith(".jpeg")
    assert len(os.fsencode(name)) <= LONGEST_NAME


def test_a_picture_is_written_with_its_sidecars_and_dropped(tmp_path: Path) -> None:
    item = Item("s3://b/IMG.jpg", "IMG.jpg", b"bytes", "1", beside={".xmp": b"said"})
    with Spool(tmp_path) as spool:
        job, size = spool.put(7, item)
        assert (job.path.read_bytes(), job.root.id, size) == (b"bytes", 7, 5)
        assert job.path.with_name("IMG.jpg.xmp").read_bytes() == b"said"
        spool.drop(job)
        assert not job.root.path.exists()
        spool.put(8, item)
    assert list(tmp_path.iterdir()) == []


def test_a_local_file_is_read_where_it_is_and_never_removed(tmp_path: Path) -> None:
    original = tmp_path / "photos" / "IMG.jpg"
    original.parent.mkdir()
    original.write_bytes(b"bytes")
    spools = tmp_path / "spools"
    spools.mkdir()
    with Spool(spools) as spool:
        job, size = spool.put(1, Item("x", "IMG.jpg", original, "1"))
        assert (job.path, job.file.size, size) == (original, 5, 0)
        spool.drop(job)
        other, _ = spool.put(2, Item("x", "2021-07-04.jpg", original, "1"))
        assert (other.path.name, other.path.read_bytes()) == ("2021-07-04.jpg", b"bytes")
        spool.drop(other)
        with pytest.raises(UnreachablePicture, match="no such file"):
            spool.put(3, Item("x", "gone.jpg", tmp_path / "gone.jpg", "1"))
    assert original.read_bytes() == b"bytes"


def test_what_a_source_put_into_the_spool_is_moved_not_copied(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        with spool.for_shard() as folder:
            large = folder / "large"
            large.write_bytes(b"bytes")
            job, size = spool.put(1, Item("x", "a.mp4", large, "1"))
        assert not folder.exists()
        assert (job.path.read_bytes(), size, large.exists()) == (b"bytes", 5, False)
        spool.drop(job)
        assert not job.path.exists()
        again, _ = spool.put(2, Item("y", "b.png", b"other", "1"))
        assert again.root.path == job.root.path
        assert [path.name for path in again.root.path.iterdir()] == ["b.png"]


def test_where_there_is_no_room_one_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(ClipsearchError, match="TMPDIR"), Spool(tmp_path / "not there"):
        pass


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    with Spool(tmp_path) as at_work:
        at_work.put(1, Item("x", "IMG.jpg", b"bytes", "1"))
        left = tmp_path / "clipsearch-spool-left"
        left.mkdir()
        (left / "lock").touch()
        half_removed = tmp_path / "clipsearch-spool-half"
        half_removed.mkdir()
        for folder in (left, half_removed, at_work.folder):
            os.utime(folder, (0, 0))
        with Spool(tmp_path):
            assert not left.exists() and not half_removed.exists()
            assert at_work.folder.exists()


def test_what_others_read_from_and_where_links_lead_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "lock").write_text("of its own")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    (temporary / "clipsearch-spool-link").symlink_to(other)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    with spool_folder(None) as read_from:
        for folder in (read_from, other):
            os.utime(folder, (0, 0))
        with Spool():
            assert read_from.exists()
            assert (other / "lock").read_text() == "of its own"
    assert not read_from.exists()
