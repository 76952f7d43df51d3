"""Tests of indexer.errors."""

from __future__ import annotations

import errno
import inspect

import pytest

from indexer import errors
from indexer.errors import ClipsearchError, InvalidRequest, reason_of


def test_the_tree_that_is_drawn_is_the_real_one() -> None:
    drawn = [line.split() for line in (errors.__doc__ or "").splitlines() if "──" in line]
    names = {word for words in drawn for word in words if hasattr(errors, word)}
    real = {name for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, ClipsearchError)}
    assert names == real - {"ClipsearchError"}


def test_only_a_wrong_request_has_an_exit_code_of_its_own() -> None:
    assert (InvalidRequest.exit_code, ClipsearchError.exit_code, errors.ModelError.exit_code) == (2, 1, 1)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "/a"), "no such file"),
        (PermissionError(errno.EACCES, "Permission denied", "/a"), "no permission to read it"),
        (OSError(errno.EIO, "Input/output error", "/a"), "Input/output error"),
        (OSError("image file is truncated\n(3 bytes)"), "image file is truncated (3 bytes)"),
        (MemoryError(), "too large for the memory of this machine"),
        (ValueError(), "ValueError"),
    ],
)
def test_reasons_are_a_few_words_without_the_path(error: Exception, reason: str) -> None:
    assert reason_of(error) == reason
