"""Classes from examples: pictures that show what a class is, weighed together with its prompts.

In the manner of Tip-Adapter (Zhang et al., "Tip-Adapter: Training-free Adaption of CLIP for Few-shot Classification",
ECCV 2022, arXiv 2207.09519): the examples' embeddings are keys of a cache, and exp(-sharpness x (1 - cosine)), their
mean over a class's examples, is added to the class's logit. The mean takes the place of the paper's sum, so that a
class does not win by the number of its examples; the weight is what the paper's is worth with 16 examples a class.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.arrays import FloatArray
from indexer.errors import InvalidRequest, PictureError
from indexer.files.formats import PICTURE_SUFFIXES
from indexer.paths import absolute, readable
from search.labels.classes import NamedClass, tidy

if TYPE_CHECKING:
    from search.library.library import Library

WEIGHT = 16.0  # of a perfect likeness, in logits
SHARPNESS = 5.5  # the paper's
MOST = 1000  # pictures in a folder of examples; with more, a folder was most likely named by mistake


class Examples:
    """The examples' embeddings of the classes that have some."""

    def __init__(self, columns: Sequence[int], keys: Sequence[FloatArray]) -> None:
        """Take for each class with examples its place among the classes, and its keys (examples, dim)."""
        self._columns = columns
        self._keys = keys

    @classmethod
    def of_classes(cls, library: Library, classes: Sequence[NamedClass], tell: Callable[[str], None]) -> Examples:
        """Return the examples of classes; those in the library, unchanged, are not encoded again.

        Raises InvalidRequest for a class of whose examples none can be read; `tell` is told of a single one.
        """
        columns = [place for place, one in enumerate(classes) if one.examples]
        return cls(columns, [_keys(library, classes[place], tell) for place in columns])

    def add_to(self, cosines: FloatArray, pictures: FloatArray, logit_scale: float) -> None:
        """Add to the cosines (n, classes) what the likeness of pictures (n, dim) to the examples is worth."""
        for column, keys in zip(self._columns, self._keys, strict=True):
            likeness = np.exp(-SHARPNESS * (1.0 - pictures @ keys.T)).mean(axis=1)
            cosines[:, column] += likeness * np.float32(WEIGHT / logit_scale)


def taught_class(name: str, folder: Path) -> NamedClass:
    """Return the class that the pictures in a folder show; raises as `example_pictures` does."""
    return NamedClass(tidy(name), (tidy(name),), example_pictures(folder))


def example_pictures(folder: Path) -> tuple[Path, ...]:
    """Return the pictures in a folder, not below it, by name; raises InvalidRequest for none or far too many."""
    place = absolute(folder)
    try:
        names = sorted(entry for entry in place.iterdir() if entry.suffix.lower() in PICTURE_SUFFIXES)
    except OSError as error:
        raise InvalidRequest(f"The examples in {readable(place)} can't be read: {error.strerror}.") from error
    found = tuple(path for path in names if path.is_file() and not path.name.startswith("."))
    if not found:
        raise InvalidRequest(f"There are no pictures in {readable(place)} to take as examples.")
    if len(found) > MOST:
        raise InvalidRequest(f"{readable(place)} has {len(found)} pictures; examples are a handful, at most {MOST}.")
    return found


def _keys(library: Library, one: NamedClass, tell: Callable[[str], None]) -> FloatArray:
    found = []
    for path in one.examples:
        try:
            found.append(library.picture_vector(path))
        except PictureError as error:
            tell(f"{readable(path)}: {error}")
    if not found:
        raise InvalidRequest(f'None of the examples of "{one.name}" can be read.')
    return np.stack(found)
