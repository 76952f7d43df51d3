"""The nearest rows of a table of pictures: found by Lance, with its index or without, and scored exactly here.

Figures were taken on 500,000 embeddings in clusters (docs/data-sets.md): how many candidates the index has to give for
recall of 0.99, of the best 10, 100 and 200, and what one costs. What is missed is missed by the codes of the index and
not by its parts: Lance searches more of those than it is told to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.data_sets.columns import EMBEDDING, ID
from indexer.data_sets.gathered import matrix
from indexer.data_sets.vector_index import BITS, METRIC, VectorIndex

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from indexer.arrays import FloatArray
    from indexer.row_sets.passing import Passing

CANDIDATES, CANDIDATES_OF_K = 100, 3  # that are scored exactly: so many, and so many times k, at least
COARSE_CANDIDATES, COARSE_CANDIDATES_OF_K = 250, 10  # the same of an index with fewer bits than are made today,
COARSE_FILTERED_CANDIDATES, COARSE_FILTERED_OF_K = 800, 20  # and with a filter, since what passes may lie anywhere
FILTERED = 2  # times as many parts with a filter
FEW_PASSING = 2000  # rows: these are all read, which is as fast as the index and exact
COST_OF_CANDIDATE, COST_OF_PASSING = 100, 50  # rows that are read in a row in the time of one that is picked out
PROBES = 64  # parts of the index that are searched; of many parts four times the root
SPARE = 16  # more than k, as Lance sorts by a distance that is rounded
QUERIES_AT_ONCE, ROWS_AT_ONCE = 64, 50_000  # that are found for them, with their embeddings
_FLAT: dict[str, Any] = {"use_index": False, "metric": "dot"}


def nearest_rows(
    dataset: Any, queries: FloatArray, k: int, passing: Passing, index: VectorIndex | None
) -> tuple[NDArray[np.object_], FloatArray]:
    """Return ids and cosines (n, k) of the nearest rows that pass; None and nan where there are fewer.

    `index` is the one that is to be used where it is faster; None for none.
    """
    import numpy as np

    ids = np.full((len(queries), k), None, dtype=object)
    scores = np.full((len(queries), k), np.nan, dtype=np.float32)
    if not (k and passing.count):
        return ids, scores
    how = _how(dataset, len(queries), k, passing, index)
    at_once = max(1, min(QUERIES_AT_ONCE, ROWS_AT_ONCE // (k + SPARE)))
    for start in range(0, len(queries), at_once):
        block = queries[start : start + at_once]
        near = {"column": EMBEDDING, "q": block, "k": k + SPARE, **how["nearest"]}
        scanner = dataset.scanner(columns=[ID, EMBEDDING, "_distance"], prefilter=True, **{**how, "nearest": near})
        for number, (names, cosines) in _of_each_query(scanner.to_table(), block):
            count = min(k, len(names))
            ids[start + number, :count], scores[start + number, :count] = names[:count], cosines[:count]
    return ids, scores


def _how(dataset: Any, queries: int, k: int, passing: Passing, index: VectorIndex | None) -> dict[str, Any]:
    """Return how Lance is to search: by the index if that is faster than to score all that pass."""
    if index is not None:
        near = _by_index(k, passing.where is not None, index)
        if queries * near["refine_factor"] * (k + SPARE) * COST_OF_CANDIDATE <= _cost_of_all(dataset, passing):
            return {"nearest": near, **passing.options}
    return {"nearest": _FLAT, "filter": passing.where}


def _by_index(k: int, is_filtered: bool, index: VectorIndex) -> dict[str, Any]:
    """Return how the index is searched. More of its parts are, while too few candidates pass."""
    candidates = max(CANDIDATES, CANDIDATES_OF_K * k)
    if index.bits < BITS:
        candidates = max(COARSE_CANDIDATES, COARSE_CANDIDATES_OF_K * k)
        if is_filtered:
            candidates = max(COARSE_FILTERED_CANDIDATES, COARSE_FILTERED_OF_K * k)
    probes = max(PROBES, 4 * int(index.partitions**0.5)) * (FILTERED if is_filtered else 1)
    return {
        "use_index": True,
        "metric": METRIC,
        "minimum_nprobes": min(probes, index.partitions),
        "refine_factor": -(-candidates // (k + SPARE)),
    }


def _cost_of_all(dataset: Any, passing: Passing) -> int:
    """Return what it costs to score all that pass, in rows that are read one after the other."""
    if passing.where is None:
        return passing.count
    return min(passing.count * COST_OF_PASSING, int(dataset.count_rows()))


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
