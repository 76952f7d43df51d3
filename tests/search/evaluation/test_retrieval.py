"""Retrieval: ranks, recall, and pictures asked by their captions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from search.evaluation import retrieval as retrieval_metrics
from search.evaluation.retrieval import RankMetrics, caption_ranks, evaluate_retrieval, picture_ranks
from search.evaluation.truth import read_captions
from search.library.library import Library
from tests.conftest import MakePicture
from tests.fakes import Recorder


def test_retrieval(library: Library, photos: Path, picture: MakePicture, tmp_path: Path) -> None:
    for colour in ("red", "lime", "blue"):
        picture(f"{colour}.png", colour)
    (photos / "bad.jpg").write_text("no picture")
    file = photos / "captions.csv"
    file.write_text("path,caption\nred.png,it is red\nlime.png,it is lime\nblue.png,rather red\nbad.jpg,it is gold\n")
    found, kept = evaluate_retrieval(library, read_captions(file, lambda _: None), Recorder())
    assert len(kept.paths) == 3 and found.pictures.queries == 3
    assert found.pictures.recall[1] == pytest.approx(2 / 3) and found.pictures.recall[5] == 1.0
    assert found.pictures.median_rank == 1.0


def test_ranks_by_hand() -> None:
    pictures = np.eye(3, dtype=np.float32)
    captions = np.array([[1, 0, 0], [0.8, 0.6, 0], [0.6, 0.8, 0], [0, 0.8, 0.6]], dtype=np.float32)
    picture_of = np.array([0, 1, 1, 2])
    assert caption_ranks(captions, pictures, picture_of).tolist() == [1, 2, 1, 2]
    assert picture_ranks(captions, pictures, picture_of).tolist() == [1, 1.5, 1], "its better caption, and one like it"


def test_who_answers_everything_alike_gets_the_middle() -> None:
    same = np.ones((5, 1), dtype=np.float32)
    assert caption_ranks(same, same, np.arange(5)).tolist() == [3.0] * 5


def test_ranks_equal_sorting_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.evaluation.retrieval.SCORES_AT_ONCE", 140)
    held = []
    ranks = retrieval_metrics._ranks
    monkeypatch.setattr(retrieval_metrics, "_ranks", lambda *found: held.append(found[0].size) or ranks(*found))
    random = np.random.default_rng(1)
    captions, pictures = random.normal(size=(40, 8)).astype("f4"), random.normal(size=(20, 8)).astype("f4")
    picture_of = np.arange(40) % 20
    order = np.argsort(-(captions @ pictures.T), axis=1)
    expected = [1 + list(row).index(one) for row, one in zip(order, picture_of, strict=True)]
    assert caption_ranks(captions, pictures, picture_of).tolist() == expected
    back = np.argsort(-(pictures @ captions.T), axis=1)
    expected = [1 + min(list(row).index(one), list(row).index(one + 20)) for one, row in enumerate(back)]
    assert picture_ranks(captions, pictures, picture_of).tolist() == expected
    assert max(held) <= 140, "memory is bounded, however many candidates there are"


def test_recall_and_median() -> None:
    found = RankMetrics.of(np.array([1.0, 2.0, 5.0, 11.0]), 100)
    assert (found.recall, found.median_rank, found.queries) == ({1: 0.25, 5: 0.75, 10: 0.75}, 3.5, 4)
