"""Tests of what is said after files and folders were labelled that are not indexed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.labelling.unindexed import tell_unindexed_steps
from indexer.paths import default_library


@pytest.mark.parametrize("classes", [("--classes-file", "-"), ("--classes-file=-",)])
def test_a_command_that_read_a_pipe_is_not_said_again(
    classes: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    tell_unindexed_steps(["photos", *classes], Path("photos"), default_library())
    told = capsys.readouterr().err
    assert "clipsearch index photos" in told and "--list" not in told
    tell_unindexed_steps(["a.jpg", *classes, "--summary"], None, default_library())
    assert not capsys.readouterr().err
    tell_unindexed_steps(["photos", "--classes", "a,-b"], Path("photos"), default_library())
    assert "clipsearch label photos --classes a,-b --list" in capsys.readouterr().err
