"""Embeddings of classes: the mean over their prompts in every template."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from indexer.arrays import FloatArray, unit_rows
from search.labels.classes import NamedClass
from search.progress import Progress, unwatched
from search.texts.embeddings import embed_texts

if TYPE_CHECKING:
    from indexer.models.encoder import Encoder
    from search.library.library import Library

TEXTS_AT_ONCE = 256  # some seconds of a slow model: at most this much is lost when a run is stopped


def class_vectors(
    library: Library,
    classes: Sequence[NamedClass],
    templates: Sequence[str],
    progress: Progress = unwatched,
) -> FloatArray:
    """Return the unit embeddings (classes, dim) of classes.

    Each is the normalised mean of the unit embeddings of the class's prompts in the templates (Radford et al.,
    "Learning Transferable Visual Models From Natural Language Supervision", ICML 2021, section 3.1.4).
    """
    at_once = max(1, TEXTS_AT_ONCE // len(templates))
    ends = [0, *itertools.accumulate(len(class_.prompts) * len(templates) for class_ in classes)]
    blocks = []
    for start in range(0, len(classes), at_once):
        started = functools.partial(progress, ends[start], ends[-1])
        blocks.append(_vectors_of(library, classes[start : start + at_once], templates, started))
    progress(ends[-1], ends[-1])
    return np.concatenate(blocks)


def _vectors_of(
    library: Library, classes: Sequence[NamedClass], templates: Sequence[str], started: Callable[[], None]
) -> FloatArray:
    """Embed some classes in one call of the model; `started` is called before and after that is loaded."""

    def load() -> Encoder:
        started()
        encoder = library.encoder
        started()  # who has stopped this meanwhile waits for no text
        return encoder

    texts = [class_.texts(templates) for class_ in classes]
    flat = list(itertools.chain.from_iterable(texts))
    embedded = embed_texts(library.store, library.model, flat, load, exact=True, allow=library.allow)
    ends = np.cumsum([len(of_class) for of_class in texts])
    means = np.add.reduceat(embedded, [0, *ends[:-1]], axis=0)
    return unit_rows(np.asarray(means, dtype=np.float32))
