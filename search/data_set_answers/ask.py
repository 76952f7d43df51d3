"""Answer a query on a data set as one on a local library is answered (query/ask.py), with the same cut-off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indexer.data_sets.columns import EMBEDDING, ID
from search.data_set_answers.folding import LOOKS, Found, folded_hits
from search.data_set_answers.found import rows_with, vectors_of
from search.data_set_answers.hits import COLUMNS, DataSetAnswer, hits_of
from search.data_set_answers.listing import listed
from search.data_set_answers.spread import spread_of
from search.filters.filters import NO_FILTERS
from search.folding.stacks import FEWEST_LOOKED_AT
from search.query.ask import DEFAULT_K, JUDGED_PICTURES, QueryRequest, is_judged, lowest_judged, lowest_unjudged
from search.query.coloured import Judged
from search.query.vector import query_vector

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from search.data_sets.opened import OpenDataSet
    from search.filters.filters import Filters


def ask_data_set(opened: OpenDataSet, request: QueryRequest) -> DataSetAnswer:
    """Return the k nearest pictures of a data set, best first, and which of them match; with filters alone the newest.

    Raises InvalidRequest for a request that makes no sense or terms that cancel each other, PictureError for a
    picture that can't be read, and what the model raises.
    """
    request.check()
    if request.query is None:
        return listed(opened, request.filters, request.k)
    k = request.k or DEFAULT_K
    companion = opened.companion
    vector = query_vector(companion, request.query, request.raw)
    background = companion.background if is_judged(request.query, request.cutoff) else None

    def nearest(count: int) -> Found:
        return nearest_rows(opened, vector, count, request.filters)

    judged = max(k, 0 if background is None else JUDGED_PICTURES)
    rows, scores = nearest(max(judged, FEWEST_LOOKED_AT if request.fold else 0))
    lowest = lowest_unjudged(request.cutoff, bool(len(scores)), background is not None)
    if lowest is None:
        assert background is not None
        count = None if request.filters == NO_FILTERS else opened.pictures.count(request.filters)
        best = slice(0, JUDGED_PICTURES)
        found = Judged(vector, scores[best], vectors_of(rows)[best], background, spread_of(opened), count)
        lowest = lowest_judged(opened.model, found)
    matching = int((scores[:judged] >= lowest).sum())
    if request.fold:
        return DataSetAnswer(tuple(folded_hits(opened, nearest, k, (rows, scores), lowest)), matching, lowest)
    return DataSetAnswer(tuple(hits_of(rows.slice(0, k), scores[:k].tolist())), matching, lowest)


def nearest_rows(opened: OpenDataSet, vector: FloatArray, k: int, filters: Filters) -> Found:
    """Return the rows, with what hits are made of and embeddings, and cosines of the nearest that pass, best first."""
    k = min(k, opened.pictures.count(filters))  # however many are asked for: there is room made for each
    found = opened.pictures.search(vector[np.newaxis, :], k, filters)
    ids = [one for one in found.ids[0].tolist() if one is not None]
    rows = rows_with(opened.pictures, ids, (*COLUMNS, *LOOKS, EMBEDDING))
    scores = np.asarray(vectors_of(rows) @ vector, dtype=np.float32)
    order = np.lexsort((np.array(rows[ID].to_pylist(), dtype=object).astype(str), -scores))
    return rows.take(order), scores[order]
