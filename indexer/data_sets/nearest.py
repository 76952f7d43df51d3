"""The nearest rows of a table of pictures: found by Lance, with its index or without, and scored exactly here.

Figures were taken on 500,000 embeddings in clusters (docs/data-sets.md): how many candidates the index has to give for
recall@10 of 0.99, and what one costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.data_sets.columns import EMBEDDING, ID
from indexer.data_sets.gathered import matrix

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from indexer.arrays import FloatArray

METRIC = "cosine"  # of the index; the embeddings are of unit length, so it finds what the product does
CANDIDATES, CANDIDATES_OF_K = 250, 10  # that are scored exactly: so many, and so many times k, at least
FILTERED_CANDIDATES = 800  # with a filter, since what passes may lie anywhere
FILTERED = 2  # times as many of k and as many parts with a filter, too
FEW_PASSING = 2000  # rows: these are all read, which is as fast as the index and exact
COST_OF_CANDIDATE, COST_OF_PASSING = 100, 50  # rows that are read in a row in the time of one that is picked out
PROBES = 64  # parts of the index that are searched; of many parts four times the root
SPARE = 16  # more than k, as Lance sorts by a distance that is rounded
QUERIES_AT_ONCE, ROWS_AT_ONCE = 64, 50_000  # that are found for them, with their embeddings
_FLAT: dict[str, Any] = {"use_index": False, "metric": "dot"}


def nearest_rows(
    dataset: Any, queries: FloatArray, k: int, where: str | None, partitions: int | None, passing: int
) -> tuple[NDArray[np.object_], FloatArray]:
    """Return ids and cosines (n, k) of the nearest of the `passing` rows; None and nan where there are fewer.

    `partitions` says of how many parts the index is that is to be used; None for none.
    """
    import numpy as np

    ids = np.full((len(queries), k), None, dtype=object)
    scores = np.full((len(queries), k), np.nan, dtype=np.float32)
    if not (k and passing):
        return ids, scores
    how = _by_index(k, where is not None, partitions) if partitions else _FLAT
    if partitions and len(queries) * how["refine_factor"] * (k + SPARE) * COST_OF_CANDIDATE > _cost_of_all(
        dataset, where, passing
    ):
        how = _FLAT
    at_once = max(1, min(QUERIES_AT_ONCE, ROWS_AT_ONCE // (k + SPARE)))
    for start in range(0, len(queries), at_once):
        block = queries[start : start + at_once]
        near = {"column": EMBEDDING, "q": block, "k": k + SPARE, **how}
        found = dataset.to_table(columns=[ID, EMBEDDING, "_distance"], nearest=near, filter=where, prefilter=True)
        for number, (names, cosines) in _of_each_query(found, block):
            count = min(k, len(names))
            ids[start + number, :count], scores[start + number, :count] = names[:count], cosines[:count]
    return ids, scores


def _by_index(k: int, is_filtered: bool, partitions: int) -> dict[str, Any]:
    """Return how the index is searched. More of its parts are, while too few candidates pass."""
    times = FILTERED if is_filtered else 1
    candidates = max(FILTERED_CANDIDATES if is_filtered else CANDIDATES, CANDIDATES_OF_K * k * times)
    probes = max(PROBES, 4 * int(partitions**0.5)) * times
    return {
        "use_index": True,
        "metric": METRIC,
        "minimum_nprobes": min(probes, partitions),
        "refine_factor": -(-candidates // (k + SPARE)),
    }


def _cost_of_all(dataset: Any, where: str | None, passing: int) -> int:
    """Return what it costs to score all that pass, in rows that are read one after the other."""
    return passing if where is None else min(passing * COST_OF_PASSING, int(dataset.count_rows()))


def _of_each_query(
    found: pa.Table, queries: FloatArray
) -> Iterator[tuple[int, tuple[NDArray[np.object_], FloatArray]]]:
    """Yield of each query its number, and the ids found with their cosines, best first."""
    import numpy as np

    of_query = found["query_index"].to_numpy() if len(queries) > 1 else np.zeros(len(found), dtype=np.int32)
    names = np.asarray(found[ID].to_pylist(), dtype=object)
    embeddings = found[EMBEDDING].combine_chunks()
    vectors = matrix(embeddings.combine_chunks() if hasattr(embeddings, "combine_chunks") else embeddings)
    for number, query in enumerate(queries):
        own = np.flatnonzero(of_query == number)
        yield number, _ranked(names[own], vectors[own] @ query)


def _ranked(names: NDArray[np.object_], scores: FloatArray) -> tuple[NDArray[np.object_], FloatArray]:
    """Return ids, each once, by falling score, and those of one score by id."""
    import numpy as np

    order = np.lexsort((names.astype(str), -scores))
    _, first = np.unique(names[order].astype(str), return_index=True)
    order = order[np.sort(first)]
    return names[order], scores[order]
