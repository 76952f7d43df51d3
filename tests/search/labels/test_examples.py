"""Pictures that show what a class is."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import InvalidRequest
from indexer.store.labels import (
    label_sets,
)
from search.labels.classes import NamedClass
from search.labels.labelling import label_library
from search.labels.make_recipe import make_recipe
from search.library.library import Library
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder
from tests.search.labels.colours import best


def test_examples_say_what_a_class_is_and_are_not_encoded_again(
    library: Library, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    encoded = encoder.images_encoded
    known = photos / "b" / "lime.png"
    mine = NamedClass("mine", ("magenta",), (known,))  # the text says something else
    done = label_library(library, make_recipe(["red", "blue", mine], other=False))
    assert best(done)["lime.png"] == "mine" and encoder.images_encoded == encoded
    text = label_library(library, make_recipe(["red", "blue", "mine=magenta"], other=False), name="text")
    assert [
        next(found for found in one.pictures() if found.path == known).probabilities["mine"] for one in (done, text)
    ] == [
        pytest.approx(1.0, abs=1e-3),
        pytest.approx(1 / 3, abs=1e-3),
    ]
    assert label_sets(library.store)[0].classes[2].all_examples == 1
    told: list[str] = []
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    label_library(
        library, make_recipe(["red", NamedClass("x", ("magenta",), (broken, known))], other=False), tell=told.append
    )
    assert len(told) == 1 and "broken.png" in told[0]
    with pytest.raises(InvalidRequest, match=r'None of the examples of "x" can be read'):
        label_library(library, make_recipe(["red", NamedClass("x", ("magenta",), (broken,))]))
