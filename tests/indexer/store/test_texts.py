"""Tests of indexer.store.texts."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.store.models import remember_model
from indexer.store.store import Store
from indexer.store.texts import cache_texts, cached_texts, has_texts
from tests.fakes import ColourEncoder


def test_texts_are_cached_per_model(store: Store, encoder: ColourEncoder) -> None:
    first, second = remember_model(store, encoder), remember_model(store, ColourEncoder("other"))
    vector = np.array([0.6, 0.8, 0], np.float32)
    cache_texts(store, first, {"a cup": vector})
    assert np.array_equal(cached_texts(store, first, ["a cup", "a car"])["a cup"], vector)
    assert cached_texts(store, second, ["a cup"]) == {}


def test_a_busy_library_is_not_waited_for_to_remember_a_text(
    store: Store, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.store.texts.CACHE_SECONDS", 0.05)
    model = remember_model(store, encoder)
    with Store.open(store.folder) as other, other.writing():  # type: ignore[arg-type]
        cache_texts(store, model, {"red": np.eye(3, dtype=np.float32)[0]})
        assert cached_texts(store, model, ["red"]) == {}
    cache_texts(store, model, {"red": np.eye(3, dtype=np.float32)[0]})
    assert list(cached_texts(store, model, ["red"])) == ["red"]
    assert store.db.execute("PRAGMA busy_timeout").fetchone()[0] == 30_000


def test_whether_texts_are_known_is_counted(store: Store, encoder: ColourEncoder) -> None:
    model = remember_model(store, encoder)
    cache_texts(store, model, {text: np.ones(3, np.float32) for text in ("red", "it's lime")})
    assert has_texts(store, model, ["red", "it's lime"])
    assert not has_texts(store, model, ["red", "blue"])
    assert not has_texts(store, remember_model(store, ColourEncoder("other")), ["red"])
