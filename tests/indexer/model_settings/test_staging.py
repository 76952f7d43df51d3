"""Tests of indexer.model_settings.staging, and of what is asked for and opened while a model of the hub is loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.download.checking import repository_folder
from indexer.errors import ModelError
from indexer.model_settings.kinds import RefusedSettings
from indexer.model_settings.staging import Source, staged
from indexer.models.loading import load_encoder
from tests.hub_server import Hub
from tests.indexer.download.conftest import hub  # noqa: F401
from tests.indexer.model_settings.foreign import TOKENIZER_CONFIG, plant_code, with_tokenizer, write_tokenizer
from tests.indexer.models.tiny import TEXTS, TINY


def serve(hub: Hub, folder: Path) -> None:  # noqa: F811
    """Let the hub serve what is in a folder."""
    for file in folder.iterdir():
        (hub.folder / file.name).write_bytes(file.read_bytes())


@pytest.fixture
def answering(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Hub:  # noqa: F811
    """A hub that says that it is there."""
    monkeypatch.setattr("indexer.models.hub.require_hub", lambda _: None)
    return hub


def test_a_model_of_the_hub_with_its_tokenizer(answering: Hub, tmp_path: Path) -> None:
    folder = with_tokenizer(tmp_path / "made", hf_tokenizer_name="org/tiny")
    serve(answering, folder)
    plant_code(answering.folder, tmp_path / "trace")
    encoder = load_encoder("hf-hub:org/tiny", "cpu")
    assert encoder.fingerprint == load_encoder(f"local-dir:{folder}", "cpu").fingerprint
    assert (encoder.encode_texts(TEXTS) == load_encoder(f"local-dir:{folder}", "cpu").encode_texts(TEXTS)).all()
    asked = {name for _, name, _ in answering.asked}
    assert asked >= {"open_clip_config.json", "open_clip_model.safetensors", "tokenizer.json"}
    assert not any(name.endswith((".py", ".jinja")) for name in asked), asked
    answering.asked.clear()
    load_encoder("hf-hub:org/tiny", "cpu")
    assert not answering.asked and not (tmp_path / "trace").exists()


def test_code_of_a_repository_is_neither_fetched_nor_run(answering: Hub, tmp_path: Path) -> None:
    evil = {"auto_map": {"AutoTokenizer": ["evil.Evil", "evil.Evil"]}, "tokenizer_class": "Evil"}
    serve(answering, with_tokenizer(tmp_path / "evil", evil, hf_tokenizer_name="org/tiny"))
    plant_code(answering.folder, tmp_path / "trace")
    for _ in range(2):  # by the network, and from the cache
        with pytest.raises(RefusedSettings, match="author's code, which is never run"):
            load_encoder("hf-hub:org/tiny", "cpu")
    assert not (tmp_path / "trace").exists()
    assert not list(repository_folder("org/tiny").glob("**/*.py"))


def test_a_tokenizer_of_absurd_size_is_not_fetched(answering: Hub, tmp_path: Path) -> None:
    serve(answering, with_tokenizer(tmp_path / "made", hf_tokenizer_name="org/tiny"))
    with (answering.folder / "vocab.txt").open("wb") as file:
        file.truncate((128 << 20) + 1)
    with pytest.raises(ModelError, match="far larger than such a file"):
        load_encoder("hf-hub:org/tiny", "cpu")
    assert ("GET", "vocab.txt", "") not in answering.asked


def test_a_folder_here_is_not_taken_for_a_repository(
    answering: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code of before took a tokenizer from the current folder if a folder there was called like a repository."""
    serve(answering, with_tokenizer(tmp_path / "made", hf_tokenizer_name="org/tiny"))
    expected = load_encoder("hf-hub:org/tiny", "cpu").encode_texts(TEXTS)
    (tmp_path / "here" / "org" / "tiny").mkdir(parents=True)
    write_tokenizer(tmp_path / "here" / "org" / "tiny", {"tokenizer_class": "Evil"})
    monkeypatch.chdir(tmp_path / "here")
    assert (load_encoder("hf-hub:org/tiny", "cpu").encode_texts(TEXTS) == expected).all()


def test_what_is_staged_is_what_was_checked(tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    weights.write_bytes(bytes(1 << 22))
    write_tokenizer(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "roberta", "vocab_size": 11, "num_hidden_layers": 1}')
    model: dict[str, Any] = {**TINY, "text_cfg": {"hf_model_name": "org/x", "hf_tokenizer_name": "org/x"}}

    def find(name: str) -> Path | None:
        return tmp_path / name if (tmp_path / name).exists() else None

    with staged(Source({"model_cfg": model}, weights, find, find)) as folder:
        settings = json.loads((folder / "open_clip_config.json").read_text())["model_cfg"]
        assert settings["text_cfg"]["hf_model_name"] == str(folder / "text_model")
        assert (folder / "text_model" / "config.json").exists() and (folder / "tokenizer.json").exists()
        assert json.loads((folder / "tokenizer_config.json").read_text()) == TOKENIZER_CONFIG
    assert not folder.exists() and model["text_cfg"]["hf_model_name"] == "org/x"
    with (
        pytest.raises(ModelError, match="no vocabulary"),
        staged(Source({"model_cfg": model}, weights, lambda _: None)),
    ):
        pass


def test_a_text_model_of_the_hub(answering: Hub, tmp_path: Path) -> None:
    """Its settings are in a repository that the model's own names; its weights are the model's."""
    import open_clip
    from safetensors.torch import save_file

    roberta = {"model_type": "roberta", "vocab_size": 11, "hidden_size": 32, "num_hidden_layers": 1, "pad_token_id": 1}
    roberta |= {"num_attention_heads": 2, "intermediate_size": 64, "max_position_embeddings": 90}
    text = {"hf_model_name": "org/tiny", "hf_tokenizer_name": "org/tiny", "hf_pooler_type": "mean_pooler"}
    settings = {"model_cfg": {**TINY, "custom_text": True, "text_cfg": {**text, "context_length": 16}}}
    write_tokenizer(answering.folder)
    (answering.folder / "config.json").write_text(json.dumps({**roberta, "auto_map": {"AutoModel": "evil.Evil"}}))
    plant_code(answering.folder, tmp_path / "trace")
    (answering.folder / "open_clip_config.json").write_text(json.dumps(settings))

    def find(name: str) -> Path | None:
        return answering.folder / name if (answering.folder / name).exists() else None

    with staged(Source(settings, answering.folder / "open_clip_model.safetensors", find, find)) as folder:
        made = open_clip.create_model(f"local-dir:{folder}", load_weights=False, pretrained_text=False)
    weights = {key: value.contiguous() for key, value in made.state_dict().items()}
    save_file(weights, answering.folder / "open_clip_model.safetensors")
    answering.etags.clear()
    encoder = load_encoder("hf-hub:org/tiny", "cpu")
    assert encoder.encode_texts(TEXTS).shape == (3, 24)
    assert load_encoder("hf-hub:org/tiny", "cpu").fingerprint == encoder.fingerprint
    assert not (tmp_path / "trace").exists()
