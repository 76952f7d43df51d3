"""Tests of search.corrections.preview: what one pass in blocks keeps is what labelling gives."""

from __future__ import annotations

import numpy as np
import pytest

from search.corrections.preview import _Best, preview
from search.filters.filters import make_filters
from search.filters.passing import EVERYTHING, Passing
from search.labels import blocks
from search.labels.judge import Judge
from search.labels.labelling import label_library
from search.library.library import Library
from tests.search.labels.colours import RED_BLUE


@pytest.mark.parametrize("rows", [1, 2, 100])
def test_blocks_of_any_size_give_what_labelling_gives(
    library: Library, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(blocks, "MOST_ROWS", rows)
    monkeypatch.setattr(blocks, "FEWEST_ROWS", rows)
    told: list[tuple[int, int]] = []
    made = preview(
        library,
        Judge(library, RED_BLUE),
        EVERYTHING,
        examples=2,
        uncertain=2,
        progress=lambda *two: told.append(two),
    )
    assert not library.store.db.execute("SELECT count(*) FROM label_sets").fetchone()[0]
    run = label_library(library, RED_BLUE)
    assert (made.total, made.missing, made.counts) == (3, 0, run.counts) and told[-1] == (3, 3)
    assert [one for _, one in made.uncertain] == list(run.uncertain(2, top=3))
    for name, found in made.examples.items():
        given = sorted(
            (chance for one in run.pictures() for label, chance in one.labels if label == name), reverse=True
        )
        assert [chance for _, chance in found] == pytest.approx(given[:2])


def test_only_what_passes_is_judged(library: Library) -> None:
    passing = Passing.of(library.store, make_filters(named="red"))
    made = preview(library, Judge(library, RED_BLUE), passing, examples=5, uncertain=5)
    assert (
        made.total == 1
        and made.counts == {"red": 1, "blue": 0}
        and [len(made.examples[n]) for n in made.counts] == [1, 0]
    )


def test_the_best_of_many_blocks_are_those_of_all() -> None:
    generator = np.random.default_rng(0)
    images = generator.permutation(1_000)
    keys = generator.integers(0, 50, 1_000).astype(np.float32)
    best = _Best(20)
    for start in range(0, 1_000, 37):
        best.add(images[start : start + 37], keys[start : start + 37])
    expected = sorted(zip(keys.tolist(), images.tolist(), strict=True))[:20]
    assert list(zip(best.keys.tolist(), best.images.tolist(), strict=True)) == expected
    none = _Best(0)
    none.add(images, keys)
    assert not len(none.images)
