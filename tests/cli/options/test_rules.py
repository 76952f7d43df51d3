"""Tests of cli.options.rules: what a root leaves out and takes in."""

from __future__ import annotations

import click
import pytest

from cli.options.rules import changed_rules
from indexer.files.ignore import ScanRules


def test_rules_that_are_not_named_stay() -> None:
    before = ScanRules(("a", "b"), True, False)
    assert changed_rules((), None, None) is None
    for given, after in {
        ((), False, None): ScanRules(("a", "b"), False, False),
        (("c", "c"), None, True): ScanRules(("c",), True, True),
        (("",), None, None): ScanRules((), True, False),
    }.items():
        change = changed_rules(*given)  # type: ignore[arg-type]
        assert change and change(before) == after
    with pytest.raises(click.BadParameter, match=r"not a pattern for --exclude: \["):
        changed_rules(("[",), None, None)
