"""From the terms of a query to the vector that is searched with: the unit vector of their weighted sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest, PictureError
from indexer.paths import readable
from search.query.terms import Query, Term
from search.texts.prompts import Prompts

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from search.library.library import Library

SHORTEST_SUM = 1e-3  # of the sum of the weights; the little that is left of terms that cancel each other means nothing


def query_vector(library: Library, query: Query, raw: bool = False) -> FloatArray:
    """Return the unit vector (dim,) that a query is searched with; `raw` embeds texts without templates."""
    reader = library.reader
    return weighted_sum(
        query, library.embed, library.picture_vector, lambda text: reader.prompts_of(text, raw), library.index.vector
    )


def _no_library(image: int) -> FloatArray:
    raise KeyError(image)


def weighted_sum(
    query: Query,
    embed_texts: Callable[[Sequence[str]], FloatArray],
    embed_picture: Callable[[Path], FloatArray],
    prompts_of: Callable[[str], Prompts] = Prompts.bare,
    vector_of: Callable[[int], FloatArray] = _no_library,
) -> FloatArray:
    """Return the unit vector (dim,) of sum(weight * unit vector) over the terms.

    `embed_texts` returns unit rows (n, dim) and is called once, with all prompts of all texts; `embed_picture` returns
    a unit vector (dim,), and so does `vector_of` for an id, or raises KeyError. Raises InvalidRequest if the terms
    cancel each other or an id or embedding is not of the library, PictureError, with the path, for a picture that can't
    be read.
    """
    import numpy as np

    vectors = _text_vectors(query.texts, embed_texts, prompts_of)
    rows = [
        vectors[term.text] if term.text is not None else _of_picture(term, embed_picture, vector_of)
        for term in query.terms
    ]
    if len({row.shape for row in rows}) > 1:
        raise InvalidRequest("A picture was embedded by another model than the library's; give it again.")
    weights = np.array([term.weight for term in query.terms], dtype=np.float32)
    total = weights @ np.stack(rows)
    length = float(np.linalg.norm(total))
    if length < SHORTEST_SUM * float(np.abs(weights).sum()):
        raise InvalidRequest("The parts of the query cancel each other; change a weight, or leave one of them out.")
    return np.asarray(total / length, dtype=np.float32)


def _text_vectors(
    texts: Sequence[str],
    embed_texts: Callable[[Sequence[str]], FloatArray],
    prompts_of: Callable[[str], Prompts],
) -> dict[str, FloatArray]:
    """Return the unit vector (dim,) of each text: the normalised weighted mean of its prompts' embeddings."""
    import numpy as np

    from indexer.arrays import unit_vector

    prompts = {text: prompts_of(text) for text in texts}
    flat = list(dict.fromkeys(prompt for of_text in prompts.values() for prompt in of_text.texts))
    embedded = dict(zip(flat, embed_texts(flat), strict=True)) if flat else {}
    return {
        text: unit_vector(
            np.array(of_text.weights, np.float32) @ np.stack([embedded[prompt] for prompt in of_text.texts])
        )
        for text, of_text in prompts.items()
    }


def _of_picture(term: Term, embed: Callable[[Path], FloatArray], vector_of: Callable[[int], FloatArray]) -> FloatArray:
    """Return the embedding of a term that is no text."""
    import numpy as np

    if term.vector is not None:
        return np.asarray(term.vector, dtype=np.float32)
    if term.image is None:
        return _picture(term.picture, embed)
    try:
        return vector_of(term.image)
    except KeyError as error:
        raise InvalidRequest(f"The library has no picture {term.image} any more; ask for another one.") from error


def _picture(path: Path | None, embed: Callable[[Path], FloatArray]) -> FloatArray:
    """Embed a picture; an error names it."""
    assert path is not None
    try:
        return embed(path)
    except PictureError as error:
        raise type(error)(f"{readable(path)} can't be searched with: {error}") from error
