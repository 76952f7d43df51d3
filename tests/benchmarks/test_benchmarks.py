"""Every benchmark runs, on a tiny size, and says what it is to say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from platformdirs import user_cache_path

from benchmarks.daily.rclip import VERSION, has_rclip
from tests.benchmarks.smoke import SMOKE
from tests.conftest import REPOSITORY

FOLDER = REPOSITORY / "benchmarks"
RUNNABLE = sorted(path.stem for path in FOLDER.glob("*.py") if '__name__ == "__main__"' in path.read_text("utf-8"))
NUMBER = r"[-+]?[\d,]*\.?\d+"


def rclip_python() -> Path | None:
    """Return an interpreter that has the peer: a named one, or the one of the benchmark's usual work folder."""
    usual = user_cache_path("clipsearch-benchmark") / f"rclip-{VERSION}" / "bin" / "python"
    found = Path(os.environ.get("CLIPSEARCH_RCLIP_PYTHON", usual))
    return found if has_rclip(found) else None


def output_of(name: str, *arguments: str) -> str:
    """Run a benchmark, and return its standard output."""
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    return ended.stdout


def assert_rows(output: str, rows: tuple[str, ...]) -> None:
    """Assert that each row is there, and that no figure is missing or no number."""
    plain = re.sub(r" +", " ", output)
    for row in rows:
        pattern = re.escape(re.sub(r" +", " ", row)).replace(r"\{\}", NUMBER)
        assert re.search(f"^{pattern}", plain, re.MULTILINE), f"no {row!r} in:\n{output}"
    assert not re.search(r"\b(nan|inf)\b", output, re.IGNORECASE), output


def test_every_benchmark_has_a_smoke_test() -> None:
    assert set(RUNNABLE) == {*SMOKE, "gpu"}, "test_gpu.py has that of gpu.py"


@pytest.mark.parametrize("name", SMOKE)
def test_a_tiny_run(name: str, places: dict[str, str]) -> None:
    smoke = SMOKE[name]
    assert_rows(output_of(name, *smoke.arguments.format(**places).split()), smoke.rows)


def test_photos_are_taken_out_of_resource_files(places: dict[str, str], tmp_path: Path) -> None:
    output_of("gcompris", places["rcc"], str(tmp_path))
    found = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*.webp")}
    assert found.keys() == {
        f"{name}/a.webp" for name in ("tools", "explore_farm_animals", "explore_world_animals", "erase")
    }
    assert set(found.values()) == {b"a picture"}


@pytest.mark.skipif(rclip_python() is None, reason=f"rclip {VERSION} is not installed, and tests do not install it")
def test_rclip_takes_part(places: dict[str, str]) -> None:
    arguments = "--work {work} --tiny --files 3 --few 2 --library 4 --repeat 1 --only questions".format(**places)
    output = output_of("indexing", *arguments.split(), "--rclip-python", str(rclip_python()))
    rows = ("`similar FILE`, not in the library", "a new text, 4 pictures")
    assert_rows(output, (f"rclip: rclip {VERSION}", *(f"| {row} | {{}} s | {{}} s | {{}} |" for row in rows)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rclip-python", "/no/python"], "/no/python is no Python 3.13 or 3.12"),
        (["--few", "9", "--files", "9"], "--few must be more than 1 and less than --files"),
        (["--work", "{full}"], "{full} holds other things: give another --work"),
    ],
)
def test_wrong_arguments_are_told(arguments: list[str], message: str, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    command = [sys.executable, "-m", "benchmarks.indexing", *(one.format(full=tmp_path) for one in arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)
    assert ended.returncode in (1, 2) and ended.stderr.endswith(f"{message.format(full=tmp_path)}\n")
