"""Tests of search.evaluation.calibration: the temperature that minimises the loss, and keeping it in the library."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indexer.errors import InvalidRequest, LibraryError
from indexer.store.models import StoredModel, remember_model, remember_temperature, switch_to, temperature_of
from indexer.store.store import Store
from search.evaluation.calibration import (
    COLDEST,
    HOTTEST,
    calibrate,
    fit_temperature,
)
from search.evaluation.metrics import negative_log_likelihood
from search.labels.probabilities import probabilities
from tests.fakes import ColourEncoder

MODEL = StoredModel(1, "colour", "f", 3, 20.0, None, True, 1)
SIGMOID = replace(MODEL, logit_bias=-4.0)


def drawn(hotter: float, pictures: int = 4000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return cosines (n, 5) and truths drawn from softmax(scale / hotter * cosine), so that `hotter` is right."""
    random = np.random.default_rng(seed)
    cosines = random.uniform(-0.3, 0.3, (pictures, 5)).astype(np.float32)
    chances = probabilities(cosines, MODEL.logit_scale / hotter, None)
    truth = (random.random((pictures, 1)) > chances.cumsum(axis=1)).sum(axis=1)
    return cosines, np.minimum(truth, 4)


@pytest.mark.parametrize("hotter", [0.5, 1.0, 3.0])
def test_the_temperature_that_made_the_truth_is_found(hotter: float) -> None:
    cosines, truth = drawn(hotter)
    assert fit_temperature(cosines, truth, MODEL.logit_scale) == pytest.approx(hotter, rel=0.12)


@pytest.mark.parametrize("model", [MODEL, SIGMOID])
def test_no_other_temperature_has_less_loss(model: StoredModel) -> None:
    cosines, truth = drawn(2.0, 500)
    fitted = fit_temperature(cosines, truth, model.logit_scale, model.logit_bias)

    def loss(temperature: float) -> float:
        chances = probabilities(cosines, model.logit_scale, model.logit_bias, temperature)
        return negative_log_likelihood(chances, truth, model.logit_bias is None)

    grid = np.geomspace(0.1, 15, 200)
    assert loss(fitted) <= min(map(loss, grid)) + 1e-6
    assert COLDEST < fitted < HOTTEST


def test_the_fit_equals_scipys() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    cosines, truth = drawn(2.0, 300)

    def loss(temperature: float) -> float:
        return negative_log_likelihood(probabilities(cosines, MODEL.logit_scale, MODEL.logit_bias, temperature), truth)

    expected = optimize.minimize_scalar(loss, bounds=(0.1, 10), method="bounded", options={"xatol": 1e-6}).x
    assert fit_temperature(cosines, truth, MODEL.logit_scale) == pytest.approx(expected, rel=1e-3)


def test_temperature_one_is_the_models_own() -> None:
    cosines, _ = drawn(1.0, 10)
    assert probabilities(cosines, MODEL.logit_scale, MODEL.logit_bias, 1.0) == pytest.approx(
        probabilities(cosines, 20.0, None)
    )
    expected = 1 / (1 + np.exp(-(20.0 * cosines - 4.0) / 2))
    assert probabilities(cosines, SIGMOID.logit_scale, SIGMOID.logit_bias, 2.0) == pytest.approx(expected, abs=1e-6)


def test_calibration_helps_on_pictures_it_was_not_fitted_on() -> None:
    cosines, truth = drawn(3.0, 1000)
    found = calibrate(cosines, truth, MODEL, 1.0)
    assert found.temperature == pytest.approx(3.0, rel=0.2)
    assert found.before.calibration_error > 0.2 > 0.06 > found.after.calibration_error
    assert found.loss_after < found.loss_before
    assert found.spread[0] < found.temperature < found.spread[1]
    assert found.before.counts.sum() == found.after.counts.sum() == 1000


def test_every_picture_is_judged_by_a_fit_without_it() -> None:
    cosines, truth = drawn(2.0, 100)
    cosines[0], truth[0] = [0.3, -0.3, -0.3, -0.3, -0.3], 1  # one certain mistake
    seen: list[int] = []

    def spy(some: np.ndarray, labels: np.ndarray, scale: float, bias: float | None = None) -> float:
        seen.append(len(labels))
        return fit_temperature(some, labels, scale, bias)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("search.evaluation.calibration.fit_temperature", spy)
        calibrate(cosines, truth, MODEL, 1.0)
    assert seen == [100, 80, 80, 80, 80, 80]


def test_what_leaves_the_temperature_open_is_refused() -> None:
    cosines, truth = drawn(1.0, 100)
    with pytest.raises(InvalidRequest, match="too few"):
        calibrate(cosines[:9], truth[:9], MODEL, 1.0)
    perfect = np.eye(5, dtype=np.float32)[truth]
    with pytest.raises(InvalidRequest, match="harder to tell apart"):
        calibrate(perfect, truth, MODEL, 1.0)
    with pytest.raises(InvalidRequest, match="say nothing"):
        calibrate(-perfect, truth, MODEL, 1.0)


def test_the_library_keeps_the_temperature(store: Store, encoder: ColourEncoder) -> None:
    model = remember_model(store, encoder)
    assert temperature_of(store, model) == 1.0
    remember_temperature(store, model, 1.75)
    assert temperature_of(store, model) == 1.75
    assert store.folder is not None
    with Store.open(store.folder) as again:
        assert temperature_of(again, model) == 1.75
    remember_temperature(store, model, None)
    assert temperature_of(store, model) == 1.0


def test_another_model_has_its_own_temperature(store: Store) -> None:
    first = remember_model(store, ColourEncoder("first"))
    second = remember_model(store, ColourEncoder("second"))
    remember_temperature(store, first, 2.0)
    assert temperature_of(store, second) == 1.0
    switch_to(store, second)
    assert temperature_of(store, second) == 1.0


def test_a_read_only_library_says_so(store: Store, encoder: ColourEncoder) -> None:
    model = remember_model(store, encoder)
    closed = Store(store.db, store.folder, read_only=True)
    with pytest.raises(LibraryError, match="can't be written"):
        remember_temperature(closed, model, 2.0)


def test_a_temperature_that_is_no_better_on_other_pictures_is_refused() -> None:
    cosines, truth = drawn(1.0, 60)
    with pytest.raises(InvalidRequest, match="no better than none"):
        calibrate(cosines, truth, MODEL, 1.0)
