"""Tests of indexer.root_folders.named_roots."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.options.rules import changed_rules
from indexer.errors import FolderError, InvalidRequest
from indexer.files.ignore import ScanRules
from indexer.root_folders.named_roots import add_root, as_indexed, how_to_leave_out, named_root, root_at
from indexer.store.roots import Root, claim_root, roots
from indexer.store.store import Store
from tests.conftest import MakePicture, count
from tests.indexer.store.contents import root_folders


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


def test_a_root_is_named_by_its_path_or_by_a_link_to_it(store: Store, photos: Path, tmp_path: Path) -> None:
    root, _ = claim_root(store, photos)
    (tmp_path / "link").symlink_to(tmp_path)
    for name in (photos, tmp_path / "link" / "photos"):
        assert root_at(store, name) == named_root(store, name, lambda *_: "") == root
    assert root_at(store, photos / "sub") is None
    with pytest.raises(FolderError, match=f"is inside the root {photos}; advice for sub"):
        named_root(store, photos / "sub", lambda _, below: f"advice for {below}")
    with pytest.raises(FolderError, match="is not a root of this library"):
        named_root(store, tmp_path, lambda *_: "")


def test_a_root_that_became_a_link_keeps_its_path(photos: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(photos)
    assert (as_indexed(link, [link]), as_indexed(link, [])) == (link, photos)


def test_the_advice_escapes_what_patterns_would_take_for_signs() -> None:
    root = Root(1, Path("/my photos"), None, ScanRules(("*.gif",)))
    assert how_to_leave_out(root, "a [b]*").endswith(
        r"clipsearch index '/my photos' --exclude '*.gif' --exclude '/a \[b]\*'"
    )
