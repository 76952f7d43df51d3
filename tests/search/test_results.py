"""Tests of search.results, and of search.progress with it."""

from __future__ import annotations

from pathlib import Path

from search.progress import UNWATCHED
from search.results import Answer, Hit, LabelledPicture


def test_the_hits_of_an_answer_are_those_that_match() -> None:
    hits = tuple(Hit(Path(f"{score}"), score) for score in (0.5, 0.3, 0.1))
    assert Answer(hits, 2, 0.3).hits == hits[:2]
    assert Answer(hits, 0, float("inf")).hits == ()
    listed = (Hit(Path("a"), None), Hit(Path("b"), None))
    assert Answer(listed, 2, float("inf")).hits == listed, "filters alone give no scores"


def test_the_best_label_is_the_most_probable() -> None:
    picture = LabelledPicture(Path("a"), {"cup": 0.2, "car": 0.7})
    assert (picture.best, picture.probability) == ("car", 0.7)
    other = LabelledPicture(Path("a"), {"cup": 0.2, "car": 0.3}, labels=(("other", 0.5),))
    assert (other.best, other.probability) == ("other", 0.5)


def test_unwatched_progress_shows_nothing() -> None:
    for progress in (UNWATCHED.texts, UNWATCHED.judged, UNWATCHED.stored):
        progress(1, 2)
