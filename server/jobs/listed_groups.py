"""Groups of duplicates as lines of a file: paths alone, or the columns that `clipsearch duplicates` writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from indexer.paths import readable
from search.csv_lines import csv_line, guarded
from search.library.hits import hits_of
from server.jobs.kept_groups import Group, Member

if TYPE_CHECKING:
    from indexer.store.store import Store
    from search.results import Hit

COLUMNS = ("group", "match", "score", "bits", "width", "height", "size", "format", "taken_at", "spare", "path")
HEADER = csv_line(COLUMNS)


def lines_of(store: Store, groups: Sequence[Group], first: int, only_spare: bool) -> str:
    """Return the paths of groups, one a line."""
    return "".join(f"{readable(hit.path)}\n" for _, _, hit in _pictures(store, groups, first, only_spare))


def csv_lines_of(store: Store, groups: Sequence[Group], first: int, only_spare: bool) -> str:
    """Return groups as lines of CSV, the header before the first; no cell is a formula to a spreadsheet.

    `first` is the number of groups before these.
    """
    return ("" if first else HEADER) + "".join(
        csv_line(guarded(str(cell)) for cell in _cells(*picture))
        for picture in _pictures(store, groups, first, only_spare)
    )


def _pictures(store: Store, groups: Sequence[Group], first: int, only_spare: bool) -> Iterator[tuple[int, Member, Hit]]:
    """Yield the number of its group, what is known of it there, and the hit of each picture that is still there."""
    for number, group in enumerate(groups, start=first + 1):
        members = [member for member in group.members if member.spare or not only_spare]
        hits = {hit.id: hit for hit in hits_of(store, [(member.image, member.score) for member in members])}
        for member in members:
            if member.image in hits:
                yield number, member, hits[member.image]


def _cells(number: int, member: Member, hit: Hit) -> tuple[object, ...]:
    size = (hit.width, hit.height, hit.size, hit.format, hit.taken_at or "")
    spare = "yes" if member.spare else "no"
    return number, member.match, f"{member.score:.6f}", member.bits, *size, spare, readable(hit.path)
