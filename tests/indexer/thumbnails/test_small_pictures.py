"""Tests of indexer.thumbnails.small_pictures: kept ones at once, others once, and never under a wrong name."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import PictureError, UnreachablePicture
from indexer.files.content import digest_of
from indexer.files.found import found_file
from indexer.thumbnails.decoder import Decoder
from indexer.thumbnails.jobs import Small
from indexer.thumbnails.kept import KeptThumbnails
from indexer.thumbnails.lane import Job
from indexer.thumbnails.names import Thumb
from indexer.thumbnails.small_pictures import SmallPictures
from tests.conftest import MakePicture
from tests.indexer.thumbnails.test_decoder import eventually


class Slow(Decoder):
    """A decoder that is answered for by the test."""

    def __init__(self) -> None:
        super().__init__(1)
        self.asked: list[Future[Any]] = []

    def submit(self, job: Job) -> Future[Any]:
        self.asked.append(future := Future())
        return future


@pytest.fixture
def kept(tmp_path: Path) -> KeptThumbnails:
    return KeptThumbnails(tmp_path / "cache" / "1", 10**9)


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder(1) as opened:
        yield opened


def thumb_of(path: Path) -> Thumb:
    return Thumb(digest_of([path.read_bytes()]))


def test_one_that_was_made_is_found(kept: KeptThumbnails, decoder: Decoder, picture: MakePicture) -> None:
    path = picture("a.png", "red", (400, 300))
    pictures, thumb = SmallPictures(kept, decoder), thumb_of(path)
    assert pictures.find(thumb, 256) is None
    made = pictures.make(thumb, 256, path, found_file("", path.stat()), thumb.digest).result()
    assert made.digest == thumb.digest and made.webp[8:12] == b"WEBP"
    assert eventually(lambda: pictures.find(thumb, 256) == made.webp)
    assert pictures.find(thumb, 512) is None


def test_changed_bytes_are_never_kept_under_the_old_name(
    kept: KeptThumbnails, decoder: Decoder, picture: MakePicture
) -> None:
    path = picture("a.png", "red", (400, 300))
    thumb, file = thumb_of(path), found_file("", path.stat())
    path.write_bytes(picture("b.png", "blue", (300, 400)).read_bytes())
    pictures = SmallPictures(kept, decoder)
    made = pictures.make(thumb, 256, path, file, thumb.digest).result()
    now = thumb_of(path)
    assert made.digest == now.digest != thumb.digest
    assert eventually(lambda: pictures.find(now, 256) == made.webp)
    assert pictures.find(thumb, 256) is None


def test_the_large_view_is_not_kept(kept: KeptThumbnails, decoder: Decoder, picture: MakePicture) -> None:
    path = picture("a.png", "red", (3000, 20))
    pictures, thumb = SmallPictures(kept, decoder), thumb_of(path)
    assert pictures.make(thumb, 2048, path, None, None).result().digest == thumb.digest
    assert pictures.find(thumb, 2048) is None and kept.names() == set()


def test_who_asks_meanwhile_gets_the_same(kept: KeptThumbnails) -> None:
    slow = Slow()
    pictures, thumb = SmallPictures(kept, slow), Thumb(bytes(16))
    answers = [pictures.make(thumb, 256, Path("a"), None, None) for _ in range(5)]
    other = pictures.make(thumb, 512, Path("a"), None, None)
    assert len(slow.asked) == 2 and not answers[0].cancel(), "one who leaves takes it from nobody"
    slow.asked[0].set_result(Small(b"webp", thumb.digest))
    assert {answer.result().webp for answer in answers} == {b"webp"} and not other.done()
    pictures.make(thumb, 256, Path("b"), None, None)
    assert len(slow.asked) == 3, "two files whose bytes are not known yet are two pictures"


def test_a_failure_is_told_to_all_and_tried_again(kept: KeptThumbnails) -> None:
    slow = Slow()
    pictures, thumb = SmallPictures(kept, slow), Thumb(bytes(16))
    answers = [pictures.make(thumb, 256, Path("a"), None, None) for _ in range(2)]
    slow.asked[0].set_exception(PictureError("damaged"))
    for answer in answers:
        with pytest.raises(PictureError, match="damaged"):
            answer.result()
    pictures.make(thumb, 256, Path("a"), None, None)
    assert len(slow.asked) == 2


def test_a_full_disk_is_told_in_a_sentence_until_there_is_room(kept: KeptThumbnails) -> None:
    kept.folder.parent.parent.mkdir(parents=True, exist_ok=True)
    kept.folder.parent.write_text("no folder")
    slow, thumb = Slow(), Thumb(bytes(16))
    pictures = SmallPictures(kept, slow)
    answer = pictures.make(thumb, 256, Path("a"), None, None)
    slow.asked[0].set_result(Small(b"webp", thumb.digest))
    assert answer.result().webp == b"webp", "it is shown all the same"
    assert pictures.trouble and pictures.trouble.startswith("Thumbnails can't be kept in ")
    kept.folder.parent.unlink()
    pictures.make(thumb, 256, Path("a"), None, None)
    slow.asked[1].set_result(Small(b"webp", thumb.digest))
    assert pictures.trouble is None and pictures.find(thumb, 256) == b"webp"


def test_a_closed_decoder_leaves_nobody_waiting(kept: KeptThumbnails, photos: Path) -> None:
    decoder = Decoder(1)
    pictures = SmallPictures(kept, decoder)
    with pytest.raises(UnreachablePicture, match="no such file"):
        pictures.make(Thumb(bytes(16)), 256, photos / "gone.jpg", None, None).result()
    decoder.close()
    assert isinstance(pictures.make(Thumb(bytes(16)), 256, photos / "b.jpg", None, None).exception(), BaseException)
