"""The cut-off: the lowest score that still is a match, found anew for each query.

No cosine is right for every query, picture and model, so nothing here is compared with a fixed cosine. What a picture
scores with ordinary texts (texts/background.py) says what a score is worth on that picture, as a cohort of impostors
does in speaker verification: Auckenthaler, Carey and Lloyd-Thomas, "Score Normalization for Text-Independent Speaker
Verification Systems", Digital Signal Processing 10, 2000 (T-norm), with the impostors that score best as the cohort.
docs/search-quality.md tells how it was measured and where it fails.
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
COHORT = 10  # so many background prompts, the best of a picture, are what a query has to beat
RELATIVE = 4.0  # deviations: a prompt that is so much nearer to the query than others says the same
GATE = 0.65  # deviations above its cohort that the query must reach on a picture, among 300 pictures
GATE_GROWTH = 1.2  # how much more for each further deviation that the best of many chance scores reaches
GATE_MOST = 1.5  # a rare match in a huge library is not asked for more
QUANTILE = 0.75  # of the scores of the pictures that pass the gate: what a match scores
FRACTION = 0.7  # of the way from what any text scores to what a match scores: there is the cut-off
FEW = 20  # pictures: fewer tell nothing about a library's spread
FITTED_AT, FEWEST = 300, 10  # pictures: where the gate was fitted, and where it stops falling

MOSTLY = 2.0  # deviations below the library's mean: where a library that is all of one thing ends

SURE_LOGIT = 0.0  # a sigmoid model says yes
HOPELESS_LOGIT = math.log(0.001 / 0.999)  # a sigmoid model says no


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """The scale and bias of a model that judges each pair for itself (SigLIP)."""

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
    """Return the lowest cosine that still is a match: inf when nothing matches, -inf when nothing can be told.

    `query` (dim,) and the rows of `vectors` (k, dim) and `background` (b, dim) have unit length; `scores` (k,) are the
    cosines of the best k pictures, a few hundred or all, with the query. `count` is how many pictures were searched
    (default: those of `spread`, else k).
    """
    if not len(scores):
        return NO_MATCH
    searched = max(count if count is not None else spread.count if spread else 0, len(scores))
    if len(background) <= COHORT:
        return ALL_MATCH
    found = _text_cutoff(query, scores, vectors, background, searched)
    if spread is not None and found < NO_MATCH:
        found = min(found, _all_of_one_thing(query, background, spread))
    return found if sigmoid is None else _bounded(found, float(scores.max()), sigmoid)


def evidence(
    query: FloatArray, scores: FloatArray, vectors: FloatArray, background: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return for each picture how far the query beats its cohort, in deviations, and what any text scores: both (k,).

    T-norm with an adaptive cohort: (score - mean of the best ten prompts) / deviation of all prompts. Prompts that say
    the same as the query are its allies and left out.
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
    grown = GATE + GATE_GROWTH * (_expected_best(max(searched, FEWEST)) - _expected_best(FITTED_AT))
    return min(grown, GATE_MOST)


def _text_cutoff(
    query: FloatArray, scores: FloatArray, vectors: FloatArray, background: FloatArray, searched: int
) -> float:
    beaten, unrelated = evidence(query, scores, vectors, background)
    strong = beaten >= gate(searched)
    if not strong.any():
        return NO_MATCH
    floor, match = float(unrelated.mean()), float(np.quantile(scores[strong], QUANTILE))
    return floor + FRACTION * max(match - floor, 0.0)


def _all_of_one_thing(query: FloatArray, background: FloatArray, spread: Spread) -> float:
    """Return where the matches end if the library's average picture is one, such as of 5,000 dogs; else inf.

    Else the few hundred best of so many would set the measure, and most of the dogs would fall short of it.
    """
    length = float(np.linalg.norm(spread.mean))
    if spread.count < FEW or length == 0:
        return NO_MATCH
    mean, deviation = spread.of_scores(query)
    middle = np.asarray(spread.mean / length, dtype=np.float32)[np.newaxis, :]
    beaten, unrelated = evidence(query, middle @ query, middle, background)
    lowest = mean - MOSTLY * deviation
    return lowest if beaten[0] >= gate(spread.count) and lowest >= length * unrelated[0] else NO_MATCH


def _relatives(query: FloatArray, background: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which prompts (b,) are so much nearer to the query than the others that they say the same."""
    nearness = background @ query
    deviation = max(float(nearness.std()), float(np.finfo(np.float32).eps))
    found = nearness - nearness.mean() >= RELATIVE * deviation
    return np.asarray(found, dtype=np.bool_)


def _expected_best(searched: int) -> float:
    """Return how many deviations high the best of so many chance scores lies, about."""
    return math.sqrt(2 * math.log(searched))


def _bounded(found: float, best: float, sigmoid: Sigmoid) -> float:
    """Let a model that says yes or no by itself have the last word."""
    if best < sigmoid.cosine(HOPELESS_LOGIT):
        return NO_MATCH
    yes = sigmoid.cosine(SURE_LOGIT)
    return min(found, yes) if best >= yes else found
