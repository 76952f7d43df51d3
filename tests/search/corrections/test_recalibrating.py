"""Tests of search.corrections.recalibrating: the temperature that fits what a person said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.errors import InvalidRequest
from indexer.store.facts import facts_in
from indexer.store.labels import find_label_set
from indexer.store.models import temperature_of
from indexer.store.store import Store
from search.corrections.judged_set import JudgedSet
from search.corrections.recalibrating import recalibrate
from search.evaluation.metrics import binary_loss, negative_log_likelihood
from search.labels.labelling import label_library
from search.labels.make_recipe import make_recipe
from search.labels.recipe import Recipe
from search.library.library import Library
from tests.conftest import MakePicture
from tests.search.corrections.corrected import ONE_EACH, SEVERAL, labelled, say, say_all, shades


def loss(library: Library, temperature: float) -> float:
    """Return the loss on what was said, of the set judged with another temperature."""
    from dataclasses import replace

    from indexer.arrays import member_of
    from search.corrections.said import said_in

    mine = replace(find_label_set(library.store, "mine"), temperature=temperature)
    judged_set = JudgedSet(library, mine)
    said = said_in(library.store, mine.id, judged_set.names)
    judged = judged_set.of(library, said.images)
    truth = said.truth[member_of(said.images, judged.images)][:, : judged.chances.shape[1]]
    if judged_set.judge.recipe.multi:
        return binary_loss(judged.chances, truth)
    rows = truth.any(axis=1)
    exclusive = library.model.logit_bias is None
    return negative_log_likelihood(judged.chances[rows], truth[rows].argmax(axis=1), exclusive)


@pytest.mark.parametrize("bias", [None, -5.0])
@pytest.mark.parametrize("recipe", [ONE_EACH, SEVERAL])
def test_the_temperature_that_fits_is_stored_and_the_set_judged_anew(
    store: Store, picture: MakePicture, photos: Path, bias: float | None, recipe: Recipe
) -> None:
    library = shades(store, picture, photos, bias)
    mine = labelled(library, recipe)
    say_all(library, mine, last_red=2)
    facts = facts_in(store, mine.id)
    done = recalibrate(library, mine)
    fitted = done.calibration.temperature
    assert fitted != 1.0 and temperature_of(store, library.model) == fitted
    again = find_label_set(store, "mine")
    assert again.temperature == fitted and facts_in(store, again.id) == facts, "a person's labels stay"
    assert loss(library, fitted) <= min(loss(library, other) for other in np.geomspace(0.2, 10, 40)) + 1e-4
    record = done.record()
    assert (record["before"], record["after"], record["pictures"]) == (1.0, fitted, 10)


def test_too_little_is_refused_and_nothing_stored(store: Store, picture: MakePicture, photos: Path) -> None:
    library = shades(store, picture, photos)
    mine = labelled(library)
    with pytest.raises(InvalidRequest, match="too few"):
        recalibrate(library, mine)
    say(library, mine, **{f"_{shade}": "other" for shade in range(10)})
    with pytest.raises(InvalidRequest, match="none of the classes"):
        recalibrate(library, mine)
    assert temperature_of(store, library.model) == 1.0 == find_label_set(store, "mine").temperature


def test_classes_that_are_named_by_their_opposite_alone_are_fitted_too(
    store: Store, picture: MakePicture, photos: Path
) -> None:
    library = shades(store, picture, photos)
    recipe = make_recipe(["not red", "blue"], multi=True)
    label_library(library, recipe, name="mine")
    mine = find_label_set(store, "mine")
    for shade in range(10):
        say(library, mine, **{f"_{shade}": "other" if shade <= 2 else "not red+blue" if shade > 4 else "not red"})
    assert recalibrate(library, mine).calibration.pictures == 10
