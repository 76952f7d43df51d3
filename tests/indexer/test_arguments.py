"""Tests of indexer.arguments; tests/test_api.py tries each argument of the Python API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.arguments import flag, mapping_of, path_of, paths_of, several, shown, texts_of, whole_number
from indexer.errors import InvalidRequest


def test_one_is_a_list_of_one() -> None:
    assert paths_of("/photos", "folders") == paths_of(Path("/photos"), "folders") == [Path("/photos")]
    assert texts_of("cup,car", "classes") == ["cup,car"]
    assert texts_of((letter for letter in "ab"), "classes") == several(["a", "b"], "classes") == ["a", "b"]
    assert paths_of([], "folders") == []


@pytest.mark.parametrize("value", [None, 3, b"x", bytearray(b"x"), {"a": 1}, object, True])
def test_what_is_neither_one_nor_several(value: Any) -> None:
    with pytest.raises(InvalidRequest, match="folders takes a text or path, or several in a list, not "):
        paths_of(value, "folders")


def test_what_names_no_file() -> None:
    with pytest.raises(InvalidRequest, match="for the current folder give"):
        path_of("", "folders")
    with pytest.raises(InvalidRequest, match="NUL"):
        path_of("a\0b", "folders")


def test_flags_and_numbers() -> None:
    assert flag(np.True_, "again") is True and flag(False, "again") is False
    assert whole_number(np.int64(3), "k", 1) == 3
    for value in (0, 2.0, "2", True, None):
        with pytest.raises(InvalidRequest, match="k is a whole number of at least 1"):
            whole_number(value, "k", 1)
    with pytest.raises(InvalidRequest, match="again is True or False, not 1"):
        flag(1, "again")


def test_mappings() -> None:
    assert mapping_of(None, "thresholds") == {} and mapping_of({"cup": 0.5}, "thresholds") == {"cup": 0.5}
    with pytest.raises(InvalidRequest, match="thresholds is a dictionary by class"):
        mapping_of([("cup", 0.5)], "thresholds")  # type: ignore[arg-type]


def test_values_are_shown_on_one_line() -> None:
    assert shown("a\nb") == r"'a\nb'" and "\n" not in shown(np.zeros((3, 3)))
    assert len(shown("x" * 1000)) < 100
