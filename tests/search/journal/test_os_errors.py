"""Tests of search.journal.os_errors: what the system's errors mean."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from search.journal.os_errors import DISK_FULL, NO_HARD_LINKS, system_words


def test_a_reason_fits_into_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(OSError) as caught:
        (tmp_path / "gone").read_bytes()
    assert system_words(caught.value) == os.strerror(errno.ENOENT).lower()
    assert system_words(OSError("A message alone")) == "a message alone"


def test_kinds_of_refusal_are_kept_apart() -> None:
    assert errno.ENOSPC in DISK_FULL and {errno.EXDEV, errno.EPERM} <= NO_HARD_LINKS
    assert not DISK_FULL & NO_HARD_LINKS and errno.EEXIST not in NO_HARD_LINKS and errno.EACCES not in NO_HARD_LINKS
