"""Judges int8 on pictures that a library has already, once its model has just been exported.

Their exact embeddings are known, so that only int8 ones are made: 64 pictures, in a library of many.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

from indexer.errors import PictureError
from indexer.image_tower.tower import find_tower, open_tower
from indexer.store.embeddings import embeddings_of
from indexer.store.models import active_model, remember_int8
from indexer.store.pictures import some_stills

if TYPE_CHECKING:
    from indexer.image_tower.tower import About
    from indexer.library_model.judging import Verdict
    from indexer.store.models import StoredModel
    from indexer.store.store import Store

LEAST = 512  # stills that a library must have, so that this takes but a few percent of the time that it took


def judge_stored(store: Store, stopping: Callable[[], bool]) -> None:
    """Judge int8 for the active model if that is open, there is such an export, and the library is large enough."""
    model = active_model(store)
    about = None if model is None or model.int8 is not None or store.read_only else find_tower(model.fingerprint)
    if model is None or about is None or "int8" not in about.least_cosines:
        return
    with contextlib.suppress(ValueError, RuntimeError):  # of onnxruntime; then it stays open
        verdict = _verdict(store, model, about, stopping)
        if verdict is not None:
            remember_int8(store, model, {"taken": verdict.is_good, **dataclasses.asdict(verdict)})


def _verdict(store: Store, model: StoredModel, about: About, stopping: Callable[[], bool]) -> Verdict | None:
    """Return the verdict; None if there are too few pictures that can be read, or it is told to stop."""
    import numpy as np

    from indexer.decoding.decode import open_picture
    from indexer.library_model.judging import JUDGED, Judge

    stills = some_stills(store, LEAST)
    tower = open_tower(about, "int8", many=True) if len(stills) == LEAST else None
    if tower is None:
        return None
    judge, preprocess = Judge(), about.preprocessing
    chosen = list(stills)[:: LEAST // (2 * JUDGED)]
    for image, row in zip(*embeddings_of(store, model, chosen), strict=True):
        if stopping():
            return None
        try:
            pixels = preprocess(open_picture(stills[int(image)], preprocess.smallest).image)
        except (PictureError, OSError, ValueError, MemoryError):
            continue  # gone or replaced since
        if (verdict := judge.add(row[np.newaxis], tower.encode_images(pixels[np.newaxis]))) is not None:
            return verdict
    return None
