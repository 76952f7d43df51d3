"""A library of colours between red and blue, which a person tells apart elsewhere than the model does."""

from __future__ import annotations

from pathlib import Path

from indexer.store.corrections import correct
from indexer.store.labels import LabelSet, find_label_set
from indexer.store.store import Store
from search.labels.labelling import label_library
from search.labels.make_recipe import make_recipe
from search.labels.recipe import Recipe
from search.library.library import Library
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder

SHADES = 10  # 9 degrees apart, from red to blue
ONE_EACH = make_recipe(["red", "blue"], other=False)
SEVERAL = make_recipe(["red", "blue"], multi=True, threshold=0.6)


def shades(store: Store, picture: MakePicture, photos: Path, bias: float | None = None, copies: int = 1) -> Library:
    """Index the shades 0-0.png to 9-0.png; of several `copies` each differs by a trace."""
    from math import cos, pi, sin

    encoder = ColourEncoder("colour", bias)
    for shade in range(SHADES):
        angle = pi / 2 * shade / (SHADES - 1)
        for copy in range(copies):
            picture(f"{shade}-{copy}.png", f"rgb({round(250 * cos(angle))}, {copy}, {round(250 * sin(angle))})")
    run(store, photos, encoder)
    return Library.with_encoder(store, encoder)


def ids(library: Library) -> dict[str, int]:
    """Return the pictures' ids by their names without a suffix."""
    return {path.removesuffix(".png"): id for id, path in library.store.db.execute("SELECT id, path FROM images")}


def labelled(library: Library, recipe: Recipe = ONE_EACH) -> LabelSet:
    """Label the library, and return the set."""
    label_library(library, recipe, name="mine")
    return find_label_set(library.store, "mine")


def say(library: Library, label_set: LabelSet, **said: str) -> None:
    """Say the labels of shades by their number: say(library, mine, _3="red"); "+" stands between several."""
    known = ids(library)
    for shade, labels in said.items():
        images = [image for name, image in known.items() if name.startswith(f"{shade[1:]}-")]
        correct(library.store, label_set.id, images, labels.split("+"), "ann")


def say_all(library: Library, label_set: LabelSet, last_red: int) -> None:
    """Say that the shades up to one are red, and the others blue."""
    say(library, label_set, **{f"_{shade}": "red" if shade <= last_red else "blue" for shade in range(SHADES)})
