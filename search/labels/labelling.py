"""Labelling a library: what is new or has changed is judged and stored; the results are read out block by block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.errors import InvalidRequest, PictureError
from indexer.store.embeddings import count_without_embedding
from indexer.store.labels import OTHER, begin_set, label_set_named, labelled_images
from indexer.store.models import temperature_of
from search.filters.filters import NO_FILTERS, Filters
from search.labels.blocks import Judged
from search.labels.judge import Judge
from search.labels.reading import Labelling, LabelReader
from search.labels.recipe import Recipe
from search.progress import UNWATCHED, Progress, Watch, unwatched
from search.results import LabelledPicture

if TYPE_CHECKING:
    from indexer.store.store import Store
    from search.filters.passing import Passing
    from search.library.library import Library


def label(
    library: Library,
    recipe: Recipe,
    *,
    name: str | None = None,
    filters: Filters = NO_FILTERS,
    again: bool = False,
    tell: Callable[[str], None] = lambda _: None,
    watch: Watch = UNWATCHED,
) -> Labelling:
    """Label the pictures that pass the filters and have no label in the set yet, or all of them `again`.

    The set is called `name`, by default by its classes. If it was made with another recipe, its labels are dropped.
    Raises InvalidRequest as Judge does, FolderError and InvalidRequest as matching_ids does.
    """
    passing = library.passing(filters)
    temperature = temperature_of(library.store, library.model)
    judge = Judge(library, recipe, temperature, tell, watch.texts)
    if library.store.read_only:
        found = Judged.of(library, judge, passing, np.empty(0, np.int64), watch.judged)
        return Labelling(
            library, judge, None, len(found.images), 0, False, 0, *_left(library, judge, found.counts(judge)), passing
        )
    called = _checked_name(recipe.default_name if name is None else name)
    made = recipe.description(library.model, temperature)
    before = label_set_named(library.store, called)
    holds = before is not None and (before.recipe, before.model) == (made.recipe, library.model.name)
    is_asked = before is not None and (holds or not passing.is_everything)  # a million take half a second to read
    old = labelled_images(library.store, before.id) if before is not None and is_asked else np.empty(0, np.int64)
    known = old if holds else old[:0]
    found = Judged.of(library, judge, passing, np.empty(0, np.int64) if again else known, watch.judged)
    label_set, anew = begin_set(library.store, library.model, called, made)
    found.store(library.store, label_set, judge, watch.stored)
    counts = _stored_counts(library.store, label_set, passing)
    seen = int(passing.mask(known).sum())
    already = 0 if again else seen
    dropped = 0 if holds else len(old) - int(passing.mask(old).sum())
    left = _left(library, judge, counts)
    return Labelling(library, judge, called, len(found.images), already, anew, dropped, *left, passing)


def label_pictures(
    library: Library,
    recipe: Recipe,
    pictures: Sequence[Path],
    *,
    top: int | None = None,
    tell: Callable[[str], None] = lambda _: None,
    progress: Progress = unwatched,
) -> Iterator[LabelledPicture | tuple[Path, str]]:
    """Yield each picture with its labels, in the order given, or (path, why it can't be read); nothing is stored.

    Pictures need not be in the library; the embedding of one that is there, unchanged, is taken from it. Raises
    InvalidRequest as `label` does.
    """
    judge = Judge(library, recipe, temperature_of(library.store, library.model), tell, progress)
    return (_label_one(library, judge, path, top) for path in pictures)


def columns_of(recipe: Recipe) -> tuple[str, ...]:
    """Return of what there are probabilities: the classes, and OTHER where it is one of them."""
    names = tuple(one.name for one in recipe.classes)
    return (*names, OTHER) if recipe.other and not recipe.multi else names


def _label_one(library: Library, judge: Judge, path: Path, top: int | None) -> LabelledPicture | tuple[Path, str]:
    try:
        vector = library.picture_vector(path)
    except PictureError as error:
        return path, str(error)
    return LabelReader(judge, judge.probabilities(vector[np.newaxis, :]), top).picture(0, path)


def _stored_counts(store: Store, label_set: int, passing: Passing) -> dict[str, int]:
    rows = store.db.execute("SELECT class, image FROM labels WHERE label_set = ?", [label_set])
    if passing.ids is None:
        rows = store.db.execute("SELECT class, count(*) FROM labels WHERE label_set = ? GROUP BY class", [label_set])
        return dict(rows.fetchall())
    allowed = set(passing.ids.tolist())
    return dict(Counter(name for name, image in rows if image in allowed))


def _left(library: Library, judge: Judge, counts: Mapping[str, int]) -> tuple[int, dict[str, int]]:
    """Return how many pictures are not embedded yet, and the counts of all labels, the most frequent first."""
    shown = dict.fromkeys(judge.columns, 0) | dict(counts)
    if not shown.get(OTHER) and OTHER not in judge.columns:
        shown.pop(OTHER, None)
    places = {name: place for place, name in enumerate(judge.names)}
    order = sorted(shown, key=lambda name: (-shown[name], places.get(name, 0)))
    return count_without_embedding(library.store, library.model), {name: shown[name] for name in order}


def _checked_name(name: str) -> str:
    """Return the name of a label set; raises InvalidRequest for an empty one."""
    found = " ".join(name.split())
    if not found:
        raise InvalidRequest("The name of the label set is empty; give one, such as --name mugs")
    return found
