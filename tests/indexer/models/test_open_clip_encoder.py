"""Tests of indexer.models.open_clip_encoder on open_clip's real loading code, with small random checkpoints."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indexer.models import hub, open_clip_encoder
from indexer.models.loading import load_encoder
from indexer.models.open_clip_encoder import OpenClipEncoder
from indexer.store.store import Store
from search.labels.judge import Judge
from search.labels.make_recipe import make_recipe
from search.labels.probabilities import probabilities
from search.library.library import Library
from tests.indexer.models.tiny import TEXTS, TINY, local_dir, pictures

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import open_clip
    import torch


def test_equals_open_clip_itself(folder: Path) -> None:
    encoder = load_encoder(f"local-dir:{folder}", "cpu")
    model, preprocess = open_clip.create_model_from_pretrained(f"local-dir:{folder}")
    with torch.inference_mode():
        images = model.encode_image(torch.stack([preprocess(picture) for picture in pictures()]), normalize=True)
        texts = model.encode_text(open_clip.tokenize(TEXTS), normalize=True)
        expected = (model.logit_scale.exp() * images @ texts.T).softmax(dim=-1)
    found = encoder.encode_images(np.stack([encoder.preprocess(picture) for picture in pictures()]))
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
        images = model.encode_image(torch.stack([preprocess(picture) for picture in pictures()]), normalize=True)
        texts = model.encode_text(open_clip.tokenize(TEXTS), normalize=True)
        expected = torch.sigmoid(model.logit_scale.exp() * images @ texts.T + model.logit_bias)
    found = encoder.encode_images(np.stack([encoder.preprocess(picture) for picture in pictures()]))
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
        images = model.encode_image(torch.stack([preprocess(picture) for picture in pictures()]), normalize=True)
        means = [model.encode_text(open_clip.tokenize(prompts), normalize=True).mean(dim=0) for prompts in texts]
        logits = model.logit_scale.exp() * images @ torch.nn.functional.normalize(torch.stack(means)).T
        expected = logits.softmax(dim=-1) if bias is None else torch.sigmoid(logits + model.logit_bias)
    encoder = load_encoder(name, "cpu")
    with Store.in_memory() as store:
        library = Library.with_encoder(store, encoder)
        judge = Judge(library, make_recipe(classes, templates=templates, other=False, multi=bias is not None))
        found = judge.probabilities(
            encoder.encode_images(np.stack([encoder.preprocess(picture) for picture in pictures()]))
        )
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
    def fingerprint(folder: Path) -> str:
        return load_encoder(f"local-dir:{folder}", "cpu").fingerprint

    first = fingerprint(folder)
    assert fingerprint(local_dir(tmp_path / "same")) == first
    assert fingerprint(local_dir(tmp_path / "other", seed=1)) != first
    config = json.loads((folder / "open_clip_config.json").read_text())
    config["preprocess_cfg"]["mean"] = [0.5, 0.5, 0.5]
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    assert fingerprint(folder) != first


def test_bf16_stays_near_fp32(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = load_encoder(f"local-dir:{folder}", "cpu")
    monkeypatch.setattr(open_clip_encoder, "image_precision", lambda _: torch.bfloat16)
    fast = load_encoder(f"local-dir:{folder}", "cpu")
    assert isinstance(fast, OpenClipEncoder) and fast.fingerprint == exact.fingerprint
    batch = np.stack([exact.preprocess(picture) for picture in pictures()])
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
