"""Label files that are named, in the order named: a few one by one, many with the engine of a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.files.away import is_away
from search.labels.labelling import label_files
from search.progress import Progress, unwatched

if TYPE_CHECKING:
    from indexer.files.found import Problem
    from search.labels.recipe import Recipe
    from search.library.library import Library
    from search.results import LabelledPicture
    from search.unindexed.labelling import Unindexed

MANY = 32  # files for which it pays to start the processes of the engine


def label_named(
    library: Library,
    recipe: Recipe,
    pictures: Sequence[Path],
    *,
    top: int | None = None,
    tell: Callable[[str], None] = lambda _: None,
    texts: Progress = unwatched,
    encoded: Progress = unwatched,
) -> Iterator[LabelledPicture | tuple[Path, str]]:
    """Yield what `label_files` does; of MANY pictures all are encoded before the first is yielded."""
    if len(pictures) < MANY:
        return label_files(library, recipe, pictures, top=top, tell=tell, progress=texts)
    from search.unindexed.labelling import label_unindexed  # with the engine, which a few files need not wait for

    away = dict.fromkeys(filter(is_away, pictures))  # the library may know them all the same
    here = [path for path in pictures if path not in away]
    reasons: dict[Path, str] = {}

    def note(problem: Problem) -> None:
        reasons[Path(problem.path)] = problem.reason

    done = label_unindexed(library, recipe, here, note, tell=tell, texts=texts, encoded=encoded)
    apart = dict(zip(away, label_files(library, recipe, list(away), top=top), strict=True)) if away else {}
    return _in_order(done, pictures, reasons, apart, top)


def _in_order(
    done: Unindexed,
    pictures: Sequence[Path],
    reasons: Mapping[Path, str],
    apart: Mapping[Path, LabelledPicture | tuple[Path, str]],
    top: int | None,
) -> Iterator[LabelledPicture | tuple[Path, str]]:
    """Yield the result of each picture as it was named: one of those `apart`, a labelled one, or why there is none."""
    labelled = {one.path: one for one in done.labelled.pictures(top)}
    for path in pictures:
        job = done.found.named.get(path)
        if path in apart:
            yield apart[path]
        elif job is not None and job.path in labelled:
            yield dataclasses.replace(labelled[job.path], path=path)
        else:
            yield path, reasons[path if job is None else job.path]
