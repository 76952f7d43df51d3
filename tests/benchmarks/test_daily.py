"""The parts of the daily benchmark say what they should."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.daily import interpreters
from benchmarks.daily.figures import Figures, limit_row, time_row
from benchmarks.daily.models import SIDE, check, export, load
from benchmarks.daily.new_pictures import rate_rows
from benchmarks.daily.photos import link_all, make_photos, make_tree
from benchmarks.daily.processes import memory, run
from benchmarks.daily.rclip import installed
from tests.indexer.models import tiny  # imports torch and open_clip without their warnings

torch = tiny.torch


def figures(**values: list[float]) -> Figures:
    """Return figures whose names are written with underscores."""
    names = {"ours": "clipsearch, one, s", "theirs": "rclip, one, s"}
    return Figures({names.get(name, name): found for name, found in values.items()})


@pytest.mark.parametrize(("ours", "ratio", "reached"), [([2.0, 9.0, 1.0], 1.0, "yes"), ([2.1], 1.05, "no")])
def test_a_time_is_compared_with_the_share_of_rclips(ours: list[float], ratio: float, reached: str) -> None:
    row = time_row(figures(ours=ours, theirs=[2.0]), "one", "one", 1.0)
    assert (
        str(row) == f"| one | 2.00 s | {sorted(ours)[len(ours) // 2]:.2f} s | {ratio:.2f} | <= 1x rclip's | {reached} |"
    )


def test_without_rclip_its_column_is_empty_and_nothing_is_reached() -> None:
    assert str(time_row(figures(ours=[2.0]), "one", "one", 1.0)).split(" | ")[1:] == [
        "",
        "2.00 s",
        "",
        "<= 1x rclip's",
        " |",
    ]


@pytest.mark.parametrize(("value", "reached"), [(700, True), (701, False)])
def test_a_limit_is_held_or_not(value: float, reached: bool) -> None:
    assert limit_row("memory", value, "MB", 700).reached is reached


def test_the_rate_without_start_up_is_that_of_the_pictures_more() -> None:
    times = {"clipsearch, few, s": 2.0, "clipsearch, many, s": 4.0, "rclip, few, s": 2.0, "rclip, many, s": 6.0}
    found = Figures({name: [value] for name, value in (times | {"bound": 60.0}).items()})
    rate, share = rate_rows(100, found)
    assert (rate.rclip, rate.clipsearch, rate.ratio, rate.reached) == ("25.0", "50.0", 2.0, True)
    assert share.ratio == pytest.approx(50 / 60) and share.reached is False


def test_an_export_of_another_model_is_refused(places: dict[str, str], tmp_path: Path) -> None:
    model, example = load(places["model"]), torch.rand(3, 3, SIDE, SIDE)
    with torch.no_grad():
        export(model.encode_image, example, tmp_path / "visual.onnx")
        with pytest.raises(AssertionError, match=r"visual\.onnx is not the model"):
            check(tmp_path / "visual.onnx", example.numpy(), model.encode_image(1 - example).numpy())


def test_photos_are_made_once_and_look_like_a_phones(tmp_path: Path) -> None:
    first, second = make_photos(tmp_path / "photos", 2, (400, 300))
    before = first.stat().st_mtime_ns, first.read_bytes()
    assert make_photos(tmp_path / "photos", 2, (400, 300)) == [first, second]
    assert (first.stat().st_mtime_ns, first.read_bytes()) == before != (0, second.read_bytes())
    with Image.open(first) as image:
        assert image.size == (400, 300) and image.getexif()[0x0110] == "Benchmark 12"


def test_a_tree_has_copies_and_links_take_the_place_of_links(tmp_path: Path) -> None:
    tree = make_tree(tmp_path / "tree", 5, 2)
    files = sorted(path.read_bytes() for path in tree.rglob("*.jpg"))
    assert len(files) == 5 and len(set(files)) == 2
    paths = sorted(tree.rglob("*.jpg"))
    link_all(paths[:2], tmp_path / "new")
    assert [path.name for path in link_all(paths[2:3], tmp_path / "new").iterdir()] == [paths[2].name]


def test_a_failed_command_is_shown_and_memory_counts_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="no such thing"):
        run([sys.executable, "-c", "raise SystemExit('no such thing')"])
    seen = tmp_path / "seen"

    def looking(pid: int) -> tuple[float, float]:
        pss, rss = memory(pid)
        if min(pss, rss) > 60:
            seen.touch()
        return pss, rss

    monkeypatch.setattr("benchmarks.daily.processes.memory", looking)
    child = (
        "import pathlib, time; kept = bytearray(60_000_000); until = time.monotonic() + 60\n"
        f"while not pathlib.Path({str(seen)!r}).exists() and time.monotonic() < until: time.sleep(0.05)"
    )
    done = run(
        [sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"], True
    )
    assert done.peak_pss > 60 and done.peak_rss > 60


def test_a_python_for_rclip_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}/shims")
    monkeypatch.setattr(sys, "executable", "/no/python")
    script(tmp_path / "shims" / "python3.13", "exit 127")  # as pyenv's do for a version that is not chosen
    assert interpreters.find_python() is None
    assert str(installed(tmp_path, None)).startswith(
        "left out: rclip 4.0.8 needs Python 3.12 or 3.13, and none is here"
    )
    script(tmp_path / ".pyenv" / "versions" / "3.12.4" / "bin" / "python", "echo 3.12")
    assert interpreters.find_python() == tmp_path / ".pyenv" / "versions" / "3.12.4" / "bin" / "python"


def script(path: Path, line: str) -> None:
    """Write a program."""
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
