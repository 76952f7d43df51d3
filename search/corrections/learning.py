"""Learning from what a person said: the corrected pictures become examples of their classes.

Whether that helps is found out on the corrections themselves: each is judged without itself, and without what looks
the same, among the examples. So it is as if the model had not been told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.arrays import Ids, member_of
from indexer.errors import InvalidRequest
from search.corrections.judged_set import JudgedSet
from search.corrections.said import Said, said_in
from search.evaluation.metrics import wilson_interval
from search.labels.labelling import label_library
from search.labels.negations import is_rest
from search.labels.recipe import recipe_again
from search.library.content_keys import content_keys
from search.progress import UNWATCHED, Watch

if TYPE_CHECKING:
    from indexer.store.labels import LabelSet
    from search.labels.reading import LabelRun
    from search.labels.recipe import Recipe
    from search.library.library import Library

MOST_LEARNT = 200  # examples of a class; more make judging slower and hardly better
SURE = 1.96  # deviations of a 95% interval


@dataclass(frozen=True, slots=True)
class Lesson:
    """What learning from the corrections is worth, on corrections that were held out."""

    held_out: int
    before: int  # that are right without
    after: int  # that are right with it
    better: int  # that became right
    worse: int  # that became wrong
    learnt: dict[str, tuple[str, ...]]  # class -> its examples, by their content keys

    @property
    def helped(self) -> bool:
        """Whether more are right."""
        return self.after > self.before

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of the gain in accuracy.

        Of paired proportions, with half a picture added to each cell (Agresti and Min, "Simple improved confidence
        intervals for comparing matched proportions", Statistics in Medicine 24, 2005).
        """
        count, better, worse = self.held_out + 2, self.better + 0.5, self.worse + 0.5
        gain = (better - worse) / count
        reach = SURE * float(np.sqrt(better + worse - (better - worse) ** 2 / count)) / count
        return max(-1.0, gain - reach), min(1.0, gain + reach)

    def record(self) -> dict[str, Any]:
        """Return it as its JSON object."""
        shares = {"before": self.before / self.held_out, "after": self.after / self.held_out}
        return {
            "held_out": self.held_out,
            **{name: round(share, 6) for name, share in shares.items()},
            **{
                f"{name}_interval": [round(end, 6) for end in wilson_interval(share, self.held_out)]
                for name, share in shares.items()
            },
            "interval": [round(end, 6) for end in self.interval],
            "better": self.better,
            "worse": self.worse,
            "helped": self.helped,
            "examples": {name: len(keys) for name, keys in self.learnt.items()},
        }


def lesson_from(library: Library, label_set: LabelSet) -> Lesson:
    """Return what it would be worth to learn from what was said in a set; nothing is stored.

    Raises InvalidRequest if nothing was said of any class.
    """
    now = JudgedSet(library, label_set)
    said = said_in(library.store, label_set.id, now.names)
    judged = now.of(library, said.images)
    said = said.only(member_of(said.images, judged.images))
    chosen = {name: _examples(said, column) for column, name in enumerate(now.judge.recipe.names) if not is_rest(name)}
    learnt = {name: images for name, images in chosen.items() if len(images)}
    if not learnt:
        raise InvalidRequest(f'Nothing was said of the classes of "{label_set.name}" yet; correct some pictures first.')
    keys = content_keys(library.store, sorted({int(image) for images in learnt.values() for image in images}))
    taught = JudgedSet(library, label_set, _without_learnt(now.judge.recipe))
    taught_judge = taught.judge.taught_by({name: library.index.vectors(images)[1] for name, images in learnt.items()})
    _, vectors = library.index.vectors(said.images)
    after = taught.decided(said.images, taught_judge.apart().probabilities(vectors))
    was_right = (judged.given == said.truth).all(axis=1)
    is_right = (after.given == said.truth).all(axis=1)
    return Lesson(
        len(said.images),
        int(was_right.sum()),
        int(is_right.sum()),
        int((is_right & ~was_right).sum()),
        int((was_right & ~is_right).sum()),
        {name: tuple(keys[int(image)] for image in images if int(image) in keys) for name, images in learnt.items()},
    )


def take_lesson(library: Library, label_set: LabelSet, lesson: Lesson, watch: Watch = UNWATCHED) -> LabelRun:
    """Let a set learn, in place of what it had learnt before, and judge it anew; what a person said stays."""
    return _judge_anew(library, label_set, lesson.learnt, watch)


def forget_lessons(library: Library, label_set: LabelSet, watch: Watch = UNWATCHED) -> LabelRun:
    """Let a set forget what it has learnt, and judge it anew; what a person said stays."""
    return _judge_anew(library, label_set, {}, watch)


def _judge_anew(library: Library, label_set: LabelSet, learnt: dict[str, tuple[str, ...]], watch: Watch) -> LabelRun:
    recipe = recipe_again(label_set)
    classes = tuple(replace(class_, learnt=learnt.get(class_.name, ())) for class_ in recipe.classes)
    recipe = replace(recipe, classes=classes)
    return label_library(library, recipe, name=label_set.name, forget_learnt=True, watch=watch)


def _without_learnt(recipe: Recipe) -> Recipe:
    return replace(recipe, classes=tuple(replace(class_, learnt=()) for class_ in recipe.classes))


def _examples(said: Said, column: int) -> Ids:
    """Return the pictures of a label to learn from; of very many some from all over the library."""
    images = said.images[said.truth[:, column]]
    return images[:: max(1, -(-len(images) // MOST_LEARNT))]
