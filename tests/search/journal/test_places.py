"""Tests of search.journal.places: what is held stays what it was, wherever its path leads by then."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from search.journal import places
from search.journal.places import held
from search.journal.undo_checks import Changed


@pytest.fixture(params=[True, False], ids=["held", "by path, as on Windows"])
def _holds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_HOLDS", request.param)


@pytest.mark.usefixtures("_holds")
def test_all_that_undo_does_is_done_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    (folder / "link").symlink_to("elsewhere")
    with held(folder) as place:
        with place.making("part") as file:
            file.write(b"new")
        place.replace("part", "file")
        with place.reading("file") as opened:
            assert opened.read() == b"new"
        assert place.link("link") == "elsewhere" and place.status("file").st_size == 3
        place.remove("link")
        place.remove_folder("inner")
    assert [path.name for path in folder.iterdir()] == ["file"]
    with held(folder) as place:
        place.remove("file")
    assert not list(folder.iterdir())


@pytest.mark.usefixtures("_holds")
def test_a_link_anywhere_in_the_path_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "real" / "folder").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real" / "other").symlink_to("folder")
    for path in (tmp_path / "link" / "folder", tmp_path / "real" / "other", tmp_path / "real" / ".." / "real"):
        with pytest.raises(Changed), held(path):
            pass
    with pytest.raises(OSError), held(tmp_path / "gone"):
        pass


def test_a_folder_that_is_swapped_while_it_is_held_is_not_followed(tmp_path: Path) -> None:
    if not places._HOLDS:
        pytest.skip("there are no descriptors of folders here")
    folder, theirs = tmp_path / "folder", tmp_path / "theirs"
    for one in (folder, theirs):
        one.mkdir()
        (one / "file").write_text(one.name)
    with held(folder) as place:
        folder.rename(tmp_path / "away")
        folder.symlink_to(theirs)
        place.remove("file")
    assert (theirs / "file").exists() and not os.listdir(tmp_path / "away")
