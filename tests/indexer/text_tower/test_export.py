"""Tests of indexer.text_tower.export."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from indexer.models.encoder import Encoder
from indexer.text_tower import tower as text_tower
from indexer.text_tower.export import NotExported, export_tower
from indexer.text_tower.tower import open_tower


def test_no_tower_that_comes_out_differently(tiny: Encoder, monkeypatch: pytest.MonkeyPatch, own_cache: Path) -> None:
    module = tiny.text_module()
    assert module is not None
    monkeypatch.setattr(tiny, "text_module", lambda: replace(module, context=5))
    with pytest.raises(NotExported, match="differently"):
        export_tower(tiny)
    assert list(own_cache.iterdir()) == [] and open_tower(tiny.fingerprint) is None


def test_what_ends_an_export_leaves_nothing(tiny: Encoder, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(text_tower, "write_about", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export_tower(tiny)
    assert list(own_cache.iterdir()) == []
