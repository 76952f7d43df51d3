"""Tests of indexer.engine.in_process: threads give the same answers as processes."""

from __future__ import annotations

from pathlib import Path

from indexer.engine.in_process import Threads
from indexer.engine.pool import Pool
from tests.indexer.engine.jobs import TINY, decoded


def test_threads_give_the_same_answers(many: list[Path], photos: Path) -> None:
    (photos / "text.jpg").write_text("no picture")
    paths = [*many, photos / "text.jpg"]
    with Pool(2, 3, TINY) as pool, Threads(3, TINY) as threads:
        assert decoded(pool, paths) == decoded(threads, paths)
