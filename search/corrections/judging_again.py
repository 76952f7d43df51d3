"""Judging pictures again that have no label any more, since what a person said of them was taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from indexer.store.labels import add_labels

if TYPE_CHECKING:
    from search.corrections.judged_set import JudgedSet
    from search.library.library import Library


def judge_again(judged_set: JudgedSet, library: Library, images: Iterable[int]) -> int:
    """Let the model judge some pictures of a set and store that; return how many it could."""
    found_ids, vectors = library.index.vectors(list(images))
    if not len(found_ids):
        return 0
    verdicts = judged_set.judge.verdicts(vectors)
    names, ids = judged_set.names, found_ids.tolist()
    rows = zip(verdicts.rows.tolist(), verdicts.labels.tolist(), verdicts.probabilities.tolist(), strict=True)
    found = [(ids[row], names[label], probability) for row, label, probability in rows]
    add_labels(library.store, judged_set.label_set.id, ids, found)
    return len(ids)
