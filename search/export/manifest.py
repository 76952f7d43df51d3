"""The manifest in a folder of copies or links: what was put there, and from where."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from indexer.paths import readable, to_fields
from indexer.store.store import now
from search.export.names import numbered_paths
from search.journal.journal import Journal
from search.journal.writing import write_file
from search.json_text import json_text
from search.results import Hit

MANIFEST = "clipsearch-manifest.json"


ManifestFile = tuple[str, str, float | None, str]  # its name, how it was made, its score, its original


def manifest_file(folder: Path, hit: Hit, path: Path, how: str) -> ManifestFile:
    """Return what a manifest has of a hit that was put into its folder."""
    return readable(path.relative_to(folder).as_posix()), how, hit.score, str(hit.path)


def write_manifest(journal: Journal, folder: Path, files: Iterable[ManifestFile], action: str, title: str) -> None:
    """Write what was made into its folder, for people and programs; on a full disk only the journal has it."""
    content = {
        "made_by": "clipsearch",
        "made_at": now(),
        "action": action,
        "query": readable(title),
        "undo": f"clipsearch undo {journal.id}",
        "files": [_record(*file) for file in files],
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


def _record(name: str, how: str, score: float | None, original: str) -> dict[str, Any]:
    return {
        "name": name,
        "kind": how,
        "score": None if score is None else round(score, 6),
        "original": to_fields(original),
    }
