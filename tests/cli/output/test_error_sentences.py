"""Tests of cli.output.error_sentences: what went wrong, and what to do."""

from __future__ import annotations

import sqlite3

from cli.output.error_sentences import sentence
from indexer.errors import LibraryMissing


def test_unforeseen_errors_are_sentences_too() -> None:
    assert "writing to this library" in sentence(sqlite3.OperationalError("database is locked"))
    assert "permissions" in sentence(sqlite3.OperationalError("attempt to write a readonly database"))
    assert "run the same command again" in sentence(sqlite3.IntegrityError("FOREIGN KEY constraint failed"))
    assert "damaged" in sentence(sqlite3.DatabaseError("database disk image is malformed"))
    assert "damaged" not in sentence(sqlite3.OperationalError("disk I/O error"))
    assert "CLIPSEARCH_DEBUG" in sentence(ValueError("what"))
    assert sentence(LibraryMissing("No library.")) == "No library."
    assert "current folder is not there" in sentence(FileNotFoundError(2, "No such file or directory"))
    assert "please report" in sentence(FileNotFoundError(2, "No such file or directory", "x"))
    assert "permission" in sentence(PermissionError(13, "Permission denied", "/nas/x"))
