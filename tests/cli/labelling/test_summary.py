"""Tests of cli.labelling.summary: what a terminal shows of a labelling."""

from __future__ import annotations

from pathlib import Path

from cli.labelling.summary import percent
from tests.cli.conftest import Invoke
from tests.terminals import on_terminal

CLASSES = ("--classes", "red,blue", "--no-other")


def lines_of(shown: str, start: str) -> list[list[str]]:
    """Return the words of the lines that begin with one."""
    return [line.split() for line in shown.splitlines() if line.split()[:1] == [start]]


def test_a_terminal_shows_counts_the_least_certain_and_what_to_do(indexed: Invoke, tmp_path: Path) -> None:
    for arguments in (CLASSES, (*CLASSES, "--summary")):
        shown, code = on_terminal(tmp_path / "lib", "label", *arguments, columns=200)
        assert code == 0
        assert lines_of(shown, "red")[0][:2] == ["red", "2"] and lines_of(shown, "red")[0][-1] == "67%"
        assert lines_of(shown, "blue")[0][:2] == ["blue", "1"] and lines_of(shown, "blue")[0][-1] == "33%"
        assert "\u2588" * 30 in shown and "The least certain:" in shown
        unsure = [line for line in shown.splitlines() if "sub/white.png" in line]
        assert len(unsure) == 1 and unsure[0].split()[:4] == ["red", "0.50", "blue", "0.50"]
        assert "red.png" not in shown, "certain ones are not shown"
        for command in (
            "clipsearch label --classes red,blue --no-other --list ",
            "clipsearch label --classes red,blue --no-other --uncertain 20 ",
            "clipsearch query --label red,blue:red ",
            "clipsearch export-labels --dry-run red,blue ",
            "clipsearch labels keep red,blue ",
        ):
            assert f"\n  {command}" in shown, shown


def test_a_terminal_lists_where_that_is_asked_for(indexed: Invoke, tmp_path: Path) -> None:
    for arguments, count in ((("--list",), 3), (("--top", "1"), 3), (("--uncertain", "2"), 2)):
        shown, _ = on_terminal(tmp_path / "lib", "label", *CLASSES, *arguments, columns=200)
        assert shown.count(".png") == count and "To go on" not in shown
    shown, _ = on_terminal(tmp_path / "lib", "label", *CLASSES, "--format", "jsonl")
    assert shown.count('"probabilities"') == 3


def test_a_second_run_shows_the_same(indexed: Invoke, tmp_path: Path) -> None:
    first, _ = on_terminal(tmp_path / "lib", "label", *CLASSES, "--save")
    again, _ = on_terminal(tmp_path / "lib", "label", *CLASSES)
    assert "nothing is new or changed" in again and "labels keep" not in first + again, "it is no draft"
    assert [lines_of(shown, "red")[0][-1] for shown in (first, again)] == ["67%", "67%"]


def test_nothing_to_sum_up(indexed: Invoke, tmp_path: Path) -> None:
    shown, code = on_terminal(tmp_path / "lib", "label", *CLASSES, "--type", "gif")
    assert code == 0 and "To go on" not in shown and "share" not in shown.lower()


def test_many_classes_narrow_terminals_and_several_labels(indexed: Invoke, tmp_path: Path) -> None:
    many = ",".join(f'"rgb({number},0,0)"' for number in range(200))
    shown, _ = on_terminal(tmp_path / "lib", "label", "--classes", many, columns=40)
    assert "have no picture." in shown and "\u2588" not in shown and "clipsearch labels show" in shown
    assert "--name 'rgb(0,0,0),rgb(1,0,0)" in shown.replace("\n", ""), "200 classes are not said again"
    shown, _ = on_terminal(tmp_path / "lib", "label", *CLASSES[:2], "--multi", "--threshold", "0.1", LC_ALL="C")
    assert lines_of(shown, "red") and "The least certain:" in shown
    one, _ = on_terminal(tmp_path / "lib", "label", "--classes", "red")
    assert lines_of(one, "red")[0][1] in "0123"


def test_shares_are_never_nothing_for_something() -> None:
    assert [percent(count, 1000) for count in (0, 1, 6, 500, 1000)] == ["0%", "<1%", "1%", "50%", "100%"]
