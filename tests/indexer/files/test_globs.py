"""Tests of indexer.files.globs: no glob takes longer than names and patterns are long. Meanings: test_patterns.py."""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import count
from pathlib import Path

import pytest

from indexer.files.globs import BadGlob, literal, regex_of
from tests.bounded import grows_linearly, run_bounded


def matches(glob: str, text: str) -> bool:
    return re.fullmatch(regex_of(glob, count()), text, re.DOTALL) is not None


@pytest.mark.parametrize(
    ("glob", "matching", "others"),
    [
        ("*a*a*b", ["aab", "xaxaxb", "abab", "aaab"], ["ab", "aba", "ba"]),
        ("a*b?c*d", ["abxcd", "aabbxcxdd"], ["abcd", "abxc"]),
        ("*ab*ab", ["abab", "xabxab"], ["ab", "aab"]),
        ("**/a*b/**/c/*d", ["ab/c/d", "x/axb/y/z/c/xd", "ab/c/c/c/d"], ["ab/c/x/d", "c/d"]),
        ("**/a/**/a/**/b", ["a/a/b", "x/a/a/a/y/b"], ["a/b", "a/a/bb"]),
        ("[[:alpha:]]*[!0-9]", ["ab", "a1b"], ["a1", "1b"]),
        ("[]-]x", ["]x", "-x"], ["[x"]),
        (r"[\]a]", ["]", "a"], ["\\"]),
        ("x[!a]y/z", ["xby/z"], ["x/y/z"]),
        ("[+-9]/b", ["5/b"], ["//b"]),
    ],
)
def test_meanings(glob: str, matching: list[str], others: list[str]) -> None:
    assert [text for text in matching + others if matches(glob, text)] == matching


@pytest.mark.parametrize("glob", ["[a", "[[:alpha:]", "[[:nonsense:]]", "[z-a]", "a\\", "x/[/]", "["])
def test_what_git_takes_for_no_pattern(glob: str) -> None:
    with pytest.raises(BadGlob):
        regex_of(glob, count())


def test_globs_without_wildcards_have_one_text() -> None:
    assert [literal(glob) for glob in ("a.jpg", r"a\*b", "a/b", r"\!a")] == ["a.jpg", "a*b", "a/b", "!a"]
    assert [literal(glob) for glob in ("a*", "a?", "[a]", r"\\*")] == [None] * 4
    for glob in ("a\\", r"a\/b"):
        with pytest.raises(BadGlob):
            literal(glob)


# Each of these took longer than the universe is old, or the square of the name's length, with the usual translation.
@pytest.mark.parametrize(
    ("glob", "name", "size"),
    [
        ("*a*a*a*a*a*a*a*a*b", "'a' * n", 20_000),
        ("*[a-z]*?*[!b]*a*b", "'a' * n", 20_000),
        ("a*a*a*a*a*a*a*a*/b", "'a' * n + '/c'", 20_000),
        ("**/*a*a*a*/**/*a*a*a*/**/b", "'aaaaaa/' * n", 3_000),
        ("**/a/**/a/**/a/**/a/**/a/**/a/**/b", "'a/' * n + 'c'", 3_000),
        ("*a*/*a*/*a*/*a*/*a*/b", "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/' * n", 3_000),
    ],
)
def test_every_glob_takes_linear_time(glob: str, name: str, size: int) -> None:
    assert grows_linearly(
        f"""
import re
from itertools import count
from indexer.files.globs import regex_of
regex = re.compile(regex_of({glob!r}, count()), re.DOTALL)
compare(lambda n: {name}, lambda text: [regex.fullmatch(text) for _ in range(20)], {size})
"""
    )


def test_long_globs_against_long_names_end() -> None:
    run_bounded(
        """
from indexer.files.patterns import Level
for glob in ("*a" * 2000 + "b", "**/a/" * 800 + "b", "a*" * 2000 + "/b", "?*" * 2000, "*" * 4000 + "b", "[!b]*" * 800):
    level = Level.of([glob], "", print)
    for folder, name in (("", "a" * 255), ("a/" * 2000, "a" * 90), ("a" * 255 + "/", "c")):
        level.touched(folder, [name])
        level.verdict(folder, name, False)
"""
    )


def test_git_agrees_about_odd_globs(tmp_path: Path) -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("needs git")
    subprocess.run([git, "init", "--quiet", str(tmp_path)], check=True)
    globs = [
        "*a*b*",
        "a**b",
        "**a",
        "[]a]b",
        "[!]a]",
        "[a-]*",
        r"\[a]",
        r"[\-a]",
        "[[:digit:]x]?",
        "a*/b*/*c",
        "**/b/**/c",
    ]
    names = ["a", "b", "ab", "aab", "ba", "]b", "-", "x1", "[a]", "ax", "bxc", "abc", "1x", "c"]
    paths = [*names, *(f"{above}/{name}" for above in names for name in names), "a/b/c", "ab/bb/cc", "x/b/y/c"]
    for glob in globs:
        (tmp_path / ".gitignore").write_text(f"/{glob}\n")
        asked = [git, "-C", str(tmp_path), "check-ignore", "--no-index", "-z", "--stdin"]
        given = "\0".join(paths).encode() + b"\0"
        known = subprocess.run(asked, input=given, capture_output=True).stdout.decode().split("\0")
        above = {path: ["/".join(path.split("/")[:end]) for end in range(1, path.count("/") + 2)] for path in paths}
        ours = {path for path in paths if any(matches(f"/{glob}", part) for part in above[path])}
        assert ours == {path for path in known if path}, glob
