"""Files of classes: text, YAML and JSON."""

from __future__ import annotations

import pytest

from indexer.errors import InvalidRequest
from search.labels.class_files import read_classes
from tests.search.labels.written import written

LIST = {"cup": ("cup",), "salt, coarse": ("salt, coarse",)}


MAPPING = {"crane": ("a tower crane", "a crane"), "no": ("no",), "ship": ("a ship",)}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("c.txt", "cup\r\n\n  salt, coarse\n", LIST),
        ("c.txt", "\ufeffcup\nsalt, coarse", LIST),
        ("c", "crane=a tower crane|a crane\nno\nship=a ship", MAPPING),
        ("c.yaml", "- cup\n- salt, coarse\n", LIST),
        ("c.YML", "crane: [a tower crane, a crane]\nno:\nship: a ship\n", MAPPING),
        ("c.json", '["cup", "salt, coarse"]', LIST),
        ("c.json", '{"crane": ["a tower crane", "a crane"], "no": null, "ship": "a ship"}', MAPPING),
        ("c.json", '["a=b|c"]', {"a=b|c": ("a=b|c",)}),
    ],
)
def test_a_file_is_read(name: str, text: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert written(read_classes(text.encode(), name)) == expected


def test_a_file_in_utf_16_is_read_and_a_key_that_stands_twice_is_kept() -> None:
    assert written(read_classes("猫\nché".encode("utf-16"), "c.txt")) == {"猫": ("猫",), "ché": ("ché",)}
    for name, text in (("c.json", '{"a": "x", "a": "y"}'), ("c.yaml", "a: x\na: y")):
        assert [one.prompts for one in read_classes(text.encode(), name)] == [("x",), ("y",)]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("c.txt", b"\x89PNG\r\n\x1a\n\0\0", "c.txt is not UTF-8 text"),
        ("c.txt", b"cup\0car", "c.txt is not text"),
        ("c.json", b"{", "c.json is not valid JSON"),
        ("c.json", b'{"a": {"b": 1}}', "neither a list"),
        ("c.json", b"[1, 2]", "neither a list"),
        ("c.json", b'"cup"', "neither a list"),
        ("c.json", b"[" * 100_000, "not valid JSON"),
        ("c.yaml", b"a: [b", "c.yaml is not valid YAML"),
        ("c.yaml", b"a: {b: c}", "neither a list"),
        ("c.yaml", b"&a [*a]", "neither a list"),
        ("c.yaml", b"", "neither a list"),
    ],
)
def test_a_file_that_has_no_classes(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(InvalidRequest, match=reason) as raised:
        read_classes(content, name)
    assert "\n" not in str(raised.value)
