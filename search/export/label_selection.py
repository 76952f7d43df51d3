"""The pictures and labels to export: those of a label set that pass the filters and are probable enough."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.store.facts import facts_in
from indexer.store.labels import OTHER, LabelSet, labelled_images, labels_in
from search.filters.filters import NO_FILTERS, Filters
from search.filters.passing import Passing
from search.labels.negations import is_rest
from search.results import Hit

if TYPE_CHECKING:
    from indexer.store.store import Store


LEAST = 0.5  # the least probability of an exported label where its set has no threshold: as likely right as wrong


@dataclass(frozen=True, slots=True)
class LabelledHit:
    """A picture, or a moment of a video, with its labels."""

    hit: Hit  # its score is the probability of the best label, 0 if there is none
    labels: tuple[tuple[str, float], ...]  # class and probability, the most probable first
    unsure: int = 0  # labels that are left out as not probable enough
    said_by: str | None = None  # who gave it these labels; None where the model did


def least_probability(label_set: LabelSet, name: str) -> float:
    """Return the probability from which on a label is exported by default.

    It is 0 where the label has passed a threshold that a person chose, of its class or of the whole set, as every one
    of a set with several labels a picture has; so is an "other" that such a threshold made. A set of one label each
    without a threshold also holds labels of 0.1; calibrated, 9 of 10 of these are wrong: LEAST.
    """
    own = {class_.name: class_.threshold for class_ in label_set.classes}.get(name)
    is_chosen = own is not None or label_set.threshold or label_set.kind == "multi"
    is_made = name == OTHER and bool(label_set.thresholds)
    return 0.0 if is_chosen or is_made else LEAST


def labelled_pictures(
    store: Store,
    label_set: LabelSet,
    filters: Filters = NO_FILTERS,
    *,
    threshold: float | None = None,
    with_other: bool = False,
    passing: Passing | None = None,
) -> list[LabelledHit]:
    """Return the pictures of a set with their labels, by path and moment; some may have no label left.

    Leaves out labels that are less probable than the threshold, by default `least_probability`, and, unless
    `with_other`, those that only say what a picture is not. What a person said is certain, and so passes every
    threshold. `passing` are the pictures instead of the filters. Raises as matching_ids does.
    """
    from search.library.hits import hits_of

    chosen: dict[int, list[tuple[str, float]]] = defaultdict(list)
    unsure: Counter[int] = Counter()
    least = {name: least_probability(label_set, name) for name in label_set.label_names}
    for image, name, probability in labels_in(store, label_set.id):
        labels = chosen[image]
        if is_rest(name) and not with_other:
            continue
        if probability >= (least.get(name, LEAST) if threshold is None else threshold):
            labels.append((name, probability))
        else:
            unsure[image] += 1
    passing = Passing.of(store, filters) if passing is None else passing
    images = chosen.keys() if passing.is_everything else chosen.keys() & set(passing.listed(store))
    ranked = {image: tuple(sorted(chosen[image], key=lambda label: (-label[1], label[0]))) for image in images}
    hits = hits_of(store, [(image, labels[0][1] if labels else 0.0) for image, labels in ranked.items()])
    hits.sort(key=lambda hit: (hit.path, hit.at or 0.0))
    said = {image: fact.said_by for image, fact in facts_in(store, label_set.id).items()}
    return [LabelledHit(hit, ranked[hit.id], unsure[hit.id], said.get(hit.id)) for hit in hits]


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
