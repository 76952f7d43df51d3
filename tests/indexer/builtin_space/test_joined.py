"""Tests of indexer.builtin_space.joined: what colours do to the embeddings of texts."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.arrays import unit_rows
from indexer.builtin_space.colour_terms import COLOURS
from indexer.builtin_space.joined import SAID, SEEN, THINGS, with_colours, without_colours


def rows(count: int) -> np.ndarray:
    return unit_rows(np.random.default_rng(count).normal(size=(count, 6)).astype(np.float32))


def test_rows_stay_unit_rows() -> None:
    texts = ["a car", "a blue car", "red", "a long text about many things and a red one among them", ""]
    joined = with_colours(rows(5), texts)
    assert (joined.shape, joined.dtype) == ((5, 6 + len(COLOURS)), np.float32)
    assert np.allclose(np.linalg.norm(joined, axis=1), 1, atol=1e-6)
    assert with_colours(np.empty((0, 6), np.float32), []).shape == (0, 17)


def test_a_text_without_colours_ranks_pictures_by_things_alone() -> None:
    things, colours = rows(500), unit_rows(np.abs(np.random.default_rng(1).normal(size=(500, 11))).astype(np.float32))
    pictures = np.concatenate([THINGS * things, SEEN * colours], axis=1)
    text = rows(1)
    before, after = things @ text[0], pictures @ with_colours(text, ["a ripe orange"])[0]
    assert np.allclose(after, THINGS * before, atol=1e-6)
    assert np.array_equal(np.argsort(before, kind="stable"), np.argsort(after, kind="stable"))


def test_a_colour_among_many_words_counts_less() -> None:
    texts = ["red", "red car", "red car on a bridge", "red car on a bridge in the rain"]
    lengths = [float(np.linalg.norm(row[6:]) / np.linalg.norm(row[:6])) for row in with_colours(rows(4), texts)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[1:3] == [pytest.approx(SAID), pytest.approx(SAID * 2 / 3)]


def test_the_network_gets_texts_without_colours() -> None:
    assert without_colours(["a red car", "a car"]) == ["a car", "a car"]
