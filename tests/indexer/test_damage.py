"""Tests of indexer.damage."""

from __future__ import annotations

from indexer.damage import note_damage, noticing


def test_each_thing_counts_once_and_for_the_innermost() -> None:
    note_damage("embedding", [1])  # nobody listens
    with noticing() as outer:
        note_damage("embedding", [1, 2])
        note_damage("embedding", [2, 3])
        note_damage("root", [])
        with noticing() as inner:
            note_damage("root", ["a"])
    assert outer.counts() == {"embedding": 3} and inner.counts() == {"root": 1}
