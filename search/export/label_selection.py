"""The pictures and labels to export: those of a label set that pass the filters and are probable enough."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
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
class LabelledHit:
    """A picture, or a moment of a video, with its labels."""

    hit: Hit  # its score is the probability of the best label, 0 if there is none
    labels: tuple[tuple[str, float], ...]  # class and probability, the most probable first


def labelled_pictures(
    store: Store,
    label_set: LabelSet,
    filters: Filters = NO_FILTERS,
    *,
    threshold: float = 0.0,
    with_other: bool = False,
) -> list[LabelledHit]:
    """Return the pictures of a set with their labels, by path and moment; some may have no label left.

    Leaves out labels that are less probable than the threshold and, unless `with_other`, those that only say what a
    picture is not. Raises as matching_ids does.
    """
    from search.library.hits import hits_of

    chosen: dict[int, list[tuple[str, float]]] = defaultdict(list)
    for image, name, probability in labels_in(store, label_set.id):
        labels = chosen[image]
        if probability >= threshold and (with_other or not is_rest(name)):
            labels.append((name, probability))
    passing = Passing.of(store, filters)
    images = chosen.keys() if passing.is_everything else chosen.keys() & set(passing.listed(store))
    ranked = {image: tuple(sorted(chosen[image], key=lambda label: (-label[1], label[0]))) for image in images}
    hits = hits_of(store, [(image, labels[0][1] if labels else 0.0) for image, labels in ranked.items()])
    hits.sort(key=lambda hit: (hit.path, hit.at or 0.0))
    return [LabelledHit(hit, ranked[hit.id]) for hit in hits]


def count_unlabelled(store: Store, label_set: LabelSet, filters: Filters) -> int:
    """Return how many pictures that pass have no label in a set, since they are newer or have changed."""
    import numpy as np

    passing = Passing.of(store, filters).listed(store)
    return len(np.setdiff1d(passing, labelled_images(store, label_set.id), assume_unique=True))


def each_label(pictures: Iterable[LabelledHit]) -> Iterator[tuple[Hit, str, float]]:
    """Yield (hit, label, probability) for each label of each picture."""
    return ((picture.hit, name, probability) for picture in pictures for name, probability in picture.labels)


def labels_by_file(pictures: Iterable[LabelledHit]) -> dict[Path, list[str]]:
    """Return the labels of each file, of a video those of all its moments."""
    files: dict[Path, list[str]] = {}
    for picture in pictures:
        labels = files.setdefault(picture.hit.path, [])
        labels += [name for name, _ in picture.labels if name not in labels]
    return files
