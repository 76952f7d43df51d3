"""Tests of indexer.models.open_clip_text."""

from __future__ import annotations

import warnings

import pytest
from tokenizers import Tokenizer

from indexer.models.open_clip_text import text_module
from indexer.models.tokens import clean_text
from indexer.text_tower.probes import probe_texts
from tests.indexer.models.tiny import random_model, strange_texts

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from open_clip.tokenizer import SimpleTokenizer


@pytest.mark.parametrize("cleaning", ["lower", "canonicalize"])
def test_tokens_are_open_clips_own(cleaning: str) -> None:
    theirs = SimpleTokenizer(clean=cleaning, context_length=32)
    model = random_model()
    module = text_module(model, theirs)
    assert module is not None and (module.cleaning, module.context, module.pad) == (cleaning, 32, None)
    ours = Tokenizer.from_str(module.tokenizer)
    ours.enable_truncation(32)
    texts = [*probe_texts(), *strange_texts(500)]
    for text, expected in zip(texts, theirs(texts).numpy(), strict=True):
        ids = ours.encode(clean_text(text, cleaning)).ids
        assert ids + [0] * (32 - len(ids)) == expected.tolist(), text
