"""Tests of benchmarks.gpu on the CPU with a tiny model: all of its logic but what only a GPU has."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image

from benchmarks.gpu import PLAN, main, read_rows, table, watched
from benchmarks.gpu_material import Rows, cosines
from benchmarks.gpu_sections import SECTIONS, steady_rate
from indexer.models.preprocess import Preprocess

MEASURED = [
    "fp16, channels_last, eager",
    "bf16, channels_last, eager",
    "fp16, contiguous, eager",
    "bf16, contiguous, eager",
    "fp16, channels_last, eager, batches of 32",
    "encode_images, one thread",
    "encode_images, as the engine calls it",
    "decoding alone (CPU)",
    "end to end (CPU decoding)",
    "decoding and scaling alone (nvJPEG)",
    "end to end (nvJPEG)",
    "fp16, channels_last, torch.compile (default)",
]


def test_all_sections_run_and_only_graphs_need_a_gpu(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work, out = tmp_path / "work", tmp_path / "gpu.md"
    main(["--tiny", "--in-process", "--files", "24", "--work", str(work), "--out", str(out)])
    rows: dict[str, dict[str, Any]] = {row["what"]: row for row in read_rows(work / "rows.jsonl")}
    failed = {what for what, row in rows.items() if "error" in row}
    assert failed == {"fp16, channels_last, CUDA graph", "bf16, channels_last, CUDA graph"}
    assert all(rows[what]["rate"] > 0 for what in MEASURED)
    cosines = {what: row["cosine"] for what, row in rows.items() if "cosine" in row}
    assert len(cosines) >= 10 and min(cosines.values()) > 0.999
    assert min(row["centred"] for row in rows.values() if "centred" in row) > 0.99
    assert rows["end to end (CPU decoding)"]["share"] > 0
    assert rows["end to end (CPU decoding)"]["host"] > 100  # MiB, with its decoders
    assert "tried parts of [8, 4, 4]" in rows["a batch that does not fit"]["note"]
    text = out.read_text()
    assert capsys.readouterr().out.strip() == text.strip()
    assert text.startswith("no GPU; ") and "torch" in text.splitlines()[0]
    assert all(f"| {what} |" in text for what in MEASURED)


def test_what_finds_no_time_is_told(tmp_path: Path) -> None:
    out = tmp_path / "gpu.md"
    main(["--tiny", "--minutes", "0", "--out", str(out)])
    assert out.read_text().count("**failed: skipped: no time is left**") == len(SECTIONS)


def test_the_plan_fits_into_six_minutes_unless_sections_use_up_their_limits() -> None:
    assert {section for section, _, _ in PLAN} == set(SECTIONS)
    assert max(seconds for _, _, seconds in PLAN) <= 90


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now

    perf_counter = monotonic


def test_a_section_that_hangs_is_stopped_with_what_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("benchmarks.gpu.time", clock)
    pids = tmp_path / "pids"
    code = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
open({str(pids)!r}, "w").write(str(child.pid) + "\\n")
time.sleep(3600)
"""

    def tick() -> None:
        if pids.exists() and pids.read_text().endswith("\n"):
            clock.now = 1000.0

    assert watched([sys.executable, "-c", code], 5, tick) == "stopped after 5 s"
    with contextlib.suppress(psutil.NoSuchProcess):  # it may be gone already, or be a zombie where nobody reaps
        child = psutil.Process(int(pids.read_text()))
        for _ in range(600):
            if child.status() == psutil.STATUS_ZOMBIE:
                break
            time.sleep(0.1)
        assert child.status() == psutil.STATUS_ZOMBIE


def test_a_section_that_crashes_says_its_last_words() -> None:
    assert watched([sys.executable, "-c", "import sys; sys.exit('no such card')"], 60, list) == (
        "exit code 1: no such card"
    )
    assert watched([sys.executable, "-c", "import os; os.abort()"], 60, list) == "exit code -6: "
    assert watched([sys.executable, "-c", ""], 60, list) is None


def test_a_part_that_fails_costs_its_row_alone(tmp_path: Path) -> None:
    rows = Rows(tmp_path / "rows", "tower", "tiny")

    def fail() -> None:
        raise ValueError("first line\nsecond line")

    rows.guarded("one", fail)
    rows.guarded("two", lambda: rows.add("two", 12.5, cosine=0.5, note="a | b"))
    with rows.file.open("a") as file:
        file.write('{"what": "cut')  # by a kill
    found = read_rows(rows.file)
    assert [row["what"] for row in found] == ["one", "two"]
    lines = table(found, 3).splitlines()
    assert "**failed: ValueError: first line**" in lines[-2]
    assert lines[-1] == "| tiny | two | 12 |  |  | 0.50000 |  |  |  | a / b |"
    assert {line.count("|") for line in lines[2:]} == {11}
    assert json.loads(rows.file.read_text().splitlines()[1])["rate"] == 12.5


def test_a_rate_leaves_out_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("benchmarks.gpu_sections.time", clock)

    def counts() -> Any:
        clock.now = 50.0
        for _ in range(20):
            clock.now += 0.001
            yield 10

    assert steady_rate(counts()) == pytest.approx(10_000)
    with pytest.raises(ValueError, match="too few"):
        steady_rate(iter([5]))


def test_swapped_channels_show_where_random_models_hide_them() -> None:
    rows = np.random.default_rng(0).standard_normal((8, 16)).astype(np.float32)
    alike = rows * 0.01 + 5
    found = cosines(alike[::-1], alike)
    assert found["cosine"] > 0.999 and found["centred"] < 0.9
    assert min(cosines(alike, alike).values()) > 0.9999


@pytest.mark.parametrize("size", [(640, 480), (480, 641), (257, 256), (1000, 400)])
def test_scaling_on_the_gpu_is_what_the_product_does(size: tuple[int, int]) -> None:
    import torch

    from benchmarks.nvjpeg import fitted

    small = np.random.default_rng(1).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    picture = Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)
    found = fitted(torch.from_numpy(np.array(picture)).permute(2, 0, 1), 64).numpy()
    expected = Preprocess(64, 64)(picture)
    assert found.shape == expected.shape and found.dtype == np.uint8
    assert np.abs(found.astype(int) - expected).mean() < 3
