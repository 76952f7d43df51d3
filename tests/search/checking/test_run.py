"""Tests of search.checking.run: what keeps a check or a repair from being done is a finding."""

from __future__ import annotations

import sqlite3

import pytest

import search.checking.run
from indexer.store.store import Store
from search.checking.findings import Finding, Problem, Problems
from search.checking.run import Check, is_sound
from tests.embeddings import clustered, fill, stored_model


def test_what_was_looked_at_is_counted(store: Store) -> None:
    fill(store, stored_model(store), clustered(5, seed=0))
    check = Check(store)
    assert all(finding.state == "note" for finding in check)
    expected = {"roots": 1, "images": 5, "embeddings": 5, "texts": 0, "label_sets": 0, "labels": 0, "corrections": 0}
    assert check.verified == expected


def test_a_step_or_repair_that_fails_stops_no_other(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise OSError("no room")

    def broken(_: Store) -> Problems:
        raise sqlite3.DatabaseError("database disk image is malformed")

    def unrepaired(_: Store) -> Problems:
        yield Problem("labels", "Something is odd.", "It was mended.", fails)

    monkeypatch.setattr(search.checking.run, "integrity_problems", broken)
    monkeypatch.setattr(search.checking.run, "row_problems", unrepaired)
    found = [finding for finding in Check(store) if finding.state != "note"]
    assert [(finding.area, finding.state) for finding in found] == [("database", "remains"), ("labels", "remains")]
    assert "malformed" in found[0].what and found[1].what == "Something is odd. It could not be repaired: no room."


def test_a_library_is_sound_after_repairs() -> None:
    assert is_sound([]) and is_sound([Finding("index", "repaired", ""), Finding("roots", "note", "")])
    assert not is_sound([Finding("index", "can be repaired", "")]) and not is_sound([Finding("index", "remains", "")])
