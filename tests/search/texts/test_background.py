"""The background prompts, and when they are embedded."""

from __future__ import annotations

from indexer.store.models import remember_model
from indexer.store.store import Store
from indexer.store.texts import has_texts
from search.texts.background import background_prompts, keep_background
from tests.fakes import ColourEncoder


def test_background_prompts_are_many_and_differ() -> None:
    prompts = background_prompts()
    assert 100 <= len(prompts) <= 400 and len(set(prompts)) == len(prompts)
    assert all(prompt == " ".join(prompt.split()) and prompt for prompt in prompts)


def test_they_are_embedded_once_by_a_model_that_is_loaded(store: Store, encoder: ColourEncoder) -> None:
    model = remember_model(store, encoder)
    keep_background(store, None)
    assert not has_texts(store, model, background_prompts()), "there is neither a model nor a text tower"
    keep_background(store, ColourEncoder("another"))
    assert not has_texts(store, model, background_prompts())
    keep_background(store, encoder)
    assert has_texts(store, model, background_prompts())
    embedded = list(encoder.texts_encoded)
    keep_background(store, encoder)
    assert encoder.texts_encoded == embedded == list(background_prompts())
