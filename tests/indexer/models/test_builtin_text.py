"""Tests of indexer.models.builtin_text, with the real weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from indexer.builtin_space.recipe import MAX_TOKENS
from indexer.models.builtin_text import MiniLM
from indexer.models.builtin_weights import locate


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    return MiniLM(locate()[1], torch.device("cpu"))


def test_a_text_means_the_same_in_any_batch(minilm: MiniLM) -> None:
    alone = minilm.encode(["cup"])
    together = minilm.encode(["a very long text that makes the batch wide " * 5, "cup"])
    assert np.allclose(alone[0], together[1], atol=1e-5)


def test_texts_near_in_meaning_are_near(minilm: MiniLM) -> None:
    car, automobile, banana = minilm.encode(["a car", "an automobile", "a banana"])
    assert car @ automobile > 0.7 > 0.5 > car @ banana


def test_a_long_text_is_cut_off_and_counted_whole(minilm: MiniLM) -> None:
    long = "word " * (MAX_TOKENS - 2)
    assert np.allclose(minilm.encode([long]), minilm.encode([long + "cut off"]), atol=1e-6)
    assert minilm.token_counts(["a cup", long + "cut off"]) == [4, MAX_TOKENS + 2]
