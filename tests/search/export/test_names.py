"""Tests of search.export.names: names that every file system accepts."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path

import pytest

from search.export.hit_folder import copy_hits
from search.export.label_folders import folder_names
from search.export.manifest import MANIFEST
from search.export.names import numbered_paths
from tests.conftest import MakePicture
from tests.search.export.conftest import hits, names


def test_names_are_bytes_and_long_ones_are_cut(library: Path, best: Path, picture: MakePicture) -> None:
    odd = picture(os.fsdecode(b"caf\xe9\n.png"), "red")
    long, other = picture("ü" * 125 + "x.png", "red"), picture("sub/" + "ü" * 125 + "x.png", "lime")
    copy_hits(hits(odd, long, other), best, library)
    made = {os.fsencode(name) for name in names(best)}
    assert made == {b"caf\xe9\n.png", ("ü" * 125 + "x.png").encode(), ("ü" * 124 + "-2.png").encode()}
    listed = json.loads((best / MANIFEST).read_text(encoding="utf-8"))["files"][0]
    assert listed["name"] == "caf\\xe9\n.png" and "path_bytes" in listed["original"]


def test_a_name_on_windows_is_no_stream_of_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library of someone else's may hold any name."""
    monkeypatch.setattr("search.export.names.AS_ON_WINDOWS", True)
    paths = itertools.islice(numbered_paths(tmp_path, "a.jpg:b|c"), 2)
    assert [path.name for path in paths] == ["a.jpg_b_c", "a-2.jpg_b_c"]


def test_folder_names_fit_every_file_system() -> None:
    labels = [
        "cup",
        "Cup",
        "a/b",
        "a:b",
        "..",
        "con",
        " x. ",
        "é" * 300,
        "é" * 301,
        "杯",
        '"*?"',
        "x" * 199 + ". y",
        "\udc80",
        "\u202egpj\x9b\u200b",
    ]
    names = folder_names(labels)
    assert list(names.values())[:7] == ["cup", "Cup-2", "a_b", "a_b-2", "_", "_con", "x"]
    assert len({name.casefold() for name in names.values()}) == len(labels)
    assert all(len(name.encode()) <= 255 and name not in (".", "..") and "/" not in name for name in names.values())
    assert all(name.strip(" .?") == name for name in names.values())
    assert (names["杯"], names["\u202egpj\x9b\u200b"]) == ("杯", "_gpj__")
