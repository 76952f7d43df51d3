"""Tests of search.filters.folders: what is below a folder, whatever its name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.errors import FolderError
from indexer.store.store import Store
from search.filters.filters import make_filters
from search.filters.passing import matching_ids
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.search.filters.rows import JULY, add, passing_ids


def test_in_a_folder_is_all_below_it_and_nothing_beside_it(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    for name in ("a/1.png", "a/b/2.png", "a-z/3.png", "a.png", "A/4.png", "a0/5.png"):
        picture(name, "red")
    run(store, photos, encoder)
    ids = dict(store.db.execute("SELECT path, id FROM images"))
    assert passing_ids(store, folder=photos / "a") == sorted([ids["a/1.png"], ids["a/b/2.png"]])
    assert passing_ids(store, folder=f"{photos}/a/b/") == [ids["a/b/2.png"]]
    assert passing_ids(store, folder=[photos / "a/b", photos / "a-z"]) == sorted([ids["a/b/2.png"], ids["a-z/3.png"]])


def test_a_relative_folder_and_one_by_a_link_are_found(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture("a/1.png", "red")
    picture("2.png", "red")
    run(store, photos, encoder)
    (photos.parent / "link").symlink_to(photos / "a")
    monkeypatch.chdir(photos)
    ids = passing_ids(store, folder=photos / "a")
    assert len(ids) == 1
    assert passing_ids(store, folder="a") == passing_ids(store, folder=photos.parent / "link") == ids


def test_a_root_that_has_become_a_link_is_found_by_its_own_name(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("a/1.png", "red")
    picture("b/2.png", "red")
    run(store, photos, encoder)
    photos.rename(photos.parent / "moved")
    photos.symlink_to(photos.parent / "moved")
    assert len(passing_ids(store, folder=photos / "a")) == 1


def test_a_folder_that_holds_all_pictures_leaves_nothing_out(store: Store) -> None:
    add(store, "1.jpg", "/photos")
    add(store, "2.jpg", "/photos", taken_at=JULY)
    for folder in ("/photos", "/", ["/photos", "/photos/.."]):
        assert matching_ids(store, make_filters(folder=folder)) is None
    assert passing_ids(store, folder="/photos", after=2021) == [2]


def test_a_whole_root_of_several(store: Store) -> None:
    ids = [add(store, "1.jpg", "/photos"), add(store, "2.jpg", "/photos"), add(store, "3.jpg", "/scans/old")]
    assert passing_ids(store, folder="/photos") == ids[:2]
    assert passing_ids(store, folder="/scans") == ids[2:]
    assert matching_ids(store, make_filters(folder=["/photos", "/"])) is None


def test_two_folders_that_together_hold_all(store: Store) -> None:
    ids = [add(store, "1.jpg", "/photos"), add(store, "3.jpg", "/scans")]
    assert passing_ids(store, folder=["/photos", "/scans"]) == ids


def test_names_that_are_not_utf8_are_found_by_their_bytes(store: Store) -> None:
    bad = os.fsdecode(b"caf\xe9")
    ids = [
        add(store, f"{bad}/1.jpg"),
        add(store, f"plain/{bad}.jpg"),
        add(store, "plain/2.jpg"),
        add(store, "café/3.jpg"),
        add(store, f"plain/{bad}/4.jpg"),
    ]
    assert passing_ids(store, folder=f"/photos/{bad}") == [ids[0]]
    assert passing_ids(store, folder="/photos/plain") == [ids[1], ids[2], ids[4]]
    assert passing_ids(store, folder=f"/photos/plain/{bad}") == [ids[4]]
    assert passing_ids(store, folder="/photos/café") == [ids[3]]
    with pytest.raises(FolderError, match=r"below /photos/caf\\xff;"):
        passing_ids(store, folder=f"/photos/{os.fsdecode(bytes([99, 97, 102, 255]))}")


def test_a_root_whose_name_is_not_utf8(store: Store) -> None:
    root = os.fsdecode(b"/ph\xf6tos")
    ids = [add(store, "a/1.jpg", root), add(store, "b/2.jpg", root)]
    assert passing_ids(store, folder=f"{root}/a") == ids[:1]


@pytest.mark.parametrize("name", ["100%", "under_score", "a*b", "it's", 'quo"te', "{by}", "a?", "[x]"])
def test_no_sign_in_a_folders_name_means_anything(store: Store, name: str) -> None:
    own, _ = add(store, f"{name}/1.jpg"), add(store, "under-score100 a b/2.jpg")
    assert passing_ids(store, folder=f"/photos/{name}") == [own]


@pytest.mark.parametrize("folder", ["/elsewhere", "/photos/b", "/photos/a/1.jpg", "/phot"])
def test_a_folder_without_pictures_is_an_error(store: Store, folder: str) -> None:
    add(store, "a/1.jpg")
    with pytest.raises(FolderError, match=f"No picture in the library is below {folder}; check the name"):
        passing_ids(store, folder=["/photos/a", folder])


def test_what_is_to_be_run_can_be_typed_whatever_the_name(store: Store) -> None:
    """Fails before: the name was no word of its own, so what stands in it would have been run."""
    add(store, "a/1.jpg")
    with pytest.raises(FolderError, match=r"run: clipsearch index '/photos/\$\(reboot\)'$"):
        passing_ids(store, folder="/photos/$(reboot)")


def test_an_empty_library_has_no_folders(store: Store) -> None:
    with pytest.raises(FolderError, match="No picture in the library"):
        passing_ids(store, folder="/photos")
