"""Tests of search.export.manifest: what was put into a folder, and from where."""

from __future__ import annotations

import json
import os
from pathlib import Path

from search.export.hit_folder import copy_hits
from search.export.manifest import MANIFEST
from tests.conftest import MakePicture
from tests.search.export.conftest import hits


def test_the_manifest_says_what_was_made(library: Path, best: Path, picture: MakePicture) -> None:
    path = picture("a.png", "red")
    done = copy_hits(hits(path), best, library, title=os.fsdecode(b"red \xe9"))
    manifest = json.loads((best / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["undo"] == f"clipsearch undo {done.action}" and manifest["query"] == "red \\xe9"
    assert manifest["files"] == [{"name": "a.png", "kind": "copy", "score": 0.5, "original": {"path": str(path)}}]
    copy_hits(hits(picture("b.png", "blue")), best, library)
    assert (best / "clipsearch-manifest-2.json").exists() and json.loads((best / MANIFEST).read_text()) == manifest
