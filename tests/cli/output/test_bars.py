"""Tests of cli.output.bars: bars that a terminal shows, and nothing else does."""

from __future__ import annotations

import pytest

from cli.output import bars
from search.labels import class_vectors
from tests.cli.conftest import Invoke


def test_a_terminal_shows_how_many_texts_are_embedded(indexed: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_vectors, "TEXTS_AT_ONCE", 1)
    monkeypatch.setattr(bars, "TEXTS_WITHOUT_BAR", 1)
    assert "Encoding texts" not in indexed("label", "--classes", "red,blue", "--no-other").stderr
    monkeypatch.setattr(bars, "is_terminal", lambda _: True)
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich draws on what is no terminal
    assert "Encoding texts" in indexed("label", "--classes", "teal,navy", "--no-other").stderr
    assert "Encoding texts" not in indexed("label", "--classes", "teal,navy", "--no-other").stderr, "all is known"


@pytest.mark.parametrize(("terminal", "length", "shown"), [(True, 3, True), (True, 2, False), (False, 3, False)])
def test_a_bar_of_steps_is_for_many_of_them_on_a_terminal(
    terminal: bool, length: int, shown: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bars, "is_terminal", lambda _: terminal)
    with bars.step_bar("Sheet", length, 3) as step:
        for _ in range(length):
            step()
    assert ("Sheet" in capsys.readouterr().err) == shown
