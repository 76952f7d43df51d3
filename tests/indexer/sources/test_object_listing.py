"""Tests of indexer/sources/object_listing.py, with objects in the memory, on the disk, and in a bucket."""

from __future__ import annotations

import pickle
import subprocess
import sys
import uuid
from pathlib import Path

import fsspec
import pytest

from indexer.errors import SourceError
from indexer.files.ignore import ScanRules
from indexer.remote_files import objects, spooling
from indexer.sources import object_listing
from indexer.sources.item import Item, Unread
from indexer.sources.opening import open_source
from indexer.sources.reading import open_address
from tests.sources import Remembered, content, items, picture, put, read

NAMES = ("a.png", "b/c.jpg", "b/c/d.JPEG", ".hidden/e.png", "b/@eaDir/f.png", "b/note.txt", "b/.g.png")
SEEN = {"a.png", "b/c.jpg", "b/c/d.JPEG"}


@pytest.fixture(params=["memory", "s3"])
def place(request: pytest.FixtureRequest) -> str:
    """Return the URL of a folder with pictures, in the memory and in a bucket."""
    if request.param == "memory":
        url = f"memory://{uuid.uuid4().hex}/photos"
        for number, name in enumerate(NAMES):
            put(f"{url}/{name}", picture(number))
        return url
    bucket = request.getfixturevalue("bucket")
    for number, name in enumerate(NAMES):
        put(f"{bucket}/photos/{name}", picture(number))
    put(f"{bucket}/photos-too/x.png", picture(99))  # not below photos/
    return f"{bucket}/photos"


def test_a_prefix_is_listed_as_a_folder_is(place: str) -> None:
    found = items(place)
    assert set(found) == {f"{place}/{name}" for name in SEEN}
    for number, name in enumerate(NAMES):
        if name in SEEN:
            assert content(found[f"{place}/{name}"]) == picture(number)
    assert {item.name for item in found.values()} == {"a.png", "c.jpg", "d.JPEG"}
    assert set(items(place + "/")) == set(found)


def test_rules_of_hidden_names_hold(place: str) -> None:
    found = items(open_source(place, ScanRules(include_hidden=True)))
    assert set(found) == {f"{place}/{name}" for name in SEEN | {".hidden/e.png", "b/.g.png"}}


def test_what_is_known_and_unchanged_is_not_read_again(place: str) -> None:
    library, source = Remembered(), open_source(place)
    assert len(library.take(source.shards(library))) == 3
    assert not list(source.shards(library))
    put(f"{place}/b/c.jpg", picture(1000))
    (again,) = library.take(source.shards(library))
    assert isinstance(again, Item) and again.address == f"{place}/b/c.jpg" and content(again) == picture(1000)


def test_one_picture_is_a_source(place: str) -> None:
    assert set(items(f"{place}/b/c.jpg")) == {f"{place}/b/c.jpg"}


def test_pages_and_shards_are_small(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "PAGE", 2)
    monkeypatch.setattr(object_listing, "FILES_PER_SHARD", 2)
    shards = list(open_source(place).shards(Remembered()))
    assert [len(list(shard.items())) for shard in shards] == [2, 1]
    assert len({shard.name for shard in shards}) == 2 and not any(shard.is_sealed for shard in shards)


def test_what_vanishes_after_it_was_listed_may_be_tried_again(place: str) -> None:
    (shard,) = open_source(place).shards(Remembered())
    fs, path = fsspec.url_to_fs(f"{place}/b/c.jpg")
    fs.rm_file(path)
    found = list(shard.items())
    assert len([item for item in found if isinstance(item, Item)]) == 2
    (unread,) = (item for item in found if isinstance(item, Unread))
    assert (unread.address, unread.lasting) == (f"{place}/b/c.jpg", False) and "removed" in unread.reason


def test_what_changes_after_it_was_listed_is_never_taken_for_the_other(place: str) -> None:
    (shard,) = open_source(place).shards(Remembered())
    put(f"{place}/b/c.jpg", picture(1000)[::-1].ljust(len(picture(1)))[: len(picture(1))])  # of the same size
    found = list(shard.items())
    assert len([item for item in found if isinstance(item, Item)]) == 2
    (unread,) = (item for item in found if isinstance(item, Unread))
    assert (unread.address, unread.lasting) == (f"{place}/b/c.jpg", False) and "changed" in unread.reason


def test_large_objects_go_to_a_file(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spooling, "MOST_IN_MEMORY", 10)
    (shard,) = open_source(place).shards(Remembered())
    found = [item for item in shard.items(tmp_path) if isinstance(item, Item)]
    assert {item.content for item in found} == set(tmp_path.iterdir())
    assert [content(item) for item in found] == [picture(0), picture(1), picture(2)]


@pytest.mark.parametrize("url", ["memory://nothing-here", "s3"])
def test_an_empty_prefix_is_told(url: str, bucket: str) -> None:
    with pytest.raises(SourceError, match=r"There is nothing (below|at) "):
        read(f"{bucket}/none" if url == "s3" else url)


def test_a_bucket_that_is_not_there_is_told(bucket: str) -> None:
    with pytest.raises(SourceError, match=r"There is no bucket of s3://no-such-bucket-here/x; check its name"):
        read("s3://no-such-bucket-here/x")


def test_sidecars_come_with_their_pictures(bucket: str) -> None:
    for name in ("IMG_1.JPG", "IMG_1.xmp", "IMG_1.JPG.json", "img_2.png", "img_2.png.xmp", "img_2.xmp", "img_2.png.png",
                 "img_3.png", "other.xmp", "sub/IMG_1.JPG", "big.png", "big.xmp", "photo(1).jpg", "photo.jpg(1).json",
                 "long.jpg", "long.jpg.supplemental-metadata.json"):  # fmt: skip
        put(f"{bucket}/{name}", b"x" * 2_000_000 if name == "big.xmp" else name.encode())
    found = {address.removeprefix(f"{bucket}/"): dict(item.beside) for address, item in items(bucket).items()}
    assert found == {
        "IMG_1.JPG": {".xmp": b"IMG_1.xmp", ".json": b"IMG_1.JPG.json"},
        "img_2.png": {".xmp": b"img_2.png.xmp"},
        "img_2.png.png": {},
        "img_3.png": {},
        "sub/IMG_1.JPG": {},
        "big.png": {},
        "photo(1).jpg": {".json": b"photo.jpg(1).json"},
        "long.jpg": {".json": b"long.jpg.supplemental-metadata.json"},
    }


def test_a_new_sidecar_makes_a_picture_new(bucket: str) -> None:
    put(f"{bucket}/a.png", picture(1))
    library, source = Remembered(), open_source(bucket)
    library.take(source.shards(library))
    put(f"{bucket}/a.xmp", b"said")
    (again,) = library.take(source.shards(library))
    assert isinstance(again, Item) and again.beside == {".xmp": b"said"}


def test_a_shard_is_read_in_another_process(bucket: str, tmp_path: Path) -> None:
    for number in range(3):
        put(f"{bucket}/{number}.png", picture(number))
    (shard,) = open_source(bucket).shards(Remembered())
    (tmp_path / "shard").write_bytes(pickle.dumps(shard))
    code = "import pickle, sys; print(*(len(i.content) for i in pickle.load(open(sys.argv[1], 'rb')).items()))"
    command = [sys.executable, "-c", code, str(tmp_path / "shard")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed.split() == [str(len(picture(number))) for number in range(3)]


def test_names_that_urls_would_quote_are_read(bucket: str) -> None:
    names = ["a b.png", "ä/ö%20.png", "q?x=1.png", "h#1.png", "p+.png"]
    for number, name in enumerate(names):
        put(f"{bucket}/{name}", picture(number))
    found = items(bucket)
    assert {address.removeprefix(f"{bucket}/"): content(item) for address, item in found.items()} == {
        name: picture(number) for number, name in enumerate(names)
    }


def test_folders_without_a_name_are_others(bucket: str) -> None:
    for number, name in enumerate(("p/a.png", "p//a.png", "p//b.png", "p///a.png")):
        put(f"{bucket}/{name}", picture(number))
    found = {address: content(item) for address, item in items(f"{bucket}/p").items()}
    assert found == {
        f"{bucket}/{name}": picture(number)
        for number, name in enumerate(("p/a.png", "p//a.png", "p//b.png", "p///a.png"))
    }
    for address, bytes_of in found.items():
        with open_address(address) as file:
            assert file.read() == bytes_of


def test_an_unknown_scheme_is_told() -> None:
    with pytest.raises(SourceError, match=r"nowhere://, which is not known; these are: s3://, gs://"):
        read("nowhere://x/y")
