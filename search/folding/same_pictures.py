"""Which of some pictures are the same one: byte for byte, or in another size, format or quality.

Nothing is decoded, so that a query stays as quick as it was. Two files are the same if their bytes are; two moments if
those of their videos are. Of stills the perceptual hashes and the embeddings decide, and they must be nearly equal:
what `duplicates` can only tell from the next picture of a burst, or from a form filled in otherwise, by looking at the
files is not the same here. Most of those have the very size and format of each other, and copies seldom both, so that
of such pictures no bit may differ. Measured with the pairs of benchmarks/duplicates.py.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

from indexer.decoding.perceptual_hash import BYTES, blank_hashes
from indexer.store.embeddings import embeddings_of
from indexer.store.soundness import is_count

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from indexer.store.models import StoredModel
    from indexer.store.store import Store

MOST_BITS = 8  # of 255, in which the hashes of one picture in two sizes differ
BITS_OF_A_SIZE = 4  # the same of one size in two formats
BITS_OF_A_FORMAT = 0  # the same of one size in one format
COSINE = 0.9  # of one picture in two sizes, at least; a thumbnail of a hundred pixels may have less
COSINE_OF_A_SIZE = 0.995  # of one size and format
MOST_STRETCHED = 1.03  # the factor by which ratios of width to height differ, as small pictures' are rounded
BLANK_BITS = 40  # the hash of a plain colour is noise of the arithmetic, which differs between machines
PAGED = ("GIF", "TIFF")  # of which only the first page or frame is known
TO_THE_SECOND = len("2021-07-04T12:30:00")
BAND = 3  # bytes of a hash: of its ten bands at least two are equal where no more than MOST_BITS bits differ

Key = int | tuple[int, bytes]  # a band of a hash, or a moment's content, in which pictures that are the same are equal


class Look(NamedTuple):
    """What of a picture's row says that another is the same."""

    width: int
    height: int
    format: str
    taken: str | None = None  # SHOT_TIME
    taken_ms: int | None = None


class SamePictures:
    """Finds for pictures, by their rows in a list, those that are the same among some that were added before."""

    def __init__(self, store: Store, model: StoredModel, images: Sequence[int]) -> None:
        """Take the ids of the pictures."""
        self._store, self._model, self._images = store, model, images
        self._contents: list[tuple[int, bytes, int] | None] = [None] * len(images)
        self._hashes: list[int | None] = [None] * len(images)
        self._keys = self._read()
        self._added: defaultdict[Key, list[int]] = defaultdict(list)

    def add(self, row: int) -> None:
        """Let a row be found from now on."""
        for key in self._keys[row]:
            self._added[key].append(row)

    def found(self, row: int) -> int | None:
        """Return the first row of those added that is the same picture, or None."""
        if not self._keys[row]:
            return None
        candidates = sorted({other for key in self._keys[row] for other in self._added[key]})
        return next((other for other in candidates if self._is_same(other, row)), None)

    def _is_same(self, first: int, second: int) -> bool:
        """Return whether two rows are the same picture."""
        if self._contents[first] is not None and self._contents[first] == self._contents[second]:
            return True
        bits = _bits(self._hashes[first], self._hashes[second])
        if bits > MOST_BITS:
            return False
        looks, vectors = self._details
        one, other = (looks.get(self._images[row]) for row in (first, second))
        pair = [vectors.get(self._images[row]) for row in (first, second)]
        if one is None or other is None or pair[0] is None or pair[1] is None:
            return False
        return is_one_picture(one, other, bits, float(pair[0] @ pair[1])) and not _is_blank(self._hashes[first] or 0)

    def _read(self) -> list[list[Key]]:
        """Read contents and perceptual hashes, and return of each row the keys that another row has, too."""
        rows = {image: row for row, image in enumerate(self._images)}
        contents: list[list[Key]] = [[] for _ in rows]
        looks: dict[int, bytes] = {}
        select = "SELECT id, size, content_hash, at_ms, perceptual_hash FROM images WHERE id IN ({marks})"
        for image, size, content, at_ms, look in self._store.db.rows_in(select, rows):
            row = rows[image]
            if type(content) is bytes and is_count(size) and is_count(at_ms):
                self._contents[row] = (size, content, at_ms)
                contents[row].append((-1 - at_ms, content))
            if type(look) is bytes and len(look) == BYTES:
                self._hashes[row] = int.from_bytes(look, "big")
                looks[row] = look
        counts = Counter(key for of_row in contents for key in of_row)
        keys = [[key for key in of_row if counts[key] > 1] for of_row in contents]
        for row, band in _shared_bands(looks):
            keys[row].append(band)
        return keys

    @cached_property
    def _details(self) -> tuple[dict[int, Look], dict[int, FloatArray]]:
        """Looks and embeddings, by id, of the pictures that may be the same as another."""
        from search.duplicates.ranking import SHOT_TIME

        images = [image for image, keys in zip(self._images, self._keys, strict=True) if keys]
        select = f"SELECT id, width, height, format, {SHOT_TIME}, taken_ms FROM images WHERE id IN ({{marks}})"
        found = self._store.db.rows_in(select, images)
        looks = {row[0]: Look(*row[1:]) for row in found if is_count(row[1]) and is_count(row[2])}
        ids, vectors = embeddings_of(self._store, self._model, images)
        return looks, dict(zip(ids.tolist(), vectors, strict=True))


def _shared_bands(looks: Mapping[int, bytes]) -> Iterator[tuple[int, int]]:
    """Yield (row, band) of the bands of hashes that at least two rows have in common, by row."""
    import numpy as np

    if not looks:
        return
    hashes = np.frombuffer(b"".join(looks.values()), dtype=np.uint8).reshape(len(looks), BYTES)
    parts = hashes[:, : BYTES - BYTES % BAND].reshape(len(looks), -1, BAND).astype(np.int64)
    bands = (parts * (1 << 8 * np.arange(BAND))).sum(axis=2) + (np.arange(parts.shape[1]) << 8 * BAND)
    _, own, counts = np.unique(bands, return_inverse=True, return_counts=True)
    rows = list(looks)
    for place, band in np.argwhere((counts[own] > 1).reshape(bands.shape)).tolist():
        yield rows[place], int(bands[place, band])


def _bits(first: int | None, second: int | None) -> int:
    """Return how many bits differ; all where there is no hash."""
    return 8 * BYTES if first is None or second is None else (first ^ second).bit_count()


@cache
def _is_blank(look: int) -> bool:
    """Return whether a hash is that of a plain colour."""
    return any((look ^ int.from_bytes(blank, "big")).bit_count() <= BLANK_BITS for blank in blank_hashes())


def is_one_picture(one: Look, other: Look, bits: int, cosine: float) -> bool:
    """Return whether two stills are one picture, by the bits in which their hashes differ and their cosine."""
    if not _may_be_one(one, other):
        return False
    if (one.width, one.height) != (other.width, other.height):
        return bits <= MOST_BITS and cosine >= COSINE
    if one.format != other.format:
        return bits <= BITS_OF_A_SIZE and cosine >= COSINE
    return bits <= BITS_OF_A_FORMAT and cosine >= COSINE_OF_A_SIZE


def _may_be_one(one: Look, other: Look) -> bool:
    """Return whether shape, format and time allow two pictures to be one: a camera's next one has another time."""
    if one.format in PAGED and one.format == other.format:
        return False
    shapes = (one.width * other.height, other.width * one.height)
    if max(shapes) > MOST_STRETCHED * min(shapes):
        return False
    if not (isinstance(one.taken, str) and isinstance(other.taken, str)):
        return True
    if one.taken[:TO_THE_SECOND] != other.taken[:TO_THE_SECOND]:
        return False
    return one.taken_ms == other.taken_ms or None in (one.taken_ms, other.taken_ms)
