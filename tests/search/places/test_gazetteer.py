"""Tests of search.places.gazetteer: made once, kept whole, made again if damaged."""

from __future__ import annotations

import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from search.places import building, gazetteer
from search.places.gazetteer import PlacesMissing, gazetteer_if_any, leave_making, open_gazetteer, source_folder
from search.places.tables import CITIES, FILES, NAMES


@pytest.fixture
def kept(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a gazetteer of one's own, a copy of that of all tests."""
    open_gazetteer()
    (made,) = cache.glob("places-*")
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "cache"))
    return Path(shutil.copytree(made, tmp_path / "cache" / made.name))


@pytest.fixture
def ready(kept: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, elsewhere, which is used instead of making one anew."""
    copy = Path(shutil.copytree(kept, kept.parent.with_name("ready")))
    monkeypatch.setattr(building, "build", lambda source, folder: shutil.copytree(copy, folder, dirs_exist_ok=True))
    return copy


def test_a_gazetteer_is_not_made_twice(kept: Path) -> None:
    told: list[str] = []
    first = open_gazetteer(told.append)
    assert not told
    assert open_gazetteer(told.append) is first
    assert sorted(file.name for file in kept.iterdir()) == sorted([*FILES, "gazetteer.json"])


def test_those_who_want_it_at_once_make_it_once(kept: Path, ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(kept)
    made: list[Path] = []
    all_here = threading.Barrier(3)

    def build(source: Path, folder: Path) -> None:
        made.append(folder)
        shutil.copytree(ready, folder)

    def ask() -> int:
        all_here.wait(60)
        return len(open_gazetteer().places)

    monkeypatch.setattr(building, "build", build)
    with ThreadPoolExecutor(3) as threads:
        counts = {asked.result() for asked in [threads.submit(ask) for _ in range(3)]}
    assert made == [kept] and len(counts) == 1


class MadeElsewhere:
    """What makes it when someone waits for it."""

    def __init__(self, ready: Path, target: Path) -> None:
        self.ready, self.target, self.begun = ready, target, 0

    def begin(self) -> None:
        self.begun += 1

    def wait(self) -> None:
        shutil.copytree(self.ready, self.target)


def test_who_leaves_making_it_waits_only_to_search_by_name(
    kept: Path, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(kept)
    elsewhere = MadeElsewhere(ready, kept)
    monkeypatch.setattr(building, "build", lambda source, folder: pytest.fail("made by who should not"))
    with ThreadPoolExecutor(1, initializer=leave_making, initargs=(elsewhere,)) as threads:
        assert threads.submit(gazetteer_if_any).result() is None and elsewhere.begun == 1
        assert threads.submit(open_gazetteer).result().label(0)
        assert threads.submit(gazetteer_if_any).result() is not None


@pytest.mark.usefixtures("ready")
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


@pytest.mark.usefixtures("ready")
def test_where_nothing_can_be_kept_only_a_search_by_name_makes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(os.listdir(tmp_path))
    (tmp_path / "file").touch()
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "file" / "cache"))
    assert gazetteer_if_any() is None
    opened = open_gazetteer()
    assert opened.label(0)
    assert sorted(os.listdir(tmp_path)) == sorted([*before, "file"])


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
