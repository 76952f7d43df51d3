"""Tests of search.places.gazetteer: made once, kept whole, made again if damaged."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from search.places import gazetteer
from search.places.gazetteer import PlacesMissing, gazetteer_if_any, open_gazetteer, source_folder
from search.places.tables import CITIES, FILES, NAMES


@pytest.fixture
def kept(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a gazetteer of one's own, a copy of that of all tests."""
    open_gazetteer()
    (made,) = cache.glob("places-*")
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "cache"))
    return Path(shutil.copytree(made, tmp_path / "cache" / made.name))


def test_a_gazetteer_is_not_made_twice(kept: Path) -> None:
    told: list[str] = []
    first = open_gazetteer(told.append)
    assert not told
    assert open_gazetteer(told.append) is first
    assert sorted(file.name for file in kept.iterdir()) == sorted([*FILES, "gazetteer.json"])


@pytest.mark.parametrize("change", ["flip", "about"])
def test_a_damaged_one_is_made_again(kept: Path, change: str) -> None:
    names = (kept / NAMES).read_bytes()
    if change == "flip":
        (kept / NAMES).write_bytes(names[:1000] + bytes([names[1000] ^ 1]) + names[1001:])
    else:
        (kept / "gazetteer.json").write_text("[]")
    told: list[str] = []
    opened = open_gazetteer(told.append)
    assert len(opened.places) > 100_000 and len(told) == 1 and "once" in told[0]
    assert (kept / NAMES).read_bytes() == names


def test_where_nothing_can_be_kept_only_a_search_by_name_makes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "file" / "cache"))
    assert gazetteer_if_any() is None
    opened = open_gazetteer()
    assert opened.label(0)
    assert os.listdir(tmp_path) == ["file"]


def test_without_the_package_a_command_says_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gazetteer, "PACKAGE", "no_such_package")
    assert source_folder() is None and gazetteer_if_any() is None
    with pytest.raises(PlacesMissing, match=r"install.*\[places\]"):
        open_gazetteer()


def test_a_damaged_package_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd_package" / "data").mkdir(parents=True)
    (tmp_path / "odd_package" / "__init__.py").touch()
    (tmp_path / "odd_package" / "data" / CITIES).write_text("{")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(gazetteer, "PACKAGE", "odd_package")
    assert gazetteer_if_any() is None
    with pytest.raises(PlacesMissing, match=r"can't be read .*; install them again: "):
        open_gazetteer()
