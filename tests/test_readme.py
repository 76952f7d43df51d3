"""The README's Python example runs as it stands there, with the real built-in model."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, SAMPLES

PICTURES = ("red-envelope.jpg", "cup-white.jpg", "car-red.jpg", "lemons.webp")


def test_the_python_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    examples = re.findall(r"```python\n(.*?)```", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.S)
    assert examples
    (tmp_path / "Photos").mkdir()
    for name in PICTURES:
        shutil.copy(SAMPLES / name, tmp_path / "Photos")
    shutil.copy(SAMPLES / "espresso.jpg", tmp_path / "mug.jpg")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CLIPSEARCH_MODEL", "builtin")
    for example in examples:
        exec(compile(example, "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert "red-envelope.jpg" in lines[0]
    assert any("cup-white.jpg cup" in line for line in lines) and any("car-red.jpg car" in line for line in lines)
