"""A picture's embedding for a question: from the library if the file is there unchanged, else encoded now.

A video is the mean of its moments: what it shows for the most part. Its first moment is too often black or a title.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import PictureError
from indexer.files.formats import is_video
from indexer.files.found import found_file
from indexer.paths import absolute
from indexer.store.pictures import image_at
from indexer.store.store import Store

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from indexer.models.encoder import Encoder

MOMENTS_AT_ONCE = 16  # of a video, so that a long one does not fill the memory


def picture_vector(
    store: Store,
    path: Path,
    vector: Callable[[int], FloatArray],
    encoder: Callable[[], Encoder],
    loaded: bool = False,
) -> FloatArray:
    """Return the unit embedding (dim,) of a picture or video, in the library or not.

    `vector` gives the embedding of an id, or raises KeyError; `encoder` loads the model, unless it is `loaded`.
    Raises PictureError with the reason alone.
    """
    import numpy as np

    from indexer.arrays import unit_vector

    place = absolute(path)
    known = known_ids(store, place)
    try:
        rows = [vector(image) for image in known]
    except KeyError:  # known, but not yet embedded by this model
        rows = []
    if not rows:
        if not loaded:
            _check(place)  # a bad file is told before the model is loaded, which takes seconds
        rows = list(_encoded(place, encoder()))
    return unit_vector(np.mean(rows, axis=0))


def known_ids(store: Store, place: Path) -> list[int]:
    """Return the ids, one or a video's moments, of the file at a resolved path if it is in the library unchanged."""
    known = image_at(store, place)
    if known is None or not os.path.isfile(place) or found_file(known[1].path, place.stat()) != known[1]:
        return []
    rows = store.db.execute(
        "SELECT other.id FROM images one JOIN images other"
        " ON other.root = one.root AND ifnull(other.path_bytes, other.path) = ifnull(one.path_bytes, one.path)"
        " WHERE one.id = ? ORDER BY other.at_ms",
        [known[0]],
    )
    return [int(row[0]) for row in rows]


def _check(place: Path) -> None:
    """Raise PictureError for a file that is no picture or video."""
    from indexer.decoding.decode import open_picture

    if not is_video(place.name):
        open_picture(place, 1)
    elif not place.is_file():
        raise PictureError("no such file" if not place.exists() else "not a file")


def _encoded(place: Path, encoder: Encoder) -> Iterator[FloatArray]:
    """Yield the embeddings (dim,) of a picture, or of a video's moments."""
    import numpy as np

    from indexer.engine.frames import frames

    pixels = (pixels for _, pixels in frames(place.parent, place.name, encoder.preprocess))
    while batch := list(itertools.islice(pixels, MOMENTS_AT_ONCE)):
        yield from np.asarray(encoder.encode_images(np.stack(batch)), dtype=np.float32)
