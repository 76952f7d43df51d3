"""Writing labels into XMP sidecars: first a plan, then exactly that.

A plan's token is a hash of all that it would do. Before anything is written, the plan is made again: with another
token, something has changed since a person saw it, and nothing is written.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.paths import readable
from indexer.store.labels import keep_set, remember_export
from indexer.wording import counted
from search.export.label_selection import labelled_pictures, labels_by_file
from search.sidecars.export import export_sidecars, sidecar_name_of
from server.api.asking import filters_of, passing_of
from server.errors import Refused

if TYPE_CHECKING:
    from indexer.store.labels import LabelSet
    from search.export.label_selection import LabelledHit
    from search.library.library import Library
    from search.sidecars.writer import Change, Exported
    from server.labelling.label_models import ExportBody

EXAMPLES = 5
MOST_PROBLEMS = 100
NO_PLAN = "Ask for a dry run first, and give its plan: so a person sees what will be written."
CHANGED = "The labels or the sidecars have changed since this plan was made, so nothing was written; look at it again."


def exported(folder: Path, library: Library, label_set: LabelSet, body: ExportBody) -> dict[str, Any]:
    """Return what an export would do, or do it; raises Refused for one whose plan does not hold any more."""
    if not body.dry_run and body.plan is None:
        raise Refused(400, NO_PLAN)
    filters = filters_of(body.filters, lambda line: None)
    pictures = labelled_pictures(
        library.store,
        label_set,
        filters,
        threshold=body.threshold,
        with_other=body.with_other,
        passing=passing_of(library, body.filters, filters),
    )
    name, files = sidecar_name_of(library.store, label_set), labels_by_file(pictures)
    planned = export_sidecars(files, name, folder, dry_run=True)
    token = _token(name, planned)
    if body.dry_run:
        return _record(pictures, planned, token)
    if token != body.plan:
        raise Refused(409, CHANGED)
    keep_set(library.store, label_set)  # before anything outside the library counts on it
    remember_export(library.store, label_set, name)
    return _record(pictures, export_sidecars(files, name, folder), None)


def _token(name: str, planned: Exported) -> str:
    """Return what is the same for two plans that do the same."""
    hashed = hashlib.sha256(name.encode("utf-8", "surrogatepass"))
    for change in planned.changes:
        hashed.update(repr((str(change.sidecar), change.new, change.added, change.removed)).encode("utf-8", "replace"))
    return hashed.hexdigest()[:32]


def _record(pictures: list[LabelledHit], done: Exported, token: str | None) -> dict[str, Any]:
    new = sum(change.new for change in done.changes)
    problems = [(readable(path), reason) for path, reason in done.problems]
    problems += [
        (readable(path), f"{counted(count, 'sidecar', ',')}: {reason}")
        for (path, reason), count in done.folders.items()
    ]
    return {
        "sidecars": {"new": new, "changed": len(done.changes) - new, "unchanged": done.unchanged},
        "labels_added": sum(len(change.added) for change in done.changes),
        "labels_removed": sum(len(change.removed) for change in done.changes),
        "from_people": sum(picture.said_by is not None for picture in pictures),
        "left_out": sum(picture.unsure for picture in pictures),
        "examples": [
            {"path": readable(change.sidecar), "change": _in_words(change)} for change in done.changes[:EXAMPLES]
        ],
        "plan": token,
        "action": done.action if done.action and done.changes else None,
        "problems": [{"path": path, "reason": reason} for path, reason in problems[:MOST_PROBLEMS]],
        "sentence": _sentence(done, new, token is not None),
    }


def _in_words(change: Change) -> str:
    """Say what becomes of a sidecar."""
    parts = [f"+ {', '.join(change.added)}"] * bool(change.added) + [f"- {', '.join(change.removed)}"] * bool(
        change.removed
    )
    return " ".join([*["new:"] * change.new, *parts]) or "written anew"


def _sentence(done: Exported, new: int, is_plan: bool) -> str:
    """Say what is done."""
    if not done.changes:
        return "All sidecars are as they should be; there is nothing to write."
    verb = "Would write" if is_plan else "Wrote"
    return f"{verb} {counted(len(done.changes), 'sidecar', ',')}, {new:,} of them new; pictures are never changed."
