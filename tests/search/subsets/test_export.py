"""Tests of search.subsets.export and .target: undo, folders that are taken, full disks."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from indexer.errors import FolderError, OutputError
from search.journal import links_and_copies
from search.journal.undo import find_action, take_back
from search.subsets import contents
from search.subsets.cvat import Cvat
from search.subsets.fiftyone import FiftyOne
from search.subsets.format import Format
from search.subsets.image_folder import ImageFolder
from search.subsets.label_studio import LabelStudio
from search.subsets.webdataset import ShardLimit, WebDataset
from tests.exporting import contents as files_in
from tests.subsets import three, written

FORMATS: list[Format] = [
    WebDataset(ShardLimit(2)),
    ImageFolder("none"),
    ImageFolder(),
    FiftyOne(),
    LabelStudio(),
    Cvat(),
]


@pytest.mark.parametrize(
    ("form", "link"), [(form, link) for form in FORMATS for link in (False, True) if form.takes_links or not link]
)
def test_undo_takes_all_of_it_back_and_nothing_else(form: Format, link: bool, tmp_path: Path) -> None:
    subset = three(tmp_path / "photos")
    before = files_in(tmp_path / "photos")
    done = written(form, subset, tmp_path / "new" / "out", tmp_path / "lib", link=link)
    assert len(files_in(tmp_path / "new")) >= 2
    undone = take_back(find_action(tmp_path / "lib", done.action))
    assert not undone.kept and not undone.failed
    assert not (tmp_path / "new").exists() and files_in(tmp_path / "photos") == before


def test_undo_keeps_what_somebody_has_changed(tmp_path: Path) -> None:
    done = written(ImageFolder(), three(tmp_path / "photos"), tmp_path / "out", tmp_path / "lib")
    (tmp_path / "out" / "metadata.jsonl").write_text("mine")
    take_back(find_action(tmp_path / "lib", done.action))
    assert list(files_in(tmp_path / "out")) == ["metadata.jsonl"]


def test_a_folder_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    subset = three(tmp_path / "photos")
    with pytest.raises(FolderError, match="folder of its own"):
        written(ImageFolder(), subset, tmp_path / "photos", tmp_path / "lib")
    with pytest.raises(FolderError, match="is no folder"):
        written(ImageFolder(), subset, tmp_path / "photos" / "cup.jpg", tmp_path / "lib")
    (tmp_path / "empty").mkdir()
    assert written(ImageFolder(), subset, tmp_path / "empty", tmp_path / "lib").written.pictures == 3


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: type(form).__name__)
def test_a_full_disk_is_one_sentence_and_undo_clears_it(
    form: Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subset = three(tmp_path / "photos")
    real, calls = links_and_copies.rename_new, 0

    def full(part: Path, path: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == (1 if isinstance(form, Cvat) else 2):  # which has one file
            raise OSError(errno.ENOSPC, "No space left on device")
        real(part, path)

    monkeypatch.setattr(links_and_copies, "rename_new", full)
    with pytest.raises(OutputError, match=r"disk .* is full: \d of [34] pictures w.* clipsearch undo"):
        written(form, subset, tmp_path / "out", tmp_path / "lib")
    assert not list((tmp_path / "out").rglob(".clipsearch-*"))
    take_back(find_action(tmp_path / "lib", None))
    assert not (tmp_path / "out").exists()


def test_a_picture_that_fails_while_it_is_read_spoils_no_tar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subset = three(tmp_path / "photos")
    real = contents.original_bytes

    def failing(path: Path) -> bytes:
        if path.name == "car.png":
            raise links_and_copies.OriginalUnreadable("input/output error")
        return real(path)

    monkeypatch.setattr(contents, "original_bytes", failing)
    done = written(WebDataset(), subset, tmp_path / "out", tmp_path / "lib")
    assert done.written.problems == [(tmp_path / "photos" / "a" / "car.png", "input/output error")]
    assert done.written.pictures == 3
