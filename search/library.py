"""A library that can be asked: queries and labels over the store, the FAISS index and the text cache.

The model is loaded only if a text or a picture must be encoded; an answer from the cache needs neither the
model nor torch.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

from indexer.errors import FolderError, InvalidRequest, LibraryMissing, PictureError
from indexer.found import found_file
from indexer.labels import save_labels
from indexer.model_choice import check_request, load_stored
from indexer.paths import absolute, readable
from indexer.pictures import image_at, images_in, paths_of, times_of
from indexer.store import Store
from search.classes import TEMPLATE, ClassPrompts, class_prompts
from search.faiss_index import FaissIndex, current_generation, open_index
from search.hits import hits_of
from search.probabilities import probabilities
from search.results import Hit, LabelledPicture
from search.text_embeddings import embed_texts

if TYPE_CHECKING:
    from indexer.encoder import Encoder, FloatArray


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
        self._index: FaissIndex | None = None
        self._generation = -1

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
    def index(self) -> FaissIndex:
        """The FAISS index, opened or rebuilt on first use and whenever the embeddings have changed."""
        generation = current_generation(self.store, self.model)
        if self._index is None or generation != self._generation:
            self._index, self._generation = open_index(self.store, self.model), generation
        return self._index

    @property
    def encoder(self) -> Encoder:
        """The library's model, loaded on first use."""
        if self._encoder is None:
            self._encoder = load_stored(self.model, self._device)
        return self._encoder

    def query(self, text: str, k: int = 10, folder: Path | None = None) -> list[Hit]:
        """Return the k pictures nearest to a text, best first; with `folder` only pictures below it.

        Raises InvalidRequest for an empty text or k < 1, FolderError for a folder that is not in the library.
        """
        if not text.strip():
            raise InvalidRequest('The query is empty; ask for something, such as: clipsearch query "red envelope"')
        if k < 1:
            raise InvalidRequest("The number of results must be at least 1.")
        among = self.ids_in(folder)
        vector = self._embed([text])[0]
        found = self.index.search(vector, k, among)
        return hits_of(self.store, found)

    def label(
        self, classes: Sequence[str], *, template: str = TEMPLATE, folder: Path | None = None
    ) -> Iterator[LabelledPicture]:
        """Yield every picture, or those below `folder`, with its classes' probabilities, by path; store the best.

        The probabilities are softmax(scale * cosine) over the classes, for sigmoid models each class for itself.
        Raises InvalidRequest for no or one class or a template without {}, FolderError as `query` does.
        """
        chosen = self._checked(class_prompts(classes, template))
        among = self.ids_in(folder)
        vectors = self._embed(chosen.prompts)
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
        vectors = self._embed(chosen.prompts)
        return (self._label_one(path, chosen, vectors) for path in pictures)

    def _label_one(self, path: Path, chosen: ClassPrompts, texts: FloatArray) -> LabelledPicture | tuple[Path, str]:
        try:
            vector = self.picture_vector(path)
        except PictureError as error:
            return path, str(error)
        row = self._probabilities(vector[np.newaxis, :] @ texts.T)[0]
        return LabelledPicture(path, dict(zip(chosen.names, map(float, row), strict=True)))

    def picture_vector(self, path: Path) -> FloatArray:
        """Return a picture's embedding (dim,), from the library if it is there unchanged, else encoded now.

        Of a video in the library, its first moment's. Raises PictureError if the picture can't be read.
        """
        resolved = absolute(path)
        known = image_at(self.store, resolved)
        if known is not None and os.path.isfile(resolved):
            image, file = known
            if found_file(file.path, resolved.stat()) == file:
                with contextlib.suppress(KeyError):  # known, but not yet embedded by this model
                    return self.index.vector(image)
        from indexer.decode import open_picture

        if self._encoder is None:
            open_picture(resolved, 1)  # a bad file is told before the model is loaded, which takes seconds
        preprocess = self.encoder.preprocess
        pixels = preprocess(open_picture(resolved, preprocess.smallest).image)
        return np.asarray(self.encoder.encode_images(np.stack([pixels]))[0], dtype=np.float32)

    def _checked(self, chosen: ClassPrompts) -> ClassPrompts:
        """Raise InvalidRequest for a single class, whose softmax is 1 whatever the picture shows."""
        if len(chosen.names) < 2 and self.model.logit_bias is None:
            raise InvalidRequest(
                f"One class alone gets every picture with probability 1; name what else it may be, "
                f'such as --classes "{chosen.names[0]},something else"'
            )
        return chosen

    def _embed(self, texts: Sequence[str]) -> FloatArray:
        return embed_texts(self.store, self.model, texts, lambda: self.encoder)

    def _probabilities(self, cosines: FloatArray) -> FloatArray:
        return probabilities(cosines, self.model.logit_scale, self.model.logit_bias)

    def _label_index(self, texts: FloatArray, among: np.ndarray | None) -> tuple[np.ndarray, FloatArray]:
        """Return (ids (n,), probabilities (n, classes)) of the pictures, block by block over the index."""
        ids, rows = [], []
        for some, vectors in self.index.blocks():
            chosen = np.isin(some, among) if among is not None else slice(None)
            ids.append(some[chosen])
            rows.append(self._probabilities(vectors[chosen] @ texts.T))
        if not ids:
            return np.empty(0, np.int64), np.empty((0, len(texts)), np.float32)
        return np.concatenate(ids), np.concatenate(rows)

    def _by_path(self, chosen: ClassPrompts, ids: np.ndarray, found: FloatArray) -> Iterator[LabelledPicture]:
        """Yield the labelled pictures sorted by path."""
        paths, times = paths_of(self.store, map(int, ids)), times_of(self.store, map(int, ids))
        known = [(paths[image], times.get(image), row) for row, image in enumerate(map(int, ids)) if image in paths]
        for path, at, row in sorted(known, key=lambda one: (one[0], one[1] or 0.0)):
            yield LabelledPicture(path, dict(zip(chosen.names, map(float, found[row]), strict=True)), at)

    def ids_in(self, folder: Path | None) -> np.ndarray | None:
        """Return the ids of the pictures below a folder, None for no folder; raises FolderError if there are none."""
        if folder is None:
            return None
        places = dict.fromkeys([absolute(folder), Path(os.path.abspath(folder))])  # a root may have become a link
        ids = [image for place in places for image in images_in(self.store, place)]
        if not ids:
            shown = readable(str(folder))
            raise FolderError(
                f"No picture in the library is below {shown}; check the name, or run: clipsearch index {shown}"
            )
        return np.array(ids, dtype=np.int64)


def open_library(folder: Path, *, model: str | None = None, device: str = "auto") -> Library:
    """Open the library in a folder for asking; raises LibraryError and its kind, or ModelMismatch."""
    store = Store.open(folder)
    try:
        return Library(store, model=model, device=device)
    except BaseException:
        store.close()
        raise
