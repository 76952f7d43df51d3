"""The embedding of a picture to ask with: from the library if the file is there unchanged, else encoded now.

That of a video is the mean of its moments, what it mostly shows; the first moment is too often black or a title.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import PictureError
from indexer.files.away import is_away
from indexer.files.content import is_unchanged
from indexer.paths import absolute
from indexer.store.pictures import digest_of_image, image_at
from indexer.store.store import Store

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from indexer.models.encoder import Encoder

MOMENTS_AT_ONCE = 16  # to encode, so that a long video does not fill the memory


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

    resolved = absolute(path)
    try:
        rows = [vector(image) for image in known_ids(store, resolved)]
    except KeyError:  # in the library, but not yet embedded by this model
        rows = []
    if not rows:
        if not loaded:
            _check(resolved)  # a bad file is refused before the model is loaded, which takes seconds
        rows = list(_encoded(resolved, encoder()))
    return unit_vector(np.mean(rows, axis=0))


def known_ids(store: Store, path: Path) -> list[int]:
    """Return the ids, of a video those of its moments, of a resolved path if the library has its file unchanged."""
    known = image_at(store, path)
    if known is None or not (os.path.isfile(path) or is_away(path)):
        return []
    if not is_unchanged(path, known[1], digest_of_image(store, known[0])):
        return []
    rows = store.db.execute(
        "SELECT moment.id FROM images JOIN images AS moment ON moment.root = images.root"
        " AND ifnull(moment.path_bytes, moment.path) = ifnull(images.path_bytes, images.path)"
        " WHERE images.id = ? ORDER BY moment.at_ms",
        [known[0]],
    )
    return [int(row[0]) for row in rows]


def _check(path: Path) -> None:
    """Raise PictureError for a file that is no picture or video."""
    from indexer.decoding.decode import open_picture
    from indexer.decoding.kinds import is_video_file

    if not is_video_file(path):
        open_picture(path, 1)
    elif not path.is_file():
        raise PictureError("no such file" if not path.exists() else "not a file")


def _encoded(path: Path, encoder: Encoder) -> Iterator[FloatArray]:
    """Yield the embeddings (dim,) of a picture, or of a video's moments."""
    import numpy as np

    from indexer.engine.frames import frames

    pixels = (pixels for _, pixels in frames(path.parent, path.name, encoder.preprocess))
    while batch := list(itertools.islice(pixels, MOMENTS_AT_ONCE)):
        yield from np.asarray(encoder.encode_images(np.stack(batch)), dtype=np.float32)
