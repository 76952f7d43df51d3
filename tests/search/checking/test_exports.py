"""Tests of search.checking.exports: what was exported is intact, or dropped to be made anew."""

from __future__ import annotations

import pytest

from indexer.exported.folder import Files, new_folder
from indexer.store.store import Store
from indexer.text_tower.tower import ABOUT, FILES, FORMAT, About, read_about, tower_folder, write_about
from tests.embeddings import stored_model
from tests.search.checking.conftest import checked


def exported(fingerprint: str) -> None:
    """Write what looks like an exported text side."""
    with new_folder(tower_folder(fingerprint)) as folder:
        for name in FILES:
            (folder / name).write_bytes(name.encode() * 100)
        files = Files.of(folder, FILES)
        write_about(folder, About(FORMAT, fingerprint, 3, 77, None, "", "fp32", False, 1.0, files.hashes, files.sizes))


@pytest.mark.parametrize("name", [*FILES, ABOUT])
@pytest.mark.parametrize("damage", ["flip", "cut", "gone"])
def test_damaged_exports_are_dropped(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, name: str, damage: str
) -> None:
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path_factory.mktemp("own")))
    model = stored_model(store)
    assert checked(store) == []
    exported(model.fingerprint)
    folder = tower_folder(model.fingerprint)
    assert read_about(folder) is not None and checked(store) == []
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    if damage == "gone":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content if damage == "flip" else content[:-2])
    assert checked(store, repair=False) == [("exports", "can be repaired")] and folder.exists()
    assert checked(store) == [("exports", "repaired")] and not folder.exists()
    assert checked(store) == []
