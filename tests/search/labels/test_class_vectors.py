"""The embeddings of classes, and how they are made and kept."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.arrays import unit_rows
from search.labels.class_vectors import class_vectors
from search.labels.classes import named_classes
from search.labels.labelling import label_library
from search.labels.make_recipe import make_recipe
from search.library.library import Library
from search.progress import Watch
from tests.fakes import ColourEncoder


def test_the_mean_over_prompts_and_templates_is_what_a_class_is(library: Library, encoder: ColourEncoder) -> None:
    recipe = make_recipe(["warm=red|yellow", "cold=blue"], other=False, templates=["{}", "a bright {}"])
    warm = next(one for one in label_library(library, recipe).pictures() if one.path.name == "lime.png").probabilities[
        "warm"
    ]
    red, yellow = np.array([1, 0, 0]), np.array([1, 1, 0]) / 2**0.5
    mean = (red + yellow) / np.linalg.norm(red + yellow)
    assert warm == pytest.approx(1 / (1 + np.exp(-10 * mean[1])), abs=1e-3)
    texts = list(encoder.texts_encoded)
    label_library(library, recipe, again=True)
    assert encoder.texts_encoded == texts, "a text seen before needs no model"


def test_it_is_told_how_many_texts_are_embedded_and_a_stopped_run_keeps_them(
    library: Library, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.labels.class_vectors.TEXTS_AT_ONCE", 4)
    recipe = make_recipe(["red", "lime", "blue", "navy", "gray=gray|teal"], other=False, templates=["{}", "a {}"])
    told: list[tuple[int, int]] = []

    def told_once() -> list[tuple[int, int]]:
        return list(dict.fromkeys(told))  # before and after the model is loaded

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        label_library(library, recipe, watch=Watch(stop))
    assert told_once() == [(0, 12), (4, 12)] and encoder.texts_encoded == ["red", "a red", "lime", "a lime"]
    told.clear()
    label_library(library, recipe, watch=Watch(lambda done, total: told.append((done, total))))
    assert told_once() == [(4, 12), (8, 12), (12, 12)] and len(encoder.texts_encoded) == 12
    told.clear()
    label_library(library, recipe, watch=Watch(lambda done, total: told.append((done, total))))
    assert told_once() == [(12, 12)], "a text seen before needs no model"


def test_class_vectors_are_the_normalised_mean_over_prompts_and_templates(
    library: Library, encoder: ColourEncoder
) -> None:
    classes = named_classes(["mine", "red"], ["mine=blue|lime|blue"])
    found = class_vectors(library, classes, ["{}", "my {}"])
    mean = encoder.encode_texts(["blue", "my blue", "lime", "my lime"]).mean(axis=0, keepdims=True)
    assert found[0] == pytest.approx(unit_rows(mean)[0], abs=1e-6)
    assert found[1] == pytest.approx([1, 0, 0], abs=1e-4)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1])


def test_many_classes_are_embedded_in_blocks(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"rgb({number},9,9)" for number in range(10)]
    whole = class_vectors(library, named_classes(names), ["{}", "a {}"])
    monkeypatch.setattr("search.labels.class_vectors.TEXTS_AT_ONCE", 6)
    assert class_vectors(library, named_classes(names), ["{}", "a {}"]) == pytest.approx(whole, abs=1e-6)
