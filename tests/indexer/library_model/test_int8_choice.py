"""Tests of indexer.library_model.int8_choice."""

from __future__ import annotations

import dataclasses

from indexer.image_tower.tower import About
from indexer.library_model.int8_choice import begin_judging, keep_verdict
from indexer.library_model.ready import ReadyEncoder
from indexer.models.encoder import Encoder
from indexer.models.preprocess import Pixels
from indexer.store.models import int8_verdict, models, remember_model
from indexer.store.store import Store
from tests.fakes import ColourEncoder
from tests.indexer.library_model.test_ready import Faster, ready


def judged(about: About, tiny: Encoder, store: Store, pixels: Pixels) -> ReadyEncoder:
    """Return an encoder after a job in a library."""
    (model,) = models(store)
    encoder = ready(about, faster=lambda _: [Faster(tiny)])
    begin_judging(model, encoder)
    encoder.expect(8 * len(pixels))
    encoder.encode_images(pixels)
    keep_verdict(store, model, encoder)
    return encoder


def test_the_first_pictures_of_a_library_decide_once(about: About, tiny: Encoder, store: Store, pixels: Pixels) -> None:
    remember_model(store, tiny)
    judged(about, tiny, store, pixels[:20])
    assert models(store)[0].int8 is None, "too few"
    encoder = judged(about, tiny, store, pixels)
    assert encoder.verdict is not None and models(store)[0].int8 is encoder.verdict.is_good
    assert int8_verdict(store, models(store)[0]) == {
        "taken": encoder.verdict.is_good,
        **dataclasses.asdict(encoder.verdict),
    }
    assert judged(about, tiny, store, pixels).verdict is None, "it is decided"


def test_other_encoders_are_left_alone(store: Store, encoder: ColourEncoder) -> None:
    model = remember_model(store, encoder)
    begin_judging(model, encoder)
    keep_verdict(store, model, encoder)
    assert models(store) == [model]
