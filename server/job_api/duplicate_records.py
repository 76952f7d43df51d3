"""Groups of duplicates as the API tells them, with why each picture is the best or stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.errors import InvalidRequest
from search.duplicates.reasons import reasons_for_best, reasons_of
from search.library.hits import hits_of
from server.api.picture_records import picture_records
from server.errors import Refused

if TYPE_CHECKING:
    from search.library.library import Library
    from server.jobs.duplicate_run import Run
    from server.jobs.kept_groups import Group


def group_record(own: Library, group: Group) -> dict[str, Any] | None:
    """Return a group as JSON; None if fewer than two of its pictures are still in the library."""
    hits = {hit.id: hit for hit in hits_of(own.store, [(one.image, one.score) for one in group.members])}
    members = [one for one in group.members if one.image in hits]
    if len(members) < 2 or members[0].match != "best":
        return None
    records = {record["id"]: record for record in picture_records(own, list(hits.values()))}
    best = hits[members[0].image]
    others = [hits[one.image] for one in members[1:]]
    pictures = []
    for one in members:
        is_best = one.match == "best"
        reasons = reasons_for_best(best, others) if is_best else reasons_of(hits[one.image], one.match, best)
        more = {"match": one.match, "bits": one.bits, "spare": one.spare, "reasons": reasons}
        pictures.append({**records[one.image], **more})
    return {"pictures": pictures, "spare_bytes": group.spare_bytes}


def row_of(run: Run, cursor: str | None) -> int:
    """Return the first group behind a cursor; raises InvalidRequest, or Refused for one of an older search."""
    if cursor is None:
        return 0
    name, dash, row = cursor.partition("-")
    if not dash or not row.isascii() or not row.isdecimal():
        raise InvalidRequest("This is no cursor of these groups; leave it out to begin at the start.")
    if name != run.id:
        raise Refused(410, "The duplicates were looked for anew meanwhile; start at the first ones.")
    return int(row)
