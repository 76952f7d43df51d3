"""Other weights under a known name, however that happens: never embeddings under the old fingerprint."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import torch

from indexer.library_model.loading import load_encoder
from indexer.models import loading
from indexer.models.encoder import Encoder
from tests.indexer.models.tiny import local_dir, random_model

WEIGHTS, CONFIG = "open_clip_model.safetensors", "open_clip_config.json"


def assert_noticed(name: str, before: Encoder) -> None:
    """Assert that a model which is expected to be the one from before is known to be another."""
    fresh = loading.load_encoder(name, "cpu")
    assert fresh.fingerprint != before.fingerprint
    assert load_encoder(name, "cpu", before.fingerprint).fingerprint == fresh.fingerprint


def in_the_hubs_cache(cache: Path, commit: str, seed: int) -> None:
    """Put a commit of a repository there as another program does that fetches it."""
    repository = cache / "models--me--tiny"
    for folder in ("refs", "snapshots"):
        (repository / folder).mkdir(parents=True, exist_ok=True)
    local_dir(repository / "snapshots" / commit, seed=seed)
    (repository / "refs" / "main").write_text(commit)


def test_a_newer_commit_of_the_hub(tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    in_the_hubs_cache(tmp_path / "hub", "a" * 40, seed=0)
    before = load_encoder("hf-hub:me/tiny", "cpu")
    in_the_hubs_cache(tmp_path / "hub", "b" * 40, seed=1)
    assert_noticed("hf-hub:me/tiny", before)


def test_a_file_beside_the_old_one_that_is_preferred(tmp_path: Path, own_cache: Path) -> None:
    folder = local_dir(tmp_path / "model")
    torch.save(random_model(seed=0).state_dict(), folder / "open_clip_pytorch_model.bin")
    (folder / WEIGHTS).unlink()
    before = load_encoder(f"local-dir:{folder}", "cpu")
    local_dir(folder, seed=1)
    assert_noticed(f"local-dir:{folder}", before)


def test_the_same_size_and_time_stamp(tmp_path: Path, own_cache: Path) -> None:
    folder, other = local_dir(tmp_path / "model"), local_dir(tmp_path / "other", seed=1)
    for file in (folder / WEIGHTS, folder / CONFIG, other / WEIGHTS):
        os.utime(file, (1, 1))
    before = load_encoder(f"local-dir:{folder}", "cpu")
    shutil.copy2(other / WEIGHTS, tmp_path / "copy")
    (tmp_path / "copy").replace(folder / WEIGHTS)
    assert_noticed(f"local-dir:{folder}", before)


def test_a_checkpoint_that_is_written_while_it_is_read(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = local_dir(tmp_path / "model")
    name, load = f"local-dir:{folder}", loading.load_encoder

    def load_and_lose(*arguments: str) -> Encoder:
        encoder = load(*arguments)
        monkeypatch.setattr(loading, "load_encoder", load)
        local_dir(folder, seed=1)  # a training run writes its next one
        return encoder

    monkeypatch.setattr(loading, "load_encoder", load_and_lose)
    assert load_encoder(name, "cpu").fingerprint == load(name, "cpu").fingerprint
    assert load_encoder(name, "cpu").fingerprint == load(name, "cpu").fingerprint
