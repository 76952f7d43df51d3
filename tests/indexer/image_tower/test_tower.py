"""Tests of indexer.image_tower.tower."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from indexer.exported.folder import read_sealed, seal
from indexer.image_tower import tower as image_tower
from indexer.image_tower.export import export_tower
from indexer.image_tower.tower import find_tower, open_tower, read_about, tower_folder
from indexer.models.encoder import Encoder
from indexer.models.preprocess import Pixels
from tests.indexer.text_tower.towers import DAMAGES


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["int8.onnx", "int8.bin", "fp32.onnx", "fp32.bin"])
def test_a_damaged_tower_is_no_tower(tiny: Encoder, pixels: Pixels, name: str, damage: str) -> None:
    about = export_tower(tiny, pixels)
    other = "fp32" if name.startswith("int8") else "int8"
    DAMAGES[damage](tower_folder(tiny.fingerprint) / name)
    assert open_tower(about, name[:4]) is None
    assert open_tower(about, other) is not None
    if damage != "flipped":
        assert (find_tower(tiny.fingerprint) is None) == name.startswith("fp32"), "it is to be written again"


@pytest.mark.parametrize(
    "change",
    [{"format": 0}, {"fingerprint": "another"}, {"more": 1}, {"sizes": {}}, {"dim": None, "format": None}],
)
def test_another_versions_tower_is_no_tower(tiny: Encoder, pixels: Pixels, change: dict[str, Any]) -> None:
    export_tower(tiny, pixels)
    file = tower_folder(tiny.fingerprint) / image_tower.ABOUT
    fields = read_sealed(file)
    assert fields is not None
    file.write_text(seal({**fields, **change}))
    assert find_tower(tiny.fingerprint) is None


def test_a_tower_of_other_weights_with_the_same_short_name(tiny: Encoder, pixels: Pixels) -> None:
    export_tower(tiny, pixels)
    assert find_tower(tiny.fingerprint[:16] + "f" * 48) is None


def test_rows_of_another_length_are_refused(tiny: Encoder, pixels: Pixels) -> None:
    about = export_tower(tiny, pixels)
    tower = open_tower(dataclasses.replace(about, dim=25), "fp32")
    assert tower is not None
    with pytest.raises(ValueError, match="no unit rows"):
        tower.encode_images(pixels)


def test_no_about(tmp_path: Path) -> None:
    assert read_about(tmp_path) is None
