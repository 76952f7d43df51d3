"""Tests of indexer.models.open_clip_encoder on open_clip's real loading code, with small random checkpoints."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from indexer.arrays import unit_rows
from indexer.errors import ModelError
from indexer.models import hub, open_clip_encoder, open_clip_loading
from indexer.models.loading import load_encoder
from indexer.models.open_clip_encoder import OpenClipEncoder
from indexer.store.store import Store
from search.labels.judge import Judge
from search.labels.make_recipe import make_recipe
from search.labels.probabilities import probabilities
from search.library.library import Library

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import open_clip
    import torch
    from safetensors.torch import save_file

TINY: dict[str, Any] = {
    "embed_dim": 24,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "patch_size": 16, "head_width": 32},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2},
}
PREPROCESSING = {"mean": [0.1, 0.2, 0.3], "std": [0.5, 0.6, 0.7], "interpolation": "bilinear", "resize_mode": "squash"}
TEXTS = ["a photo of a cup", "a photo of a car", "something else"]


@pytest.fixture(autouse=True)
def _fp32(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare exactly, whatever this CPU can do."""
    monkeypatch.setattr(open_clip_encoder, "image_precision", lambda _: torch.float32)


def random_model(config: dict[str, Any] = TINY, seed: int = 0) -> Any:
    torch.manual_seed(seed)
    options = {key: value for key, value in config.items() if key != "custom_text"}
    kind = open_clip.CustomTextCLIP if config.get("custom_text") else open_clip.CLIP
    return kind(**options).eval()


def local_dir(folder: Path, config: dict[str, Any] = TINY, seed: int = 0) -> Path:
    """Save a random model in open_clip's folder format."""
    folder.mkdir(exist_ok=True)
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": config, "preprocess_cfg": PREPROCESSING}))
    state = {key: value.contiguous() for key, value in random_model(config, seed).state_dict().items()}
    save_file(state, folder / "open_clip_model.safetensors")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return local_dir(tmp_path / "tiny")


def pictures() -> list[Image.Image]:
    noise = np.random.default_rng(0).integers(0, 255, (3, 40, 60, 3), dtype=np.uint8)
    return [Image.fromarray(pixels) for pixels in noise]


def test_equals_open_clip_itself(folder: Path) -> None:
    encoder = load_encoder(f"local-dir:{folder}", "cpu")
    model, preprocess = open_clip.create_model_from_pretrained(f"local-dir:{folder}")
    with torch.inference_mode():
        images = model.encode_image(torch.stack([preprocess(one) for one in pictures()]), normalize=True)
        texts = model.encode_text(open_clip.tokenize(TEXTS), normalize=True)
        expected = (model.logit_scale.exp() * images @ texts.T).softmax(dim=-1)
    found = encoder.encode_images(np.stack([encoder.preprocess(one) for one in pictures()]))
    prompts = encoder.encode_texts(TEXTS)
    assert np.allclose(found, images.numpy(), atol=1e-5)
    assert np.allclose(prompts, texts.numpy(), atol=1e-5)
    assert np.allclose(probabilities(found @ prompts.T, encoder.logit_scale, encoder.logit_bias), expected, atol=1e-4)
    assert (encoder.dim, encoder.logit_bias, found.dtype) == (24, None, np.float32)


def test_siglip_like_models_are_sigmoid(tmp_path: Path) -> None:
    config = {**TINY, "custom_text": True, "init_logit_bias": -1.0}  # at SigLIP's -10 all would be 0
    encoder = load_encoder(f"local-dir:{local_dir(tmp_path / 'siglip', config)}", "cpu")
    model, preprocess = open_clip.create_model_from_pretrained(f"local-dir:{tmp_path / 'siglip'}")
    with torch.inference_mode():
        images = model.encode_image(torch.stack([preprocess(one) for one in pictures()]), normalize=True)
        texts = model.encode_text(open_clip.tokenize(TEXTS), normalize=True)
        expected = torch.sigmoid(model.logit_scale.exp() * images @ texts.T + model.logit_bias)
    found = encoder.encode_images(np.stack([encoder.preprocess(one) for one in pictures()]))
    cosines = found @ encoder.encode_texts(TEXTS).T
    assert encoder.logit_bias == pytest.approx(-1.0)
    assert np.allclose(probabilities(cosines, encoder.logit_scale, encoder.logit_bias), expected, atol=1e-4)


@pytest.mark.parametrize("bias", [None, -1.0])
def test_labels_have_the_probabilities_of_open_clip_itself(tmp_path: Path, bias: float | None) -> None:
    config = TINY if bias is None else {**TINY, "custom_text": True, "init_logit_bias": bias}
    name = f"local-dir:{local_dir(tmp_path / 'model', config)}"
    model, preprocess = open_clip.create_model_from_pretrained(name)
    classes, templates = ["cup", "apple", "scissors"], ("a photo of a {}", "a drawing of a {}")
    texts = [["a photo of a cup", "a drawing of a cup"], ["a photo of an apple", "a drawing of an apple"]]
    texts.append(["a photo of scissors", "a drawing of scissors"])
    with torch.inference_mode():
        images = model.encode_image(torch.stack([preprocess(one) for one in pictures()]), normalize=True)
        means = [model.encode_text(open_clip.tokenize(some), normalize=True).mean(dim=0) for some in texts]
        logits = model.logit_scale.exp() * images @ torch.nn.functional.normalize(torch.stack(means)).T
        expected = logits.softmax(dim=-1) if bias is None else torch.sigmoid(logits + model.logit_bias)
    encoder = load_encoder(name, "cpu")
    with Store.in_memory() as store:
        library = Library.with_encoder(store, encoder)
        judge = Judge(library, make_recipe(classes, templates=templates, other=False, multi=bias is not None))
        found = judge.probabilities(encoder.encode_images(np.stack([encoder.preprocess(one) for one in pictures()])))
    assert judge.columns == ("cup", "apple", "scissors")
    assert np.allclose(found, expected, atol=1e-4)


def test_preprocessing_is_the_models_own(folder: Path) -> None:
    encoder = load_encoder(f"local-dir:{folder}", "cpu")
    _, theirs = open_clip.create_model_from_pretrained(f"local-dir:{folder}")
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (33, 50, 3), dtype=np.uint8))
    pixels = encoder.preprocess(picture)
    assert (pixels.shape, pixels.dtype) == ((32, 32, 3), np.uint8)
    means, deviations = np.array([0.1, 0.2, 0.3]), np.array([0.5, 0.6, 0.7])
    normalised = (pixels / 255 - means) / deviations
    assert np.allclose(normalised.transpose(2, 0, 1), theirs(picture).numpy(), atol=1e-5)


def test_fingerprint_tells_weights_and_preprocessing_apart(folder: Path, tmp_path: Path) -> None:
    def fingerprint(place: Path) -> str:
        return load_encoder(f"local-dir:{place}", "cpu").fingerprint

    first = fingerprint(folder)
    assert fingerprint(local_dir(tmp_path / "same")) == first
    assert fingerprint(local_dir(tmp_path / "other", seed=1)) != first
    config = json.loads((folder / "open_clip_config.json").read_text())
    config["preprocess_cfg"]["mean"] = [0.5, 0.5, 0.5]
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    assert fingerprint(folder) != first


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
    assert open_clip_loading._usual_preprocessing("ViT-B-16-SigLIP")["image_mean"] == (0.5, 0.5, 0.5)
    assert open_clip_loading._usual_preprocessing("ViT-B-32-256")["image_mean"][0] == pytest.approx(0.48145466)


def test_openai_weights_get_quickgelu() -> None:
    name = open_clip_loading.ModelName("zoo", "ViT-B-32", "openai")
    assert open_clip_loading._open_clip_arguments(name)[2] == {"force_quick_gelu": True}


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


def test_bf16_stays_near_fp32(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = load_encoder(f"local-dir:{folder}", "cpu")
    monkeypatch.setattr(open_clip_encoder, "image_precision", lambda _: torch.bfloat16)
    fast = load_encoder(f"local-dir:{folder}", "cpu")
    assert isinstance(fast, OpenClipEncoder) and fast.fingerprint == exact.fingerprint
    batch = np.stack([exact.preprocess(one) for one in pictures()])
    cosines = (exact.encode_images(batch) * fast.encode_images(batch)).sum(axis=1)
    assert cosines.min() >= 0.995


def hub_answers() -> bool:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("HF_HUB_OFFLINE", raising=False)
        return hub._hub_answers()


@pytest.mark.hub
def test_openais_example_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures of CLIP's own README: "a diagram", "a dog", "a cat" for its diagram picture."""
    if not hub_answers():
        pytest.skip("the Hugging Face hub can't be reached")
    import urllib.request

    monkeypatch.delenv("HF_HUB_OFFLINE")
    address = "https://raw.githubusercontent.com/openai/CLIP/main/CLIP.png"
    try:
        urllib.request.urlretrieve(address, tmp_path / "CLIP.png")
    except OSError:
        pytest.skip("CLIP's picture can't be downloaded")
    from indexer.decoding.decode import open_picture

    encoder = load_encoder("ViT-B-32/openai", "cpu")
    image = encoder.encode_images(encoder.preprocess(open_picture(tmp_path / "CLIP.png").image)[np.newaxis])
    texts = encoder.encode_texts(["a diagram", "a dog", "a cat"])
    found = probabilities(image @ texts.T, encoder.logit_scale, encoder.logit_bias)[0]
    assert np.allclose(found, [0.9927937, 0.00421068, 0.00299572], atol=1e-3)
