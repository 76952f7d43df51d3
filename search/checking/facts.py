"""Whether what a person said stands in the labels, as the table of statements has it."""

from __future__ import annotations

from functools import partial

from indexer.store.facts import classes_of_set, fact_images, fact_images_under, settle
from indexer.store.store import Store
from indexer.wording import counted
from search.checking.findings import Problem, Problems


def fact_problems(store: Store) -> Problems:
    """Yield the label sets in which the labels differ from what a person said."""
    for (label_set,) in store.db.execute("SELECT DISTINCT label_set FROM correction_acts").fetchall():
        classes = classes_of_set(store, label_set)
        said = set(fact_images_under(store, label_set, classes).tolist())
        wrong = said ^ set(fact_images(store, label_set).tolist())
        if classes and wrong:
            what = f"{counted(len(wrong), 'picture', ',')} without the labels that a person said, or with others."
            yield Problem("labels", what, "They were written again.", partial(_settle, store, label_set))


def _settle(store: Store, label_set: int) -> None:
    with store.writing():
        settle(store, label_set, classes_of_set(store, label_set))
