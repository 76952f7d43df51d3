"""Temperature scaling: one number that makes a model's probabilities as sure as they are right.

Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, arXiv 1706.04599, section 4.2: logits are divided by
the temperature that minimises the negative log likelihood on labelled pictures. Which class is best never changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from indexer.arrays import FloatArray
from indexer.errors import InvalidRequest
from indexer.store.models import StoredModel
from indexer.wording import doing
from search.evaluation.metrics import (
    Bools,
    Floats,
    Ints,
    Reliability,
    binary_loss,
    negative_log_likelihood,
    reliability,
    reliability_of_each,
)
from search.labels.probabilities import probabilities

COLDEST, HOTTEST = 0.05, 20.0  # the temperatures searched
STEPS = 60  # halvings of that range
FOLDS = 5
FEWEST_PICTURES = 10  # to fit on
ENOUGH_PICTURES = 200  # with fewer, a temperature is rough


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted temperature, and its effect on pictures that it was not fitted on."""

    temperature: float
    temperature_before: float
    pictures: int
    before: Reliability
    after: Reliability
    loss_before: float  # negative log likelihood
    loss_after: float
    spread: tuple[float, float]  # the least and the greatest temperature of the folds


def fit_temperature(cosines: FloatArray, truth: Ints, scale: float, bias: float | None = None) -> float:
    """Return the temperature with the least negative log likelihood of the true classes `truth` (n,).

    `cosines` has shape (n, classes). The loss is convex in 1/temperature, so bisection finds the zero of its slope;
    where there is none, as when every guess is right, the result is an end of the range COLDEST..HOTTEST.
    """
    shown = np.zeros(cosines.shape, dtype=bool)
    shown[np.arange(len(truth)), truth] = True
    return _bisected(cosines.astype(np.float64) * scale + (bias or 0.0), shown, bias is None)


def _bisected(logits: Floats, truth: Bools, exclusive: bool) -> float:
    """Return the temperature at which the slope of the loss is zero; `truth` (n, classes) says what is shown."""
    low, high = 1.0 / HOTTEST, 1.0 / COLDEST
    for _ in range(STEPS):
        middle = float(np.sqrt(low * high))
        if _slope(logits, truth, middle, exclusive) > 0:
            high = middle
        else:
            low = middle
    return float(1.0 / np.sqrt(low * high))


def calibrate(cosines: FloatArray, truth: Ints, model: StoredModel, before: float) -> Calibration:
    """Fit a temperature on all pictures, and measure it by cross-validation: each is judged by a fit without it.

    `before` is the temperature in use so far. Raises InvalidRequest if there are too few pictures, if they don't
    determine the temperature, or if it is no better on held-out pictures.
    """
    return _calibrated(_OneEach(cosines, model.logit_scale, model.logit_bias, truth), before)


def calibrate_several(evidence: FloatArray, truth: Bools, scale: float, bias: float, before: float) -> Calibration:
    """Do the same where each class is judged by itself: `truth` (n, classes) says which of them a picture shows."""
    return _calibrated(_Several(evidence, scale, bias, truth), before)


@dataclass(frozen=True, slots=True)
class _Fitted:
    """What a temperature is fitted to."""

    evidence: FloatArray  # (n, classes)
    scale: float
    bias: float | None

    def chances(self, temperature: float) -> FloatArray:
        return probabilities(self.evidence, self.scale, self.bias, temperature)


@dataclass(frozen=True, slots=True)
class _OneEach(_Fitted):
    truth: Ints  # (n,)

    def only(self, rows: Bools) -> _OneEach:
        return _OneEach(self.evidence[rows], self.scale, self.bias, self.truth[rows])

    def fit(self) -> float:
        return fit_temperature(self.evidence, self.truth, self.scale, self.bias)

    def loss(self, chances: FloatArray) -> float:
        return negative_log_likelihood(chances, self.truth, self.bias is None)

    def reliability(self, chances: FloatArray) -> Reliability:
        return reliability(chances.max(axis=1), chances.argmax(axis=1) == self.truth)

    @property
    def kinds(self) -> Ints:
        """What is spread evenly over the folds."""
        return self.truth


@dataclass(frozen=True, slots=True)
class _Several(_Fitted):
    truth: Bools  # (n, classes)

    def only(self, rows: Bools) -> _Several:
        return _Several(self.evidence[rows], self.scale, self.bias, self.truth[rows])

    def fit(self) -> float:
        return _bisected(self.evidence.astype(np.float64) * self.scale + (self.bias or 0.0), self.truth, False)

    def loss(self, chances: FloatArray) -> float:
        return binary_loss(chances, self.truth)

    def reliability(self, chances: FloatArray) -> Reliability:
        return reliability_of_each(chances, self.truth)

    @property
    def kinds(self) -> Ints:
        """What is spread evenly over the folds."""
        return np.asarray(np.where(self.truth.any(axis=1), self.truth.argmax(axis=1), -1), dtype=np.int64)


def _calibrated(pictures: _OneEach | _Several, before: float) -> Calibration:
    """Fit a temperature, and measure it on pictures held out."""
    count = len(pictures.evidence)
    if count < FEWEST_PICTURES:
        raise InvalidRequest(
            f"{doing(count, 'picture', 'is', 'are')} too few to fit a temperature; take at least"
            f" {FEWEST_PICTURES}, better {ENOUGH_PICTURES} or more."
        )
    temperature = pictures.fit()
    if not 1.01 * COLDEST < temperature < HOTTEST / 1.01:
        raise InvalidRequest(_open_end(temperature))
    held_out = np.empty(pictures.evidence.shape, dtype=np.float32)
    fitted = []
    for fold in _folds(pictures.kinds):
        fitted.append(pictures.only(~fold).fit())
        held_out[fold] = pictures.only(fold).chances(fitted[-1])
    if pictures.loss(held_out) >= pictures.loss(pictures.chances(1.0)):
        raise InvalidRequest(
            f"On pictures that it was not fitted on, a temperature of {temperature:.3f} is no better than none;"
            " calibrate with more pictures."
        )
    old = pictures.chances(before)
    return Calibration(
        temperature,
        before,
        count,
        pictures.reliability(old),
        pictures.reliability(held_out),
        pictures.loss(old),
        pictures.loss(held_out),
        (min(fitted), max(fitted)),
    )


def _open_end(temperature: float) -> str:
    """Say why no temperature could be fitted."""
    if temperature < 1:
        return (
            "The model takes every picture for what it is, or nearly so, which leaves open how sure it should be; "
            "calibrate with more pictures, or with classes that are harder to tell apart."
        )
    return "The model's guesses say nothing about these classes, so no temperature can be fitted; check the truth."


def _slope(logits: Floats, truth: Bools, cold: float, exclusive: bool) -> float:
    """Return the derivative of the negative log likelihood by 1/temperature, at 1/temperature = `cold`."""
    own = logits.sum(axis=1, where=truth)
    if exclusive:
        weights = np.exp(cold * (logits - logits.max(axis=1, keepdims=True)))
        expected = (weights * logits).sum(axis=1) / weights.sum(axis=1)
    else:
        expected = (logits / (1.0 + np.exp(-np.clip(cold * logits, -700, 700)))).sum(axis=1)
    return float((expected - own).mean())


def _folds(truth: Ints) -> Iterator[np.ndarray]:
    """Yield masks (n,) of the held-out pictures, each class spread evenly over the folds."""
    order = np.argsort(np.random.default_rng(0).permutation(len(truth)), kind="stable")
    by_class = np.lexsort((order, truth))
    fold = np.empty(len(truth), dtype=np.int64)
    fold[by_class] = np.arange(len(truth)) % FOLDS
    for number in range(FOLDS):
        yield fold == number
