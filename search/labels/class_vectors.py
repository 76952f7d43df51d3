"""The embeddings of classes: the mean over their prompts in every template."""

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

TEXTS_AT_ONCE = 256  # some seconds' work of a slow model: what a run that is stopped loses


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
    ends = [0, *itertools.accumulate(len(one.prompts) * len(templates) for one in classes)]
    blocks = []
    for start in range(0, len(classes), at_once):
        started = functools.partial(progress, ends[start], ends[-1])
        blocks.append(_vectors_of(library, classes[start : start + at_once], templates, started))
    progress(ends[-1], ends[-1])
    return np.concatenate(blocks)


def _vectors_of(
    library: Library, classes: Sequence[NamedClass], templates: Sequence[str], started: Callable[[], None]
) -> FloatArray:
    """Embed some classes; the model is given all their texts at once, after `started` was called."""

    def load() -> Encoder:
        started()
        return library.encoder

    texts = [one.texts(templates) for one in classes]
    flat = [text for some in texts for text in some]
    embedded = embed_texts(library.store, library.model, flat, load, exact=True)
    ends = np.cumsum([len(some) for some in texts])
    means = np.add.reduceat(embedded, [0, *ends[:-1]], axis=0)
    return unit_rows(np.asarray(means, dtype=np.float32))
