"""Searches for duplicates by someone who waits for the end: found once for a state of the library, told in pages."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

from indexer.errors import ClipsearchError, InvalidRequest
from server.api.asking import filters_of, passing_of
from server.job_api.duplicate_records import group_record, row_of
from server.jobs.duplicate_run import Wanted, page_of
from server.jobs.kept_groups import Group
from server.opened.state import state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from search.library.library import Library
    from search.progress import Progress
    from server.api.models import FiltersBody
    from server.jobs.duplicate_run import Duplicates, Run

LOOK_SECONDS = 0.05  # between looks how far a search is
MOST_OF_A_GROUP = 20  # files that are told
OTHER_SEARCH = "This cursor is of another search; give the filters and exact of that, or leave the cursor out."
GONE = "These duplicates are not kept any more; leave the cursor out to look for them anew."
STOPPED = "The search for duplicates was stopped; ask again."
TOLD = ("id", "path", "path_bytes", "folder", "format", "size", "width", "height", "taken_at")
TOLD_OF_MATCH = ("match", "spare", "reasons")


def wanted_of(library: Library, filters: FiltersBody, exact: bool, say: Callable[[str], None]) -> Wanted:
    """Return which duplicates are asked for; raises as filters do."""
    passing = passing_of(library, filters, filters_of(filters, say))
    among = "" if passing.ids is None else hashlib.sha256(passing.ids.tobytes()).hexdigest()
    return Wanted((), exact, state_of(library), filters.model_dump_json(), among, passing.ids)


async def searched(duplicates: Duplicates, wanted: Wanted, *, read_only: bool, progress: Progress) -> Run:
    """Return the run for what is wanted when it has found all; one that nobody waits for any more is stopped."""
    run = duplicates.start(wanted, read_only=read_only)
    try:
        while run.state == "running":
            if run.of:
                progress(run.done, run.of)
            await asyncio.sleep(LOOK_SECONDS)
    except BaseException:
        duplicates.stop()
        raise
    if run.state != "done":
        raise ClipsearchError(run.error or STOPPED)
    return run


def continued(duplicates: Duplicates, cursor: str, wanted: Wanted) -> tuple[Run, int]:
    """Return the run that a cursor is of, and the row that it points at; raises InvalidRequest or Refused."""
    run = duplicates.now()
    if run is None or run.state != "done":
        raise InvalidRequest(GONE)
    row = row_of(run, cursor)
    if (run.wanted.asked, run.wanted.exact) != (wanted.asked, wanted.exact):
        raise InvalidRequest(OTHER_SEARCH)
    return run, row


def page_record(library: Library, run: Run, first: int, count: int) -> dict[str, Any]:
    """Return some groups of a run, and what all of them come to."""
    found = page_of(run, first, count)
    after = first + len(found)
    return {
        "total": len(run.groups),
        "spare": run.spare,
        "spare_bytes": run.spare_bytes,
        "stale": run.wanted.state != state_of(library),
        "groups": [record for group in found if (record := _short_record(library, group))],
        "next_cursor": f"{run.id}-{after}" if after < len(run.groups) else None,
    }


def _short_record(library: Library, group: Group) -> dict[str, Any] | None:
    """Return a group with its first files alone; None if fewer than two of these are still in the library."""
    first = Group(group.members[:MOST_OF_A_GROUP], group.spare_bytes)
    record = group_record(library, first)
    if record is None:
        return None
    return {
        "keep": record["pictures"][0]["id"],
        "photos": [_photo(picture) for picture in record["pictures"]],
        "more": len(group.members) - len(first.members),
        "spare_bytes": group.spare_bytes,
    }


def _photo(picture: dict[str, Any]) -> dict[str, Any]:
    names: Sequence[str] = (*TOLD, *TOLD_OF_MATCH)
    return {name: picture[name] for name in names if name in picture}
