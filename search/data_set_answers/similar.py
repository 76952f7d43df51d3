"""The pictures of a data set that are most like one, in the data set or on this machine (query/similar.py)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from indexer.data_sets.columns import ID
from indexer.errors import InvalidRequest
from search.data_set_answers.ask import nearest_rows
from search.data_set_answers.folding import Found, folded_hits
from search.data_set_answers.hits import DataSetHit, hits_of
from search.data_set_answers.terms import known_vectors, picture_terms, where_named
from search.filters.filters import NO_FILTERS, Filters
from search.folding.stacks import FEWEST_LOOKED_AT
from search.query.cutoff import ALL_MATCH
from search.query.terms import Query
from search.query.vector import query_vector

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from search.data_sets.opened import OpenDataSet

MOST_OWN = 10_000  # rows of one picture or video, which are left out


def similar(
    opened: OpenDataSet, picture: str, k: int = 10, filters: Filters = NO_FILTERS, *, fold: bool = False
) -> list[DataSetHit]:
    """Return the k pictures most like one, best first, of those that pass; with `fold` without copies of each other.

    The picture itself is left out, and of a video in the data set, which is searched by each moment, all of them.
    Raises InvalidRequest for k < 1 and a URL that is not in the data set, PictureError for a file that can't be read.
    """
    if k < 1:
        raise InvalidRequest("The number of results must be at least 1.")
    own = _own_rows(opened, picture)
    vectors = known_vectors(opened, picture) if own else _encoded(opened, picture)

    def nearest(count: int) -> Found:
        return _without(own, [nearest_rows(opened, vector, count + len(own), filters) for vector in vectors], count)

    if not fold:
        rows, scores = nearest(k)
        return hits_of(rows, scores.tolist())
    return folded_hits(opened, nearest, k, nearest(max(k, FEWEST_LOOKED_AT)), ALL_MATCH)


def _own_rows(opened: OpenDataSet, picture: str) -> set[str]:
    """Return the ids of the rows of the picture's own file, none if it is not in the data set."""
    table = opened.pictures.table
    addresses = {one for batch in table.scan(["address"], where_named(picture)) for one in batch["address"].to_pylist()}
    listed = ", ".join("'{}'".format(address.replace("'", "''")) for address in sorted(addresses))
    batches = table.scan([ID], f"address IN ({listed})", MOST_OWN) if listed else ()
    return {one for batch in batches for one in batch[ID].to_pylist()}


def _encoded(opened: OpenDataSet, picture: str) -> FloatArray:
    """Return the embedding (1, dim) of a picture that is not in the data set."""
    query = Query(tuple(picture_terms(opened, [(picture, 1.0)])))
    return query_vector(opened.companion, query)[np.newaxis, :]


def _without(own: set[str], found: Sequence[Found], count: int) -> Found:
    """Return the best of what was found for each vector, without a picture's own rows."""
    import pyarrow as pa

    rows = pa.concat_tables([one for one, _ in found])
    scores = np.concatenate([one for _, one in found])
    order = np.argsort(-scores, kind="stable")
    ids = rows[ID].to_pylist()
    kept: dict[str, int] = {}
    for row in order.tolist():
        if ids[row] not in own:
            kept.setdefault(ids[row], row)
    best = list(kept.values())[:count]
    return rows.take(pa.array(best, pa.int64())), scores[best]
