"""From a query's terms to the one vector that is searched with: the unit vector of their weighted sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest, PictureError
from indexer.paths import readable
from search.query.terms import Query
from search.texts.prompts import Prompts

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from search.library.library import Library

SMALLEST = 1e-3  # of the sum of the weights: what is left of terms that cancel each other has no meaning


def vector_of(library: Library, query: Query, raw: bool = False) -> FloatArray:
    """Return the unit vector (dim,) that a query is searched with; `raw` embeds texts without templates."""
    reader = library.reader
    return query_vector(query, library.embed, library.picture_vector, lambda text: reader.prompts_of(text, raw))


def query_vector(
    query: Query,
    embed_texts: Callable[[Sequence[str]], FloatArray],
    embed_picture: Callable[[Path], FloatArray],
    prompts_of: Callable[[str], Prompts] = Prompts.bare,
) -> FloatArray:
    """Return the unit vector (dim,) of sum(weight * unit vector) over the terms.

    `embed_texts` gives unit rows (n, dim) and is called once, with all prompts of all texts; `embed_picture` gives a
    unit vector (dim,). Raises InvalidRequest if the terms cancel each other, PictureError for a picture that can't be
    read, naming it.
    """
    import numpy as np

    vectors = text_vectors(query.texts, embed_texts, prompts_of)
    rows = [
        vectors[term.text] if term.text is not None else _picture(term.picture, embed_picture) for term in query.terms
    ]
    weights = np.array([term.weight for term in query.terms], dtype=np.float32)
    total = weights @ np.stack(rows)
    length = float(np.linalg.norm(total))
    if length < SMALLEST * float(np.abs(weights).sum()):
        raise InvalidRequest("The parts of the query cancel each other; change a weight, or leave one of them out.")
    return np.asarray(total / length, dtype=np.float32)


def text_vectors(
    texts: Sequence[str],
    embed_texts: Callable[[Sequence[str]], FloatArray],
    prompts_of: Callable[[str], Prompts] = Prompts.bare,
) -> dict[str, FloatArray]:
    """Return the unit vector (dim,) of each text: the normalised weighted mean of its prompts' embeddings."""
    import numpy as np

    from indexer.arrays import unit_rows

    plans = {text: prompts_of(text) for text in texts}
    all_prompts = list(dict.fromkeys(prompt for plan in plans.values() for prompt in plan.texts))
    embedded = dict(zip(all_prompts, embed_texts(all_prompts), strict=True)) if all_prompts else {}
    means = {
        text: np.asarray(plan.weights, dtype=np.float32) @ np.stack([embedded[prompt] for prompt in plan.texts])
        for text, plan in plans.items()
    }
    return {text: unit_rows(mean[np.newaxis, :])[0] for text, mean in means.items()}


def _picture(path: Path | None, embed: Callable[[Path], FloatArray]) -> FloatArray:
    """Embed a picture; an error says of which picture."""
    assert path is not None
    try:
        return embed(path)
    except PictureError as error:
        raise type(error)(f"{readable(path)} can't be searched with: {error}") from error
