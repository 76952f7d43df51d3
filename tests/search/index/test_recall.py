"""Tests of search.index.recall: exact answers, and the effort with which a compressed index finds them."""

from __future__ import annotations

import numpy as np
import pytest

from search.index.compressed import CompressedIndex
from search.index.recall import DEPTHS, GOAL, LEAST_SHARE, TOP, ExactAnswers, least_effort
from tests.embeddings import clustered

VECTORS = clustered(2000, seed=0)
IDS = np.arange(1, 2001)


def answers_of(*groups: np.ndarray, own: np.ndarray) -> ExactAnswers:
    """Return answers from blocks of different lengths."""
    answers = ExactAnswers(list(groups), own)
    for start, end in ((0, 3), (3, 700), (700, 2000)):
        answers.add_block(IDS[start:end], VECTORS[start:end])
    return answers


def test_exact_answers_are_the_nearest_without_the_picture_itself() -> None:
    texts = clustered(4, seed=2)
    answers = answers_of(VECTORS[:3], texts, own=IDS[:3])
    scores = np.concatenate([VECTORS[:3], texts]) @ VECTORS.T
    scores[[0, 1, 2], [0, 1, 2]] = -np.inf
    expected = IDS[np.argsort(-scores, axis=1)[:, :TOP]]
    assert np.array_equal(answers.ids, expected)
    assert np.allclose(answers.scores, -np.sort(-scores, axis=1)[:, :TOP], atol=1e-6)


def test_fewer_pictures_than_answers() -> None:
    answers = ExactAnswers([clustered(1, seed=3)], np.array([], np.int64))
    answers.add_block(IDS[:2], VECTORS[:2])
    assert set(answers.ids[0]) == {1, 2, -1}


@pytest.fixture(scope="module")
def index() -> CompressedIndex:
    """An index of the vectors."""
    made = CompressedIndex.trained(VECTORS, len(VECTORS))
    made.add(IDS, VECTORS)
    return made


def test_the_least_effort_reaches_the_goal(index: CompressedIndex) -> None:
    effort = least_effort(index, answers_of(VECTORS[:50], clustered(50, seed=2), own=IDS[:50]))
    assert GOAL <= effort.recall <= 1 and effort.depth in DEPTHS
    assert index.lists * LEAST_SHARE <= effort.probes <= index.lists


def test_a_goal_that_is_out_of_reach_gives_the_best_there_is(index: CompressedIndex) -> None:
    answers = answers_of(VECTORS[:50], own=IDS[:50])
    answers.ids[:25] = 10_000  # which are not in the index
    assert least_effort(index, answers).recall == pytest.approx(0.5, abs=0.01)
    texts = answers_of(VECTORS[:50], clustered(50, seed=2), own=IDS[:50])
    texts.ids[50:] = 10_000
    assert least_effort(index, texts).recall == 0.0, "the recall is that of the worse kind of query"
