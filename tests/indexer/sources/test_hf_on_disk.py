"""Tests of indexer/sources/hf_on_disk.py, with folders that `datasets` itself has saved."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import datasets
import pytest

from indexer.errors import SourceError
from indexer.sources.item import LostShard
from indexer.sources.opening import open_source
from tests.sources import Remembered, content, items, picture, put, read

FEATURES = datasets.Features(
    {"image": datasets.Image(), "label": datasets.ClassLabel(names=["cat", "dog"]), "text": datasets.Value("string")}
)


def dataset(count: int, start: int = 0) -> datasets.Dataset:
    numbers = range(start, start + count)
    images = [{"bytes": picture(number), "path": f"{number}.png"} for number in numbers]
    rows = {"image": images, "label": [number % 2 for number in numbers], "text": [f"no {n}" for n in numbers]}
    return datasets.Dataset.from_dict(rows, features=FEATURES)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    splits = datasets.DatasetDict({"train": dataset(40), "test": dataset(5, 40)})
    splits.save_to_disk(tmp_path / "saved", num_shards={"train": 3, "test": 1})
    return tmp_path / "saved"


def test_splits_are_read_with_names_of_classes(saved: Path) -> None:
    found = list(items(saved).values())
    assert sorted(content(item) for item in found) == sorted(picture(number) for number in range(45))
    assert [item.extra["split"] for item in found] == ["train"] * 40 + ["test"] * 5
    item = found[13]
    assert (item.name, item.caption) == ("13.png", "no 13") and item.extra["label"] == "dog"
    assert item.address.startswith(str(saved / "train" / "data-00000-of-00003.arrow#row="))


def test_one_split_is_a_source_too(saved: Path) -> None:
    found = list(items(saved / "test").values())
    assert len(found) == 5 and "split" not in found[0].extra


def test_files_are_known_as_a_whole(saved: Path) -> None:
    library, source = Remembered(), open_source(str(saved))
    shards = list(source.shards(library))
    assert len(shards) == 4 and all(shard.is_sealed for shard in shards)
    library.take(shards[:2])
    assert [shard.name for shard in source.shards(library)] == [shard.name for shard in shards[2:]]


def test_a_bucket_may_hold_one(saved: Path, bucket: str) -> None:
    for path in saved.rglob("*"):
        if path.is_file():
            put(f"{bucket}/d/{path.relative_to(saved).as_posix()}", path.read_bytes())
    assert sorted(content(item) for item in items(f"{bucket}/d").values()) == sorted(map(picture, range(45)))


def test_the_package_is_not_needed(saved: Path) -> None:
    code = """
import sys
sys.modules["datasets"] = None
from tests.sources import read
print(len(read(sys.argv[1])))
"""
    ended = subprocess.run([sys.executable, "-c", code, str(saved)], capture_output=True, text=True, check=True)
    assert ended.stdout == "45\n"


def test_pictures_by_their_paths(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture(7))
    rows = datasets.Dataset.from_dict({"image": [str(tmp_path / "a.png")]}).cast_column("image", datasets.Image())
    rows.save_to_disk(tmp_path / "saved")
    (item,) = items(tmp_path / "saved").values()
    assert content(item) == picture(7)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("dataset_dict.json", "{", "dataset_dict.json of the data set .* is damaged"),
        ("dataset_dict.json", json.dumps({"splits": ["train", "gone"]}), "has no state.json"),
        (
            "dataset_dict.json",
            json.dumps({"splits": ["../elsewhere"]}),
            "dataset_dict.json of the data set .* is damaged",
        ),
        ("dataset_dict.json", json.dumps({"splits": ["/etc"]}), "dataset_dict.json of the data set .* is damaged"),
        (
            "train/state.json",
            json.dumps({"_data_files": [{"filename": ".."}]}),
            "state.json of the data set .* is damaged",
        ),
        ("train/state.json", "[]", "state.json of the data set .* is damaged"),
        ("train/data-00000-of-00003.arrow", "hello", "is damaged or no Arrow file"),
    ],
)
def test_damage_is_told(saved: Path, name: str, text: str, said: str) -> None:
    (saved / name).write_text(text)
    with pytest.raises(SourceError, match=said):
        read(saved)


def test_a_file_that_is_gone_is_lost_and_the_others_go_on(saved: Path) -> None:
    (saved / "train/data-00000-of-00003.arrow").unlink()
    lost, *others = open_source(str(saved)).shards(Remembered())
    assert isinstance(lost, LostShard) and lost.is_gone and len(others) > 2
    assert not any(isinstance(shard, LostShard) for shard in others)


def test_a_cut_file_is_told(saved: Path) -> None:
    file = saved / "train/data-00000-of-00003.arrow"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(SourceError, match="is damaged or no Arrow file"):
        read(saved)
