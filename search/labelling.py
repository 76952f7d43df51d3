"""Labelling a library: what is new or has changed is judged and stored; the results are read out block by block."""

from __future__ import annotations

import functools
import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.encoder import FloatArray
from indexer.errors import InvalidRequest, PictureError
from indexer.labels import OTHER, add_labels, begin_set, label_set_named, labelled_images
from indexer.pictures import count_without_embedding, paths_of, times_of
from indexer.roots import roots
from indexer.temperature import temperature_of
from search.filters import Filters
from search.judging import Judge
from search.label_blocks import label_blocks, member_of
from search.recipe import Recipe
from search.results import LabelledPicture

if TYPE_CHECKING:
    from indexer.store import Store
    from search.compressed_index import Ids
    from search.library import Library

STORED_AT_ONCE = 20_000  # pictures in a transaction
READ_AT_ONCE = 1_000  # pictures for results


@dataclass(frozen=True, slots=True)
class Labelling:
    """What labelling did, and the labels, which are computed as they are read."""

    library: Library
    judge: Judge
    name: str | None  # of the label set; None if the library can't be written to
    fresh: int  # pictures that were labelled now
    known: int  # that had their labels already
    anew: bool  # whether a set of this name was made in another way, so that its labels were dropped
    missing: int  # pictures that the model has not embedded, without a label
    counts: Mapping[str, int]  # label -> pictures that have it; labels that no picture has are there, too
    _among: Ids | None

    @property
    def has_videos(self) -> bool:
        """Whether the library has pictures that are moments of videos."""
        row = self.library.store.db.execute("SELECT max(at_ms) FROM images").fetchone()
        return bool(row[0])

    def pictures(self, top: int | None = None) -> Iterator[LabelledPicture]:
        """Yield every picture with its labels and the probabilities of all classes, or of the `top` ones, by path."""
        for ids in _chunks(ids_by_path(self.library.store, self._among), READ_AT_ONCE):
            yield from self._labelled(ids, top)

    def uncertain(self, count: int, top: int | None = None) -> Iterator[LabelledPicture]:
        """Yield the `count` pictures whose labels are the least certain, by margin, the least first."""
        among = self._among
        chosen = None if among is None else functools.partial(member_of, sorted_ids=among)
        blocks = label_blocks(self.library.index, self.judge.verdicts, len(self.judge.columns), chosen)
        pairs = (pair for ids, found in blocks for pair in zip(found.margins.tolist(), ids.tolist(), strict=True))
        for ids in _chunks([image for _, image in heapq.nsmallest(count, pairs)], READ_AT_ONCE):
            yield from self._labelled(ids, top)

    def _labelled(self, images: Sequence[int], top: int | None) -> Iterator[LabelledPicture]:
        """Yield those of the pictures that are embedded, in their order."""
        ids, vectors = self.library.index.vectors(list(images))
        if not len(ids):
            return
        rows = {int(image): row for row, image in enumerate(ids)}
        found = LabelReader(self.judge, self.judge.probabilities(vectors), top)
        paths, times = paths_of(self.library.store, images), times_of(self.library.store, images)
        for image in images:
            if image in rows and image in paths:
                yield found.picture(rows[image], paths[image], times.get(image))


class LabelReader:
    """The results of a block of pictures, from their probabilities (n, columns)."""

    def __init__(self, judge: Judge, found: FloatArray, top: int | None) -> None:
        """Take the probabilities of pictures, of which the `top` best columns are shown, or all."""
        verdicts = judge.decide(found)
        self._judge, self._found, self._verdicts = judge, found, verdicts
        self._starts = np.searchsorted(verdicts.pictures, np.arange(len(found) + 1))
        self._shown = None if top is None else _best_columns(found, top)

    def picture(self, row: int, path: Path, at: float | None = None) -> LabelledPicture:
        """Return the result of a picture by its place in the block."""
        verdicts, some = self._verdicts, slice(self._starts[row], self._starts[row + 1])
        labels = zip(verdicts.labels[some].tolist(), verdicts.probabilities[some].tolist(), strict=True)
        columns = self._judge.columns
        shown = range(len(columns)) if self._shown is None else self._shown[row].tolist()
        return LabelledPicture(
            path,
            {columns[column]: float(self._found[row, column]) for column in shown},
            at,
            tuple((self._judge.names[label], probability) for label, probability in labels),
            float(verdicts.margins[row]),
        )


def label(
    library: Library,
    recipe: Recipe,
    *,
    name: str | None = None,
    filters: Filters | None = None,
    again: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Labelling:
    """Label the pictures that pass the filters and have no label in the set yet, or all of them `again`.

    The set is called `name`, by default by its classes. If it was made with another recipe, its labels are dropped.
    Raises InvalidRequest as Judge does, FolderError and InvalidRequest as matching_ids does.
    """
    among = library.ids(filters or Filters())
    judge = Judge(library, recipe, temperature_of(library.store, library.model), tell)
    if library.store.read_only:
        found = _Found.of(library, judge, among, np.empty(0, np.int64))
        return Labelling(
            library, judge, None, len(found.images), 0, False, *_left(library, judge, found.counts(judge)), among
        )
    called = _checked_name(name or recipe.default_name)
    made = recipe.description(library.model, temperature_of(library.store, library.model))
    before = label_set_named(library.store, called)
    holds = before is not None and (before.recipe, before.model) == (made.recipe, library.model.name)
    known = labelled_images(library.store, before.id) if before is not None and holds else np.empty(0, np.int64)
    found = _Found.of(library, judge, among, np.empty(0, np.int64) if again else known)
    label_set, anew = begin_set(library.store, library.model, called, made)
    found.store(library.store, label_set, judge)
    counts = _stored_counts(library.store, label_set, among)
    seen = len(known) if among is None else int(member_of(known, among).sum())
    already = 0 if again else seen
    return Labelling(library, judge, called, len(found.images), already, anew, *_left(library, judge, counts), among)


def label_pictures(
    library: Library,
    recipe: Recipe,
    pictures: Sequence[Path],
    *,
    top: int | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[LabelledPicture | tuple[Path, str]]:
    """Yield each picture with its labels, in the order given, or (path, why it can't be read); nothing is stored.

    Pictures need not be in the library; the embedding of one that is there, unchanged, is taken from it. Raises
    InvalidRequest as `label` does.
    """
    judge = Judge(library, recipe, temperature_of(library.store, library.model), tell)
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


@dataclass(frozen=True, slots=True)
class _Found:
    """What was judged, as arrays: a million pictures take some 20 MB."""

    images: Ids  # (pictures,)
    pictures: NDArray[np.intp]  # (labels,), ascending: which of the images
    labels: NDArray[np.int32]
    probabilities: FloatArray

    @classmethod
    def of(cls, library: Library, judge: Judge, among: Ids | None, known: Ids) -> _Found:
        """Judge the pictures that are `among` those asked for and not `known`.

        All are judged before any label is stored: a transaction that writes can't begin in the middle of reading
        once another process has written.
        """

        def chosen(ids: Ids) -> NDArray[np.bool_]:
            asked = np.ones(len(ids), dtype=bool) if among is None else member_of(ids, among)
            return asked & ~member_of(ids, known)

        images, rows, labels, given = [], [], [], []
        count = 0
        for ids, verdicts in label_blocks(library.index, judge.verdicts, len(judge.columns), chosen):
            images.append(ids)
            rows.append(verdicts.pictures + count)
            labels.append(verdicts.labels.astype(np.int32))
            given.append(verdicts.probabilities)
            count += len(ids)
        if not images:
            return cls(np.empty(0, np.int64), np.empty(0, np.intp), np.empty(0, np.int32), np.empty(0, np.float32))
        return cls(np.concatenate(images), np.concatenate(rows), np.concatenate(labels), np.concatenate(given))

    def store(self, store: Store, label_set: int, judge: Judge) -> None:
        """Store the labels, some pictures in a transaction."""
        for start in range(0, len(self.images), STORED_AT_ONCE):
            end = min(start + STORED_AT_ONCE, len(self.images))
            first, last = np.searchsorted(self.pictures, [start, end])
            add_labels(
                store,
                label_set,
                self.images[start:end].tolist(),
                (
                    (
                        int(self.images[self.pictures[row]]),
                        judge.names[self.labels[row]],
                        float(self.probabilities[row]),
                    )
                    for row in range(first, last)
                ),
            )

    def counts(self, judge: Judge) -> dict[str, int]:
        """Return how many pictures have each label."""
        found = np.bincount(self.labels, minlength=len(judge.names))
        return {name: int(count) for name, count in zip(judge.names, found, strict=True)}


def ids_by_path(store: Store, among: Ids | None) -> list[int]:
    """Return the ids of all pictures, or of those among ascending ids, by root and path and a video's time."""
    ids: list[int] = []
    for root in sorted(roots(store), key=lambda one: one.path):
        rows = store.db.execute(
            "SELECT id FROM images WHERE root = ? ORDER BY ifnull(path_bytes, path), at_ms", [root.id]
        )
        ids += [row[0] for row in rows]
    if among is None:
        return ids
    every = np.array(ids, dtype=np.int64)
    return [int(one) for one in every[member_of(every, among)]]


def _stored_counts(store: Store, label_set: int, among: Ids | None) -> dict[str, int]:
    rows = store.db.execute("SELECT class, image FROM labels WHERE label_set = ?", [label_set])
    if among is None:
        rows = store.db.execute("SELECT class, count(*) FROM labels WHERE label_set = ? GROUP BY class", [label_set])
        return dict(rows.fetchall())
    allowed = set(among.tolist())
    return dict(Counter(name for name, image in rows if image in allowed))


def _left(library: Library, judge: Judge, counts: Mapping[str, int]) -> tuple[int, dict[str, int]]:
    """Return how many pictures are not embedded yet, and the counts of all labels, the most frequent first."""
    shown = dict.fromkeys(judge.columns, 0) | dict(counts)
    if not shown.get(OTHER) and OTHER not in judge.columns:
        shown.pop(OTHER, None)
    order = sorted(shown, key=lambda name: (-shown[name], list(judge.names).index(name) if name in judge.names else 0))
    return count_without_embedding(library.store, library.model), {name: shown[name] for name in order}


def _checked_name(name: str) -> str:
    """Return the name of a label set; raises InvalidRequest for an empty one."""
    found = " ".join(name.split())
    if not found:
        raise InvalidRequest("The name of the label set is empty; give one, such as --name mugs")
    return found


def _best_columns(found: FloatArray, top: int) -> NDArray[np.intp]:
    """Return for each row of probabilities its best columns (n, top), the best first; equal ones in their order."""
    kept = min(top, found.shape[1])
    return np.asarray(np.argsort(-found, axis=1, kind="stable")[:, :kept], dtype=np.intp)


def _chunks(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
