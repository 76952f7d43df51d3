"""Groups of pictures that are the same: byte for byte, or one shot in several files. Nothing is changed.

Byte-identical files, videos too, have the same size and content hash. Of each such set the best stands for all when
near.py compares stills. A file that is gone or has changed since it was indexed is in no group, so that what a report
says of a file is true.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest
from search.duplicates.hashes import missing_hashes
from search.duplicates.near import Match, near_groups
from search.duplicates.ranking import RankedFile, details_of, ranked_files
from search.filters.filters import NO_FILTERS, Filters
from search.library.hits import hits_of
from search.progress import Progress, unwatched
from search.results import Hit

if TYPE_CHECKING:
    from search.filters.passing import Passing
    from search.library.library import Library

COSINE = 0.85  # the least of near-identical pictures (measured by benchmarks/duplicates.py)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A picture of a group."""

    hit: Hit  # its score is the cosine to the group's best
    identical: bool  # byte for byte, to an earlier one of the group
    bits: int  # of the 255 of the perceptual hash that differ from the best's


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Two or more pictures that are the same, the best first."""

    pictures: tuple[Duplicate, ...]

    @property
    def best(self) -> Hit:
        """The one to keep: most pixels, still with its date, least compressed, oldest, shortest path."""
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
    """Return the groups among the pictures that pass, by the path of the best; with `exact` only identical files.

    `threshold` is the least cosine of near-identical pictures. Takes some 400 bytes of memory a picture. Raises
    InvalidRequest for a threshold that is not in 0..1, and as `matching_ids` does.
    """
    if not 0.0 <= threshold <= 1.0:
        raise InvalidRequest("The threshold is a cosine between 0 and 1, such as 0.95.")
    files = _passing(ranked_files(library.store), library.passing(filters))
    copies = _exact_copies(library, files)
    near: dict[int, list[Match]] = {}
    if not exact:
        spare = {image for images in copies.values() for image in images}
        known = {file.image: file.perceptual_hash for file in files if file.is_still and file.image not in spare}
        near = near_groups(library, _all_hashes(library, known, progress), threshold, progress)
    return _groups(library, copies, near, {file.image: rank for rank, file in enumerate(files)})


def _all_hashes(library: Library, known: Mapping[int, bytes | None], progress: Progress) -> dict[int, bytes]:
    """Return the known and the missing hashes in the same order; unreadable files are left out."""
    missing = [image for image, stored in known.items() if stored is None]
    made = missing_hashes(library.store, missing, progress) if missing else {}
    hashes = {image: stored or made.get(image) for image, stored in known.items()}
    return {image: either for image, either in hashes.items() if either is not None}


def _passing(files: Iterable[RankedFile], passing: Passing) -> list[RankedFile]:
    """Return the files that pass."""
    wanted = None if passing.ids is None else set(passing.ids.tolist())
    return [file for file in files if wanted is None or file.image in wanted]


def _exact_copies(library: Library, files: Iterable[RankedFile]) -> dict[int, list[int]]:
    """Return the ids of the others of each set of byte-identical files, by the id of the best."""
    sets: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)
    for file in files:
        if file.content is not None and (details := details_of(library.store, file.image)) and details.is_current():
            sets[file.content].append(file.image)
    return {images[0]: images[1:] for images in sets.values() if len(images) > 1}


def _groups(
    library: Library, copies: dict[int, list[int]], near: dict[int, list[Match]], ranks: dict[int, int]
) -> list[DuplicateGroup]:
    """Return the groups: each best picture with its near-identical ones, and the copies of all of them."""
    joined = {match.image for matches in near.values() for match in matches}  # whose copies go with their group
    members: list[list[tuple[Match, bool]]] = []
    for best in {**copies, **near}.keys() - joined:
        matches = [Match(best, 1.0, 0), *near.get(best, [])]
        group = [(match, False) for match in matches]
        group += [(Match(copy, m.cosine, m.bits), True) for m in matches for copy in copies.get(m.image, [])]
        members.append(sorted(group, key=lambda member: ranks[member[0].image]))
    scores = [(match.image, match.cosine) for group in members for match, _ in group]
    hits = {hit.id: hit for hit in hits_of(library.store, scores)}
    groups = [
        DuplicateGroup(tuple(Duplicate(hits[m.image], copy, m.bits) for m, copy in group if m.image in hits))
        for group in members
    ]
    return sorted((group for group in groups if len(group.pictures) > 1), key=lambda group: group.best.path)
