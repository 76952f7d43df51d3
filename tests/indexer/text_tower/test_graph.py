"""Tests of indexer.text_tower.graph: networks of all kinds, exported."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from indexer.models.encoder import Encoder
from indexer.models.loading import load_encoder
from indexer.text_tower import export as text_export
from indexer.text_tower.export import export_tower
from indexer.text_tower.probes import probe_texts
from indexer.text_tower.tower import open_tower
from tests.indexer.models.tiny import TINY
from tests.indexer.text_tower.towers import SIGLIP_TEXT, TEXTS, cosines, opened, save_siglip

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from tokenizers import models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast


def test_a_clip_model(tiny: Encoder) -> None:
    about = export_tower(tiny)
    tower = opened(tiny)
    assert (about.precision, about.pad, tower.is_exact) == ("int8", None, False)
    assert 0.99 <= about.least_cosine < 1 and cosines(tiny).min() >= 0.99
    assert tower.encode_texts(TEXTS).dtype == np.float32 and tower.encode_texts([]).shape == (0, 24)
    assert tower.context_length == tiny.context_length == 77
    assert tower.token_counts(TEXTS) == tiny.token_counts(TEXTS)
    assert tower.token_counts(["a photo of a cup", "word " * 300]) == [7, 302]


def test_fp32_where_int8_is_too_far_off(tiny: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_export, "LEAST_COSINES", {"int8": 1.01, "fp32": 0.999})
    about = export_tower(tiny)
    assert (about.precision, opened(tiny).is_exact) == ("fp32", True)
    assert about.least_cosine > 0.99999 and np.allclose(cosines(tiny), 1, atol=1e-5)


def test_a_tower_that_sees_its_padding(tmp_path: Path, own_cache: Path) -> None:
    text = {**TINY["text_cfg"], "context_length": 16, "no_causal_mask": True, "pool_type": "last"}
    text["tokenizer_kwargs"] = {"clean": "canonicalize"}
    config = {**TINY, "custom_text": True, "init_logit_bias": -10.0, "text_cfg": text}
    encoder = load_encoder(f"local-dir:{save_siglip(tmp_path / 'siglip', config)}", "cpu")
    about = export_tower(encoder)
    assert (about.pad, about.context, about.cleaning) == (0, 16, "canonicalize")
    assert cosines(encoder).min() >= 0.99
    assert opened(encoder).token_counts(TEXTS) == encoder.token_counts(TEXTS)


def test_a_model_with_a_tokenizer_of_the_hub(tmp_path: Path, own_cache: Path) -> None:
    config = {
        **TINY,
        "custom_text": True,
        "text_cfg": {**SIGLIP_TEXT, "no_causal_mask": True, "hf_tokenizer_name": "org/name"},
    }
    folder = save_siglip(tmp_path / "siglip2", config)
    trained = Tokenizer(models.Unigram())
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    trained.train_from_iterator(
        probe_texts(),
        trainers.UnigramTrainer(vocab_size=200, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>"),
    )
    trained.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    fast = PreTrainedTokenizerFast(tokenizer_object=trained, pad_token="<pad>", eos_token="</s>", unk_token="<unk>")
    fast.save_pretrained(folder)
    encoder = load_encoder(f"local-dir:{folder}", "cpu")
    about = export_tower(encoder)
    assert (about.pad, about.context, about.cleaning) == (0, 16, "whitespace")
    assert cosines(encoder).min() >= 0.99
    assert opened(encoder).token_counts(TEXTS) == encoder.token_counts(TEXTS)


def test_the_built_in_model(builtin: Encoder) -> None:
    about = opened(builtin).about
    assert (about.precision, about.pad, about.context) == ("int8", None, 256)
    texts = [*TEXTS, "a red envelope", "cats, dogs and birds"]  # not those that the export looked at
    assert cosines(builtin, texts).min() >= 0.99
    assert opened(builtin).token_counts(texts) == builtin.token_counts(texts)
    assert builtin.token_counts(["word " * 300]) == [302]


def test_colours_come_out_the_same(builtin: Encoder) -> None:
    texts = ["a blue car", "a photo of a red and white flag", "crimson", "a car", "an orange"]
    expected = builtin.encode_texts(texts)
    assert opened(builtin).about.colours
    assert np.abs(opened(builtin).encode_texts(texts)[:, 384:] - expected[:, 384:]).max() < 1e-6
    exact = open_tower(builtin.fingerprint, exact=True)
    assert exact is not None
    for found in (exact.encode_texts(texts), np.concatenate([exact.encode_texts([text]) for text in texts])):
        assert (found * expected).sum(axis=1).min() > 0.9999


def test_the_ranking_stays(builtin: Encoder) -> None:
    """Any two texts are as near to each other as the encoder has them."""
    texts = probe_texts()[:80]
    theirs, ours = builtin.encode_texts(texts), opened(builtin).encode_texts(texts)
    assert np.abs(ours @ theirs.T - theirs @ theirs.T).max() < 0.03
