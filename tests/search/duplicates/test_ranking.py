"""Tests of search.duplicates.ranking: which file is the best, and which are still what was indexed."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from indexer.decoding.frame import Frame
from indexer.files.found import FoundFile
from indexer.metadata.metadata import Metadata
from indexer.store.embeddings import MomentVector
from indexer.store.pictures import EncodedFile, store_batch
from indexer.store.roots import roots
from search.duplicates.groups import find_duplicates
from search.duplicates.ranking import details_of, ranked_files
from search.library.library import Library
from tests.search.duplicates.conftest import names
from tests.shots import Shot, index


def test_the_best_has_pixels_then_a_date_then_bytes_then_age_then_a_short_path(
    library: Library, photos: Path, shot: Shot
) -> None:
    time = "2021:07:04 12:00:00"
    shot(1, "a.jpg", quality=95)
    shot(1, "b.jpg", quality=60, taken=time)
    shot(1, "c.jpg", quality=80, taken=time)
    shot(1, "z.jpg", (640, 480), quality=60)
    (photos / "long name.jpg").write_bytes((photos / "a.jpg").read_bytes())
    index(library, photos)
    assert names(find_duplicates(library)) == [["z.jpg", "c.jpg", "b.jpg", "a.jpg", "long name.jpg"]]


def test_an_original_comes_before_what_was_exported_from_it(library: Library, photos: Path, shot: Shot) -> None:
    shot(1, "c exported.jpg", (640, 480), quality=100)
    shot(1, "b original.heic", (640, 480), quality=60)
    shot(1, "a.webp", (640, 480), quality=100)
    shot(1, "d.png", (640, 480))
    shot(1, "e larger.jpg", (800, 600), quality=60)
    index(library, photos)
    assert (photos / "b original.heic").stat().st_size < (photos / "c exported.jpg").stat().st_size
    wanted = ["e larger.jpg", "b original.heic", "d.png", "c exported.jpg", "a.webp"]
    assert names(find_duplicates(library)) == [wanted]
    library.store.db.execute("UPDATE images SET format = 'DNG' WHERE path = 'c exported.jpg'")
    assert names(find_duplicates(library))[0][0] == "c exported.jpg"


def test_files_that_are_gone_or_changed_are_in_no_group(library: Library, photos: Path, shot: Shot) -> None:
    content = shot(1, "a.jpg", (640, 480)).read_bytes()
    for name in ("b.jpg", "c.jpg", "d.jpg"):
        (photos / name).write_bytes(content)
    shot(1, "small.jpg", (160, 120))
    shot(1, "smaller.jpg", (120, 90))
    index(library, photos)
    assert len(find_duplicates(library)[0].pictures) == 6
    (photos / "a.jpg").unlink()
    (photos / "smaller.jpg").unlink()
    shot(5, "b.jpg", (640, 480))
    assert names(find_duplicates(library)) == [["c.jpg", "d.jpg", "small.jpg"]]
    for name in ("b.jpg", "c.jpg", "d.jpg"):
        (photos / name).unlink()
    assert find_duplicates(library) == []


@pytest.mark.parametrize(
    ("taken_at", "taken_from", "is_told"),
    [
        ("2021-07-04T12:00:00", "exif-original", True),
        ("2021-07-04T12:00:00+02:00", "exif-digitized", True),
        ("2021-07-04T12:00:00", "xmp", True),
        ("2021-07-04T12:00:00", None, True),  # of a library from before the source was stored
        ("2021-07-04", "exif-original", False),
        ("2021-07", None, False),
        ("2021-07-04T12:00:00", "file-name", False),
        ("2021-07-04T12:00:00+00:00", "takeout", False),
        ("2021-07-04T12:00:00+00:00", "gps", False),
        ("2021-07-04T12:00:00", "exif-changed", False),
        (None, None, False),
    ],
)
def test_only_the_cameras_clock_tells_shots_apart(
    library: Library, photos: Path, shot: Shot, taken_at: str | None, taken_from: str | None, is_told: bool
) -> None:
    shot(1, "a.jpg")
    index(library, photos)
    library.store.db.execute("UPDATE images SET taken_at = ?, taken_from = ?", [taken_at, taken_from])
    details = details_of(library.store, 1)
    assert details is not None and details.taken_at == (taken_at if is_told else None)


def test_a_copy_that_a_messenger_named_is_still_a_copy(library: Library, photos: Path, shot: Shot) -> None:
    shot(1, "IMG_1.jpg", (640, 480), taken="2021:07:04 12:00:00")
    shot(1, "IMG-20210801-WA0001.jpg", (320, 240))
    shot(1, "WhatsApp Image 2021-08-02 at 10.11.12.jpeg", (300, 225))
    index(library, photos)
    assert len(names(find_duplicates(library))[0]) == 3


def test_files_that_were_edited_unseen_are_in_no_group_and_touched_ones_are(
    library: Library, photos: Path, shot: Shot
) -> None:
    content = shot(1, "a.jpg", (640, 480)).read_bytes()
    for name in ("b.jpg", "c.jpg", "d.jpg"):
        (photos / name).write_bytes(content)
    index(library, photos)
    before = (photos / "b.jpg").stat()
    (photos / "b.jpg").write_bytes(content[:-9] + bytes(9))
    os.utime(photos / "b.jpg", ns=(5, before.st_mtime_ns))
    (photos / "c.jpg").chmod(0o640)
    (photos / "d.jpg").rename(photos / "cloud")
    (photos / "d.jpg.nextcloud").touch()
    assert names(find_duplicates(library)) == [["a.jpg", "c.jpg"]]


def store_video(library: Library, name: str, content: bytes) -> None:
    """Store a video of three moments that look the same."""
    (root,) = roots(library.store)
    path = root.path / name
    path.write_bytes(content)
    status = path.stat()
    frame = Frame(FoundFile(name, status.st_size, status.st_mtime_ns), content[:16], 320, 240, "MP4", Metadata())
    vector = np.ones(3, np.float32) / np.float32(np.sqrt(3))
    store_batch(
        library.store,
        library.model,
        [EncodedFile(root, frame, tuple(MomentVector(at, vector) for at in (40, 1000, 2000)))],
    )


def test_videos_are_compared_by_their_bytes_alone(library: Library) -> None:
    store_video(library, "a.mp4", b"the very same bytes")
    store_video(library, "copy of a.mp4", b"the very same bytes")
    store_video(library, "b.mp4", b"other bytes but the same look")
    (group,) = find_duplicates(library, threshold=0.0)
    assert names([group]) == [["a.mp4", "copy of a.mp4"]]
    assert sum(not file.is_still for file in ranked_files(library.store)) == 3
