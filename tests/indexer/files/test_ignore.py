"""Tests of indexer.files.ignore."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from indexer.files.ignore import IGNORE_FILE, Ignore, ScanRules, is_out_of_view, is_passed_over


def ignore(*lines: str) -> Ignore:
    return Ignore().with_excludes(lines, pytest.fail)


def written(folder: Path, content: bytes) -> tuple[Ignore, list[str]]:
    """Return what an ignore file of this content says, and what is reported about it."""
    (folder / IGNORE_FILE).write_bytes(content)
    reports: list[str] = []
    return Ignore().with_file_in(
        "", str(folder), lambda path, reason: reports.append(f"{path.name}: {reason}")
    ), reports


@pytest.mark.parametrize(
    ("pattern", "left_out", "kept"),
    [
        ("*.png", ["a.png", "x/y/a.png"], ["a.jpg", "png"]),
        ("/a.jpg", ["a.jpg"], ["x/a.jpg"]),
        ("x/*.jpg", ["x/a.jpg"], ["x/y/a.jpg", "z/x/a.jpg", "x"]),
        ("x/**/z.jpg", ["x/z.jpg", "x/1/2/z.jpg"], ["z.jpg", "y/x/z.jpg"]),
        ("**/x/z.jpg", ["x/z.jpg", "1/2/x/z.jpg"], ["z.jpg"]),
        ("x/**", ["x/a", "x/b/c"], ["x", "y/x/a"]),
        ("x/***/z.jpg", ["x/1/2/z.jpg"], []),
        ("x/**/z.jpg", ["x/two\nlines/z.jpg"], []),
        ("*", ["a", "x/a"], []),
        ("**", ["a", "x/a"], []),
        ("IMG_?[0-4].jpg", ["IMG_13.jpg"], ["IMG_15.jpg", "IMG_123.jpg"]),
        (r"\!a.jpg", ["!a.jpg"], ["a.jpg"]),
        (r"a\ ", ["a "], ["a"]),
        ("a   ", ["a"], ["a   "]),
        ("#recycled", ["#recycled"], ["recycled"]),
        ("", [], ["a"]),
        ("two\nlines", ["two\nlines"], ["two"]),
        ("b.jpg", [], ["a\nb.jpg"]),
        ("caf\udce9*", ["caf\udce9.jpg"], ["café.jpg"]),
    ],
)
def test_patterns_mean_what_git_says(pattern: str, left_out: list[str], kept: list[str]) -> None:
    rules = ignore(pattern)

    def is_left_out(path: str) -> bool:
        folder, _, name = path.rpartition("/")
        return rules.leaves_out(folder, name, is_folder=False)

    assert [path for path in left_out + kept if is_left_out(path)] == left_out


def test_a_closing_slash_means_folders_only() -> None:
    assert ignore("raw/").leaves_out("a", "raw", is_folder=True)
    assert not ignore("raw/").leaves_out("a", "raw", is_folder=False)
    assert ignore("a/raw/").leaves_out("a", "raw", is_folder=True)


def test_the_last_pattern_that_matches_wins() -> None:
    assert not ignore("*.jpg", "!keep.jpg").leaves_out("", "keep.jpg", is_folder=False)
    assert ignore("!keep.jpg", "*.jpg").leaves_out("", "keep.jpg", is_folder=False)
    assert not ignore("/x/*", "!keep.jpg").leaves_out("x", "keep.jpg", is_folder=False)


def test_taking_a_folder_in_again_does_not_take_in_what_is_in_it() -> None:
    assert ignore("*.jpg", "!x/y").leaves_out("x/y", "a.jpg", is_folder=False)


def test_a_deeper_file_wins_over_one_further_up(tmp_path: Path) -> None:
    (tmp_path / IGNORE_FILE).write_text("!*.png\n/top.jpg\n")
    both = ignore("*.png", "sub/*.jpg").with_file_in("sub", str(tmp_path), lambda path, reason: pytest.fail(reason))
    assert not both.leaves_out("sub", "a.png", is_folder=False)
    assert both.leaves_out("sub", "a.jpg", is_folder=False), "the outer file goes on holding"
    assert both.leaves_out("sub", "top.jpg", is_folder=False), "an inner file's slash is its own folder"
    assert not both.leaves_out("sub/deeper", "top.jpg", is_folder=False)


def test_git_agrees_about_a_whole_tree(tmp_path: Path) -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("needs git")
    ignore_files = {
        "": "*.tmp.jpg\n/private/\n**/drafts\nyear/*/raw/**\n!year/*/raw/keep.jpg\n[!a-y]*.jpg\nfoo**bar.jpg\n",
        "year": "!drafts\n*.jpg\n!/*.jpg\n!best/\n!best/*\n",
        "year/may": "!*.jpg\nbest/x.jpg\n/***/deep\n",
    }
    folders = (
        "",
        "private",
        "year/may/raw",
        "year/may/best",
        "year/may",
        "year/drafts",
        "year",
        "drafts",
        "year/may/a/deep",
    )
    for folder in folders:
        (tmp_path / folder).mkdir(exist_ok=True, parents=True)
    for folder in folders:
        for name in ("x.jpg", "z.jpg", "keep.jpg", "a.tmp.jpg", "foo-bar.jpg", "drafts"):
            if not (tmp_path / folder / name).exists():
                (tmp_path / folder / name).touch()
    for folder, content in ignore_files.items():
        (tmp_path / folder / IGNORE_FILE).write_text(content)
    subprocess.run([git, "init", "--quiet", str(tmp_path)], check=True)
    listing = [git, "-C", str(tmp_path), "ls-files", "-z", "--others", f"--exclude-per-directory={IGNORE_FILE}"]
    seen_by_git = subprocess.run(listing, check=True, capture_output=True, text=True).stdout.split("\0")
    ours = _kept_files(tmp_path, "", Ignore())
    assert ours == {path for path in seen_by_git if path and not path.endswith(IGNORE_FILE)}
    assert len(ours) > 10


def _kept_files(root: Path, folder: str, rules: Ignore) -> set[str]:
    rules = rules.with_file_in(folder, str(root / folder), lambda path, reason: pytest.fail(reason))
    with os.scandir(root / folder) as found:
        entries = [entry for entry in found if not entry.name.startswith(".")]
    kept: set[str] = set()
    for entry in rules.kept(folder, entries):
        path = f"{folder}/{entry.name}" if folder else entry.name
        kept |= _kept_files(root, path, rules) if entry.is_dir() else {path}
    return kept


@pytest.mark.parametrize("line", ["[abc", "a\\", "/", "!", "[z-a]"])
def test_a_bad_pattern_is_named_by_its_line_and_the_others_hold(tmp_path: Path, line: str) -> None:
    rules, reports = written(tmp_path, f"# mine\n\n{line}\n*.png\n".encode())
    assert reports == [f"{IGNORE_FILE}: line 3 is not a pattern: {line}"]
    assert rules.leaves_out("", "a.png", is_folder=False)


def test_a_bad_exclude_is_reported() -> None:
    reports: list[str] = []
    Ignore().with_excludes(["[abc", "ok"], reports.append)
    assert reports == ["not a pattern for --exclude: [abc"]


def test_a_file_by_windows_notepad_is_read(tmp_path: Path) -> None:
    rules, reports = written(tmp_path, b"\xef\xbb\xbf*.png\r\n*.gif\r\n")
    assert reports == []
    assert [rules.leaves_out("", name, is_folder=False) for name in ("a.png", "a.gif", "a.jpg")] == [True, True, False]


@pytest.mark.parametrize("content", ["*.png".encode("utf-16"), b"*.png\n" * 200_000])
def test_what_is_no_text_is_reported_and_not_applied(tmp_path: Path, content: bytes) -> None:
    rules, reports = written(tmp_path, content)
    assert reports == [f"{IGNORE_FILE}: not a text file in UTF-8; its patterns are not applied"]
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
    monkeypatch.setattr(Path, "open", denied)
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
