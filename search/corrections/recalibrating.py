"""Fitting the model's temperature to what a person said, so that its probabilities are as sure as they are right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.arrays import member_of
from indexer.errors import InvalidRequest
from indexer.store.models import remember_temperature, temperature_of
from search.corrections.judged_set import JudgedSet
from search.corrections.said import said_in
from search.evaluation.calibration import Calibration, calibrate, calibrate_several
from search.labels.labelling import label_library
from search.progress import UNWATCHED, Watch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indexer.arrays import FloatArray
    from indexer.store.labels import LabelSet
    from search.labels.judge import Judge
    from search.labels.reading import LabelRun
    from search.library.library import Library


@dataclass(frozen=True, slots=True)
class Recalibration:
    """What was fitted, and the labels that were judged anew with it."""

    calibration: Calibration
    run: LabelRun

    def record(self) -> dict[str, Any]:
        """Return it as its JSON object."""
        fitted = self.calibration
        return {
            "before": fitted.temperature_before,
            "after": fitted.temperature,
            "error_before": round(fitted.before.calibration_error, 6),
            "error_after": round(fitted.after.calibration_error, 6),
            "pictures": fitted.pictures,
        }


def recalibrate(library: Library, label_set: LabelSet, watch: Watch = UNWATCHED) -> Recalibration:
    """Fit the temperature of the library's model to what was said in a set, store it, and judge the set anew.

    What a person said stays. Raises InvalidRequest if there is too little to fit to, or nothing is gained.
    """
    judged_set = JudgedSet(library, label_set)
    fitted = fitted_to(judged_set, library)
    remember_temperature(library.store, library.model, fitted.temperature)
    run = label_library(library, judged_set.judge.recipe, name=label_set.name, watch=watch)
    return Recalibration(fitted, run)


def fitted_to(judged_set: JudgedSet, library: Library) -> Calibration:
    """Return the temperature that fits what was said in a set; nothing is stored. Raises as `recalibrate` does."""
    said = said_in(library.store, judged_set.label_set.id, judged_set.names)
    images, vectors = library.index.vectors(said.images)
    said = said.only(member_of(said.images, images))
    judge, model = judged_set.judge.apart(), library.model
    before = temperature_of(library.store, model)
    evidence: FloatArray = judge.evidence(vectors)
    if judge.recipe.multi:
        bias = 0.0 if judge.bias is None else judge.bias
        return calibrate_several(evidence, _shown(judge, said.truth), model.logit_scale, bias, before)
    columns = len(judge.columns)
    fits = np.asarray(said.truth[:, :columns].any(axis=1))  # a threshold alone makes no column of "other"
    if len(fits) and not fits.any():
        raise InvalidRequest("Everything that was corrected is none of the classes; say of some what they are first.")
    truth = np.asarray(said.truth[fits, :columns].argmax(axis=1), dtype=np.int64)
    return calibrate(evidence[fits], truth, model, before)


def _shown(judge: Judge, truth: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which of the judged classes (n, texts) pictures show, from their labels (n, labels)."""
    columns = {name: column for column, name in enumerate(judge.names)}
    shown = []
    for name in judge.judged_alone:
        if name in columns:
            shown.append(truth[:, columns[name]])
        else:  # named by its opposite alone, "not cup"
            shown.append(~truth[:, columns[str(judge.opposite_of(name))]])
    return np.stack(shown, axis=1)
