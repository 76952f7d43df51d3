"""The perceptual hashes that pictures lack which were indexed before there were any: made from the files, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from indexer.decoding.perceptual_hash import hash_of_file
from indexer.errors import PictureError
from indexer.models.device import cores
from indexer.store.store import Store
from search.duplicates.files import Details, details_of, remember_hashes

AT_ONCE = 64  # files, before their hashes are written down


def missing_hashes(store: Store, images: Sequence[int], progress: Callable[[int, int], None]) -> dict[int, bytes]:
    """Return the hashes of stills by id, and keep them in the store; those of files that can't be read are left out."""
    from concurrent.futures import ThreadPoolExecutor

    found: dict[int, bytes] = {}
    with ThreadPoolExecutor(cores(), "look") as threads:  # decoders work side by side
        for start in range(0, len(images), AT_ONCE):
            known = list(_current(store, images[start : start + AT_ONCE]))
            looks = list(threads.map(_look, (details for _, details in known)))
            made = [(image, details.file, look) for (image, details), look in zip(known, looks, strict=True) if look]
            remember_hashes(store, made)
            found |= {image: look for image, _, look in made}
            progress(min(start + AT_ONCE, len(images)), len(images))
    return found


def _current(store: Store, images: Sequence[int]) -> Iterator[tuple[int, Details]]:
    """Yield the pictures whose files are as they were indexed."""
    for image in images:
        details = details_of(store, image)
        if details is not None and details.is_current():
            yield image, details


def _look(details: Details) -> bytes | None:
    try:
        return hash_of_file(details.path)
    except PictureError:
        return None
