"""Tests of indexer.store.roots: which folder belongs to which root, and what adding one does."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.options.rules import changed_rules
from indexer.errors import InvalidRequest
from indexer.files.ignore import ScanRules
from indexer.store.failures import known_failures
from indexer.store.roots import add_root, roots
from indexer.store.store import Store
from tests.conftest import MakePicture, count, run
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


def test_adding_indexes_nothing(store: Store, photos: Path, picture: MakePicture, tmp_path: Path) -> None:
    picture("sub/a.png", "red")
    root, below = add_root(store, photos, changed_rules(("*.tif",), None, True))
    assert (root.path, below, root.rules) == (photos, "", ScanRules(("*.tif",), False, True))
    assert roots(store) == [root]
    assert add_root(store, photos / "sub")[1] == "sub"
    assert (root_folders(store), count(store, "images")) == ([photos], 0)
    with pytest.raises(InvalidRequest, match="whole root; name it: clipsearch roots add"):
        add_root(store, photos / "sub", changed_rules(("*.tif",), None, None))
    assert add_root(store, tmp_path)[0].path == tmp_path
    assert root_folders(store) == [tmp_path], "a root takes over those inside"
