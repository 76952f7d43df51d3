"""An open library: the store, the index, the text cache and the model behind one object.

The model is loaded only if a text or a picture must be encoded; an answer from the cache needs neither the
model nor torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import LibraryMissing
from indexer.library_model import loading
from indexer.models.agreement import agree, is_agreed, require
from indexer.models.loading import UPGRADE
from indexer.store.models import active_model, check_request, remember_model
from indexer.store.store import Store
from indexer.store.texts import has_texts
from indexer.text_tower.tower import open_tower
from search.filters.filters import Filters
from search.filters.passing import Passing
from search.index.building import open_index
from search.index.files import current_state
from search.index.vector_index import VectorIndex
from search.library.picture_vectors import picture_vector
from search.library.shared import SharedParts
from search.texts.background import background_prompts
from search.texts.embeddings import embed_texts
from search.texts.prompts import Reader, Tokens

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from indexer.models.encoder import Encoder


class Library:
    """An open library. Use it as a context manager, from one thread."""

    def __init__(
        self, store: Store, *, model: str | None = None, device: str = "auto", shared: SharedParts | None = None
    ) -> None:
        """Take an open store; `model`, if given, must be the library's own. Some parts may be `shared` by threads.

        Raises LibraryMissing if nothing is indexed yet, ModelMismatch for another model.
        """
        stored = active_model(store)
        if stored is None:
            raise LibraryMissing("Nothing is indexed in this library yet; run: clipsearch index FOLDER")
        check_request(stored, model)
        if model is not None:
            agree(stored.name)
        self.store = store
        self.model = stored
        self._device = device
        self._shared = shared or SharedParts()
        self._encoder: Encoder | None = None
        self._index: VectorIndex | None = None

    @classmethod
    def with_encoder(cls, store: Store, encoder: Encoder) -> Library:
        """Return a library in a new store, with this encoder as its model."""
        remember_model(store, encoder)
        library = cls(store)
        library._encoder = encoder
        return library

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *raised: object) -> None:
        self.store.close()

    @property
    def index(self) -> VectorIndex:
        """The index of the embeddings, opened on first use and again when the embeddings or its file have changed."""
        if self._index is None or self._index.state != current_state(self.store, self.model):
            self._index = open_index(self.store, self.model, self._shared.index)
        return self._index

    @property
    def encoder(self) -> Encoder:
        """The library's model, loaded on first use."""
        if self._encoder is None:
            self._encoder = self._shared.encoder(self.model, self._device)
        return self._encoder

    @property
    def is_loaded(self) -> bool:
        """Whether the model is there already."""
        return self._encoder is not None or self._shared.is_loaded

    def passing(self, filters: Filters) -> Passing:
        """Return which pictures pass; raises as `matching_ids` does."""
        return Passing.of(self.store, filters)

    @property
    def reader(self) -> Reader:
        """How the model reads texts; the model is loaded only for a text that may be too long for it."""
        # What a folder says of its model is not looked at before its first use is agreed to.
        described = self.is_loaded or is_agreed(self.model.name)
        return Reader(self.model.name, self._tokens, self.model.logit_bias, described)

    def _tokens(self) -> Tokens:
        """Return what counts the model's tokens."""
        self.allow()
        return open_tower(self.model.fingerprint) or self.encoder

    def allow(self) -> None:
        """Raise ModelNotAllowed unless the model may be used, also by its exports; nothing of it is opened."""
        if self._encoder is None:
            require(self.model.name, opens=False)

    def picture_vector(self, path: Path) -> FloatArray:
        """Return the embedding (dim,) of a picture or video, in the library or not; raises PictureError."""
        return picture_vector(self.store, path, self.index.vector, lambda: self.encoder, self.is_loaded)

    def embeds_quickly(self, texts: Sequence[str]) -> bool:
        """Return whether no model has to be loaded to embed different texts, at most some hundred."""
        if self.is_loaded or has_texts(self.store, self.model, texts):
            return True
        return is_agreed(self.model.name) and open_tower(self.model.fingerprint) is not None

    @cached_property
    def background(self) -> FloatArray:
        """The embeddings (n, dim) of ordinary texts, by which the cut-off of a query is found."""
        return self.embed(background_prompts())

    def embed(self, texts: Sequence[str], exact: bool = False) -> FloatArray:
        """Return the embeddings (n, dim) of texts, from the cache if they are there.

        With `exact` they must come from the model itself, not from its faster text tower.
        """
        return embed_texts(self.store, self.model, texts, lambda: self.encoder, exact, self.allow)


def temporary_library(model: str | None, device: str, tell: Callable[[str], None]) -> Library:
    """Return an empty library in memory with a model loaded: the one named, else the default one.

    Calls `tell` with a sentence if the built-in model replaces the default one. Raises ModelError.
    """

    def say(line: str) -> None:
        if line != UPGRADE:  # there is no library to upgrade
            tell(line)

    return Library.with_encoder(Store.in_memory(), loading.first_encoder(model, device, say))


def open_library(
    folder: Path, *, model: str | None = None, device: str = "auto", shared: SharedParts | None = None
) -> Library:
    """Open the library in a folder to search it; raises LibraryError or ModelMismatch."""
    store = Store.open(folder)
    try:
        return Library(store, model=model, device=device, shared=shared)
    except BaseException:
        store.close()
        raise
