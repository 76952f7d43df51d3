"""Tests of search.subsets.data_set_selection and .contents: pictures of a data set, also those in a tar."""

from __future__ import annotations

import contextlib
import errno
import json
import tarfile
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from click.testing import CliRunner

from cli.main import main
from indexer.data_sets.pictures_table import PicturesTable
from indexer.errors import SourceError
from indexer.files.content import digest_of
from indexer.sources.reading import AddressReader
from search.journal.links_and_copies import OriginalUnreadable
from search.subsets import contents, fiftyone
from search.subsets.subset import SubsetPicture
from tests.data_sets import DESCRIPTION, rows_of, unit
from tests.subsets import subset_picture


def test_pictures_are_read_from_where_they_lie(tmp_path: Path) -> None:
    file, member = tmp_path / "photos" / "a.jpg", tmp_path / "b.png"
    subset_picture(file)
    subset_picture(member, colour="blue")
    with tarfile.open(tmp_path / "some.tar", "w") as tar:
        tar.add(member, "in/b.png")
    gone = str(tmp_path / "photos" / "gone.jpg")
    addresses = [str(file), f"tar://in/b.png::{tmp_path / 'some.tar'}", gone]
    rows = rows_of(addresses, unit(3), caption=["a cup", None, None], format=["JPEG", "PNG", "JPEG"])
    PicturesTable.create(str(tmp_path / "set"), DESCRIPTION).commit([rows])
    wanted = ["export-dataset", str(tmp_path / "out"), "--library", str(tmp_path / "set")]
    for refused, said in (("imagefolder", "give --unlabelled"), ("cvat --threshold 0.5", "leave --threshold out")):
        done = CliRunner().invoke(main, [*wanted, "--as", *refused.split()])
        assert done.exit_code == 2 and said in done.stderr, done.output
    done = CliRunner().invoke(main, [*wanted, "--as", "imagefolder", "--unlabelled", "none"])
    assert done.exit_code == 3 and f"{gone}: " in done.stderr and "Wrote 2 pictures" in done.stderr, done.output
    assert (tmp_path / "out" / "none" / "a.jpg").read_bytes() == file.read_bytes()
    assert (tmp_path / "out" / "none" / "b.png").read_bytes() == member.read_bytes()
    facts = [json.loads(line) for line in (tmp_path / "out" / "metadata.jsonl").read_text().splitlines()]
    assert {one["original"]: one["caption"] for one in facts} == {addresses[0]: "a cup", addresses[1]: None}
    undo = done.stderr.partition("; clipsearch ")[2].rpartition("; clipsearch ")[2].split(" takes")[0].split()
    assert CliRunner().invoke(main, undo).exit_code == 0 and not (tmp_path / "out").exists()


def test_what_is_not_what_was_indexed_is_left_out(tmp_path: Path) -> None:
    """A data set may come from anyone: with it nobody gets at files of this machine that are no pictures."""
    same, other, secret, gone = (tmp_path / "photos" / name for name in ("a.jpg", "b.jpg", "key.jpg", "new.png"))
    for path in (same, other, gone):
        subset_picture(path)
    with tarfile.open(tmp_path / "some.tar", "w") as tar:
        tar.add(gone, "new.png")
    secret.write_text("-----BEGIN OPENSSH PRIVATE KEY-----")
    addresses = [str(same), str(other), str(secret), f"{secret.parent}/../photos/key.jpg"]
    addresses.append(f"tar://new.png::{tmp_path / 'some.tar'}")
    digests = [digest_of([same.read_bytes()]), bytes(16), None, bytes(16), bytes(16)]
    rows = rows_of(addresses, unit(5), format=["JPEG"] * 5, content_hash=digests)
    PicturesTable.create(str(tmp_path / "set"), DESCRIPTION).commit([rows])
    for form in (["webdataset"], ["fiftyone"], ["fiftyone", "--link"], ["cvat"]):
        out = tmp_path / "-".join(form)
        asked = ["export-dataset", str(out), "--library", str(tmp_path / "set"), "--as", *form]
        done = CliRunner().invoke(main, asked)
        assert done.exit_code == 3 and "1 picture to" in done.stderr and "4 could not be read" in done.stderr, form
        assert done.stderr.count("it has changed since it was indexed") == 3, done.stderr
        assert f"{secret}: not a picture" in done.stderr
        assert all(b"OPENSSH" not in path.read_bytes() for path in out.rglob("*") if path.is_file())


def test_without_a_cache_folder_nothing_is_written_that_could_not_be_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _one_picture(tmp_path)
    (tmp_path / "cache").touch()
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "cache"))
    asked = ["export-dataset", str(tmp_path / "out"), "--library", str(tmp_path / "set"), "--as", "webdataset"]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 1 and "set CLIPSEARCH_CACHE" in done.stderr and not (tmp_path / "out").exists()


@pytest.mark.parametrize("stopped", [KeyboardInterrupt(), OSError(errno.ENOSPC, "full")], ids=["ctrl-c", "full"])
def test_what_was_begun_is_taken_back_by_what_is_said(
    stopped: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _one_picture(tmp_path)

    def stop(*_: object) -> None:
        raise stopped

    monkeypatch.setattr(fiftyone, "_labels", stop)
    asked = ["export-dataset", str(tmp_path / "out"), "--library", str(tmp_path / "set"), "--as", "fiftyone"]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code != 0 and (tmp_path / "out" / "data" / "a.jpg").exists()
    undo = done.stderr.partition("clipsearch undo")[2].partition(" takes back")[0].split()
    assert CliRunner().invoke(main, ["undo", *undo]).exit_code == 0 and not (tmp_path / "out").exists()


def test_a_place_that_gives_nothing_is_not_asked_for_each_of_its_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refused(_: AddressReader, address: str) -> BinaryIO:
        asked.append(address)
        if address.endswith("good.jpg"):
            return BytesIO(b"\xff\xd8\xff")
        raise SourceError("The credentials for s3://b are refused.")

    monkeypatch.setattr(AddressReader, "open", refused)
    reader = contents.Contents()
    for name in ["0.jpg", "1.jpg", "good.jpg", *(f"{number}.jpg" for number in range(9))]:
        picture = SubsetPicture("1", f"s3://b/{name}", name)
        with contextlib.nullcontext() if name == "good.jpg" else pytest.raises(OriginalUnreadable, match="refused"):
            reader.bytes_of(picture)
    assert len(asked) == 2 + 1 + contents.TRIES
    assert reader.bytes_of(SubsetPicture("1", "s3://other/good.jpg", "good.jpg"))
    reader.close()


def _one_picture(folder: Path) -> None:
    """Make a data set of one picture."""
    picture = subset_picture(folder / "photos" / "a.jpg")
    rows = rows_of([str(picture.where)], unit(1), format=["JPEG"])
    PicturesTable.create(str(folder / "set"), DESCRIPTION).commit([rows])
