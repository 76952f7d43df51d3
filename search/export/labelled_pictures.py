"""Which labels of which pictures go out: the set, its pictures that pass the filters, what is sure enough."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.store.labels import LabelSet, labelled_images, labels_in
from search.filters.filters import NO_FILTERS, Filters
from search.filters.passing import Passing
from search.labels.negations import is_rest
from search.results import Hit

if TYPE_CHECKING:
    from indexer.store.store import Store


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture, or a moment of a video, with its labels."""

    picture: Hit  # its score is the probability of the best label, 0 if there is none
    labels: tuple[tuple[str, float], ...]  # class and probability, most probable first


def labelled_pictures(
    store: Store,
    label_set: LabelSet,
    filters: Filters = NO_FILTERS,
    *,
    threshold: float = 0.0,
    with_other: bool = False,
) -> list[Labelled]:
    """Return the pictures of a set with their labels, by path and moment; one without any has been judged, too.

    Labels are left out if they are less probable than the threshold, or say only what a picture is not, unless asked
    for with `with_other`. Raises as matching_ids does.
    """
    from search.library.hits import hits_of

    found: dict[int, list[tuple[str, float]]] = defaultdict(list)
    for image, name, probability in labels_in(store, label_set.id):
        labels = found[image]
        if probability >= threshold and (with_other or not is_rest(name)):
            labels.append((name, probability))
    passing = Passing.of(store, filters)
    chosen = found.keys() if passing.is_everything else found.keys() & set(passing.listed(store))
    best = {image: tuple(sorted(found[image], key=lambda one: (-one[1], one[0]))) for image in chosen}
    hits = hits_of(store, [(image, labels[0][1] if labels else 0.0) for image, labels in best.items()])
    return sorted(
        (Labelled(hit, best[hit.id]) for hit in hits), key=lambda one: (one.picture.path, one.picture.at or 0.0)
    )


def count_unlabelled(store: Store, label_set: LabelSet, filters: Filters) -> int:
    """Return how many pictures that pass have no label in a set: they came or changed since it was made."""
    import numpy as np

    passing = Passing.of(store, filters).listed(store)
    return len(np.setdiff1d(passing, labelled_images(store, label_set.id), assume_unique=True))


def labels_by_file(pictures: Iterable[Labelled]) -> dict[Path, list[str]]:
    """Return the labels of each file, of a video those of all its moments."""
    files: dict[Path, list[str]] = {}
    for one in pictures:
        labels = files.setdefault(one.picture.path, [])
        labels += [name for name, _ in one.labels if name not in labels]
    return files
