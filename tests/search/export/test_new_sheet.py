"""Tests of search.export.new_sheet: a contact sheet that undo takes back."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import OutputError
from search.export import new_sheet
from search.export.contact_sheet import Shown
from search.export.new_sheet import StoppedMeanwhile, write_new_sheet
from search.journal.undo import actions, take_back
from search.results import Hit
from tests.conftest import MakePicture
from tests.search.export.conftest import hits

GIF = b"no picture, but a page does not look"


def shown(pictures: Iterable[Hit]) -> Iterator[tuple[Hit, Shown]]:
    return ((hit, (GIF, 4, 3)) for hit in pictures)


def write(library: Path, path: Path, pictures: Iterable[Hit], **more: Any) -> new_sheet.NewSheet:
    settings = {"count": 2, "order": "score", "scored": True, "shown": shown, **more}
    return write_new_sheet(pictures, path, library, "a query", **settings)


def test_a_sheet_is_taken_back(library: Path, tmp_path: Path, picture: MakePicture) -> None:
    path, done = tmp_path / "new" / "sheet.html", []
    sheet = write(library, path, hits(picture("a.png", "red"), picture("b.png", "blue")), report=done.append)
    assert (sheet.pictures, done) == (2, [1, 2]) and "b.png" in path.read_text(encoding="utf-8")
    (action,) = actions(library)
    assert (action.id, action.files, action.state) == (sheet.action, 1, "done")
    assert take_back(action).removed == [path] and not path.parent.exists()


def test_nothing_is_overwritten(library: Path, tmp_path: Path, picture: MakePicture) -> None:
    path = tmp_path / "sheet.html"
    path.write_text("a person's own")
    with pytest.raises(OutputError, match="exists, so it stays"):
        write(library, path, hits(picture("a.png", "red")))
    assert path.read_text() == "a person's own" and actions(library) == []
    assert sorted(one.name for one in tmp_path.iterdir() if one.name.startswith(".clipsearch")) == []


def test_one_that_is_stopped_leaves_nothing(library: Path, tmp_path: Path, picture: MakePicture) -> None:
    answers = iter([False, True])
    with pytest.raises(StoppedMeanwhile):
        write(
            library,
            tmp_path / "sheet.html",
            hits(picture("a.png", "red"), picture("b.png", "blue")),
            stopping=lambda: next(answers),
        )
    assert list(tmp_path.glob("*.html")) == [] and list(tmp_path.glob(".clipsearch*")) == [] and not actions(library)


def test_a_full_disk_leaves_nothing(library: Path, tmp_path: Path, picture: MakePicture) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.MonkeyPatch.context() as patch, pytest.raises(OutputError, match="disk is full"):
        patch.setattr(new_sheet, "rename_new", full)
        write(library, tmp_path / "sheet.html", hits(picture("a.png", "red")))
    assert list(tmp_path.glob("*.html")) == [] and list(tmp_path.glob(".clipsearch*")) == []
    assert actions(library) == []
