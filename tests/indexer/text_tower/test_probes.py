"""Tests of indexer.text_tower.probes."""

from __future__ import annotations

from indexer.text_tower.probes import probe_texts


def test_texts_of_all_lengths_and_scripts() -> None:
    texts = probe_texts()
    assert 180 < len(set(texts)) == len(texts) < 200
    lengths = [len(text.split()) for text in texts]
    assert min(lengths) == 1 and max(lengths) > 256, "longer than any context"
    assert any(not text.isascii() for text in texts) and any("&amp;" in text for text in texts)
