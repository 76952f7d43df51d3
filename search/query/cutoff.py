"""The cut-off: the lowest score that still is a match, found anew for each query.

No cosine is right for every query, picture and model, so nothing here is compared with a fixed cosine. A picture's
scores with ordinary texts (texts/background.py) say what a score is worth on that picture, as a cohort of impostors
does in speaker verification: Auckenthaler, Carey and Lloyd-Thomas, "Score Normalization for Text-Independent Speaker
Verification Systems", Digital Signal Processing 10, 2000 (T-norm), with the impostors that score best as the cohort.
docs/search-quality.md says how it was measured and where it fails.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from indexer.arrays import FloatArray
from search.index.spread import Spread

NO_MATCH = math.inf
ALL_MATCH = -math.inf

# Fitted on the tuning queries of benchmarks/quality_queries.py.
COHORT = 10  # best background prompts of a picture, which a query has to beat
RELATIVE = 4.0  # deviations by which a prompt that says the same is nearer to the query than others
GATE = 0.65  # deviations above its cohort that the query must reach on a picture, among 300 pictures
GATE_GROWTH = 1.2  # more for each further deviation that the best of many chance scores reaches
GATE_MOST = 1.5  # so that a rare match in a huge library can still pass
QUANTILE = 0.75  # of the scores of the pictures that pass the gate: what a match scores
FRACTION = 0.7  # of the way from what any text scores to what a match scores: the cut-off
FEWEST_FOR_SPREAD = 20  # pictures; fewer say nothing about a library's spread
GATE_FITTED_AT, GATE_LEVEL_BELOW = 300, 10  # pictures

MOSTLY = 2.0  # deviations below the library's mean: the cut-off if all of the library is one thing

SURE_LOGIT = 0.0  # a sigmoid model says yes
HOPELESS_LOGIT = math.log(0.001 / 0.999)  # a sigmoid model says no


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """The scale and bias of a model that judges each pair by itself (SigLIP)."""

    scale: float
    bias: float

    def cosine(self, logit: float) -> float:
        """Return the cosine that has this logit."""
        return (logit - self.bias) / self.scale


def lowest_match(
    query: FloatArray,
    scores: FloatArray,
    vectors: FloatArray,
    background: FloatArray,
    spread: Spread | None = None,
    *,
    count: int | None = None,
    sigmoid: Sigmoid | None = None,
) -> float:
    """Return the lowest cosine that still is a match: inf if nothing matches, -inf if there is too little to judge by.

    `query` (dim,) and the rows of `vectors` (k, dim) and `background` (b, dim) have unit length; `scores` (k,) are the
    cosines of the best k pictures, a few hundred or all, with the query. `count` is how many pictures were searched
    (default: those of `spread`, else k).
    """
    if not len(scores):
        return NO_MATCH
    searched = max(count if count is not None else spread.count if spread else 0, len(scores))
    if len(background) <= COHORT:
        return ALL_MATCH
    lowest = _text_cutoff(query, scores, vectors, background, searched)
    if spread is not None and lowest < NO_MATCH:
        lowest = min(lowest, _all_of_one_thing(query, background, spread))
    return lowest if sigmoid is None else _bounded(lowest, float(scores.max()), sigmoid)


def evidence(
    query: FloatArray, scores: FloatArray, vectors: FloatArray, background: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return by how many deviations the query beats each picture's cohort, and the mean score of any text: both (k,).

    T-norm with an adaptive cohort: (score - mean of the best ten prompts) / deviation of all prompts. Prompts that say
    the same as the query are left out.
    """
    others = vectors @ background[~_relatives(query, background)].T
    best = min(COHORT, others.shape[1])
    rivals = np.partition(others, -best, axis=1)[:, -best:].mean(axis=1)
    deviation = np.maximum(others.std(axis=1), np.finfo(np.float32).eps)
    return (scores - rivals) / deviation, others.mean(axis=1)


def gate(searched: int) -> float:
    """Return the evidence that the best picture must have, in deviations; more among more pictures.

    The best of n chance scores lies about sqrt(2 ln n) deviations high (Cramer, "Mathematical Methods of Statistics",
    1946, section 28.6), so that a large library always has something that looks a little like the query.
    """
    grown = GATE + GATE_GROWTH * (_expected_best(max(searched, GATE_LEVEL_BELOW)) - _expected_best(GATE_FITTED_AT))
    return min(grown, GATE_MOST)


def _text_cutoff(
    query: FloatArray, scores: FloatArray, vectors: FloatArray, background: FloatArray, searched: int
) -> float:
    beaten, unrelated = evidence(query, scores, vectors, background)
    strong = beaten >= gate(searched)
    if not strong.any():
        return NO_MATCH
    floor, match = float(unrelated.mean()), _quantile(scores[strong], QUANTILE)
    return floor + FRACTION * max(match - floor, 0.0)


def _quantile(values: FloatArray, share: float) -> float:
    """Return a quantile of (n,) values as np.quantile does, which imports masked arrays: 8 ms of each query's start."""
    ordered = np.sort(values)
    return float(np.interp(share * (len(ordered) - 1), np.arange(len(ordered)), ordered))


def _all_of_one_thing(query: FloatArray, background: FloatArray, spread: Spread) -> float:
    """Return where the matches end if the library's average picture is one, as among 5,000 dogs; else inf.

    The few hundred best of so many would set the cut-off too high for most of the dogs.
    """
    length = float(np.linalg.norm(spread.mean))
    if spread.count < FEWEST_FOR_SPREAD or length == 0:
        return NO_MATCH
    mean, deviation = spread.of_scores(query)
    middle = np.asarray(spread.mean / length, dtype=np.float32)[np.newaxis, :]
    beaten, unrelated = evidence(query, middle @ query, middle, background)
    lowest = mean - MOSTLY * deviation
    return lowest if beaten[0] >= gate(spread.count) and lowest >= length * unrelated[0] else NO_MATCH


def _relatives(query: FloatArray, background: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return a mask (b,) of the prompts that are so much nearer to the query than others that they say the same."""
    nearness = background @ query
    deviation = max(float(nearness.std()), float(np.finfo(np.float32).eps))
    return np.asarray(nearness - nearness.mean() >= RELATIVE * deviation, dtype=np.bool_)


def _expected_best(searched: int) -> float:
    """Return about how many deviations the best of so many chance scores is above the mean."""
    return math.sqrt(2 * math.log(searched))


def _bounded(lowest: float, best: float, sigmoid: Sigmoid) -> float:
    """Overrule the cut-off where a sigmoid model itself says that the best picture matches, or that none does."""
    if best < sigmoid.cosine(HOPELESS_LOGIT):
        return NO_MATCH
    yes = sigmoid.cosine(SURE_LOGIT)
    return min(lowest, yes) if best >= yes else lowest
