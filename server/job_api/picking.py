"""All pictures that a search finds, for an action: the whole ranking, never a page of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest
from indexer.files.formats import VIDEO_FORMATS
from indexer.paths import from_columns, readable
from indexer.wording import counted
from search.query.ranking import MOST
from server.api.models import SearchBody
from server.api.ranked import ranked
from server.jobs.plans import Picked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.library.library import Library
    from server.job_api.action_models import AllHits
    from server.opened.open_library import OpenLibrary

FIRST = 5  # names that are told


def search_of(body: SearchBody) -> SearchBody:
    """Return the search alone of a body that says more."""
    return SearchBody(**{name: getattr(body, name) for name in SearchBody.model_fields})


def picked(opened: OpenLibrary, library: Library, body: AllHits) -> Picked:
    """Return the pictures that match, all that were ranked, or those named; raises InvalidRequest if there are none."""
    search = search_of(body)
    if body.ids is not None:
        if search != SearchBody():
            raise InvalidRequest("Say which pictures by their ids or by a search, not by both.")
        return _named(library, body.ids)
    only_matches = body.what == "matches" and bool(body.terms)
    answer = ranked(opened, library, search, MOST if only_matches else None)
    if only_matches and answer.ranking.matching == len(answer.ranking):  # there may be more
        answer = ranked(opened, library, search, None)
    ranking = answer.ranking
    count = ranking.matching if only_matches else len(ranking)
    if not count:
        raise InvalidRequest("Nothing matches, so there is nothing to do it with; search for something else.")
    ids = ranking.ids[:count]
    copies = [copy for image in ids.tolist() if image in ranking.copies for copy, _ in ranking.copies[image]]
    scores = None if ranking.scores is None else ranking.scores[:count]
    return Picked(ids, scores, tuple(copies), answer.asked.understood)


def _named(library: Library, ids: Sequence[int]) -> Picked:
    """Return the pictures of these ids that are in the library, each once, in this order."""
    import numpy as np

    there = {row[0] for row in library.store.db.rows_in("SELECT id FROM images WHERE id IN ({marks})", ids)}
    known = [image for image in dict.fromkeys(ids) if image in there]
    if not known:
        raise InvalidRequest("None of these pictures is in the library any more; choose others.")
    return Picked(np.array(known, np.int64), None, (), counted(len(known), "selected picture", ","))


def files_of(library: Library, ids: Sequence[int]) -> tuple[int, int]:
    """Return how many files pictures are, and their bytes: the moments of a video are one."""
    select = "SELECT root, ifnull(path_bytes, path), size, format FROM images WHERE id IN ({marks})"
    videos: set[tuple[int, str | bytes]] = set()
    files = total = 0
    for root, path, size, form in library.store.db.rows_in(select, ids):
        if form in VIDEO_FORMATS:
            if (root, path) in videos:
                continue
            videos.add((root, path))
        files, total = files + 1, total + (size if type(size) is int else 0)
    return files, total


def first_names(library: Library, ids: Sequence[int]) -> list[str]:
    """Return the names of the first pictures."""
    select = "SELECT id, path, path_bytes FROM images WHERE id IN ({marks})"
    rows = {row[0]: row[1:] for row in library.store.db.rows_in(select, ids[:FIRST])}
    return [readable(from_columns(*rows[image])).rpartition("/")[2] for image in ids[:FIRST] if image in rows]
