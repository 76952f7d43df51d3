"""Groups of pictures that are the same: byte for byte, or one shot in several files. Nothing is changed.

Byte-identical files, videos too, have the same size and content hash. Of each such set the best stands for all when
near.py compares stills. A file that is gone or has changed since it was indexed is in no group, so that what a report
says of a file is true. A file that is reached by two paths is one file; hard links are shown only if asked for, since
nothing is won by removing one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from indexer.errors import InvalidRequest
from search.duplicates.copies import Copy, CopyRelation, copies_of
from search.duplicates.hashes import missing_hashes
from search.duplicates.near import Match, near_groups
from search.duplicates.ranking import Details, RankedFile, details_of, ranked_files
from search.duplicates.spare import spare_of
from search.filters.filters import NO_FILTERS, Filters
from search.library.hits import hits_of
from search.progress import Progress, unwatched
from search.results import Hit

if TYPE_CHECKING:
    from search.duplicates.difference import Kind
    from search.filters.passing import Passing
    from search.library.library import Library

COSINE = 0.75  # the least of near-identical pictures, black and white ones too (measured by benchmarks/duplicates.py)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A picture of a group."""

    hit: Hit  # its score is the cosine to the group's best
    match: (
        Literal["best"] | CopyRelation | Kind
    )  # "identical" and "hard link" to an earlier one of the group, else to its best
    bits: int  # of the 255 of the perceptual hash that differ from the best's

    @property
    def identical(self) -> bool:
        """Whether it is the same byte for byte as an earlier one of the group, and a file of its own."""
        return self.match == "identical"


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Two or more pictures that are the same, the best first."""

    pictures: tuple[Duplicate, ...]
    spare: tuple[Duplicate, ...] = ()  # can go without a loss (spare.py); hard links too if all names of a file can

    @property
    def best(self) -> Hit:
        """The one to keep: the RAW file, most pixels, still with its date, least compressed, oldest, shortest path."""
        return self.pictures[0].hit

    @property
    def others(self) -> tuple[Hit, ...]:
        """All but the best."""
        return tuple(picture.hit for picture in self.pictures[1:])

    @property
    def spare_bytes(self) -> int:
        """What is won when the spare files go: a file with several names counts once."""
        return sum(picture.hit.size for picture in self.spare if picture.match != "hard link")


def find_duplicates(
    library: Library,
    *,
    threshold: float = COSINE,
    exact: bool = False,
    hard_links: bool = False,
    filters: Filters = NO_FILTERS,
    passing: Passing | None = None,
    progress: Progress = unwatched,
) -> list[DuplicateGroup]:
    """Return the groups among the pictures that pass, by the path of the best; with `exact` only identical files.

    `passing` are the pictures instead of the filters, if it is known already which ones pass. With `hard_links` the
    groups have hard links too, and there are groups of nothing else. `threshold` is the least
    cosine of near-identical pictures. Takes some 400 bytes of memory a picture. Raises InvalidRequest for a threshold
    that is not in 0..1, and as `matching_ids` does.
    """
    if not 0.0 <= threshold <= 1.0:
        raise InvalidRequest("The threshold is a likeness between 0 and 1, such as 0.95.")
    files = _passing(ranked_files(library.store), library.passing(filters) if passing is None else passing)
    copies = _exact_copies(library, files)
    near: dict[int, list[Match]] = {}
    if not exact:
        repeated = {copy.image for found in copies.values() for copy in found}
        known = {file.image: file.perceptual_hash for file in files if file.is_still and file.image not in repeated}
        near = near_groups(library, _all_hashes(library, known, progress), threshold, progress)
    names = {best: [copy for copy in found if copy.is_listed(True)] for best, found in copies.items()}
    return _groups(library, names, near, {file.image: rank for rank, file in enumerate(files)}, hard_links)


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


def _exact_copies(library: Library, files: Iterable[RankedFile]) -> dict[int, list[Copy]]:
    """Return the others of each set of byte-identical files, by the id of the best."""
    sets: defaultdict[tuple[int, bytes], list[Details]] = defaultdict(list)
    for file in files:
        if file.content is not None and (details := details_of(library.store, file.image)):
            sets[file.content].append(details)
    return dict(filter(None, map(copies_of, sets.values())))


def _groups(
    library: Library,
    copies: Mapping[int, Sequence[Copy]],
    near: Mapping[int, list[Match]],
    ranks: Mapping[int, int],
    hard_links: bool,
) -> list[DuplicateGroup]:
    """Return the groups: each best picture with its near-identical ones, and the copies of all of them."""
    joined = {match.image for matches in near.values() for match in matches}  # whose copies go with their group
    groups: list[list[_Member]] = []
    for best in {**copies, **near}.keys() - joined:
        matches = [Match(best, 1.0, 0), *near.get(best, [])]
        members = [_Member(match.image, match.kind, match) for match in matches]
        members += [_Member(copy.image, copy.relation, m) for m in matches for copy in copies.get(m.image, [])]
        groups.append(sorted(members, key=lambda member: ranks[member.image]))
    hits = {hit.id: hit for hit in hits_of(library.store, [(m.image, m.match.cosine) for g in groups for m in g])}
    made = [_group(tuple(_duplicates(members, hits)), hard_links) for members in groups]
    return sorted((group for group in made if len(group.pictures) > 1), key=lambda group: group.best.path)


def _group(pictures: tuple[Duplicate, ...], hard_links: bool) -> DuplicateGroup:
    """Return the group of pictures, of which hard links are shown only if asked for."""
    listed = tuple(picture for picture in pictures if hard_links or picture.match != "hard link")
    return DuplicateGroup(listed, spare_of(pictures) if len(listed) > 1 else ())


class _Member(NamedTuple):
    """A picture of a group, with the match of its own or of the one it is a copy of."""

    image: int
    relation: CopyRelation | Kind
    match: Match


def _duplicates(members: Sequence[_Member], hits: Mapping[int, Hit]) -> Iterator[Duplicate]:
    """Yield the pictures of a group that are still in the library, the best first; none without the best."""
    best = members[0].image
    for member in members if best in hits else ():
        if member.image in hits:
            yield Duplicate(hits[member.image], "best" if member.image == best else member.relation, member.match.bits)
