"""Text embeddings through the store's cache: the model is loaded only for a text it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from indexer.encoder import Encoder, FloatArray
from indexer.errors import EncoderFailed, InvalidRequest
from indexer.store import Store, StoredModel


def embed_texts(store: Store, model: StoredModel, texts: Sequence[str], load: Callable[[], Encoder]) -> FloatArray:
    """Return the texts' embeddings, shape (n, dim); what the cache lacks is embedded and remembered.

    Raises InvalidRequest for a text that no database can hold, EncoderFailed if the model raises.
    """
    for text in texts:
        _check_encodable(text)
    found = store.cached_texts(model, texts)
    missing = [text for text in dict.fromkeys(texts) if text not in found]
    if missing:
        encoder = load()
        try:
            vectors = encoder.encode_texts(missing)
        except Exception as error:
            raise EncoderFailed(f"The model {model.name} failed on the text: {error}") from error
        found.update(zip(missing, vectors, strict=True))
        store.cache_texts(model, {text: found[text] for text in missing})
    return np.stack([found[text] for text in texts])


def _check_encodable(text: str) -> None:
    """Raise InvalidRequest for a text with bytes that are not UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidRequest("The text is not valid UTF-8; check the terminal's encoding.") from error
