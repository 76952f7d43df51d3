"""Find the pictures most like a given one, which need not be in the library.

The picture's own file is left out; byte-identical copies of it are hits like any other, with a cosine of 1. A video is
searched by each of its moments, and none of them is a hit.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.decoding.kinds import is_video_file
from indexer.errors import InvalidRequest, PictureError
from indexer.paths import absolute, readable
from indexer.root_folders.named_roots import quoted
from indexer.store.pictures import images_at, times_of
from indexer.store.roots import AT_PATH, PATH
from search.filters.filters import NO_FILTERS, Filters
from search.folding.stacks import FEWEST_LOOKED_AT, folded, nearest_stacks
from search.index.files import snapshot
from search.library.hits import hits_of, hits_of_stacks
from search.results import Hit

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from search.filters.passing import Passing
    from search.library.library import Library


def similar(
    library: Library, picture: Path, k: int = 10, filters: Filters = NO_FILTERS, *, fold: bool = False
) -> list[Hit]:
    """Return the k pictures most like one, best first, of those that pass; with `fold` without copies of each other.

    The picture's own copies are one of these then, at the top. Raises InvalidRequest for k < 1, PictureError if the
    picture can't be read, and as `matching_ids` does.
    """
    _check(k)
    passing = library.passing(filters)
    own = _own_rows(library, picture)
    return _others(library, _vectors(library, picture, own), own, k, passing, fold)


def similar_to(
    library: Library, image: int, k: int = 10, filters: Filters = NO_FILTERS, *, fold: bool = False
) -> list[Hit]:
    """Return the k pictures most like one of the library, by its id; nothing is read of its file.

    A moment of a video is searched by itself, and none of the video's moments is a hit. Raises as `similar` does.
    """
    _check(k)
    vectors = list(_known_vectors(library, [image]))
    return _others(library, vectors, rows_of_file(library, image), k, library.passing(filters), fold)


def copies_of(library: Library, image: int) -> list[Hit]:
    """Return the same picture in other files, best first, as they are folded behind one another in results."""
    vectors = list(_known_vectors(library, [image]))
    if not vectors:
        return []
    with snapshot(library.store):
        found = library.index.search(vectors[0], FEWEST_LOOKED_AT)
        scored = [(image, 1.0), *(pair for pair in found if pair[0] != image)]
        stack = folded(library.store, library.model, scored)[0]
        others = [pair for pair in (stack.shown, *stack.copies) if pair[0] != image]
        return hits_of(library.store, others)


def rows_of_file(library: Library, image: int) -> list[int]:
    """Return the ids of a picture's own file, of a video all its moments in order; none of one that is gone."""
    select = f"SELECT root, {PATH} FROM images WHERE id = ?"
    row = library.store.db.execute(select, [image]).fetchone()
    if row is None:
        return []
    return [one[0] for one in library.store.db.execute(f"SELECT id FROM images WHERE {AT_PATH} ORDER BY at_ms", row)]


def _check(k: int) -> None:
    if k < 1:
        raise InvalidRequest("The number of results must be at least 1.")


def _others(
    library: Library, vectors: Sequence[FloatArray], own: Sequence[int], k: int, passing: Passing, fold: bool
) -> list[Hit]:
    """Return the k nearest to any of the vectors, without a picture's own rows."""

    def nearest(count: int) -> list[tuple[int, float]]:
        best: dict[int, float] = {}
        for vector in vectors:
            for image, score in library.index.search(vector, count + len(own), passing):
                best[image] = max(score, best.get(image, score))
        others = [(image, score) for image, score in best.items() if image not in own]
        return sorted(others, key=lambda pair: (-pair[1], pair[0]))[:count]

    with snapshot(library.store):  # one state of the library, even if an indexer writes meanwhile
        if not fold:
            return hits_of(library.store, nearest(k))
        stacks = nearest_stacks(library.store, library.model, nearest, k)
        return hits_of_stacks(library.store, [(stack.shown, stack.copies) for stack in stacks])


def _own_rows(library: Library, picture: Path) -> list[int]:
    """Return the ids of the picture's own file, under either path; of a video, its moments in order."""
    paths = dict.fromkeys([absolute(picture), Path(os.path.abspath(picture))])  # a root may have become a link
    return list(dict.fromkeys(image for path in paths for image in images_at(library.store, path)))


def _vectors(library: Library, picture: Path, own: Sequence[int]) -> list[FloatArray]:
    """Return the vectors to search by: the picture's embedding (dim,), or those of a video's moments."""
    shown = readable(picture)
    if times_of(library.store, own):  # moments of a video
        return list(_known_vectors(library, own))
    if is_video_file(picture):
        raise PictureError(
            f"{shown} is a video that is not in the library; run: clipsearch index {quoted(picture.parent)}"
        )
    try:
        return [library.picture_vector(picture)]
    except PictureError as error:
        raise PictureError(f"{shown} can't be read: {error}") from error


def _known_vectors(library: Library, images: Sequence[int]) -> Iterator[FloatArray]:
    """Yield the embeddings of pictures, without those that this model has not embedded yet."""
    for image in images:
        with contextlib.suppress(KeyError):
            yield library.index.vector(image)
