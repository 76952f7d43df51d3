"""Tests of indexer.indexing.listener."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import InvalidRequest
from indexer.indexing.listener import Listener, SilentListener, check_listener
from indexer.indexing.run import index
from indexer.store.store import Store
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder


class Loading(Listener):
    """Wants to know only one thing."""

    loads = 0

    def loading(self) -> None:
        self.loads += 1


def test_a_listener_may_leave_out_what_it_does_not_want_to_know(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("a.png", "red")
    (photos / "bad.png").write_text("no picture")
    listener = Loading()
    for _ in range(2):
        summary = index(store, [photos], lambda: encoder, listener, workers=0)
        assert not summary.stopped
    assert listener.loads == 1, "the second run had nothing to encode"


def test_a_listener_of_an_older_version_needs_no_new_event() -> None:
    class Older:
        """Has what there was to have."""

        problem = loading = encoding = progress = bottleneck = stopping = print

    check_listener(Older())
    check_listener(SilentListener())
    with pytest.raises(InvalidRequest, match="has the method stopping"):
        check_listener(type("Half", (Older,), {"stopping": None})())
