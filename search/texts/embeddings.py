"""Embed texts: from the store's cache, else by the exported text tower, else by the model itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from indexer.arrays import FloatArray
from indexer.errors import EncoderFailed, InvalidRequest
from indexer.models.encoder import Encoder
from indexer.paths import is_utf8
from indexer.store.models import StoredModel
from indexer.store.store import Store
from indexer.store.texts import cache_texts, cached_texts
from indexer.text_tower.tower import open_tower


def embed_texts(
    store: Store,
    model: StoredModel,
    texts: Sequence[str],
    load: Callable[[], Encoder],
    exact: bool = False,
    allow: Callable[[], None] = lambda: None,
) -> FloatArray:
    """Return the texts' embeddings (n, dim); those that the cache lacks are embedded and cached.

    The model's exported text tower embeds, which needs no torch: with `exact` one whose embeddings are the model's own
    except for rounding, else one whose embeddings have a cosine of at least 0.99 to them. Without one the model does.

    `allow` raises if the model must not be used. Raises InvalidRequest for a text that is not valid UTF-8,
    EncoderFailed if the model raises.
    """
    for text in texts:
        _check_encodable(text)
    known = cached_texts(store, model, texts, exact)
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    if missing:
        allow()
        by_tower = _by_tower(model, missing, exact)
        vectors, are_exact = by_tower or (_by_encoder(model, missing, load), True)
        known.update(zip(missing, vectors, strict=True))
        cache_texts(store, model, {text: known[text] for text in missing}, are_exact)
    return np.stack([known[text] for text in texts])


def _by_tower(model: StoredModel, texts: Sequence[str], exact: bool) -> tuple[FloatArray, bool] | None:
    """Return the exported text tower's embeddings and whether they are exact, or None if there is none or it fails."""
    tower = open_tower(model.fingerprint, exact)
    if tower is None or tower.about.dim != model.dim:
        return None
    try:
        return tower.encode_texts(texts), tower.is_exact
    except Exception:
        return None  # whatever onnxruntime raises, the model itself can do it


def _by_encoder(model: StoredModel, texts: Sequence[str], load: Callable[[], Encoder]) -> FloatArray:
    encoder = load()
    try:
        return encoder.encode_texts(texts)
    except Exception as error:
        raise EncoderFailed(f"The model {model.name} failed on the text: {error}") from error


def _check_encodable(text: str) -> None:
    """Raise InvalidRequest for a text with bytes that are not UTF-8."""
    if not is_utf8(text):
        raise InvalidRequest("The text is not valid UTF-8; check the terminal's encoding.")
