"""The tables of `clipsearch eval` from what a person said in a label set, in place of a folder of known pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from indexer.arrays import FloatArray, member_of
from indexer.errors import InvalidRequest
from indexer.store.labels import OTHER
from indexer.store.models import remember_temperature
from search.corrections.judged_set import Judged, JudgedSet
from search.corrections.recalibrating import fitted_to
from search.corrections.said import Said, said_in
from search.evaluation.classification import TOP, Evaluation
from search.evaluation.metrics import (
    binary_loss,
    confusion_matrix,
    negative_log_likelihood,
    per_class,
    per_label,
    reliability,
    reliability_of_each,
    top_k_accuracy,
)
from search.evaluation.run import EvalReport
from search.labels.recipe import recipe_again
from search.texts.class_templates import TEMPLATE_SETS

if TYPE_CHECKING:
    from indexer.store.labels import LabelSet
    from search.library.library import Library

OWN = "the set's"  # templates


def evaluate_corrections(
    library: Library, label_set: LabelSet, templates: Sequence[str] = (), calibrate: bool = False
) -> EvalReport:
    """Measure a set's own way of judging, or sets of templates, on what was said; with `calibrate` fit the temperature.

    The temperature is stored for the model, as eval does. Raises InvalidRequest if nothing was said.
    """
    recipe = recipe_again(label_set)
    chosen = {name: replace(recipe, templates=TEMPLATE_SETS[name]) for name in templates} or {OWN: recipe}
    report = EvalReport()
    for name, own in chosen.items():
        judged_set = JudgedSet(library, label_set, own)
        evaluation, unread = _evaluation(library, judged_set, name)
        report.evaluations.append(evaluation)
        report.unread = unread
    if calibrate:
        try:
            report.calibration = fitted_to(JudgedSet(library, label_set), library)
            remember_temperature(library.store, library.model, report.calibration.temperature)
        except InvalidRequest as error:  # what was measured is still worth showing
            report.not_calibrated = str(error)
    return report


def _evaluation(library: Library, judged_set: JudgedSet, templates: str) -> tuple[Evaluation, int]:
    """Return what is measured, and of how many pictures there is no embedding."""
    every = said_in(library.store, judged_set.label_set.id, judged_set.names)
    if not len(every.images):
        raise InvalidRequest(
            f'Nothing was corrected in "{judged_set.label_set.name}" yet; say what some pictures are:'
            " clipsearch labels correct"
        )
    judged = judged_set.of(library, every.images)
    said = every.only(member_of(every.images, judged.images))
    measure = _several if judged_set.judge.recipe.multi else _one_each
    return measure(library, judged_set, templates, said, judged), len(every.images) - len(said.images)


def _one_each(library: Library, judged_set: JudgedSet, templates: str, said: Said, judged: Judged) -> Evaluation:
    names = judged_set.names
    has_other = OTHER in judged_set.judge.columns or bool((said.truth | judged.given)[:, -1].any())
    classes = names if has_other else names[:-1]
    truth = np.asarray(said.truth.argmax(axis=1), dtype=np.int64)
    guess = np.asarray(judged.given.argmax(axis=1), dtype=np.int64)
    chances = _with_rest(judged.chances, len(classes))
    confusion = confusion_matrix(truth, guess, len(classes))
    return Evaluation(
        library.model.name,
        templates,
        tuple(classes),
        len(truth),
        float((truth == guess).mean()) if len(truth) else float("nan"),
        top_k_accuracy(chances, truth, TOP) if len(classes) > TOP else None,
        negative_log_likelihood(chances, truth, library.model.logit_bias is None),
        judged_set.label_set.temperature,
        confusion,
        per_class(confusion),
        reliability(judged.sure, guess == truth),
    )


def _several(library: Library, judged_set: JudgedSet, templates: str, said: Said, judged: Judged) -> Evaluation:
    columns = judged.chances.shape[1]
    return Evaluation(
        library.model.name,
        templates,
        judged_set.names,
        len(said.images),
        float((said.truth == judged.given).all(axis=1).mean()) if len(said.images) else float("nan"),
        None,
        binary_loss(judged.chances, said.truth[:, :columns]),
        judged_set.label_set.temperature,
        None,
        per_label(said.truth, judged.given),
        reliability_of_each(judged.chances, said.truth[:, :columns]),
    )


def _with_rest(chances: FloatArray, columns: int) -> FloatArray:
    """Return probabilities with a column for "other", if there is none: that the best class is wrong."""
    if chances.shape[1] == columns:
        return chances
    return np.column_stack([chances, 1.0 - chances.max(axis=1)])
