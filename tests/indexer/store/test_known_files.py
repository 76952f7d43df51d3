"""Tests of indexer.store.known_files: what is known at or below a path, names that are not UTF-8 included."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.files.found import found_file
from indexer.store.known_files import incomplete_files, known_files
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
