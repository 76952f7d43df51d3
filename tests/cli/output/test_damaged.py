"""Tests of cli.output.damaged."""

from __future__ import annotations

import pytest

from cli.output.damaged import damage_lines, telling_damage
from indexer.damage import note_damage


def test_a_line_for_each_kind_with_what_mends_it() -> None:
    kinds = ("index file", "embedding", "dropped embedding", "text embedding", "picture's metadata", "calibration")
    lines = list(damage_lines({kind: 2 for kind in (*kinds, "spread", "picture", "root")}))
    assert len(lines) == 9 and all(line.endswith(".") for line in lines)
    assert lines[1].startswith("What is stored of 2 pictures is damaged and was left out; the next clipsearch index")
    assert next(damage_lines({"embedding": 1})).startswith("What is stored of 1 picture is damaged and was left out")
    assert not any("embedding" in line for line in lines), "in words of everyday"
    assert list(damage_lines({})) == []


def test_it_is_told_also_when_a_command_fails() -> None:
    told: list[str] = []
    with pytest.raises(ValueError), telling_damage(told.append):
        note_damage("root", [1])
        raise ValueError
    assert told == ["1 root is damaged and was left out; clipsearch check says more and mends what can be mended."]
