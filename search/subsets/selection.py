"""Choose a subset of a local library: what a query finds, what passes filters, or all; with the labels of a set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from indexer.errors import InvalidRequest
from indexer.files.formats import VIDEO_FORMATS
from indexer.store.labels import find_label_set, label_sets
from search.export.label_selection import labelled_pictures
from search.export.list_formats import classes_of
from search.filters.filters import NO_FILTERS
from search.filters.passing import EVERYTHING, Passing
from search.library.hits import hits_of
from search.query.ask import QueryRequest, ask, is_judged
from search.subsets.subset import Subset, SubsetPicture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.store.labels import LabelSet
    from search.export.label_selection import LabelledHit
    from search.library.library import Library
    from search.results import Hit

FIRST_K = 1_000  # hits that are asked for first where all that match are wanted


@dataclass(frozen=True, slots=True)
class Labels:
    """Which labels the pictures of a subset have."""

    name: str | None = None  # of the label set; by default the only one that there is
    none: bool = False  # no labels at all
    threshold: float | None = None  # the least probability; by default as in export-labels
    with_other: bool = False  # also "other" and classes such as "not cup"
    only: bool = False  # pictures without a label are left out
    needed: bool = False  # it is an error if there is no label set


def choose(library: Library, request: QueryRequest, labels: Labels, title: str) -> Subset:
    """Return the pictures that a request finds, all that match where it has no k; without one, all of the library.

    With filters alone they are in the order of their paths. Videos are left out. Raises as `ask` does, InvalidRequest
    for an unknown label set, or where all is like what is asked for, so that k has to say how many.
    """
    label_set = None if labels.none else _label_set(library, labels)
    hits = _hits(library, request)
    stills = [hit for hit in hits if hit.at is None and hit.format not in VIDEO_FORMATS]
    labelled = [] if label_set is None else _labelled(library, label_set, labels, stills)
    known = {picture.hit.id: picture for picture in labelled}
    pictures = [_picture(hit, known.get(hit.id)) for hit in stills]
    kept = [picture for picture in pictures if picture.labels or not labels.only]
    return Subset(
        title,
        library.model.name,
        kept,
        label_set=None if label_set is None else label_set.name,
        classes=() if label_set is None else tuple(classes_of(labelled, label_set)),
        is_multi=label_set is not None and label_set.kind == "multi",
        videos=len({hit.path for hit in hits}) - len({hit.path for hit in stills}),
        unlabelled=len(pictures) - len(kept),
    )


def _label_set(library: Library, labels: Labels) -> LabelSet | None:
    """Return the label set of a name, or the only one; None if there is none and none is needed."""
    if labels.name is None and not labels.needed and not label_sets(library.store):
        return None
    return find_label_set(library.store, labels.name)


def _hits(library: Library, request: QueryRequest) -> Sequence[Hit]:
    if request.query is None:
        if request.filters == NO_FILTERS and request.k is None:
            hits = hits_of(library.store, [(image, None) for image in EVERYTHING.listed(library.store)])
        else:
            hits = list(ask(library, request).hits)
        return sorted(hits, key=lambda hit: (hit.path, hit.at or 0.0))
    if request.k is not None:
        return ask(library, request).hits
    return _all_matching(library, request)


def _all_matching(library: Library, request: QueryRequest) -> Sequence[Hit]:
    """Return all pictures that match, asking for ever more of the nearest until one of them does not."""
    check_countable(request)
    answer = ask(library, replace(request, k=FIRST_K))
    k, lowest = FIRST_K, answer.lowest
    while len(answer.hits) == k and -1 <= lowest <= 1:
        k *= 8
        answer = ask(library, replace(request, k=k, cutoff=lowest))
    return answer.hits


def check_countable(request: QueryRequest) -> None:
    """Raise InvalidRequest where nothing tells which pictures match a query, so that k has to say how many."""
    assert request.query is not None
    if request.cutoff == "none" or (request.cutoff == "auto" and not is_judged(request.query, request.cutoff)):
        raise InvalidRequest("All pictures are more or less like what is asked for, so say how many: -k 100")


def _labelled(library: Library, label_set: LabelSet, labels: Labels, hits: Sequence[Hit]) -> list[LabelledHit]:
    """Return those of the hits that a label set knows."""
    ids = np.sort(np.array([hit.id for hit in hits], dtype=np.int64))
    return labelled_pictures(
        library.store, label_set, threshold=labels.threshold, with_other=labels.with_other, passing=Passing(ids)
    )


def _picture(hit: Hit, labelled: LabelledHit | None) -> SubsetPicture:
    return SubsetPicture(
        str(hit.id),
        hit.path,
        hit.path.name,
        hit.format,
        hit.size,
        hit.width,
        hit.height,
        () if labelled is None else labelled.labels,
        None if labelled is None else labelled.said_by,
        hit.score,
        None,
        hit.taken_at,
        hit.latitude,
        hit.longitude,
    )
