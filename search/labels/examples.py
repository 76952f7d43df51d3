"""Examples of classes: pictures that show what a class is and count together with its prompts.

In the manner of Tip-Adapter (Zhang et al., "Tip-Adapter: Training-free Adaption of CLIP for Few-shot Classification",
ECCV 2022, arXiv 2207.09519): the examples' embeddings are keys of a cache, and exp(-sharpness x (1 - cosine)), their
mean over a class's examples, is added to the class's logit. It is the mean, not the paper's sum, so that a class does
not win by the number of its examples; WEIGHT is what the paper's weight amounts to with 16 examples a class.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.arrays import FloatArray
from indexer.errors import InvalidRequest, PictureError
from indexer.files.formats import PICTURE_SUFFIXES
from indexer.paths import absolute, readable
from indexer.wording import counted
from search.labels.classes import NamedClass, tidy
from search.library.content_keys import content_keys, images_with
from search.library.picture_vectors import known_ids

if TYPE_CHECKING:
    from search.labels.recipe import Recipe
    from search.library.library import Library

WEIGHT = 16.0  # of a perfect likeness, in logits
SHARPNESS = 5.5  # the paper's
SAME = 0.995  # cosine from which on an example is the picture itself, another copy or the next shot of it
MOST_EXAMPLES = 1000  # in a folder; one with more was most likely named by mistake


class Examples:
    """The examples' embeddings of the classes that have some."""

    def __init__(self, columns: Sequence[int], keys: Sequence[FloatArray], apart: bool = False) -> None:
        """Take the column of each class with examples, and its keys (examples, dim).

        With `apart` no picture is an example of itself, so that examples can be judged as if they were none.
        """
        self._columns = columns
        self._keys = keys
        self._apart = apart

    @classmethod
    def of_classes(cls, library: Library, classes: Sequence[NamedClass], tell: Callable[[str], None]) -> Examples:
        """Return the examples of classes; those that are unchanged in the library are not encoded again.

        `tell` gets a line for each example that can't be read; raises InvalidRequest if none of a class can.
        """
        columns = [column for column, class_ in enumerate(classes) if class_.has_examples]
        keys = [_keys(library, classes[column], tell) for column in columns]
        kept = [row for row, found in enumerate(keys) if len(found)]
        return cls([columns[row] for row in kept], [keys[row] for row in kept])

    def apart(self) -> Examples:
        """Return the same examples, none of which counts for itself."""
        return Examples(self._columns, self._keys, apart=True)

    def with_keys(self, more: Mapping[int, FloatArray]) -> Examples:
        """Return the examples with more keys (examples, dim) of some columns."""
        keys = dict(zip(self._columns, self._keys, strict=True))
        for column, added in more.items():
            keys[column] = np.concatenate([keys[column], added]) if column in keys else added
        columns = sorted(column for column, found in keys.items() if len(found))
        return Examples(columns, [keys[column] for column in columns], self._apart)

    def add_to(self, cosines: FloatArray, pictures: FloatArray, logit_scale: float) -> None:
        """Add to cosines (n, classes), in place, what the likeness of pictures (n, dim) to the examples is worth."""
        for column, keys in zip(self._columns, self._keys, strict=True):
            nearness = pictures @ keys.T
            counting = nearness < SAME if self._apart else np.ones_like(nearness, dtype=bool)
            likeness = np.exp(-SHARPNESS * (1.0 - nearness)).sum(axis=1, where=counting)
            likeness /= np.maximum(counting.sum(axis=1), 1)
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
    """Return the embeddings (examples, dim) of a class's examples; what was taught and is gone is left out."""
    keys = []
    for path in class_.examples:
        try:
            keys.append(library.picture_vector(path))
        except PictureError as error:
            tell(f"{readable(path)}: {error}")
    wanted = list(dict.fromkeys((*class_.taught, *class_.learnt)))
    images = images_with(library.store, wanted)
    _, vectors = library.index.vectors(sorted(images.values()))
    if class_.examples and not keys and not len(vectors):
        raise InvalidRequest(f'None of the examples of "{class_.name}" can be read.')
    if len(vectors) < len(wanted):
        gone = counted(len(wanted) - len(vectors), "example", ",")
        tell(f'{gone} of "{class_.name}" left out, which the library does not have any more.')
    return np.concatenate([vectors, np.array(keys, dtype=np.float32).reshape(-1, library.model.dim)])


def with_known_examples(library: Library, recipe: Recipe) -> Recipe:
    """Return a recipe in which examples that the library has, unchanged, stand by their content and not by their path.

    So a label set remembers them, and can be judged again when they have moved.
    """
    return replace(recipe, classes=tuple(_with_known(library, class_) for class_ in recipe.classes))


def _with_known(library: Library, class_: NamedClass) -> NamedClass:
    ids = {path: known_ids(library.store, absolute(path)) for path in class_.examples}
    keys = content_keys(library.store, [known[0] for known in ids.values() if len(known) == 1])
    by_path = {path: keys[known[0]] for path, known in ids.items() if len(known) == 1 and known[0] in keys}
    rest = tuple(path for path in class_.examples if path not in by_path)
    return replace(class_, examples=rest, taught=tuple(dict.fromkeys((*class_.taught, *by_path.values()))))
