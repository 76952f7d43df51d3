"""Tests of indexer.models.names."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import UnknownModel
from indexer.models.names import DEFAULT_MODEL, ModelName, parse_model_name


def test_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint = tmp_path / "weights.pt"
    checkpoint.write_bytes(b"")
    (tmp_path / "open_clip_config.json").write_text("{}")
    assert parse_model_name("builtin") == ModelName("builtin", "builtin")
    assert parse_model_name(DEFAULT_MODEL) == ModelName("zoo", "ViT-B-32-256", "datacomp_s34b_b86k")
    assert parse_model_name("hf-hub:org/name") == ModelName("hf-hub", "org/name")
    assert parse_model_name(f"local-dir:{tmp_path}") == ModelName("local-dir", str(tmp_path))
    assert parse_model_name(f"ViT-B-32/{checkpoint}") == ModelName("file", "ViT-B-32", str(checkpoint))
    monkeypatch.chdir(tmp_path)
    assert parse_model_name("ViT-B-32/weights.pt") == parse_model_name(f"ViT-B-32/{checkpoint}")


@pytest.mark.parametrize("name", ["", "ViT-B-32", "/tag", "hf-hub:name", "hf-hub:/a", "local-dir:/nowhere"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(UnknownModel):
        parse_model_name(name)


@pytest.mark.parametrize("name", [DEFAULT_MODEL, "builtin", "hf-hub:org/name"])
def test_a_parsed_name_prints_as_it_was(name: str) -> None:
    assert str(parse_model_name(name)) == name
