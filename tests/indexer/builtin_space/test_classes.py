"""Tests of indexer.builtin_space.classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.builtin_space.classes import class_texts, kept_classes


def test_class_embeddings_are_kept_and_a_damaged_file_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path))
    rows = np.zeros((1000, 384), np.float32)
    rows[:, 0] = 1
    assert np.array_equal(kept_classes("print", lambda: rows), rows)
    assert np.array_equal(kept_classes("print", lambda: pytest.fail("embedded again")), rows)
    (kept,) = tmp_path.glob("*.bin")
    for damage in (b"", kept.read_bytes()[:-100], kept.read_bytes().replace(b"\x80?", b"\0\0")):
        kept.write_bytes(damage)
        assert np.array_equal(kept_classes("print", lambda: rows), rows)
    content = bytearray(kept.read_bytes())
    content[1000] ^= 1  # hardly changes a length; before, it was not noticed
    kept.write_bytes(content)
    assert np.array_equal(kept_classes("print", lambda: rows), rows)


def test_classes_are_names_with_definitions() -> None:
    texts = class_texts()
    assert len(texts) == 1000
    assert texts[549].startswith("envelope: a flat")
