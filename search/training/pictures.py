"""The pictures of a library that a training program gets, with labels and embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.arguments import flag, skips, transform_of
from search.query.ask import QueryRequest
from search.subsets.selection import choose

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from search.filters.filters import Filters
    from search.library.library import Library
    from search.subsets.selection import Labels
    from search.subsets.subset import Subset
    from search.training.torch_pictures import TorchPictures


def torch_pictures(
    library: Library,
    filters: Filters,
    labels: Labels,
    transform: Callable[[Any], Any] | None,
    with_embeddings: bool,
    unreadable: str,
) -> TorchPictures:
    """Return the pictures that pass, by path and without videos; raises InvalidRequest, FolderError."""
    skip, transform = skips(unreadable), transform_of(transform)
    subset = choose(library, QueryRequest(None, filters=filters), labels, "")
    embeddings = _embeddings(library, subset) if flag(with_embeddings, "with_embeddings") else None
    from search.training.torch_pictures import TorchPictures

    return TorchPictures(subset, embeddings, transform, skip)


def _embeddings(library: Library, subset: Subset) -> NDArray[np.float16]:
    """Return the embeddings (n, dim) of the pictures; nan for one that this model has not encoded yet."""
    import numpy as np

    wanted = np.array([int(picture.id) for picture in subset.pictures], dtype=np.int64)
    ids, vectors = library.index.vectors(wanted.tolist())
    rows = np.full((len(wanted), library.model.dim), np.nan, dtype=np.float16)
    where = np.searchsorted(ids, wanted)
    there = where < len(ids)
    there[there] = ids[where[there]] == wanted[there]
    rows[there] = vectors[where[there]]
    return rows
