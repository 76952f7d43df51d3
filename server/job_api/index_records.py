"""Whether a library is being indexed, as the API tells it: how far a run is, and the folders that it goes over."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from indexer.errors import InvalidRequest
from indexer.files.mounts import state_of as state_of_root
from indexer.store.roots import count_by_root, roots
from search.records import root_record

if TYPE_CHECKING:
    from pathlib import Path

    from search.library.library import Library
    from server.jobs.all_jobs import AllJobs


def folders_of(own: Library, ids: list[int] | None) -> list[Path]:
    """Return the folders of roots; none means all. Raises InvalidRequest for what is no root."""
    if ids is None:
        return []
    known = {root.id: root.path for root in roots(own.store)}
    if not ids or any(root not in known for root in ids):
        raise InvalidRequest("Name folders that the library has, by their ids.")
    return [known[root] for root in dict.fromkeys(ids)]


def index_state(own: Library, jobs: AllJobs, *, with_roots: bool) -> dict[str, Any]:
    """Return whether a library is being indexed, how far that is, and its folders, as JSON."""
    state = jobs.index.state()
    db = own.store.db
    return {
        "running": state.running,
        "by": state.by,
        "mine": state.mine,
        "stopping": state.stopping,
        "progress": None if state.progress is None else state.progress.record(),
        "last": None if state.last is None else dataclasses.asdict(state.last),
        "roots": roots_record(own) if with_roots else [],
        "failures": db.execute("SELECT count(*) FROM failures").fetchone()[0],
        "pictures": db.execute("SELECT count(*) FROM images").fetchone()[0],
    }


def roots_record(own: Library) -> list[dict[str, Any]]:
    """Return the folders of a library, whether they are there, and their pictures."""
    counts = count_by_root(own.store)
    return [
        {**root_record(root, counts.get(root.id, 0), state_of_root(root.path)), "id": root.id}
        for root in roots(own.store)
    ]
