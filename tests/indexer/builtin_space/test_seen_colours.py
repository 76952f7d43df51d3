"""Tests of indexer.builtin_space.seen_colours: the names of pixels, and where the thing is."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image, ImageColor, ImageDraw

from indexer.builtin_space.colour_terms import COLOURS
from indexer.builtin_space.seen_colours import looked_at, seen_colours

# What CSS calls its colours, and what people would.
CSS = {
    "black": "black",
    "blue": "blue navy royalblue dodgerblue steelblue skyblue cornflowerblue mediumblue",
    "brown": "saddlebrown sienna",
    "green": "green lime forestgreen limegreen darkgreen seagreen lightgreen darkolivegreen",
    "grey": "gray darkgray dimgray lightslategray slategray",
    "orange": "orange darkorange",
    "pink": "pink hotpink deeppink lightpink",
    "purple": "purple indigo darkviolet blueviolet mediumpurple",
    "red": "red crimson firebrick",
    "white": "white whitesmoke snow ivory ghostwhite floralwhite",
    "yellow": "yellow gold khaki",
}


def shares(picture: Image.Image, seen: torch.Tensor | None = None) -> np.ndarray:
    """Return the shares of the colours (11,); without `seen` the classifier looks everywhere alike."""
    pixels = torch.from_numpy(np.array(picture)).permute(2, 0, 1).float().unsqueeze(0)
    found: np.ndarray = seen_colours(pixels, torch.ones(1, 1, 9, 9) if seen is None else seen)[0].numpy()
    assert found.sum() == pytest.approx(1, abs=1e-4) and (found >= 0).all()
    return found


def named(picture: Image.Image, seen: torch.Tensor | None = None) -> str:
    return COLOURS[int(shares(picture, seen).argmax())]


def disc(colour: str, ground: str) -> Image.Image:
    picture = Image.new("RGB", (260, 260), ground)
    ImageDraw.Draw(picture).ellipse((70, 70, 190, 190), fill=colour)
    return picture


@pytest.mark.parametrize("colour", CSS)
def test_plain_colours_get_their_names(colour: str) -> None:
    assert {named(Image.new("RGB", (260, 260), ImageColor.getrgb(css))) for css in CSS[colour].split()} == {colour}


@pytest.mark.parametrize("ground", ["white", "black", "steelblue", "olivedrab", "#a08060"])
@pytest.mark.parametrize("colour", ["red", "yellow", "purple", "orange", "pink"])
def test_the_thing_counts_more_than_its_ground(colour: str, ground: str) -> None:
    assert named(disc(colour, ground)) == colour


def test_what_the_classifier_looks_at_counts_more() -> None:
    picture = Image.new("RGB", (260, 260), "white")
    ImageDraw.Draw(picture).rectangle((30, 90, 120, 170), fill="red")
    ImageDraw.Draw(picture).rectangle((140, 90, 230, 170), fill="blue")
    left = torch.zeros(1, 1, 9, 9)
    left[..., 3:6, 1:4] = 1
    assert named(picture, left) == "red"
    assert named(picture, left.flip(3)) == "blue"


def test_a_picture_of_one_colour_has_that_colour_wherever_one_looks() -> None:
    assert shares(Image.new("RGB", (260, 260), "green"), torch.zeros(1, 1, 9, 9))[COLOURS.index("green")] > 0.9


def test_where_the_given_classes_are_seen() -> None:
    features = torch.zeros(2, 3, 4, 5)
    features[0, 1, 2, 3] = 1
    features[1, 2, 0, 0] = 1
    head = torch.eye(3)
    found = looked_at(features, torch.tensor([[0.1, 0.9, 0.0], [0.0, 0.5, 0.5]]), head)
    assert found.shape == (2, 1, 4, 5)
    assert found[0, 0, 2, 3] == pytest.approx(0.9) and found[1, 0, 0, 0] == pytest.approx(0.5)
    assert found.sum() == pytest.approx(1.4)
