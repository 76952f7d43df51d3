"""Tests of search.subsets.webdataset, read back by webdataset itself."""

from __future__ import annotations

import json
import tarfile
import warnings
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import InvalidRequest
from search.subsets.subset import Subset
from search.subsets.webdataset import ShardLimit, WebDataset, shard_limit
from tests.subsets import odd, three, written


def samples(*shards: Path) -> list[dict[str, Any]]:
    """Return what webdataset makes of shards, undecoded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import webdataset

        return list(webdataset.WebDataset([str(shard) for shard in shards], shardshuffle=False, empty_check=False))


def test_webdataset_reads_pictures_labels_and_what_is_known(tmp_path: Path) -> None:
    subset = three(tmp_path / "photos")
    written(WebDataset(ShardLimit(3)), subset, tmp_path / "out", tmp_path / "lib")
    shards = sorted((tmp_path / "out").glob("*.tar"))
    assert [shard.name for shard in shards] == ["shard-000000.tar", "shard-000001.tar"]
    cup, car, other, tree = samples(*shards)
    assert cup["__key__"] == "000000000" and cup["jpg"] == (tmp_path / "photos" / "cup.jpg").read_bytes()
    assert (cup["cls"], cup["txt"], car["cls"], car["txt"]) == (b"0", b"a red cup", b"1", b"car")
    assert car["png"] == (tmp_path / "photos" / "a" / "car.png").read_bytes() != other["png"]
    said = json.loads(cup["json"])
    assert (said["label"], said["probability"], said["said_by"]) == ("cup", 1.0, "ann")
    assert said["original"] == str(tmp_path / "photos" / "cup.jpg")
    assert json.loads(car["json"])["labels"][1] == {"class": "cup", "probability": 0.6}
    assert "cls" not in tree and "txt" not in tree and json.loads(tree["json"])["latitude"] == 48.85
    assert (tmp_path / "out" / "classes.txt").read_text() == "cup\ncar\n"


def test_webdataset_decodes_and_makes_batches(tmp_path: Path) -> None:
    written(WebDataset(), three(tmp_path / "photos"), tmp_path / "out", tmp_path / "lib")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import webdataset

        shard = str(tmp_path / "out" / "shard-000000.tar")
        data = webdataset.WebDataset(shard, shardshuffle=False).select(lambda sample: "cls" in sample)
        decoded = list(data.decode("pil").to_tuple("jpg;png", "cls", "json"))
    assert [index for _, index, _ in decoded] == [0, 1, 1]
    assert decoded[0][0].getpixel((0, 0))[0] > 250 and decoded[0][2]["width"] == 16


def test_hugging_face_reads_the_shards(tmp_path: Path) -> None:
    """It wants the same kinds of files in all samples."""
    import datasets

    pictures = [picture for picture in three(tmp_path / "photos").pictures if picture.format == "PNG"]
    written(WebDataset(), Subset("", "colour", pictures, "s", ("cup", "car")), tmp_path / "out", tmp_path / "lib")
    files = str(tmp_path / "out" / "*.tar")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = datasets.load_dataset("webdataset", data_files=files, split="train", streaming=True)
        rows = list(read)
    assert [(row["cls"], row["json"]["label"], row["png"].size) for row in rows] == [(1, "car", (16, 12))] * 2


def test_the_same_pictures_make_the_same_bytes(tmp_path: Path) -> None:
    subset = three(tmp_path / "photos")
    for name in ("one", "two"):
        written(WebDataset(), subset, tmp_path / name, tmp_path / "lib")
    one, two = (tmp_path / name / "shard-000000.tar" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_odd_names_stay_out_of_the_tar(tmp_path: Path) -> None:
    subset = odd(tmp_path / "photos")
    written(WebDataset(), subset, tmp_path / "out", tmp_path / "lib")
    read = samples(tmp_path / "out" / "shard-000000.tar")
    assert len(read) == len(subset.pictures) and all("jpg" in one or "png" in one for one in read)
    with tarfile.open(tmp_path / "out" / "shard-000000.tar") as tar:
        assert all(name.isascii() and "/" not in name for name in tar.getnames())
    assert (tmp_path / "out" / "classes.txt").read_text() == '<b>"cup" &\n'
    assert all("original_bytes" in json.loads(one["json"]) for one in read[3:4])


def test_a_picture_that_is_gone_is_named_and_left_out(tmp_path: Path) -> None:
    subset = three(tmp_path / "photos")
    (tmp_path / "photos" / "cup.jpg").unlink()
    done = written(WebDataset(ShardLimit(1)), subset, tmp_path / "out", tmp_path / "lib")
    assert done.written.problems == [(tmp_path / "photos" / "cup.jpg", "no such file")]
    assert done.written.pictures == 3
    assert not (tmp_path / "out" / "shard-000000.tar").exists(), "a tar of nothing is none"
    assert len(samples(*sorted((tmp_path / "out").glob("*.tar")))) == 3


def test_a_shard_ends_where_the_next_picture_would_not_fit(tmp_path: Path) -> None:
    subset = three(tmp_path / "photos")
    sizes = [picture.size for picture in subset.pictures]
    planned = WebDataset(shard_limit(f"{sizes[0] + sizes[1]}b")).plan(subset)
    assert [name[:12] for _, name in planned] == ["shard-000000"] * 2 + ["shard-000001"] * 2
    assert [name[:12] for _, name in WebDataset(ShardLimit(9, 1)).plan(subset)][-1] == "shard-000003"


@pytest.mark.parametrize("text", ["0", "", "x", "-3", "1920x1080", "2mp", "1.5"])
def test_what_is_no_size_of_a_shard_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="500MB"):
        shard_limit(text)
    assert shard_limit("5000").pictures == 5000 and shard_limit("2GB").bytes == 2_000_000_000
