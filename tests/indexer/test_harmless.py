"""Tests of indexer.harmless: nothing that a terminal obeys or hides is left, and words stay words."""

from __future__ import annotations

import json
import os
import random
import sys
import unicodedata

import pytest

from indexer.harmless import harmless, harmless_lines, spelled_in_json, unmistakable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("a\x00\x07\x08\x7f", r"a\x00\x07\x08\x7f"),
        ("a\rb\nc\td", r"a\rb\nc\td"),
        ("\x9b31m\x85", r"\u009b31m\u0085"),
        ("caf\udce9\udc9b", r"caf\xe9\x9b"),
        ("\ud800", r"\ud800"),
        ("\u202egpj.exe", r"\u202egpj.exe"),
        ("\u2066\u2067\u2068\u2069\u200e\u200f\u061c", r"\u2066\u2067\u2068\u2069\u200e\u200f\u061c"),
        ("\u2028\u2029", r"\u2028\u2029"),
        ("a\u200bb\u2060c\ufeffd\u00ade", r"a\u200bb\u2060c\ufeffd\u00ade"),
        ("a\u200db\u200c", r"a\u200db\u200c"),
        ("a\ufe0f.jpg", r"a\ufe0f.jpg"),
        ("\u3164\u115f\uffa0\u034f", r"\u3164\u115f\uffa0\u034f"),
        ("\ue000\U0010eeee", r"\ue000\U0010eeee"),
        ("\U000e0041\U000e0042", r"\U000e0041\U000e0042"),
        ("\u2764\ufe0f\ufe0f\ufe0e", "\u2764\ufe0f" r"\ufe0f\ufe0e"),
        ("\ufff9a\ufffa\ufffb", r"\ufff9a\ufffa\ufffb"),
    ],
)
def test_what_commands_or_hides_is_spelled_out(text: str, shown: str) -> None:
    assert harmless(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "plain, 100 % [bold] $x$ \\ \\x1b",
        "\u0633\u0644\u0627\u0645 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian with a non-joiner
        "\u05e9\u05dc\u05d5\u05dd \u05d1\u05bc\u05b0",  # Hebrew with points
        "\u0915\u094d\u200d\u0937",  # Hindi with a joiner
        "e\u0301 A\u030a \u1100\u1161\u11a8",  # as macOS spells names
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f\u200d\U0001f525 \U0001f44d\U0001f3fd",
        "1\ufe0f\u20e3 \U0001f1f8\U0001f1ea",
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # Scotland
        "\u845b\U000e0100 \u732b\u3000\u72ac",
        "10.00\u202fAM a\u00a0b",  # as macOS names screenshots
        "\U0001fae9",  # newer than some Pythons
    ],
)
def test_words_and_pictures_stay(text: str) -> None:
    assert harmless(text) == text


def test_once_is_enough_and_nothing_odd_is_left() -> None:
    """Any text: what comes out is printable but for spaces, joiners, selectors, and characters newer than Python."""
    chance = random.Random(7)
    odd = [*range(0x300), *range(0x2000, 0x2070), *range(0xFE00, 0xFE10), *range(0xDC80, 0xDD00), 0x1F468, 0x627, 0x915]
    for _ in range(3000):
        pool = odd if chance.random() < 0.7 else range(sys.maxunicode)
        text = "".join(chr(chance.choice(pool)) for _ in range(chance.randrange(12)))
        shown = harmless(text)
        assert harmless(shown) == shown == harmless_lines(shown)
        for letter in shown:
            category = unicodedata.category(letter)
            assert category not in ("Cc", "Cs", "Co", "Zl", "Zp"), (text, shown)
            assert (
                letter
                not in "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
            )


def test_lines_stay_lines_and_other_ends_of_lines_do_not() -> None:
    assert harmless_lines("a\x1b\nb\r\nc\x0b\x0c\x1c\x85\u2028") == "a\\x1b\nb\\r\nc\\x0b\\x0c\\x1c\\u0085\\u2028"


@pytest.mark.skipif(os.sep == "\\", reason="Windows has backslashes between folders")
def test_two_names_are_never_shown_alike() -> None:
    alike = [
        "\x1b",
        r"\x1b",
        r"\\x1b",
        "\\\x1b",
        "\n",
        r"\n",
        r"\\n",
        "\u202e",
        r"\u202e",
        "\udce9",
        r"\xe9",
        "\x85",
        r"\u0085",
    ]
    alike += [r"\\", "\\\\\x1b", r"\\\x1b", r"\U0001f468", "\U0001f468", "\U0010eeee", r"\U0010eeee", "\\é", "é"]
    assert len({unmistakable(name) for name in alike}) == len(set(alike))
    chance = random.Random(3)
    shown: dict[str, str] = {}
    for _ in range(20_000):
        name = "".join(chance.choice("\\\x1b\nnx1bu00é") for _ in range(chance.randrange(7)))
        assert shown.setdefault(unmistakable(name), name) == name


def test_paths_of_windows_keep_their_backslashes() -> None:
    assert unmistakable("C:\\photos\\xmas\\ééé\\udo") == "C:\\photos\\xmas\\ééé\\udo"


def test_json_means_the_same() -> None:
    record = {"name": "a\x1b\x7f\x9b\u202e\U0010eeee\\x1b\\\x7f\ue000\U000e0041é\U0001f468", "b": ["\n\u2028"]}
    text = harmless_lines(json.dumps(record, ensure_ascii=False, indent=1), spelled_in_json)
    assert json.loads(text) == record
    assert not {"\x7f", "\x9b", "\u202e", "\U0010eeee", "\ue000", "\u2028"} & set(text) and "é" in text


@pytest.mark.parametrize("repeated", ["\\", "\u200d", "\ufe0f", "\U0001f3f4", "\U000e0067", "\x1b", "\n"])
def test_no_text_takes_long(repeated: str) -> None:
    text = repeated * 300_000
    assert len(unmistakable(text)) >= len(text) and len(harmless_lines(text)) >= len(text)
