"""Tests of indexer.store.roots: which folder belongs to which root."""

from __future__ import annotations

from pathlib import Path

from indexer.store.failures import known_failures
from indexer.store.roots import roots
from indexer.store.store import Store
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.indexer.store.contents import ids, root_folders


def test_claiming_a_folder_whose_pictures_an_inner_root_has_too(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    """A drive that was away while the folder around it was indexed has come back."""
    picture("a.png", "red")
    picture("usb/b.png", "lime")
    (photos / "usb" / "bad.png").write_text("text")
    run(store, photos / "usb", encoder)
    (photos / "usb").rename(tmp_path / "away")
    run(store, photos, encoder)
    (tmp_path / "away").rename(photos / "usb")
    outer = roots(store)[1]
    store.db.execute(
        "INSERT INTO images (root, path, size, mtime_ns, width, height, format, indexed_at)"
        " SELECT ?, 'usb/' || path, size, mtime_ns, width, height, format, indexed_at FROM images WHERE id = 1",
        [outer.id],
    )
    assert run(store, photos, encoder)[0].unchanged == 2
    assert root_folders(store) == [photos]
    assert ids(store, photos / "usb" / "b.png") == [1]
    assert [failure.path for failure in known_failures(store)] == [photos / "usb" / "bad.png"]
