"""Tests of clipsearch labels: the label sets, listed, shown, renamed and removed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Invoke, one_sentence
from tests.terminals import on_terminal

CLASSES = ("--classes", "red,blue", "--no-other")
ODD = "T\udce4sse"  # as Python reads a byte that is not UTF-8


def test_label_sets_are_listed_shown_renamed_and_removed(indexed: Invoke) -> None:
    indexed("label", *CLASSES)
    indexed("label", "--classes", "red=a red,lime", "--no-other", "--name", "mine", "--threshold", "0.9")
    rows = [line.split("\t") for line in indexed("labels", "list").stdout.splitlines()]
    assert [(row[0], row[1], row[2], row[4]) for row in rows] == [
        ("softmax", "2", "3", "red,blue"),
        ("softmax", "2", "3", "mine"),
    ]
    shown = indexed("labels", "show", "mine")
    assert [line.split("\t")[:2] for line in shown.stdout.splitlines()] == [["red", "1"], ["lime", "0"], ["other", "2"]]
    assert "a photo of a {}" in shown.stderr and "threshold 0.9" in shown.stderr and "a red" in shown.stdout
    (record,) = json.loads(indexed("labels", "show", "mine", "--format", "json").stdout)
    assert (record["model"], record["classes"][0]["prompts"]) == ("colour", ["a red"])
    one_sentence(indexed("labels", "show"), 'name one: "red,blue", "mine"', code=2)
    one_sentence(indexed("labels", "rename", "mine", "red,blue"), "already", code=2)
    assert 'is now "yours"' in indexed("labels", "rename", "mine", "yours").stderr
    one_sentence(indexed("labels", "remove", "mine"), 'no label set "mine"', code=2)
    assert "Forgot" in indexed("labels", "remove", "yours").stderr
    assert indexed("labels", "list", "--format", "jsonl").stdout.count("\n") == 1
    assert "labels:        3" in indexed("info").stdout
    one_sentence(indexed("labels", "list", "-0"), "no paths", code=2)


def test_a_terminal_says_it_in_words(indexed: Invoke, tmp_path: Path) -> None:
    indexed("label", *CLASSES)
    indexed("label", "--classes", "red,lime", "--multi", "--name", "mine")
    shown, _ = on_terminal(tmp_path / "lib", "labels", "list", columns=120)
    assert "softmax" not in shown
    words = [line.split() for line in shown.splitlines()]
    assert ["red,blue", "draft", "one", "each", "2", "3"] in [line[:6] for line in words]
    assert ["mine", "kept", "several", "2", "3"] in [line[:5] for line in words]
    assert "a draft, one label for each picture" in indexed("labels", "show", "red,blue").stderr
    records = json.loads(indexed("labels", "list", "--format", "json").stdout)
    assert [(one["kind"], one["draft"]) for one in records] == [("softmax", True), ("multi", False)]


@pytest.mark.parametrize(
    "asked",
    [
        ("label", "--classes", "red,blue", "--name", ODD),
        ("label", "--classes", f"red,{ODD}=a blue picture"),
        ("labels", "rename", "red,blue", ODD),
    ],
)
def test_a_name_that_is_no_text_is_refused_in_a_sentence(indexed: Invoke, asked: tuple[str, ...]) -> None:
    assert indexed("label", "--classes", "red,blue").exit_code == 0
    refused = indexed(*asked)
    assert refused.exit_code == 2 and refused.stderr.endswith("not valid UTF-8; check the terminal's encoding.\n")
    assert len(indexed("labels", "list").stdout.splitlines()) == 1
