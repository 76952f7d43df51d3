"""Tests of indexer.models.open_clip_loading, with small random checkpoints."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.arrays import unit_rows
from indexer.errors import ModelError
from indexer.models import hub, open_clip_loading
from indexer.models.loading import load_encoder
from tests.indexer.models.tiny import TEXTS, TINY, random_model

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import open_clip
    import torch
    from safetensors.torch import save_file


@pytest.fixture
def architecture(tmp_path: Path) -> str:
    """Make the tiny architecture known to open_clip by name."""
    (tmp_path / "clipsearch-tiny.json").write_text(json.dumps(TINY))
    open_clip.add_model_config(tmp_path / "clipsearch-tiny.json")
    return "clipsearch-tiny"


@pytest.mark.parametrize("ending", ["pt", "safetensors"])
def test_an_architecture_with_a_checkpoint_file(architecture: str, tmp_path: Path, ending: str) -> None:
    checkpoint = tmp_path / f"weights.{ending}"
    state = {key: value.contiguous() for key, value in random_model().state_dict().items()}
    save_file(state, checkpoint) if ending == "safetensors" else torch.save(state, checkpoint)
    encoder = load_encoder(f"{architecture}/{checkpoint}", "cpu")
    assert encoder.name == f"{architecture}/{checkpoint}"
    with torch.inference_mode():
        expected = random_model().encode_text(open_clip.tokenize(TEXTS))
    assert np.allclose(encoder.encode_texts(TEXTS), unit_rows(expected.numpy()), atol=1e-5)


def test_a_checkpoint_file_gets_the_architectures_preprocessing() -> None:
    assert open_clip_loading._usual_preprocessing("ViT-B-16-SigLIP")["mean"] == (0.5, 0.5, 0.5)
    assert open_clip_loading._usual_preprocessing("ViT-B-32-256")["mean"][0] == pytest.approx(0.48145466)


def test_openai_weights_get_quickgelu() -> None:
    name = open_clip_loading.ModelName("zoo", "ViT-B-32", "openai")
    assert open_clip_loading._zoo_settings(name)["model_cfg"]["quick_gelu"] is True


class Poison:
    """Would run code if it were unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return (pytest.fail, ("a checkpoint ran code",))


def test_a_checkpoint_cannot_run_code(architecture: str, tmp_path: Path) -> None:
    torch.save({"state_dict": Poison()}, tmp_path / "poison.pt")
    with pytest.raises(ModelError, match="can't be loaded"):
        load_encoder(f"{architecture}/{tmp_path / 'poison.pt'}", "cpu")


def test_weights_of_another_architecture(architecture: str, tmp_path: Path) -> None:
    torch.save({"visual.conv1.weight": torch.zeros(3)}, tmp_path / "other.pt")
    with pytest.raises(ModelError, match="can't be loaded"):
        load_encoder(f"{architecture}/{tmp_path / 'other.pt'}", "cpu")


def test_a_folder_without_weights_is_never_random(folder: Path) -> None:
    (folder / "open_clip_model.safetensors").unlink()
    with pytest.raises(ModelError, match="can't be loaded"):
        load_encoder(f"local-dir:{folder}", "cpu")


def test_cached_weights_ask_no_network(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model in the hub's cache loads though the hub can't be reached, with its own preprocessing."""
    from huggingface_hub import constants

    snapshot = tmp_path / "hub" / "models--org--tiny" / "snapshots" / "0123"
    snapshot.mkdir(parents=True)
    (tmp_path / "hub" / "models--org--tiny" / "refs").mkdir()
    (tmp_path / "hub" / "models--org--tiny" / "refs" / "main").write_text("0123")
    for file in folder.iterdir():
        (snapshot / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.file_download.HF_HUB_CACHE", str(tmp_path / "hub"), raising=False)
    monkeypatch.setattr(hub, "require_hub", lambda _: pytest.fail("asked the network"))
    encoder = load_encoder("hf-hub:org/tiny", "cpu")
    assert encoder.fingerprint == load_encoder(f"local-dir:{folder}", "cpu").fingerprint
