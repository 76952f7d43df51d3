"""Exports the image tower of a library's model, once, after a run; as text_tower/prepare.py does with texts.

The export is compared with the model on pictures of the library itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from indexer.errors import ClipsearchError, PictureError
from indexer.exported.failures import has_failed, remember_failure
from indexer.exported.folder import can_keep, look_again
from indexer.image_tower import tower as image_tower
from indexer.image_tower.tower import find_tower, is_whole, tower_folder
from indexer.store.models import active_model
from indexer.store.pictures import some_stills

if TYPE_CHECKING:
    from indexer.models.encoder import Encoder
    from indexer.models.preprocess import Pixels, Preprocess
    from indexer.store.models import StoredModel
    from indexer.store.store import Store

PICTURES = 8  # to compare with


def prepare_images(
    store: Store,
    loaded: Encoder | None,
    load: Callable[[StoredModel], Encoder] | None,
    tell: Callable[[str], None],
    stopping: Callable[[], bool],
    measure: bool = True,
) -> None:
    """Export the active model's image tower if it has none and no export has failed; never raises an Exception.

    `loaded` is the model that a run has loaded, if any; else `load` loads the active one, if given. `tell` gets a line
    if there is something to do. What is faster is measured, unless the caller does so when nothing else is going on.
    """
    active = active_model(store)
    if active is None or stopping():
        return
    encoder = loaded if loaded is not None and loaded.fingerprint == active.fingerprint else None
    if (encoder is None and load is None) or not is_due(active.fingerprint, encoder is None):
        return
    try:
        from indexer.image_tower.export import export_tower

        if encoder is None:
            assert load is not None
            encoder = load(active)
        export_tower(encoder, pictures_of(store, encoder.preprocess), tell, stopping)
        if measure:
            measure_export(encoder)
    except Exception as error:
        # torch, onnx and onnxruntime raise many kinds; without a tower the model is loaded.
        if not stopping() and not is_whole(active.fingerprint):  # else another process has made one meanwhile
            was_loaded = encoder is not None and not isinstance(error, ClipsearchError)
            remember_failure(tower_folder(active.fingerprint), image_tower.FORMAT, error, was_loaded)


def measure_export(encoder: Encoder) -> None:
    """Find out which way to encode is the fastest, if a model was exported; never raises an Exception."""
    from indexer.image_tower.rates import measure_rates

    about = find_tower(encoder.fingerprint)
    if about is not None:
        with contextlib.suppress(Exception):  # whatever torch and onnxruntime raise: then the exports do all the work
            measure_rates(encoder, about)


def is_due(fingerprint: str, needs_load: bool) -> bool:
    """Return whether a model has no image tower, for no reason that still holds, and could be given one."""
    if (about := find_tower(fingerprint)) is not None:
        look_again(tower_folder(fingerprint), about.files)
    if is_whole(fingerprint) or has_failed(tower_folder(fingerprint), image_tower.FORMAT, needs_load):
        return False
    return can_keep()


def pictures_of(store: Store, preprocess: Preprocess) -> Pixels:
    """Return some pictures of the library, preprocessed, uint8 (n, height, width, 3); made-up ones if it has few."""
    import numpy as np

    from indexer.decoding.decode import open_picture
    from indexer.image_tower.export import example_pixels

    pixels = []
    for path in some_stills(store, 2 * PICTURES).values():
        try:
            pixels.append(preprocess(open_picture(path, preprocess.smallest).image))
        except (PictureError, OSError, ValueError, MemoryError):
            continue  # gone or replaced since it was indexed
        if len(pixels) == PICTURES:
            return np.stack(pixels)
    return np.concatenate([*(picture[np.newaxis] for picture in pixels), example_pixels(preprocess.shape)])
