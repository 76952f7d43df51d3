"""Which labels of which pictures go out: the set, its pictures that pass the filters, what is sure enough."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest
from indexer.store.labels import LabelSet, label_sets, labelled_images, labels_in
from search.filters.filters import Filters, matching_ids, passing_ids
from search.labels.classes import is_rest
from search.results import Hit
from search.sidecars.xmp import clean

if TYPE_CHECKING:
    from indexer.store.store import Store


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture, or a moment of a video, with its labels."""

    picture: Hit  # its score is the probability of the best label, 0 if there is none
    labels: tuple[tuple[str, float], ...]  # class and probability, most probable first


def find_label_set(store: Store, name: str | None) -> LabelSet:
    """Return the label set of a name, or the only one there is; raises InvalidRequest, telling which there are."""
    known = label_sets(store)
    if not known:
        raise InvalidRequest("No picture has a label yet; run: clipsearch label --classes cup,car")
    names = ", ".join(f'"{one.name}"' for one in known)  # which have commas themselves
    if name is None:
        if len(known) > 1:
            raise InvalidRequest(f"There are several label sets, so name one: {names}.")
        return known[0]
    for one in known:
        if one.name == name:
            return one
    raise InvalidRequest(f'There is no label set "{name}"; the ones there are: {names}.')


def sidecar_name_of(store: Store, label_set: LabelSet) -> str:
    """Return what sidecars call a set; raises InvalidRequest if they could not tell another set from it."""
    name = label_set.sidecar_name
    for other in label_sets(store):
        if other.id != label_set.id and other.exported_as and clean(other.exported_as) == clean(name):
            raise InvalidRequest(
                f'Sidecars already call the label set "{other.name}" by the name "{clean(name)}", so nothing could tell'
                " the two apart in them; rename this one: clipsearch labels rename"
            )
    return name


def labelled_pictures(
    store: Store,
    label_set: LabelSet,
    filters: Filters | None = None,
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
    among = matching_ids(store, filters or Filters())
    chosen = found.keys() if among is None else found.keys() & set(among.tolist())
    best = {image: tuple(sorted(found[image], key=lambda one: (-one[1], one[0]))) for image in chosen}
    hits = hits_of(store, [(image, labels[0][1] if labels else 0.0) for image, labels in best.items()])
    return sorted(
        (Labelled(hit, best[hit.id]) for hit in hits), key=lambda one: (one.picture.path, one.picture.at or 0.0)
    )


def count_unlabelled(store: Store, label_set: LabelSet, filters: Filters) -> int:
    """Return how many pictures that pass have no label in a set: they came or changed since it was made."""
    import numpy as np

    return len(np.setdiff1d(passing_ids(store, filters), labelled_images(store, label_set.id), assume_unique=True))


def labels_by_file(pictures: Iterable[Labelled]) -> dict[Path, list[str]]:
    """Return the labels of each file, of a video those of all its moments."""
    files: dict[Path, list[str]] = {}
    for one in pictures:
        labels = files.setdefault(one.picture.path, [])
        labels += [name for name, _ in one.labels if name not in labels]
    return files
