"""Copies of a folder of pictures and the library of these, in a state as if they had been indexed there."""

from __future__ import annotations

import shutil
from pathlib import Path

from indexer.store.store import Store


def copy_of(folder: Path, to: Path) -> Path:
    """Return a copy of a folder with photos and library, for a test to change; the library knows the copied files."""
    folder = Path(shutil.copytree(folder, to))
    with Store.open(folder / "library") as store:
        store.db.execute("UPDATE roots SET path = ?", [str(folder / "photos")])
        for image, path in store.db.execute("SELECT id, path FROM images").fetchall():
            status = (folder / "photos" / path).stat()
            signature = [status.st_mtime_ns, status.st_ctime_ns, image]
            store.db.execute("UPDATE images SET mtime_ns = ?, ctime_ns = ? WHERE id = ?", signature)
    return folder
