"""Choose a subset of a data set: what a query finds, what passes filters, or all. A data set stores no labels."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from indexer.data_sets.columns import ID
from search.data_set_answers.ask import ask_data_set
from search.data_set_answers.found import rows_with
from search.data_set_answers.hits import COLUMNS, hits_of, sorted_hits
from search.subsets.selection import FIRST_K, check_countable
from search.subsets.subset import Subset, SubsetPicture

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from search.data_set_answers.hits import DataSetHit
    from search.data_sets.opened import OpenDataSet
    from search.query.ask import QueryRequest

CONTENT = "content_hash"
AT_ONCE = 1_000  # pictures that are found, of which is read what content they had


def choose_in_data_set(opened: OpenDataSet, request: QueryRequest, title: str) -> Subset:
    """Return the pictures that a request finds, all that match where it has no k; videos are left out.

    With filters alone they are in the order of their addresses. Raises as `ask_data_set` does, InvalidRequest where all
    is like what is asked for, so that k has to say how many.
    """
    hits, digests = _found(opened, request)
    stills = [hit for hit in hits if hit.at is None]
    videos = len({hit.address for hit in hits if hit.at is not None})
    return Subset(title, opened.model.name, [_picture(hit, digests.get(hit.id)) for hit in stills], videos=videos)


Digests = dict[str, bytes | None]  # by the ids of pictures


def _found(opened: OpenDataSet, request: QueryRequest) -> tuple[Sequence[DataSetHit], Digests]:
    """Return what a request finds, and the hashes of the content that it had when it was indexed."""
    digests: Digests = {}
    if request.query is None and request.k is None:
        found: list[DataSetHit] = []
        for rows in opened.pictures.scan((*COLUMNS, CONTENT), request.filters):
            found += hits_of(rows, [None] * len(rows))
            digests |= _digests_of(rows)
        return sorted_hits(found, "path"), digests
    hits = _hits(opened, request)
    for start in range(0, len(hits), AT_ONCE):
        some = [hit.id for hit in hits[start : start + AT_ONCE]]
        digests |= _digests_of(rows_with(opened.pictures, some, (CONTENT,)))
    return hits, digests


def _digests_of(rows: pa.Table | pa.RecordBatch) -> Digests:
    return dict(zip(rows[ID].to_pylist(), rows[CONTENT].to_pylist(), strict=True))


def _hits(opened: OpenDataSet, request: QueryRequest) -> Sequence[DataSetHit]:
    if request.query is None:
        return sorted_hits(ask_data_set(opened, request).hits, "path")
    if request.k is not None:
        return ask_data_set(opened, request).hits
    check_countable(request)
    answer = ask_data_set(opened, replace(request, k=FIRST_K))
    k, lowest = FIRST_K, answer.lowest
    while len(answer.hits) == k and -1 <= lowest <= 1:
        k *= 8
        answer = ask_data_set(opened, replace(request, k=k, cutoff=lowest))
    return answer.hits


def _picture(hit: DataSetHit, digest: bytes | None) -> SubsetPicture:
    is_file = Path(hit.address).is_absolute() and os.path.isfile(hit.address)
    return SubsetPicture(
        hit.id,
        Path(hit.address) if is_file else hit.address,
        PurePosixPath(hit.address.partition("::")[0]).name,
        hit.format,
        hit.size,
        hit.width,
        hit.height,
        score=hit.score,
        caption=hit.caption,
        taken_at=hit.taken_at,
        latitude=hit.latitude,
        longitude=hit.longitude,
        digest=digest or b"",
    )
