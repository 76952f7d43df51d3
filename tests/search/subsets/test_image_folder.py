"""Tests of search.subsets.image_folder, read back by torchvision and Hugging Face datasets."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import InvalidRequest
from search.subsets.image_folder import ImageFolder
from search.subsets.subset import Subset
from tests.subsets import odd, subset_picture, three, written


def torchvision_folder(folder: Path) -> Any:
    """Return a folder as torchvision reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torchvision.datasets import ImageFolder as TorchFolder

        return TorchFolder(str(folder))


def test_torchvision_reads_it(tmp_path: Path) -> None:
    written(ImageFolder(), three(tmp_path / "photos"), tmp_path / "out", tmp_path / "lib")
    read = torchvision_folder(tmp_path / "out")
    assert read.classes == ["car", "cup"]
    names = [(Path(path).relative_to(tmp_path / "out").as_posix(), index) for path, index in read.samples]
    assert names == [("car/CAR-2.png", 0), ("car/car.png", 0), ("cup/cup.jpg", 1)]
    assert read[0][0].getpixel((0, 0)) == (0, 0, 128), "navy"
    assert (tmp_path / "out" / "cup" / "cup.jpg").read_bytes() == (tmp_path / "photos" / "cup.jpg").read_bytes()


def test_hugging_face_reads_it_with_what_is_known(tmp_path: Path) -> None:
    import datasets

    written(ImageFolder(), three(tmp_path / "photos"), tmp_path / "out", tmp_path / "lib")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cache = str(tmp_path / "cache")
        read = datasets.load_dataset("imagefolder", data_dir=str(tmp_path / "out"), split="train", cache_dir=cache)
    by_label = {(row["label"], row["probability"]): row for row in read}
    assert set(by_label) == {("cup", 1.0), ("car", 0.75), ("car", 0.5)}
    assert by_label["cup", 1.0]["image"].size == (16, 12) and by_label["cup", 1.0]["said_by"] == "ann"


def test_what_has_no_label_has_a_folder_only_where_that_is_named(tmp_path: Path) -> None:
    subset = three(tmp_path / "photos")
    assert len(ImageFolder().plan(subset)) == 3
    names = [name for _, name in ImageFolder("none").plan(subset)]
    assert names == ["cup/cup.jpg", "car/car.png", "car/CAR-2.png", "none/tree.jpg"]
    taken = Subset("", "colour", [subset_picture(tmp_path / "x.jpg", ("none", 1.0))], "s", ("none",))
    assert [name for _, name in ImageFolder("none").plan(taken)] == ["none-2/x.jpg"], "a class is not mixed with it"
    for bad in ("../up", "a/b", "", ".", "con"):
        with pytest.raises(InvalidRequest, match="name of a folder"):
            ImageFolder(bad)


def test_odd_names_become_names_that_all_can_read(tmp_path: Path) -> None:
    subset = odd(tmp_path / "photos")
    written(ImageFolder(), subset, tmp_path / "out", tmp_path / "lib")
    lines = [json.loads(line) for line in (tmp_path / "out" / "metadata.jsonl").read_text().splitlines()]
    assert len(lines) == len(subset.pictures) == len(torchvision_folder(tmp_path / "out"))
    assert {line["label"] for line in lines} == {'<b>"cup"\n&'}
    for line, picture in zip(lines, subset.pictures, strict=True):
        assert isinstance(picture.where, Path)
        copy = tmp_path / "out" / line["file_name"]
        assert copy.read_bytes() == picture.where.read_bytes() and len(copy.name.encode()) <= 255
        assert not set(line["file_name"]) & set('<>"\n\\:') and line["file_name"].count("/") == 1
    assert lines[-1]["file_name"].endswith("NoSuffix.jpg")


def test_links_take_no_space_and_originals_stay(tmp_path: Path) -> None:
    subset = three(tmp_path / "photos")
    done = written(ImageFolder(), subset, tmp_path / "out", tmp_path / "lib", link=True)
    assert (done.written.pictures, done.written.symbolic) == (3, 0)
    assert (tmp_path / "out" / "cup" / "cup.jpg").samefile(tmp_path / "photos" / "cup.jpg")


def test_a_picture_that_is_gone_is_in_no_list(tmp_path: Path) -> None:
    subset = three(tmp_path / "photos")
    (tmp_path / "photos" / "cup.jpg").unlink()
    for link in (False, True):
        out = tmp_path / f"out-{link}"
        done = written(ImageFolder(), subset, out, tmp_path / "lib", link=link)
        assert done.written.problems == [(tmp_path / "photos" / "cup.jpg", "no such file")]
        lines = [json.loads(line) for line in (out / "metadata.jsonl").read_text().splitlines()]
        assert {line["file_name"] for line in lines} == {"car/car.png", "car/CAR-2.png"}
