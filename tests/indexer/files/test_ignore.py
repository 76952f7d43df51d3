"""Tests of indexer.files.ignore."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from indexer.files.ignore import IGNORE_FILE, Ignore, ScanRules, is_out_of_view, is_passed_over
from tests.bounded import run_bounded
from tests.indexer.files.ignoring import ignore, written


def test_a_deeper_file_wins_over_one_further_up(tmp_path: Path) -> None:
    (tmp_path / IGNORE_FILE).write_text("!*.png\n/top.jpg\n")
    both = ignore("*.png", "sub/*.jpg").with_file_in("sub", str(tmp_path), lambda path, reason: pytest.fail(reason))
    assert not both.leaves_out("sub", "a.png", is_folder=False)
    assert both.leaves_out("sub", "a.jpg", is_folder=False), "the outer file goes on holding"
    assert both.leaves_out("sub", "top.jpg", is_folder=False), "an inner file's slash is its own folder"
    assert not both.leaves_out("sub/deeper", "top.jpg", is_folder=False)


def test_a_bad_exclude_is_reported() -> None:
    reports: list[str] = []
    Ignore().with_excludes(["[abc", "ok"], reports.append)
    assert reports == ["not a pattern for --exclude: [abc"]


def test_a_file_by_windows_notepad_is_read(tmp_path: Path) -> None:
    rules, reports = written(tmp_path, b"\xef\xbb\xbf*.png\r\n*.gif\r\n")
    assert reports == []
    assert [rules.leaves_out("", name, is_folder=False) for name in ("a.png", "a.gif", "a.jpg")] == [True, True, False]


@pytest.mark.parametrize(
    ("content", "reason"),
    [("*.png".encode("utf-16"), "not a text file in UTF-8"), (b"*.png\n" * 200_000, "larger than 1 MiB")],
)
def test_what_is_no_text_or_too_large_is_reported_and_not_applied(tmp_path: Path, content: bytes, reason: str) -> None:
    rules, reports = written(tmp_path, content)
    assert reports == [f"{IGNORE_FILE}: {reason}; its patterns are not applied"]
    assert rules == Ignore()


def test_lines_in_another_encoding_match_names_of_the_same_bytes(tmp_path: Path) -> None:
    rules, reports = written(tmp_path, b"caf\xe9.png\n*.gif\n")
    assert len(reports) == 1
    assert "not in UTF-8" in reports[0]
    assert rules.leaves_out("", os.fsdecode(b"caf\xe9.png"), is_folder=False)
    assert rules.leaves_out("", "a.gif", is_folder=False)


def test_an_unreadable_file_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    (tmp_path / IGNORE_FILE).write_text("*.png")
    monkeypatch.setattr(os, "open", denied)
    reports: list[str] = []
    rules = Ignore().with_file_in("", str(tmp_path), lambda _, reason: reports.append(reason))
    assert reports == ["the ignore file can't be read, its patterns are not applied: Permission denied"]
    assert rules == Ignore()


def test_a_pipe_or_a_folder_called_like_an_ignore_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / IGNORE_FILE)
    (tmp_path / "sub" / IGNORE_FILE).mkdir(parents=True)
    reports: list[str] = []
    for folder in ("", "sub"):
        Ignore().with_file_in(folder, str(tmp_path / folder), lambda path, reason: reports.append(reason))
    assert reports == ["not a regular file; its patterns are not applied"] * 2


@pytest.mark.parametrize(
    "name",
    [
        *(".hidden", "._a.jpg", "@eaDir", "#recycle", "$RECYCLE.BIN", "$Recycle.Bin", "System Volume Information"),
        *(".Trash", ".Trash-1000", ".Trashes", "lost+found", "node_modules", "__MACOSX", "Mine Previews.lrdata"),
        *(".thumbnails", ".dtrash", ".stversions", ".@__thumb", "@Recycle", "@Recently-Snapshot", "#snapshot"),
    ],
)
def test_hidden_and_system_names_are_passed_over(name: str) -> None:
    assert is_passed_over(name)
    assert name == ".hidden" or is_out_of_view(f"{name}/a.jpg", "", ScanRules(include_hidden=True))


def test_ordinary_names_are_not_passed_over() -> None:
    assert not any(map(is_passed_over, ("a.jpg", "Trash", "#1", "@home", "Recycled paper", "Mine.photoslibrary")))


def test_what_a_scan_never_sees_is_out_of_view() -> None:
    rules = ScanRules()
    assert is_out_of_view(".hidden/a.jpg", "", rules)
    assert not is_out_of_view(".hidden/a.jpg", "", ScanRules(include_hidden=True))
    assert not is_out_of_view(".hidden/a.jpg", ".hidden", rules), "named by a person"
    assert is_out_of_view(".hidden/a.jpg", ".hidden/a.jpg", rules), "a file is not"
    assert is_out_of_view(".hidden/.more/a.jpg", ".hidden", rules)
    assert not is_out_of_view("private/a.jpg", "", ScanRules(exclude=("private",))), "to be forgotten"


def test_of_a_photos_library_only_the_originals_are_in_view() -> None:
    rules = ScanRules()
    assert not is_out_of_view("My.photoslibrary/originals/0/a.heic", "", rules)
    assert not is_out_of_view("Old.photolibrary/Masters/a.jpg", "My", rules)
    assert is_out_of_view("My.photoslibrary/resources/derivatives/a.jpg", "", rules)
    assert is_out_of_view("My.photoslibrary/resources/a.jpg", "My.photoslibrary", rules)
    assert not is_out_of_view("My.photoslibrary/resources/a.jpg", "My.photoslibrary/resources", rules)


def test_more_wildcards_than_can_be_compared_with_each_name_are_refused(tmp_path: Path) -> None:
    many = b"".join(b"*a*a*a*a*a*a*a*a*%d\n" % number for number in range(350))
    rules, reports = written(tmp_path, many)
    assert reports == []
    inner, outer = tmp_path / "x", rules
    inner.mkdir()
    (inner / IGNORE_FILE).write_bytes(many)
    both = outer.with_file_in("x", str(inner), lambda path, reason: reports.append(reason))
    assert both == outer, "those that hold already go on holding"
    (reason,) = reports
    assert "more than 8,192 characters" in reason and "these are not applied" in reason
    (inner / IGNORE_FILE).write_text("named.jpg\n")
    assert outer.with_file_in("x", str(inner), pytest.fail).leaves_out("x", "named.jpg", is_folder=False)


def test_a_megabyte_of_wildcards_is_refused_before_it_costs_anything(tmp_path: Path) -> None:
    """They were compiled first, which took a quarter of a minute and 900 MB."""
    (tmp_path / IGNORE_FILE).write_bytes(b"*a*a*a*a*a*a*a*a*b\n" * 55_000)
    said = run_bounded(
        f"""
from indexer.files.ignore import Ignore
start = time.process_time()
rules = Ignore().with_file_in("", {str(tmp_path)!r}, lambda path, reason: print(reason))
assert rules == Ignore()
assert time.process_time() - start < 8
""",
        200,
    )
    assert "these are not applied" in said
