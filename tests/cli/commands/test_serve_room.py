"""Tests of clipsearch serve: what is wrong with its surroundings is told before anything is served."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Invoke, one_sentence


def test_a_room_for_thumbnails_that_makes_no_sense(indexed: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIPSEARCH_THUMBNAILS", "lots")
    one_sentence(indexed("serve", "--no-open", "--port", "0"), "CLIPSEARCH_THUMBNAILS", "such as 500MB", code=2)
