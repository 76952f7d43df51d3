"""Ready-made lists of classes. The names are the data sets'; the prompts, which say what a name means, are ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest

if TYPE_CHECKING:
    from search.labels.classes import NamedClass

PRESETS = ("imagenet", "cifar100", "places", "openimages-common", "photo-basics")
FOLDER = Path(__file__).parent / "presets"


def preset(name: str) -> list[NamedClass]:
    """Return the classes of a list, ImageNet's in its own order; raises InvalidRequest for an unknown list."""
    from search.labels.class_files import read_classes

    if name not in PRESETS:
        raise InvalidRequest(f"There is no list of classes called {name!r}; there are: {', '.join(PRESETS)}.")
    file = FOLDER / f"{name}.txt"
    return read_classes(file.read_bytes(), file.name)
