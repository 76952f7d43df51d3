"""Label sets that save_labels would replace: a person's work is not lost by a name that an assistant chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.store.labels import LabelSet, SetDescription
    from search.library.library import Library
    from server.labelling.class_models import LabelSetBody

MOST_NAMED = 10  # classes in a sentence
LONGEST = 60  # characters of a name in it: the question itself must not be lost behind what an assistant calls a class
MADE_OTHERWISE = (
    "There is a label set of this name already, made with other classes, words, examples or thresholds, so nothing was"
    " stored; choose another name, or, only if the person wants that set replaced, call this again with replace=true."
)
REPLACE = (
    "Replace the label set {name} (classes: {classes}; {photos} labelled) by one with the classes {new}?"
    " What was said in it is kept, its other labels are lost, and undo does not bring them back."
)


def would_replace(library: Library, body: LabelSetBody) -> LabelSet | None:
    """Return the label set that a request would replace: one of its name that is not made by the same words.

    Another model, or another scale of its probabilities, is no other set: its labels are then brought up to date.
    """
    from indexer.store.labels import label_set_named
    from search.labels.classes import tidy
    from search.labels.recipe import with_learnt
    from server.labelling.making import recipe_of

    before = label_set_named(library.store, tidy(body.name or ""))
    if before is None:
        return None
    wanted = with_learnt(recipe_of(library, body), before).description(library.model, before.temperature)
    return None if _words_of(wanted) == _words_of(before) else before


def question_about(library: Library, before: LabelSet | None, body: LabelSetBody) -> str | None:
    """Return what the person is asked before a set is replaced, None if none is."""
    from indexer.store.labels import labelled_images
    from indexer.wording import counted

    if before is None:
        return None
    return REPLACE.format(
        name=f'"{_short(before.name)}"',
        classes=_listed(before.class_names),
        photos=counted(len(labelled_images(library.store, before.id)), "photo", ","),
        new=_listed([one.name for one in body.classes]),
    )


def _words_of(made: SetDescription) -> tuple[object, ...]:
    """Return what someone decided of a label set."""
    return (made.kind, made.classes, made.templates, made.other, made.threshold)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(map(_short, names[:MOST_NAMED])) + (f" and {more:,} more" if more > 0 else "")


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
