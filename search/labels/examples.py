"""Examples of classes: pictures that show what a class is and count together with its prompts.

In the manner of Tip-Adapter (Zhang et al., "Tip-Adapter: Training-free Adaption of CLIP for Few-shot Classification",
ECCV 2022, arXiv 2207.09519): the examples' embeddings are keys of a cache, and exp(-sharpness x (1 - cosine)), their
mean over a class's examples, is added to the class's logit. It is the mean, not the paper's sum, so that a class does
not win by the number of its examples; WEIGHT is what the paper's weight amounts to with 16 examples a class.
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
from indexer.wording import counted
from search.labels.classes import NamedClass, tidy

if TYPE_CHECKING:
    from search.library.library import Library

WEIGHT = 16.0  # of a perfect likeness, in logits
SHARPNESS = 5.5  # the paper's
MOST_EXAMPLES = 1000  # in a folder; one with more was most likely named by mistake


class Examples:
    """The examples' embeddings of the classes that have some."""

    def __init__(self, columns: Sequence[int], keys: Sequence[FloatArray]) -> None:
        """Take the column of each class with examples, and its keys (examples, dim)."""
        self._columns = columns
        self._keys = keys

    @classmethod
    def of_classes(cls, library: Library, classes: Sequence[NamedClass], tell: Callable[[str], None]) -> Examples:
        """Return the examples of classes; those that are unchanged in the library are not encoded again.

        `tell` gets a line for each example that can't be read; raises InvalidRequest if none of a class can.
        """
        columns = [column for column, class_ in enumerate(classes) if class_.examples]
        return cls(columns, [_keys(library, classes[column], tell) for column in columns])

    def add_to(self, cosines: FloatArray, pictures: FloatArray, logit_scale: float) -> None:
        """Add to cosines (n, classes), in place, what the likeness of pictures (n, dim) to the examples is worth."""
        for column, keys in zip(self._columns, self._keys, strict=True):
            likeness = np.exp(-SHARPNESS * (1.0 - pictures @ keys.T)).mean(axis=1)
            cosines[:, column] += likeness * np.float32(WEIGHT / logit_scale)


def taught_class(name: str, folder: Path) -> NamedClass:
    """Return a class whose examples are the pictures in a folder; raises as `example_pictures` does."""
    return NamedClass(tidy(name), (tidy(name),), example_pictures(folder))


def example_pictures(folder: Path) -> tuple[Path, ...]:
    """Return the pictures in a folder, not below it, by name; raises InvalidRequest for none or far too many."""
    folder = absolute(folder)
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
    except OSError as error:
        raise InvalidRequest(f"The examples in {readable(folder)} can't be read: {error.strerror}.") from error
    pictures = tuple(path for path in paths if path.is_file() and not path.name.startswith("."))
    if not pictures:
        raise InvalidRequest(f"There are no pictures in {readable(folder)} to take as examples.")
    if len(pictures) > MOST_EXAMPLES:
        many = counted(len(pictures), "picture")
        raise InvalidRequest(f"{readable(folder)} has {many}; examples are a handful, at most {MOST_EXAMPLES}.")
    return pictures


def _keys(library: Library, class_: NamedClass, tell: Callable[[str], None]) -> FloatArray:
    keys = []
    for path in class_.examples:
        try:
            keys.append(library.picture_vector(path))
        except PictureError as error:
            tell(f"{readable(path)}: {error}")
    if not keys:
        raise InvalidRequest(f'None of the examples of "{class_.name}" can be read.')
    return np.stack(keys)
