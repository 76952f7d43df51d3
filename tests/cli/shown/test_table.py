"""Tests of cli.shown.table and columns: aligned, in words, and no path cut or wrapped, however narrow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from cli.shown.columns import Value, column_of
from cli.shown.table import MEASURED, wrapped, write_table

LONG = f"/p/{'a-long-folder/' * 12}\u65e5\u672c\u8a9e.jpg"

Table = Callable[..., list[str]]


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Table:
    """Return what is written of rows at a width."""
    monkeypatch.setenv("HOME", "/home/me")

    def written(rows: Iterable[Mapping[str, Value]], names: Sequence[str], width: int = 80) -> list[str]:
        monkeypatch.setenv("COLUMNS", str(width))
        write_table(rows, names)
        return capsys.readouterr().out.splitlines()

    return written


@pytest.mark.parametrize("width", [1, 40, 80, 200])
def test_paths_come_last_and_whole(table: Table, width: int) -> None:
    rows: list[dict[str, Value]] = [
        {"score": 0.25, "path": Path("/home/me/b.mp4"), "at": 3723.4},
        {"score": -0.5, "path": Path(LONG), "at": None},
    ]
    assert table(rows, ("score", "at", "path"), width) == [
        " Score       At  Path",
        " 0.250  1:02:03  ~/b.mp4",
        f"-0.500           {LONG}",
    ]


def test_sentences_stand_below_where_there_is_no_room(table: Table) -> None:
    reason = "the file ends too early, as if it had been copied while a disk was full"
    rows = [{"failed_at": "2024-01-01T10:00:00", "reason": reason, "path": Path("/p/a.jpg")}]
    names = ("failed_at", "reason", "path")
    beside = table(rows, names, 200)
    assert beside[1] == f"2024-01-01 10:00  {reason}  /p/a.jpg" and len(beside) == 2
    assert beside[0].split() == ["Failed", "Reason", "Path"]
    below = table(rows, names, 40)
    assert below[:2] == ["Failed            Path", "2024-01-01 10:00  /p/a.jpg"]
    assert all(len(line) <= 40 and line.startswith("    ") for line in below[2:])
    assert " ".join(line.strip() for line in below[2:]) == reason


def test_a_last_column_of_sentences_hangs(table: Table) -> None:
    rows: list[dict[str, Value]] = [
        {"id": "3fa9c1", "files": 1200, "action": "copy 1200 pictures to a folder far away"}
    ]
    lines = table(rows, ("id", "files", "action"), 42)
    assert lines[0] == "ID      Files  What was done"
    assert lines[1].startswith("3fa9c1  1,200  copy 1200") and lines[2].startswith(" " * 15)


def test_what_says_nothing_has_no_column(table: Table) -> None:
    rows = [{"pictures": 2, "rules": "-", "path": Path("/p")}]
    assert table(rows, ("pictures", "rules", "path")) == ["Pictures  Path", "       2  /p"]
    assert table([], ("path",)) == []
    two = [rows[0], {"pictures": "", "rules": "", "path": ""}, rows[0]]
    assert table(two, ("pictures", "path"))[2] == ""


def test_wide_letters_and_marks_stay_aligned_and_the_longest_stick_out(table: Table) -> None:
    words = ["\u65e5\u672c", "e\u0301", "x" * 60, "a\nb"]
    rows = [{"class": word, "path": Path("/p")} for word in words]
    lines = table(rows, ("class", "path"), 40)
    assert lines[1:] == [f"\u65e5\u672c{' ' * 22}/p", f"e\u0301{' ' * 25}/p", f"{'x' * 60}  /p", f"a\\nb{' ' * 22}/p"]


def test_a_million_rows_need_no_million_in_memory(table: Table) -> None:
    alive = 0

    class Row(dict[str, Value]):
        def __init__(self) -> None:
            nonlocal alive
            alive += 1
            super().__init__(path=Path("/p"))

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    most = 0

    def rows() -> Iterator[Row]:
        nonlocal most
        for _ in range(MEASURED + 500):
            most = max(most, alive)
            yield Row()

    assert len(table(rows(), ("path",))) == MEASURED + 501
    assert most <= 3


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("score", 0.25, "0.250"),
        ("at", 1.0, "0:01"),
        ("size", 3_140_000, "3.1 MB"),
        ("size", "3.1 MB", "3.1 MB"),
        ("pictures", "12000", "12,000"),
        ("taken_at", "2024-05-18T16:42:07+02:00", "2024-05-18 16:42"),
        ("indexed_at", None, "not completely"),
        ("camera", "x\x1b[2J", r"x\x1b[2J"),
        ("camera", None, ""),
        ("probability_3", 0.5, "0.50"),
    ],
)
def test_values_are_shown_for_people(name: str, value: Value, shown: str) -> None:
    assert column_of(name).shown(value) == shown


def test_headings_are_words() -> None:
    names = ("taken_at", "camera", "score", "class_2", "probability_2", "failed_at")
    assert [column_of(name).heading for name in names] == [
        "Taken",
        "Camera",
        "Score",
        "Class 2",
        "Probability 2",
        "Failed",
    ]


def test_lines_break_between_words() -> None:
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert wrapped("incomprehensibilities a", 5) == ["incomprehensibilities", "a"]
    assert wrapped("", 5) == [""]


def test_addresses_stay_urls_and_are_words_of_a_shell(table: Table) -> None:
    rows: list[dict[str, Value]] = [
        {"score": 0.5, "address": "s3://bucket/photos/a.jpg"},
        {"score": 0.4, "address": "https://host/a b.jpg?x=1&y"},
        {"score": 0.3, "address": "/home/me/c.jpg"},
    ]
    assert table(rows, ("score", "address")) == [
        "Score  Address",
        "0.500  s3://bucket/photos/a.jpg",
        "0.400  'https://host/a b.jpg?x=1&y'",
        "0.300  ~/c.jpg",
    ]
