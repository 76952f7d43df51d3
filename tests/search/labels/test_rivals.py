"""What a class must beat, and what counts for a kind of thing."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.arrays import FloatArray, unit_rows
from search.labels import rivals as other
from search.labels.rivals import Rivals

NO_KIND = np.zeros((2, 12), dtype=bool)
NO_COLOURS = np.zeros((2, 0), dtype=np.float32)


@pytest.fixture(autouse=True)
def no_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(other, "FLOOR", 0.0)


def unit(*values: float) -> FloatArray:
    return unit_rows(np.array([values], dtype=np.float32))[0]


def background() -> FloatArray:
    """Return prompts that speak of the first, the second and the third thing, and nine of something else."""
    rest = [unit(0, 0, 0.1 * place, 1) for place in range(9)]
    return np.stack([unit(1, 0, 0.1, 0), unit(0, 1, 0.1, 0), unit(0, 0, 1, 0), *rest])


def best(rivals: Rivals, picture: FloatArray, classes: FloatArray) -> int:
    """Return the place of the best class, or how many there are if that is "other"."""
    cosines = picture[np.newaxis] @ classes.T
    return int(np.append(*rivals.beside(picture[np.newaxis], cosines)).argmax())


def test_a_class_must_beat_the_best_prompt_that_is_not_near_to_it() -> None:
    near = np.zeros((1, 12), dtype=np.float32)
    near[0, :2] = np.inf
    picture = unit(1, 0.2, 0, 0)[np.newaxis]
    cosines = picture @ np.stack([unit(1, 0, 0, 0), unit(0, 1, 0, 0)]).T
    _, free = Rivals(background(), np.zeros((1, 12), dtype=np.float32), NO_KIND, NO_COLOURS).beside(picture, cosines)
    _, rest = Rivals(background(), near, NO_KIND, NO_COLOURS).beside(picture, cosines)
    assert rest[0] < free[0]


def test_what_a_picture_shows_besides_is_no_proof_against_a_class() -> None:
    handicaps = np.zeros((2, 12), dtype=np.float32)
    handicaps[0, 0] = handicaps[1, 1] = np.inf
    both = unit(1, 0.9, 0, 0)[np.newaxis]
    cosines = both @ np.stack([unit(1, 0, 0, 0), unit(0, 1, 0, 0)]).T
    leads = Rivals(background(), handicaps, NO_KIND, NO_COLOURS).leads(both, cosines)
    assert leads[0, 0] >= 0 and leads[0, 1] >= 0
    alone = Rivals(background(), handicaps[1:], NO_KIND[1:], NO_COLOURS[1:]).leads(both, cosines[:, 1:])
    assert leads[0, 1] > alone[0, 0]


@pytest.mark.parametrize("together", [True, False])
def test_a_member_speaks_for_its_kind(together: bool) -> None:
    """The kind's own text is far from the picture, which shows the first thing."""
    classes = np.stack([unit(0, 0, -0.5, 0.9), unit(0, 1, 0, 0)])
    handicaps = np.zeros((2, 12), dtype=np.float32)
    handicaps[0, 0] = handicaps[1, 1] = np.inf
    members = np.isinf(handicaps) & [[True], [False]]
    if together:
        handicaps = handicaps.max(axis=0, keepdims=True)
    shown, elsewhere = unit(1, 0, 0.3, 0.3), unit(0.1, 0, 1, 0.3)
    known, unknown = (
        Rivals(background(), handicaps, members, NO_COLOURS),
        Rivals(background(), handicaps, NO_KIND, NO_COLOURS),
    )
    if together:
        assert (best(known, shown, classes), best(unknown, shown, classes)) == (0, 2)
        assert best(known, elsewhere, classes) == 2
        return
    pictures = np.stack([shown, elsewhere])
    leads = known.leads(pictures, pictures @ classes.T)
    assert leads[0, 0] > 0 > leads[1, 0]
    assert unknown.leads(pictures, pictures @ classes.T)[0, 0] < 0


def test_how_far_a_kind_is_ahead_is_how_far_its_best_member_is() -> None:
    handicaps = np.zeros((1, 12), dtype=np.float32)
    handicaps[0, :2] = np.inf
    picture = unit(1, 0.5, 0.2, 0.1)[np.newaxis]
    cosines = picture @ unit(0, 0, 0, -1)[:, np.newaxis]
    scores = picture[0] @ background().T
    raised, rest = Rivals(background(), handicaps, np.isinf(handicaps), NO_COLOURS).beside(picture, cosines)
    assert raised[0, 0] - rest[0] == pytest.approx(scores[:2].max() - max(scores[2:].max(), scores.mean()), abs=1e-6)
    assert cosines[0, 0] < raised[0, 0], "what was given is not changed"
