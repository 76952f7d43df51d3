"""Tests of spelling: a name in NFC and in NFD is one name, and the very same name wins."""

from __future__ import annotations

import os
from pathlib import Path
from unicodedata import normalize

import pytest

import clipsearch
from indexer import spelling
from indexer.paths import absolute, default_library
from indexer.spelling import NamesOnDisk, composed, spelled_as_known, spelled_on_disk

NAMES = (
    *("Käfer", "é", "Žluťoučký kůň", "Ångström", "Việt Nam", "ñandú", "한국어", "がぎぐ", "Ǻ", "ﬁ-é", "αΐ"),
    os.fsdecode("ä".encode() + b"\xff"),
)


def nfc(text: str) -> str:
    return normalize("NFC", text)


def nfd(text: str) -> str:
    return normalize("NFD", text)


@pytest.mark.parametrize("name", NAMES)
def test_both_spellings_have_one_form(name: str) -> None:
    assert nfc(name) != nfd(name) and composed(nfc(name)) == composed(nfd(name)) == nfc(name)
    assert composed("plain.jpg") == "plain.jpg"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("made", "typed"), [(nfc, nfd), (nfd, nfc)])
def test_a_path_is_spelled_as_on_the_disk(tmp_path: Path, name: str, made: type, typed: type) -> None:
    there = tmp_path / made(name) / "sub" / made(f"{name}.png")
    there.parent.mkdir(parents=True)
    there.touch()
    asked = tmp_path / typed(name) / "sub" / typed(f"{name}.png")
    assert spelled_on_disk(asked) == absolute(asked) == there
    assert spelled_on_disk(there) == there
    assert absolute(tmp_path / typed(name) / "new.png") == there.parent.parent / "new.png"
    assert spelled_on_disk(tmp_path / typed(f"{name}2")) == tmp_path / typed(f"{name}2")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("made", "typed"), [(nfc, nfd), (nfd, nfc)])
def test_where_a_file_opens_under_both_spellings_its_own_is_listed(
    tmp_path: Path, name: str, made: type, typed: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / made(name)).mkdir()
    (tmp_path / typed(name)).symlink_to(made(name))  # so it opens under both, as it does on macOS
    monkeypatch.setattr(spelling, "FINDS_EITHER", True)
    real = os.listdir
    monkeypatch.setattr(os, "listdir", lambda folder: [entry for entry in real(folder) if entry == made(name)])
    for form in (made, typed):
        assert spelled_on_disk(tmp_path / form(name) / "x") == tmp_path / made(name) / "x"


def test_a_mixed_path_and_a_relative_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / nfc("Käfer") / nfd("Größe")
    there.mkdir(parents=True)
    assert absolute(tmp_path / nfd("Käfer") / nfc("Größe")) == there
    monkeypatch.chdir(tmp_path)
    assert spelled_on_disk(Path(nfd("Käfer"), nfc("Größe"))) == Path(nfc("Käfer"), nfd("Größe"))
    assert spelled_on_disk(Path(nfd("nö"), "x")) == Path(nfd("nö"), "x")


def test_the_very_name_wins_and_a_link_is_followed(tmp_path: Path) -> None:
    for form in (nfc, nfd):
        (tmp_path / form("é")).mkdir()
        assert absolute(tmp_path / form("é")) == tmp_path / form("é")
    (tmp_path / nfd("ü")).symlink_to(tmp_path / nfd("é"))
    assert absolute(tmp_path / nfc("ü") / "a") == tmp_path / nfd("é") / "a"


def test_folders_are_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed: list[Path] = []
    real = os.listdir
    monkeypatch.setattr(os, "listdir", lambda folder: listed.append(folder) or real(folder))
    names = NamesOnDisk()
    for number in range(9):
        names.spelled(tmp_path / f"é{number}.png")
        names.spelled(tmp_path / f"{number}.png")
    assert listed == [tmp_path]


@pytest.mark.parametrize("name", NAMES)
def test_a_path_is_spelled_as_a_known_folder(tmp_path: Path, name: str) -> None:
    known = tmp_path / "gone" / nfd(name) / "photos"
    inner = Path(nfc("sub é"), "a.png")
    for typed in (tmp_path / "gone" / nfc(name) / "photos" / inner, known / inner):
        assert spelled_as_known(typed, [tmp_path / "other", known]) == known / inner
    assert spelled_as_known(tmp_path / "gone" / nfc(name), [known]) == known.parent, "around it"
    assert spelled_as_known(tmp_path / "gone" / nfc(f"{name}x"), [known]) == tmp_path / "gone" / nfc(f"{name}x")


def test_a_folder_that_is_there_is_not_taken_for_another(tmp_path: Path) -> None:
    known = tmp_path / nfd("é")
    (tmp_path / nfc("é")).mkdir()
    assert spelled_as_known(tmp_path / nfc("é"), [known]) == tmp_path / nfc("é")
    (tmp_path / nfc("é")).rmdir()
    known.mkdir()
    (tmp_path / nfc("é")).symlink_to(known)
    assert spelled_as_known(tmp_path / nfc("é"), [known]) == known, "it is the same folder"


@pytest.mark.parametrize(("made", "typed"), [(nfc, nfd), (nfd, nfc)])
def test_the_librarys_folder_may_be_spelled_otherwise(
    tmp_path: Path, made: type, typed: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / made("Bücher")).mkdir()
    monkeypatch.setenv("CLIPSEARCH_LIBRARY", str(tmp_path / typed("Bücher")))
    assert default_library() == tmp_path / made("Bücher")
    with clipsearch.open(tmp_path / typed("Bücher")):
        assert len(list(tmp_path.glob("B*cher"))) == 1
