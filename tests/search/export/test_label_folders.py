"""Tests of search.export.label_folders: a folder for each label."""

from __future__ import annotations

import json
from pathlib import Path

from search.export.label_folders import sort_into
from search.journal.undo import find_action, take_back
from tests.conftest import MakePicture
from tests.search.export.labelled import labelled


def test_pictures_are_sorted_into_folders_and_back(library: Path, tmp_path: Path, picture: MakePicture) -> None:
    red, blue = picture("a/x.png", "red"), picture("b/x.png", "blue")
    pictures = [labelled(str(red), ("cup", 0.9), ("car", 0.8)), labelled(str(blue), ("cup", 0.7)), labelled("/gone.png", ("car", 1.0))]  # fmt: skip # noqa: E501
    done = sort_into(pictures, tmp_path / "sorted", library, copy=False, title="labels kitchen")
    assert sorted(path.relative_to(tmp_path / "sorted").as_posix() for _, path, _ in done.made) == [
        "car/x.png",
        "cup/x-2.png",
        "cup/x.png",
    ]
    assert (tmp_path / "sorted/car/x.png").samefile(red) and (tmp_path / "sorted/cup/x-2.png").samefile(blue)
    assert [str(path) for path, _ in done.problems] == ["/gone.png"]
    manifest = json.loads((tmp_path / "sorted/clipsearch-manifest.json").read_text())
    assert {(one["name"], one["score"]) for one in manifest["files"]} == {
        ("cup/x.png", 0.9),
        ("car/x.png", 0.8),
        ("cup/x-2.png", 0.7),
    }
    again = sort_into(pictures, tmp_path / "sorted", library, copy=False, title="")
    assert (again.made, len(again.there)) == ([], 3)
    take_back(find_action(library, done.action))
    assert not (tmp_path / "sorted").exists() and red.stat().st_nlink == 1
    copies = sort_into(pictures[:1], tmp_path / "copies", library, copy=True, title="")
    assert [how for _, _, how in copies.made] == ["copy", "copy"] and red.stat().st_nlink == 1


def test_a_video_is_sorted_once_into_each_folder(library: Path, tmp_path: Path) -> None:
    video = tmp_path / "v.mp4"
    video.write_bytes(b"moments")
    moments = [
        labelled(str(video), ("car", 0.9), at=0.0),
        labelled(str(video), ("car", 0.8), ("cup", 0.7), at=4.5),
    ]
    done = sort_into(moments, tmp_path / "sorted", library, copy=False, title="")
    assert [(path.parent.name, hit.score) for hit, path, _ in done.made] == [("car", 0.9), ("cup", 0.7)]
