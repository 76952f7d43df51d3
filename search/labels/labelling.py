"""Label a library, judging and storing only what is new or has changed, or label single files without storing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.arguments import text_of
from indexer.errors import InvalidRequest, PictureError
from indexer.store.embeddings import count_without_embedding
from indexer.store.facts import fact_images_under, facts_in
from indexer.store.labels import OTHER, begin_set, forget_drafts, is_draft, label_set_named, labelled_images
from indexer.store.models import temperature_of
from search.filters.filters import NO_FILTERS, Filters
from search.filters.label_sets import labels_read
from search.labels.blocks import NewLabels
from search.labels.classes import tidy
from search.labels.examples import with_known_examples
from search.labels.judge import Judge
from search.labels.reading import BlockReader, LabelRun
from search.labels.recipe import Recipe, with_learnt
from search.progress import UNWATCHED, Progress, Watch, unwatched
from search.results import LabelledPicture

if TYPE_CHECKING:
    from indexer.store.store import Store
    from search.filters.passing import Passing
    from search.library.library import Library


def label_library(
    library: Library,
    recipe: Recipe,
    *,
    name: str | None = None,
    keep: bool = True,
    filters: Filters = NO_FILTERS,
    passing: Passing | None = None,
    again: bool = False,
    forget_learnt: bool = False,
    tell: Callable[[str], None] = lambda _: None,
    watch: Watch = UNWATCHED,
) -> LabelRun:
    """Label the pictures that pass the filters and have no label in the set yet, or all of them `again`.

    `passing` are the pictures instead of the filters, if it is known already which ones pass.

    The set is called `name`, by default by its classes. If it was made with another recipe, its labels are dropped, but
    not what a person said, which is never judged again; what the set has learnt from that goes on to count, unless it
    is to `forget_learnt`.
    Unless it is to be kept, a new one is a draft; the oldest drafts are forgotten in the end, but none that the filters
    name. Raises InvalidRequest as Judge does, FolderError and InvalidRequest as matching_ids
    does.
    """
    passing = library.passing(filters) if passing is None else passing
    temperature = temperature_of(library.store, library.model)
    set_name = _checked_name(recipe.default_name if name is None else name)
    before = label_set_named(library.store, set_name)
    recipe = with_known_examples(library, recipe)
    recipe = recipe if before is None or forget_learnt else with_learnt(recipe, before)
    judge = Judge(library, recipe, temperature, tell, watch.texts)
    none = np.empty(0, np.int64)
    said = none if before is None else fact_images_under(library.store, before.id, recipe.names)
    if library.store.read_only:
        new = NewLabels.of(library, judge, passing, none, watch.judged)
        counts = sorted_counts(judge, new.counts(judge))
        return LabelRun(library, judge, None, len(new.images), 0, False, 0, _missing(library), counts, passing)
    description = recipe.description(library.model, temperature)
    set_name = before.name if before is not None else set_name  # an older version's may be spelled otherwise
    holds = before is not None and (before.recipe, before.model) == (description.recipe, library.model.name)
    is_read = before is not None and (holds or not passing.is_everything)  # a million take half a second to read
    old = labelled_images(library.store, before.id) if before is not None and is_read else none
    known = np.union1d(old if holds and not again else none, said)
    new = NewLabels.of(library, judge, passing, known, watch.judged)
    used = {one.id for meant in labels_read(library.store, filters.labels).values() for one in meant.sets}
    label_set, anew = begin_set(library.store, library.model, set_name, description, keep)
    new.store(library.store, label_set, judge, watch.stored)
    forgotten = forget_drafts(library.store, {*used, label_set})
    already = int(passing.mask(known).sum())
    lost = none if holds else np.setdiff1d(old, said)
    dropped = len(lost) - int(passing.mask(lost).sum())
    counts = sorted_counts(judge, _stored_counts(library.store, label_set, passing))
    return LabelRun(
        library,
        judge,
        set_name,
        len(new.images),
        already,
        anew,
        dropped,
        _missing(library),
        counts,
        passing,
        is_draft(library.store, label_set),
        tuple(forgotten),
        facts_in(library.store, label_set),
    )


def label_files(
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
    InvalidRequest as `label_library` does.
    """
    judge = Judge(library, recipe, temperature_of(library.store, library.model), tell, progress)
    return (_label_file(library, judge, path, top) for path in pictures)


def _label_file(library: Library, judge: Judge, path: Path, top: int | None) -> LabelledPicture | tuple[Path, str]:
    try:
        vector = library.picture_vector(path)
    except PictureError as error:
        return path, str(error)
    return BlockReader(judge, judge.probabilities(vector[np.newaxis, :]), top).picture(0, path)


def _missing(library: Library) -> int:
    """Return how many pictures are not embedded yet."""
    return count_without_embedding(library.store, library.model)


def _stored_counts(store: Store, label_set: int, passing: Passing) -> dict[str, int]:
    """Return how many of the pictures that pass have each label in a set."""
    if passing.ids is None:
        rows = store.db.execute("SELECT class, count(*) FROM labels WHERE label_set = ? GROUP BY class", [label_set])
        return dict(rows.fetchall())
    rows = store.db.execute("SELECT class, image FROM labels WHERE label_set = ?", [label_set])
    allowed = set(passing.ids.tolist())
    return dict(Counter(name for name, image in rows if image in allowed))


def sorted_counts(judge: Judge, counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts of all labels, the most frequent first; "other" only if it is a class or occurs."""
    shown = dict.fromkeys(judge.columns, 0) | dict(counts)
    if not shown.get(OTHER) and OTHER not in judge.columns:
        shown.pop(OTHER, None)
    positions = {name: position for position, name in enumerate(judge.names)}
    order = sorted(shown, key=lambda name: (-shown[name], positions.get(name, 0)))
    return {name: shown[name] for name in order}


def _checked_name(name: str) -> str:
    """Return the name of a label set, tidy; raises InvalidRequest for an empty one and one that is not UTF-8."""
    checked = tidy(text_of(name, "name"))
    if not checked:
        raise InvalidRequest("The name of the label set is empty; give one, such as --name mugs")
    return checked
