"""Tests of search.json_text."""

from __future__ import annotations

import json

import pytest

from search.json_text import json_text


def test_what_is_no_number_is_null() -> None:
    """Before: NaN and Infinity, which are no JSON."""
    value = {"a": float("nan"), "b": [1.5, float("inf"), {"c": -float("inf")}], "d": (1, "é"), float("nan"): 1}
    text = json_text(value)
    assert json.loads(text, parse_constant=pytest.fail) == {
        "a": None,
        "b": [1.5, None, {"c": None}],
        "d": [1, "é"],
        "null": 1,
    }


def test_other_values_are_as_json_writes_them() -> None:
    assert json_text({"a": "é", "b": 0.5}) == '{"a": "é", "b": 0.5}'
    assert json_text(["é"], ensure_ascii=True) == '["\\u00e9"]'
    assert json_text([object()], default=lambda _: "x", indent=1) == '[\n "x"\n]'
