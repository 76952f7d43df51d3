"""Tests of away: which names are placeholders, which files are marked, and what a scan makes of them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from indexer.errors import UnreachablePicture
from indexer.files import away, scan
from indexer.files.away import is_away, is_marked, stands_for, why_missing
from indexer.files.content import is_unchanged, read_content
from indexer.files.found import Away, found_file
from indexer.files.ignore import ScanRules
from tests.indexer.files.scanning import entries_of, is_file, make

NAMES = ("IMG.jpg", "IMG_0001.HEIC", "two words.png", "Größe.webp", "a.b.c.tif", "IMG.jpg.bak.jpg")
MADE_BY = ("{}.nextcloud", "{}.owncloud", "{}.opencloud", "{}.cloud", ".{}.icloud", "{}.NextCloud", ".{}.iCloud")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("placeholder", MADE_BY)
def test_a_placeholder_stands_for_a_picture(tmp_path: Path, name: str, placeholder: str) -> None:
    made = placeholder.format(name)
    assert stands_for(made) == name
    if made == made.lower() or not made.lower().startswith(name.lower()):
        make(tmp_path, made)
    else:
        make(tmp_path, f"{name}.nextcloud")
    assert entries_of(tmp_path, "", pytest.fail) == [Away(name)]
    make(tmp_path, name)
    assert [entry[0] for entry in entries_of(tmp_path, "", pytest.fail) if is_file(entry)] == [name]
    assert not is_away(tmp_path / name)


@pytest.mark.parametrize(
    "name",
    [
        "IMG.jpg",
        ".IMG.jpg",
        "IMG.jpg.icloud",
        ".icloud",
        "..icloud",
        ".nextcloud",
        "nextcloud",
        "IMG.nextcloud.jpg",
        "",
    ],
)
def test_other_names_are_no_placeholders(name: str) -> None:
    assert stands_for(name) is None


@pytest.mark.parametrize("made", MADE_BY[:5])
def test_nothing_but_a_placeholder_is_away(tmp_path: Path, made: str) -> None:
    assert not is_away(tmp_path / "IMG.jpg")
    make(tmp_path, made.format("IMG.jpg"))
    assert is_away(tmp_path / "IMG.jpg") and is_away(str(tmp_path / "IMG.jpg"))
    assert not is_away(tmp_path / "IMG.jpeg")


def test_why_a_file_is_missing(tmp_path: Path) -> None:
    assert why_missing(tmp_path / "a.jpg") == "no such file"
    make(tmp_path, ".a.jpg.icloud")
    assert "away" in why_missing(tmp_path / "a.jpg")


def test_what_would_be_left_out_is_not_away(tmp_path: Path) -> None:
    make(tmp_path, "notes.txt.nextcloud", ".notes.pdf.icloud", "a.jpg.nextcloud", ".b.jpg.icloud", "sub/.c.jpg.icloud")
    make(tmp_path, ".hidden.jpg.nextcloud", "@eaDir/d.jpg.nextcloud")
    excluded = ScanRules(exclude=("b.*", "/sub/c.jpg"))
    assert entries_of(tmp_path, "", pytest.fail, excluded) == [Away("a.jpg")]
    noise = ScanRules(exclude=("*.nextcloud", "*.icloud"))
    assert entries_of(tmp_path, "", pytest.fail, noise) == [Away("a.jpg"), Away("b.jpg"), Away("sub/c.jpg")]
    hidden = entries_of(tmp_path, "", pytest.fail, ScanRules(include_hidden=True))
    assert hidden == [Away(".hidden.jpg"), Away("a.jpg"), Away("b.jpg"), Away("sub/c.jpg")]


MARKS = [{"st_file_attributes": bit | 0x20} for bit in (0x1000, 0x40000, 0x400000)]  # with FILE_ATTRIBUTE_ARCHIVE
MARKS += [{"st_flags": 0x40000000}, {"st_flags": 0x40000020}]


@pytest.mark.parametrize("marks", MARKS)
def test_marked_files_are_away(marks: dict[str, int]) -> None:
    status: Any = SimpleNamespace(**marks)
    assert is_marked(status)


@pytest.mark.parametrize("marks", [{}, {"st_flags": 0x20}, {"st_file_attributes": 0x20}, {"st_file_attributes": 0x600}])
def test_ordinary_files_are_not(marks: dict[str, int]) -> None:
    status: Any = SimpleNamespace(**marks)
    assert not is_marked(status)


def test_marked_files_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.jpg", "b.jpg", "notes.txt")
    known = found_file("a.jpg", (tmp_path / "a.jpg").stat())
    marked = {(tmp_path / "a.jpg").stat().st_ino}  # as macOS and Windows mark them
    for module in (away, scan):
        monkeypatch.setattr(module, "is_marked", lambda status: status.st_ino in marked)
    monkeypatch.setattr("indexer.files.content.is_marked", lambda status: status.st_ino in marked)
    monkeypatch.setattr(scan, "SHOWS_MARKS", True)
    entries = entries_of(tmp_path, "", pytest.fail)
    assert entries[0] == Away("a.jpg") and [entry[0] for entry in entries if is_file(entry)] == ["b.jpg"]
    assert entries_of(tmp_path, "a.jpg", pytest.fail) == [Away("a.jpg")]
    with pytest.raises(UnreachablePicture, match="away"), read_content(tmp_path, "a.jpg"):
        pass
    (tmp_path / "a.jpg").chmod(0o600)
    assert is_unchanged(tmp_path / "a.jpg", known, None), "only its ctime differs, and its bytes are not here"
