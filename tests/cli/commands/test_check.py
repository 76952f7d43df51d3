"""Tests of clipsearch check: its lines, exit codes, repairs, and what it does to a library it can't write."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import clipsearch as api
from indexer.store.lock import only_writer
from indexer.store.store import Store
from tests.cli.conftest import Invoke, one_sentence


def damage(library: Path, sql: str) -> None:
    with closing(sqlite3.connect(library / "library.db", isolation_level=None)) as db:
        assert db.execute(sql).rowcount


@pytest.fixture
def library(tmp_path: Path, indexed: Invoke) -> Path:
    """The folder of a library of three pictures, that no other user may look into."""
    if os.name == "posix":
        (tmp_path / "lib").chmod(0o700)
    return tmp_path / "lib"


def test_a_sound_library(indexed: Invoke, library: Path) -> None:
    result = indexed("check", "--files")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Nothing is wrong. Checked 1 root, 3 pictures, 3 embeddings" in result.stderr


def test_what_is_derived_is_repaired(indexed: Invoke, library: Path) -> None:
    damage(library, "UPDATE embeddings SET vector = x'00' WHERE image = 1")
    dry = indexed("check", "--dry-run")
    assert dry.exit_code == 1 and dry.stdout.startswith("embeddings\tcan be repaired\t1 embedding is damaged.")
    result = indexed("check")
    assert result.exit_code == 0 and "1 finding: 1 repaired." in result.stderr
    assert result.stdout.startswith("embeddings\trepaired\t1 embedding is damaged. Dropped;")
    again = indexed("check")
    assert (again.exit_code, again.stdout) == (0, "")
    assert "1 encoded" in indexed("index").stderr


def test_what_is_not_derived_is_named(indexed: Invoke, library: Path) -> None:
    (library / "journal").mkdir(exist_ok=True)
    (library / "journal" / "20260101T000000000000-abcdef.jsonl").write_text("null\n")
    result = indexed("check", "--format", "json")
    (finding,) = json.loads(result.stdout)
    assert result.exit_code == 1 and finding["area"] == "journal" and finding["state"] == "remains"
    assert finding["path"].endswith("abcdef.jsonl") and set(finding) == {"area", "state", "what", "path"}
    assert indexed("check", "-0").stdout == f"{library / 'journal' / '20260101T000000000000-abcdef.jsonl'}\0"


def test_a_library_that_is_being_indexed_is_checked_but_not_repaired(indexed: Invoke, library: Path) -> None:
    damage(library, "UPDATE embeddings SET vector = x'00' WHERE image = 1")
    with Store.open(library) as store, only_writer(store):
        result = indexed("check")
    assert result.exit_code == 1 and "could not be repaired" in result.stdout and "is being indexed" in result.stdout
    assert indexed("check").exit_code == 0


def test_there_must_be_a_library(clipsearch: Invoke) -> None:
    one_sentence(clipsearch("check"), "no library")


def test_the_api(indexed: Invoke, library: Path) -> None:
    damage(library, "UPDATE embeddings SET vector = x'00' WHERE image = 1")
    with api.open(library) as opened:
        assert [finding.state for finding in opened.check(repair=False)] == ["can be repaired"]
        assert [finding.state for finding in opened.check()] == ["repaired"]
        assert opened.check(files=True) == []
        with pytest.raises(api.InvalidRequest):
            opened.check(files="yes")  # type: ignore[arg-type]
