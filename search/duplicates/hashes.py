"""Perceptual hashes for pictures that an older version indexed without them: made from the files and stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.decoding.perceptual_hash import hash_of_file
from indexer.errors import PictureError
from indexer.files.away import is_away
from indexer.models.device import cores
from indexer.store.store import Store
from search.duplicates.ranking import Details, details_of, remember_hashes
from search.progress import Progress

HASHED_AT_ONCE = 64  # files whose hashes are stored together


def missing_hashes(store: Store, images: Sequence[int], progress: Progress) -> dict[int, bytes]:
    """Return the hashes of stills by id, and store them; files that can't be read are left out."""
    from concurrent.futures import ThreadPoolExecutor

    hashes: dict[int, bytes] = {}
    with ThreadPoolExecutor(cores(), "hash") as threads:  # decoding releases the GIL
        for start in range(0, len(images), HASHED_AT_ONCE):
            current = list(_current(store, images[start : start + HASHED_AT_ONCE]))
            made = list(threads.map(_hash_of, (details for _, details in current)))
            hashed = [(image, details.file, new) for (image, details), new in zip(current, made, strict=True) if new]
            remember_hashes(store, hashed)
            hashes |= {image: new for image, _, new in hashed}
            progress(min(start + HASHED_AT_ONCE, len(images)), len(images))
    return hashes


def _current(store: Store, images: Sequence[int]) -> Iterator[tuple[int, Details]]:
    """Yield the pictures whose files are as they were indexed, and not away: reading would download them."""
    for image in images:
        details = details_of(store, image)
        if details is not None and details.is_current() and not is_away(details.path):
            yield image, details


def _hash_of(details: Details) -> bytes | None:
    try:
        return hash_of_file(details.path)
    except PictureError:
        return None
