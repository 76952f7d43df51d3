"""Embedding texts by the model and the cache; tests/indexer/text_tower/test_tower.py has the text tower."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.errors import EncoderFailed, InvalidRequest
from indexer.store.models import remember_model
from indexer.store.store import Store
from search.texts.embeddings import embed_texts
from tests.fakes import ColourEncoder


def test_only_what_the_cache_lacks_is_embedded_each_text_once(store: Store, encoder: ColourEncoder) -> None:
    model = remember_model(store, encoder)
    first = embed_texts(store, model, ["red", "lime", "red"], lambda: encoder)
    assert first == pytest.approx(np.array([[1, 0, 0], [0, 1, 0], [1, 0, 0]]), abs=1e-3)
    assert embed_texts(store, model, ["blue", "red"], lambda: encoder)[1] == pytest.approx(first[0], abs=1e-3)
    assert encoder.texts_encoded == ["red", "lime", "blue"]
    embed_texts(store, model, ["lime"], lambda: pytest.fail("loaded"), exact=True)


def test_what_can_not_be_embedded_is_told(store: Store, encoder: ColourEncoder) -> None:
    model = remember_model(store, encoder)
    with pytest.raises(InvalidRequest, match="not valid UTF-8"):
        embed_texts(store, model, ["caf\udce9"], lambda: pytest.fail("loaded"))
    with pytest.raises(EncoderFailed, match="colour failed on the text"):
        embed_texts(store, model, ["no colour at all"], lambda: encoder)
