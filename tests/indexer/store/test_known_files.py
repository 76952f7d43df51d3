"""Tests of indexer.store.known_files: what is known at or below a path, names that are not UTF-8 included."""

from __future__ import annotations

import os
from pathlib import Path
from unicodedata import normalize

import pytest

from indexer.files.found import found_file
from indexer.store.known_files import incomplete_files, known_files, spelled_as_stored
from indexer.store.models import active_model
from indexer.store.roots import claim_root
from indexer.store.store import Store
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder

CAFE, ODD = os.fsdecode(b"caf\xe9"), os.fsdecode(b"a/caf\xe9.png")
NAMES = ("a.png", "a/1.png", "a/b/2.png", ODD, "a-b/3.png", "a0.png", f"{CAFE}/4.png", f"{CAFE}/{CAFE}.png")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", NAMES),
        ("a", ("a/1.png", "a/b/2.png", ODD)),
        ("a/b", ("a/b/2.png",)),
        ("a.png", ("a.png",)),
        (ODD, (ODD,)),
        (CAFE, (f"{CAFE}/4.png", f"{CAFE}/{CAFE}.png")),
        ("b", ()),
    ],
)
@pytest.mark.parametrize("roots", [1, 2])
def test_at_or_below_a_path(
    store: Store,
    photos: Path,
    picture: MakePicture,
    encoder: ColourEncoder,
    path: str,
    expected: tuple[str, ...],
    roots: int,
) -> None:
    for name in NAMES:
        picture(name, "red")
    run(store, photos, encoder)
    if roots == 2:
        run(store, picture("../other/a/1.png", "blue").parent.parent, encoder)
    root, model = claim_root(store, photos)[0], active_model(store)
    files = known_files(store, root, [path])
    assert {file[0] for file in files} == set(expected)
    assert files == {found_file(name, (photos / name).stat()) for name in expected}
    assert incomplete_files(store, root, model, [path]) == set()
    store.db.execute("DELETE FROM embeddings")
    assert incomplete_files(store, root, model, [path]) == set(expected)


@pytest.mark.parametrize(
    "stored",
    [
        "K\u00e4fer/\u00e9.png",
        "Ka\u0308fer/e\u0301.png",
        "K\u00e4fer/e\u0301.png",
        "Ka\u0308fer/\u00e9.png",
        "\u00c4/x.png",
        "2020/\u00e4\u00e4/\u00fc/x.png",
        "2020/a\u0308\u00e4/u\u0308/\u00fc.png",
        "a/b/c/\uac00.png",
        "A\u030a.png",
        "x\u00e9y/\u00e9.png",
    ],
)
def test_a_path_is_spelled_as_the_library_has_it(store: Store, stored: str) -> None:
    root, _ = claim_root(store, Path("/gone"))
    insert = (
        "INSERT INTO images (root, path, size, mtime_ns, width, height, format, indexed_at)"
        " VALUES (1, ?, 1, 1, 1, 1, 'PNG', '')"
    )
    for path in (stored, "Kafer/e.png", "K", "zz/\u00e9.png", "2020/a/x.png"):
        store.db.execute(insert, [path])
    parts = stored.split("/")
    for depth in range(1, len(parts) + 1):
        known = "/".join(parts[:depth])
        for form in ("NFC", "NFD"):
            assert spelled_as_stored(store, root, normalize(form, known)) == known
        assert spelled_as_stored(store, root, f"{known}\u00e9") == f"{known}\u00e9", "not known"
    other = normalize("NFD" if stored == normalize("NFC", stored) else "NFC", stored)
    store.db.execute(insert, [other])
    assert [spelled_as_stored(store, root, path) for path in (stored, other)] == [stored, other]
