"""Tests of indexer.library_model.identity."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from indexer.builtin_space import recipe
from indexer.library_model.identity import remember, state_of, weight_files
from indexer.models.names import parse_model_name
from tests.indexer.models.tiny import local_dir


def weights(name: str) -> Path:
    return Path(name.removeprefix("local-dir:")) / "open_clip_model.safetensors"


def test_a_model_that_was_loaded_is_known(name: str, own_cache: Path) -> None:
    assert state_of(name) == ("unknown", "")
    remember(name, "f1")
    assert state_of(name) == ("known", "f1") == state_of(name, "f1")
    assert state_of(name, "f2") == ("changed", "f1"), "a library of other weights under the same name"


def test_a_new_time_stamp_alone_is_no_change(name: str, own_cache: Path) -> None:
    remember(name, "f1")
    os.utime(weights(name), ns=(1, 1))
    assert state_of(name) == ("known", "f1")
    weights(name).write_bytes(weights(name).read_bytes())
    assert state_of(name) == ("known", "f1")


@pytest.mark.parametrize("keep_time", [True, False])
def test_other_weights_of_the_same_size(name: str, own_cache: Path, keep_time: bool) -> None:
    remember(name, "f1")
    before = weights(name).stat()
    content = bytearray(weights(name).read_bytes())
    content[-1] ^= 1
    weights(name).write_bytes(content)
    if keep_time:
        os.utime(weights(name), ns=(before.st_mtime_ns, before.st_mtime_ns))
    assert state_of(name) == ("changed", "f1")


def test_a_changed_configuration_is_a_change(name: str, own_cache: Path) -> None:
    remember(name, "f1")
    config = weights(name).with_name("open_clip_config.json")
    config.write_text(config.read_text().replace("squash", "longest"))
    assert state_of(name) == ("changed", "f1")


def test_weights_that_are_gone(name: str, own_cache: Path) -> None:
    remember(name, "f1")
    shutil.rmtree(weights(name).parent)
    assert state_of(name) == ("gone", "f1")


def test_another_version_of_open_clip_may_preprocess_differently(
    name: str, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(name, "f1")
    monkeypatch.setattr("importlib.metadata.version", lambda _: "99")
    assert state_of(name) == ("unknown", "")


def test_another_recipe_is_another_built_in_model(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember("builtin", "f1")
    monkeypatch.setattr("importlib.metadata.version", lambda _: "99")  # of open_clip, which has no part in it
    assert state_of("builtin") == ("known", "f1")
    monkeypatch.setattr(recipe, "TEMPERATURE", 3)
    assert state_of("builtin") == ("unknown", "")


@pytest.mark.parametrize("record", ["", "[]", "{}", '{"files": 3}', '{"files": [{"path": 5}]}', '{"files": [{}]}'])
def test_a_damaged_record_is_none(name: str, own_cache: Path, record: str) -> None:
    remember(name, "f1")
    (file,) = own_cache.iterdir()
    if record.startswith('{"'):
        record = json.dumps({**json.loads(file.read_text()), **json.loads(record)})
    file.write_text(record)
    assert state_of(name) == ("unknown", "")


def test_where_nothing_can_be_kept_nothing_is_known(name: str, own_cache: Path) -> None:
    own_cache.write_text("a file where the folder should be")
    remember(name, "f1")
    assert state_of(name) == ("unknown", "")


def test_which_files_decide(name: str, tmp_path: Path) -> None:
    assert [path.name for path in weight_files(parse_model_name(name))] == [
        "open_clip_config.json",
        "open_clip_model.safetensors",
    ]
    assert {path.suffix for path in weight_files(parse_model_name("builtin"))} == {".pth", ".safetensors"}
    checkpoint = tmp_path / "own.pt"
    checkpoint.touch()
    assert weight_files(parse_model_name(f"ViT-B-32/{checkpoint}")) == [checkpoint]
    assert weight_files(parse_model_name("hf-hub:someone/something")) == [], "not on this machine"


def test_a_folder_in_another_place_is_another_model(name: str, own_cache: Path, tmp_path: Path) -> None:
    remember(name, "f1")
    assert state_of(f"local-dir:{local_dir(tmp_path / 'other')}") == ("unknown", "")
