"""What could not be indexed, page by page, by its id in the store: a library may have a hundred thousand of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.errors import InvalidRequest
from indexer.installation import advised
from indexer.paths import from_columns, readable
from indexer.store.roots import root_paths
from indexer.store.soundness import READABLE

if TYPE_CHECKING:
    from indexer.store.store import Store

SOUND = f"{READABLE} AND typeof(reason) = 'text' AND typeof(failed_at) = 'text' AND root IN (SELECT id FROM roots)"


def failure_page(store: Store, limit: int, cursor: str | None) -> dict[str, Any]:
    """Return so many failures behind a cursor, the oldest first; raises InvalidRequest for what is no cursor."""
    after = _row_of(cursor)
    folders = root_paths(store)
    rows = store.db.execute(
        "SELECT rowid, root, path, path_bytes, reason, lasting, failed_at FROM failures"
        f" WHERE rowid > ? AND {SOUND} ORDER BY rowid LIMIT ?",
        [after, limit],
    ).fetchall()
    failures = [
        {
            "path": readable(folders[root] / from_columns(path, raw)),
            "reason": advised(reason),
            "lasting": bool(lasting),
            "failed_at": failed_at,
        }
        for _, root, path, raw, reason, lasting, failed_at in rows
        if root in folders
    ]
    total = store.db.execute(f"SELECT count(*) FROM failures WHERE {SOUND}").fetchone()[0]
    return {"failures": failures, "total": total, "cursor": str(rows[-1][0]) if len(rows) == limit else None}


def _row_of(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isascii() or not cursor.isdecimal() or len(cursor) > 18:
        raise InvalidRequest("This is no cursor of these failures; leave it out to begin at the start.")
    return int(cursor)
