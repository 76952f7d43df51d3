"""Groups of pictures that are the same: byte for byte, or one shot in several files. Only a report.

Byte-identical files, videos too, are told by their size and content hash. Of each such set one stands for all when
stills are compared by embedding and perceptual hash (near_duplicates.py). A file that is gone or has changed since it
was indexed is in no group, so that what a report says of a file holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest
from search.duplicates.files import RankedFile, details_of, ranked_files
from search.duplicates.hashes import missing_hashes
from search.duplicates.near import Match, near_groups
from search.filters.filters import NO_FILTERS, Filters
from search.library.hits import hits_of
from search.progress import Progress, unwatched
from search.results import Hit

if TYPE_CHECKING:
    from search.filters.passing import Passing
    from search.library.library import Library

COSINE = 0.85  # at least, of near-identical pictures (measured by benchmarks/duplicates.py)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A picture of a group; its score is the cosine to the group's best."""

    hit: Hit
    identical: bool  # byte for byte to another of the group that comes before it
    bits: int  # of the 255 of the perceptual hash, that differ from the best's


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Two or more pictures that are the same, the best first."""

    pictures: tuple[Duplicate, ...]

    @property
    def best(self) -> Hit:
        """The one to keep: most pixels, kept its date, least compressed, oldest, shortest path."""
        return self.pictures[0].hit

    @property
    def others(self) -> tuple[Hit, ...]:
        """All but the best."""
        return tuple(picture.hit for picture in self.pictures[1:])


def find_duplicates(
    library: Library,
    *,
    threshold: float = COSINE,
    exact: bool = False,
    filters: Filters = NO_FILTERS,
    progress: Progress = unwatched,
) -> list[DuplicateGroup]:
    """Return the groups of pictures that are the same, by the path of the best; `exact`: byte for byte alone.

    `threshold` is the least cosine of near-identical pictures, of the pictures that pass. The memory needed is
    some 400 bytes a picture. Raises InvalidRequest for a threshold that is not in 0..1, and as `matching_ids` does.
    """
    if not 0.0 <= threshold <= 1.0:
        raise InvalidRequest("The threshold is a cosine between 0 and 1, such as 0.95.")
    files = list(_limited(ranked_files(library.store), library.passing(filters)))
    copies = _exact_copies(library, files)
    near: dict[int, list[Match]] = {}
    if not exact:
        spare = {image for images in copies.values() for image in images}
        looks = {file.image: file.perceptual_hash for file in files if file.is_still and file.image not in spare}
        near = near_groups(library, _all_hashed(library, looks, progress), threshold, progress)
    return _groups(library, copies, near, {file.image: place for place, file in enumerate(files)})


def _all_hashed(library: Library, looks: Mapping[int, bytes | None], progress: Progress) -> dict[int, bytes]:
    """Return the hashes in the same order, also those that were not known yet; unreadable files are left out."""
    missing = [image for image, look in looks.items() if look is None]
    made = missing_hashes(library.store, missing, progress) if missing else {}
    return {image: look for image, known in looks.items() if (look := known or made.get(image)) is not None}


def _limited(files: Iterable[RankedFile], passing: Passing) -> Iterable[RankedFile]:
    """Yield the files that pass."""
    if passing.ids is None:
        return files
    wanted = set(passing.ids.tolist())
    return (file for file in files if file.image in wanted)


def _exact_copies(library: Library, files: Iterable[RankedFile]) -> dict[int, list[int]]:
    """Return the best of each set of byte-identical files, by id, with the ids of the others."""
    sets: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)
    for file in files:
        if file.content is not None and (details := details_of(library.store, file.image)) and details.is_current():
            sets[file.content].append(file.image)
    return {images[0]: images[1:] for images in sets.values() if len(images) > 1}


def _groups(
    library: Library, copies: dict[int, list[int]], near: dict[int, list[Match]], places: dict[int, int]
) -> list[DuplicateGroup]:
    """Put together what belongs to each best picture."""
    wanted = [[Match(best, 1.0, 0), *near.get(best, [])] for best in {**copies, **near}]
    members = {match.image for matches in near.values() for match in matches}
    found: list[list[tuple[Match, bool]]] = []
    for matches in wanted:
        if matches[0].image in members:
            continue  # its copies go with the group that it joined
        group = [(match, False) for match in matches]
        group += [(Match(copy, m.cosine, m.bits), True) for m in matches for copy in copies.get(m.image, [])]
        found.append(sorted(group, key=lambda one: places[one[0].image]))
    scores = [(match.image, match.cosine) for group in found for match, _ in group]
    hits = {hit.id: hit for hit in hits_of(library.store, scores)}
    groups = [
        DuplicateGroup(tuple(Duplicate(hits[m.image], copy, m.bits) for m, copy in group if m.image in hits))
        for group in found
    ]
    return sorted((group for group in groups if len(group.pictures) > 1), key=lambda group: group.best.path)
