"""The manifest in a folder of copies or links: what was put there, and from where."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from indexer.paths import readable, to_fields
from indexer.store.store import now
from search.export.names import numbered_paths
from search.journal.journal import Journal
from search.journal.writing import write_file
from search.json_text import json_text
from search.results import Hit

MANIFEST = "clipsearch-manifest.json"


def write_manifest(
    journal: Journal, folder: Path, made: Iterable[tuple[Hit, Path, str]], action: str, title: str
) -> None:
    """Write what was made into its folder, for people and programs; on a full disk only the journal has it."""
    content = {
        "made_by": "clipsearch",
        "made_at": now(),
        "action": action,
        "query": readable(title),
        "undo": f"clipsearch undo {journal.id}",
        "files": [
            {
                "name": readable(path.relative_to(folder).as_posix()),
                "kind": kind,
                "score": None if hit.score is None else round(hit.score, 6),
                "original": to_fields(str(hit.path)),
            }
            for hit, path, kind in made
        ],
    }
    text = json_text(content, indent=2) + "\n"
    for path in numbered_paths(folder, MANIFEST):
        try:
            write_file(journal, path, text.encode("utf-8"))
        except FileExistsError:
            continue
        except OSError:
            return
        return
