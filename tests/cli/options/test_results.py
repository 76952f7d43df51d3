"""Tests of cli.options.results: options for hits that make no sense together."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Invoke


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["-0", "--format", "json"], "-0 writes bare paths"),
        (["--copy-to", "a", "--link-to", "b"], "not both"),
        (["--link-kind", "hard"], "--link-to"),
        (["--numbered"], "--numbered is for"),
        (["--preview"], "this is none"),
        (["--preview", "--format", "json"], "leave --format"),
    ],
)
def test_what_makes_no_sense_is_refused_before_any_work(find: Invoke, arguments: list[str], word: str) -> None:
    result = find([], *arguments)
    assert (result.exit_code, result.stdout) == (2, "") and word in " ".join(result.stderr.split()), result.output
