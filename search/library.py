"""A library that can be asked: queries and labels over the store, the FAISS index and the text cache.

The model is loaded only if a text or a picture must be encoded; an answer from the cache needs neither the
model nor torch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

from indexer.errors import InvalidRequest, LibraryMissing, PictureError
from indexer.labels import save_labels
from indexer.model_choice import check_request, load_stored
from indexer.pictures import paths_of, times_of
from indexer.store import Store
from indexer.text_tower import open_tower
from search.classes import TEMPLATE, ClassPrompts, class_prompts
from search.faiss_index import open_index
from search.filters import Filters, make_filters, matching_ids
from search.index_files import current_state
from search.label_blocks import label_blocks
from search.picture_vectors import picture_vector
from search.probabilities import probabilities
from search.prompts import Reader
from search.query_vector import query_vector
from search.querying import Asked, ask
from search.results import Answer, Hit, LabelledPicture
from search.terms import Query, make_query
from search.text_embeddings import embed_texts
from search.vector_index import VectorIndex

if TYPE_CHECKING:
    from indexer.encoder import Encoder, FloatArray
    from search.compressed_index import Ids


class Library:
    """An open library. Use it as a context manager, from one thread."""

    def __init__(self, store: Store, *, model: str | None = None, device: str = "auto") -> None:
        """Take an open store; `model`, if given, must be the library's own.

        Raises LibraryMissing if nothing is indexed yet, ModelMismatch for another model.
        """
        stored = store.active_model()
        if stored is None:
            raise LibraryMissing("Nothing is indexed in this library yet; run: clipsearch index FOLDER")
        check_request(stored, model)
        self.store = store
        self.model = stored
        self._device = device
        self._encoder: Encoder | None = None
        self._index: VectorIndex | None = None

    @classmethod
    def with_encoder(cls, store: Store, encoder: Encoder) -> Library:
        """Return a library whose model is this encoder, already loaded; for a store that is new."""
        store.remember_model(encoder)
        library = cls(store)
        library._encoder = encoder
        return library

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.store.close()

    @property
    def index(self) -> VectorIndex:
        """The index of the embeddings as they are now, opened on first use and whenever they or its file changed."""
        if self._index is None or self._index.state != current_state(self.store, self.model):
            self._index = open_index(self.store, self.model)
        return self._index

    @property
    def encoder(self) -> Encoder:
        """The library's model, loaded on first use."""
        if self._encoder is None:
            self._encoder = load_stored(self.model, self._device)
        return self._encoder

    def ask(self, asked: Asked) -> Answer:
        """Return the nearest pictures and which of them match; raises as `search.querying.ask` does."""
        return ask(self, asked)

    def query(self, text: str, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """Return the k pictures nearest to a text, best first, whether they match or not; raises as `ask` does."""
        return list(self.ask(Asked(make_query(text), k, filters or Filters(), cutoff="none")).nearest)

    def ids(self, filters: Filters) -> Ids | None:
        """Return the ids of the pictures that pass, ascending, None for all; raises as `matching_ids` does."""
        return matching_ids(self.store, filters)

    def notes(self, query: Query) -> list[str]:
        """Return what a user should be told of how the model reads a query: a sentence each."""
        return self._reader().notes(query)

    def query_vector(self, query: Query, raw: bool = False) -> FloatArray:
        """Return the unit vector (dim,) that a query is searched with; `raw` embeds texts without templates."""
        reader = self._reader()
        return query_vector(query, self.embed, self.picture_vector, lambda text: reader.prompts_of(text, raw))

    def picture_vector(self, path: Path) -> FloatArray:
        """Return the embedding (dim,) of a picture or video, in the library or not; raises PictureError."""
        return picture_vector(self.store, path, self.index.vector, lambda: self.encoder, self._encoder is not None)

    def embed(self, texts: Sequence[str], exact: bool = False) -> FloatArray:
        """Return the embeddings (n, dim) of texts, from the cache if they were seen before.

        With `exact` only what the model itself computed will do, not its faster text tower.
        """
        return embed_texts(self.store, self.model, texts, lambda: self.encoder, exact)

    def _reader(self) -> Reader:
        return Reader(
            self.model.name, lambda: open_tower(self.model.fingerprint) or self.encoder, self.model.logit_bias
        )

    def label(
        self, classes: Sequence[str], *, template: str = TEMPLATE, folder: Path | None = None
    ) -> Iterator[LabelledPicture]:
        """Yield every picture, or those below `folder`, with its classes' probabilities, by path; store the best.

        The probabilities are softmax(scale * cosine) over the classes, for sigmoid models each class for itself.
        Raises InvalidRequest for no or one class or a template without {}, FolderError as `query` does.
        """
        chosen = self._checked(class_prompts(classes, template))
        among = self.ids(make_filters(folder=folder) if folder is not None else Filters())
        vectors = self.embed(chosen.prompts, exact=True)
        ids, found = self._label_index(vectors, among)
        best = found.argmax(axis=1)
        save_labels(
            self.store,
            self.model,
            chosen.names,
            template,
            ((int(ids[row]), chosen.names[best[row]], float(found[row, best[row]])) for row in range(len(ids))),
        )
        return self._by_path(chosen, ids, found)

    def label_pictures(
        self, pictures: Sequence[Path], classes: Sequence[str], *, template: str = TEMPLATE
    ) -> Iterator[LabelledPicture | tuple[Path, str]]:
        """Yield each picture with its classes' probabilities, in the order given, or (path, why it can't be read).

        Pictures need not be in the library; the embedding of one that is there, unchanged, is taken from it.
        Raises InvalidRequest as `label` does.
        """
        chosen = self._checked(class_prompts(classes, template))
        vectors = self.embed(chosen.prompts, exact=True)
        return (self._label_one(path, chosen, vectors) for path in pictures)

    def _label_one(self, path: Path, chosen: ClassPrompts, texts: FloatArray) -> LabelledPicture | tuple[Path, str]:
        try:
            vector = self.picture_vector(path)
        except PictureError as error:
            return path, str(error)
        row = self._probabilities(vector[np.newaxis, :] @ texts.T)[0]
        return LabelledPicture(path, dict(zip(chosen.names, map(float, row), strict=True)))

    def _checked(self, chosen: ClassPrompts) -> ClassPrompts:
        """Raise InvalidRequest for a single class, whose softmax is 1 whatever the picture shows."""
        if len(chosen.names) < 2 and self.model.logit_bias is None:
            raise InvalidRequest(
                f"One class alone gets every picture with probability 1; name what else it may be, "
                f'such as --classes "{chosen.names[0]},something else"'
            )
        return chosen

    def _probabilities(self, cosines: FloatArray) -> FloatArray:
        return probabilities(cosines, self.model.logit_scale, self.model.logit_bias)

    def _label_index(self, texts: FloatArray, among: np.ndarray | None) -> tuple[np.ndarray, FloatArray]:
        """Return (ids (n,), probabilities (n, classes)) of the pictures."""
        blocks = list(label_blocks(self.index, texts, self._probabilities, among))
        if not blocks:
            return np.empty(0, np.int64), np.empty((0, len(texts)), np.float32)
        return np.concatenate([ids for ids, _ in blocks]), np.concatenate([rows for _, rows in blocks])

    def _by_path(self, chosen: ClassPrompts, ids: np.ndarray, found: FloatArray) -> Iterator[LabelledPicture]:
        """Yield the labelled pictures sorted by path."""
        paths, times = paths_of(self.store, map(int, ids)), times_of(self.store, map(int, ids))
        known = [(paths[image], times.get(image), row) for row, image in enumerate(map(int, ids)) if image in paths]
        for path, at, row in sorted(known, key=lambda one: (one[0], one[1] or 0.0)):
            yield LabelledPicture(path, dict(zip(chosen.names, map(float, found[row]), strict=True)), at)


def open_library(folder: Path, *, model: str | None = None, device: str = "auto") -> Library:
    """Open the library in a folder for asking; raises LibraryError and its kind, or ModelMismatch."""
    store = Store.open(folder)
    try:
        return Library(store, model=model, device=device)
    except BaseException:
        store.close()
        raise
