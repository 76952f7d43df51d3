"""What is read of rows, gathered block by block: a few bytes for each, and what is the same for many looked at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from indexer.paths import from_columns
from indexer.store.soundness import is_number
from search.columns.aspects import aspect_bytes
from search.columns.columns import Coded
from search.columns.date_order import date_words
from search.columns.path_order import Names
from search.columns.rows import Block
from search.library.hits import camera


class Codes:
    """Numbers for values in the order in which they come."""

    def __init__(self) -> None:
        self.known: defaultdict[Any, int] = defaultdict(count().__next__)
        self.blocks: list[NDArray[np.uint32]] = []

    def add(self, values: Sequence[Any]) -> None:
        """Take the values of the next rows."""
        self.blocks.append(np.fromiter(map(self.known.__getitem__, values), np.uint32, len(values)))

    def coded(self, name: Callable[[Any], str]) -> Coded:
        """Return the names that the values stand for, sorted, and the number of each row's."""
        values = [name(value) for value in self.known]
        names = sorted({*values, ""})
        numbers = {name: number for number, name in enumerate(names)}
        codes = self.renumbered([numbers[value] for value in values])
        return Coded(codes.astype(np.uint16) if len(names) <= 2**16 else codes, tuple(names))

    def renumbered(self, numbers: Sequence[int]) -> NDArray[np.uint32]:
        """Return other numbers of the rows (n,), from those of the values."""
        table: NDArray[np.uint32] = np.array([*numbers, 0], dtype=np.uint32)
        codes = np.concatenate([np.empty(0, np.uint32), *self.blocks])
        return np.asarray(table[codes], dtype=np.uint32)


class NameParts:
    """What was read of the rows so far: where they are, and what they are called."""

    SELECT: ClassVar = "id, root, path, path_bytes, at_ms, size, width, height, format"

    def __init__(self) -> None:
        self.folders, self.names = Codes(), Names()
        self.arrays: defaultdict[str, list[NDArray[Any]]] = defaultdict(list)

    def add(self, block: Block) -> None:
        """Take the columns of sound rows."""
        ids, roots, paths, raws, moments = block[:5]
        names = paths if not any(raws) else list(map(from_columns, paths, raws))
        halves = [name.rpartition("/") for name in names]
        self.folders.add([(root, half[0]) for root, half in zip(roots, halves, strict=True)])
        self.names.add([half[2] for half in halves])
        self.arrays["ids"].append(np.array(ids, dtype=np.uint32))
        self.arrays["moments"].append(np.array(moments, dtype=np.int64))

    def array(self, name: str, like: NDArray[Any]) -> Any:
        """Return an array over all rows; `like` an empty one if there are none."""
        return np.concatenate([like, *self.arrays.pop(name, [])])


class Parts(NameParts):
    """Everything that was read of the rows so far."""

    SELECT = f"{NameParts.SELECT}, taken_at, camera_make, camera_model, latitude, longitude"

    def __init__(self) -> None:
        super().__init__()
        self.formats, self.months, self.cameras = Codes(), Codes(), Codes()

    def add(self, block: Block) -> None:
        """Take the columns of sound rows."""
        super().add(block)
        widths, heights, formats, dates, makes, models, latitudes, longitudes = block[6:]
        self.formats.add(formats)
        self.months.add([date[:7] if type(date) is str else None for date in dates])
        self.cameras.add(list(zip(makes, models, strict=True)))
        aspects = aspect_bytes(np.array(widths, dtype=np.int64), np.array(heights, dtype=np.int64))
        places = _places(latitudes, longitudes)
        found: dict[str, NDArray[Any]] = {
            "aspects": aspects,
            "dates": date_words(dates),
            "latitudes": places[0],
            "longitudes": places[1],
        }
        for name, array in found.items():
            self.arrays[name].append(array)


def camera_name(pair: tuple[Any, Any]) -> str:
    """Return the name of a make and a model, "" for none."""
    make, model = (value if type(value) is str else None for value in pair)
    return camera(make, model) or ""


def _places(latitudes: Sequence[Any], longitudes: Sequence[Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return coordinates (n,) and (n,), NaN for both where they are no place."""
    pair = []
    for values, most in ((latitudes, 90), (longitudes, 180)):
        if not set(map(type, values)) <= {float, type(None)}:
            values = [value if is_number(value) else None for value in values]
        numbers = np.array(values, dtype=np.float64)
        numbers[~(np.abs(numbers) <= most)] = np.nan
        pair.append(numbers)
    nowhere = np.isnan(pair[0]) | np.isnan(pair[1])
    pair[0][nowhere] = pair[1][nowhere] = np.nan
    return pair[0].astype(np.float32), pair[1].astype(np.float32)
