"""Tests of indexer.files.patterns: they mean what they mean to git."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from indexer.files.ignore import IGNORE_FILE, Ignore
from tests.bounded import grows_linearly, run_bounded
from tests.indexer.files.ignoring import ignore, written


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
        ("K\u00e4fer", ["K\u00e4fer", "Ka\u0308fer", "x/Ka\u0308fer"], ["Kafer", "K\u00e4fers"]),
        ("Ka\u0308fer", ["K\u00e4fer", "Ka\u0308fer"], ["Kafer"]),
        ("/K\u00e4fer/*.jpg", ["Ka\u0308fer/a.jpg", "K\u00e4fer/\u00e9.jpg"], ["Kafer/a.jpg", "x/Ka\u0308fer/a.jpg"]),
        ("Ka\u0308fer/**/\u00e9.jpg", ["K\u00e4fer/x/e\u0301.jpg", "Ka\u0308fer/\u00e9.jpg"], ["K\u00e4fer/e.jpg"]),
        ("K?fer", ["K\u00e4fer", "Ka\u0308fer", "Kafer"], ["Kaafer"]),
        ("[\u00e4\u00f6].jpg", ["a\u0308.jpg", "\u00f6.jpg"], ["a.jpg", "u\u0308.jpg"]),
        ("[!\u00e4].jpg", ["a.jpg", "o\u0308.jpg"], ["a\u0308.jpg", "\u00e4.jpg"]),
        ("*a\u0308*", ["M\u00e4rz.jpg", "Ma\u0308rz"], ["Marz"]),
        ("\u1100\u1161*", ["\uac00.jpg", "\u1100\u1161.jpg"], ["\u1100.jpg"]),
        ("\u212b.jpg", ["\u00c5.jpg", "A\u030a.jpg"], ["A.jpg"]),
    ],
)
def test_patterns_mean_what_git_says(pattern: str, left_out: list[str], kept: list[str]) -> None:
    rules = ignore(pattern)

    def is_left_out(path: str) -> bool:
        folder, _, name = path.rpartition("/")
        return rules.leaves_out(folder, name, is_folder=False)

    assert [path for path in left_out + kept if is_left_out(path)] == left_out
    for path in left_out + kept:  # as a scan asks, all names of a folder at once
        folder, _, name = path.rpartition("/")
        touched = set().union(*(level.touched(f"{folder}/" if folder else "", [name]) for level in rules.levels))
        assert (name in touched) == (path in left_out)


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


def test_literals_and_wildcards_decide_by_their_order() -> None:
    rules = ignore("*.jpg", "!keep.jpg", "x/keep.jpg", "!*/keep.jpg", "x/keep.jpg/", "raw/", "raw")
    assert not rules.leaves_out("", "keep.jpg", is_folder=False)
    assert not rules.leaves_out("x", "keep.jpg", is_folder=False)
    assert rules.leaves_out("x", "keep.jpg", is_folder=True)
    assert rules.leaves_out("", "raw", is_folder=False) and rules.leaves_out("", "raw", is_folder=True)
    again = ignore("raw", "!raw/")
    assert again.leaves_out("", "raw", is_folder=False) and not again.leaves_out("", "raw", is_folder=True)


@pytest.mark.parametrize(
    ("line", "name"), [("a\\ ", "a "), ("a\\\\  ", "a\\"), ("a\\  ", "a "), ("a\t", "a\t"), ("  a", "  a")]
)
def test_blanks_at_the_end_count_only_behind_a_backslash(line: str, name: str) -> None:
    assert ignore(line).leaves_out("", name, is_folder=False)


def test_a_megabyte_of_names_is_looked_up() -> None:
    """The regex of all of them took minutes for a folder of 100,000 files."""
    assert grows_linearly(
        """
from indexer.files.patterns import Level
def look(size):
    level = Level.of([f"IMG_{number}.jpg" for number in range(size)], "", print)
    names = [f"IMG_{number}.jpg" for number in range(size // 2, size // 2 + 100_000)]
    assert len(level.touched("a/", names)) > 5_000
    assert sum(bool(level.verdict("a/", name, False)) for name in names[:10_000]) > 5_000
compare(int, look, 15_000)
"""
    )


@pytest.mark.parametrize("line", ["a" + " " * 500_000 + "b", "\\" * 500_000 + " ", "[" * 4000, "\u0345\u0334" * 2000])
def test_odd_lines_end(line: str) -> None:
    run_bounded(f"from indexer.files.patterns import Level\nLevel.of([{line!r}], '', lambda *_: None)")


def test_many_bad_lines_are_counted(tmp_path: Path) -> None:
    rules, reports = written(tmp_path, b"[abc\n" * 1000 + b"*.png\n")
    assert len(reports) == 11
    assert reports[-1] == f"{IGNORE_FILE}: and 990 more are no patterns"
    assert rules.leaves_out("", "a.png", is_folder=False)


def test_a_line_without_end_is_named_in_short(tmp_path: Path) -> None:
    _, reports = written(tmp_path, b"a" * 5000)
    assert reports == [f"{IGNORE_FILE}: line 1 is longer than 4,096 characters: {'a' * 100}..."]
