"""The Python examples of the pages run as they stand there, with the real built-in model."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from tests.docs.pages import PAGES, blocks, name_of

PICTURES = ("red-envelope.jpg", "cup-white.jpg", "car-red.jpg", "lemons.webp")


def test_the_python_examples_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    examples = [(name_of(page), example) for page in PAGES for example in blocks(page, "python")]
    assert "docs/python.md" in dict(examples)
    (tmp_path / "Photos").mkdir()
    for name in PICTURES:
        shutil.copy(SAMPLES / name, tmp_path / "Photos")
    shutil.copy(SAMPLES / "espresso.jpg", tmp_path / "mug.jpg")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CLIPSEARCH_MODEL", "builtin")
    for name, example in examples:
        exec(compile(example, name, "exec"), {})
    lines = capfd.readouterr().out.splitlines()
    assert "red-envelope.jpg" in lines[0]
    assert any("cup-white.jpg cup" in line for line in lines) and any("car-red.jpg car" in line for line in lines)
