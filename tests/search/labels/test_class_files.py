"""Files of classes: text, YAML and JSON."""

from __future__ import annotations

import pytest

from indexer.errors import InvalidRequest
from search.labels.class_files import read_classes
from tests.bounded import grows_linearly
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
        ("c.yaml", b"&a [*a]", "nothing is called \\*a before"),
        ("c.yaml", b"[[[[a]]]]", "nested deeper than 3"),
        ("c.yaml", b"a\n---\nb", "more than one document"),
        ("c.yaml", b"", "neither a list"),
    ],
)
def test_a_file_that_has_no_classes(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(InvalidRequest, match=reason) as raised:
        read_classes(content, name)
    assert "\n" not in str(raised.value)


CUP_AND_CAR = {"cup": ("cup",), "car": ("car",)}
MEANT = {"crane": ("a tower crane", "a crane"), "salt, coarse": ("salt, coarse",)}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("c.txt", "# kitchen\ncup\n#car\n  # indented\ncar\n", CUP_AND_CAR),
        ("c.txt", "#\r\ncup\r\n\r\n# end\r\ncar\r\n", CUP_AND_CAR),
        ("c.txt", "\ufeff# saved by an editor\ncup\ncar", CUP_AND_CAR),
        ("c.txt", "sep=;\r\ncup\r\ncar\r\n", CUP_AND_CAR),
        ("c.txt", "\\#1\nC#\na # b", {"#1": ("#1",), "C#": ("C#",), "a # b": ("a # b",)}),
        ("c", "# from stdin\ncup\ncar\n", CUP_AND_CAR),
        ("c.csv", "cup\ncar\n", CUP_AND_CAR),
        ("c.csv", "cup,car\n", CUP_AND_CAR),
        ("c.CSV", "sep=;\r\ncup;car\r\n", CUP_AND_CAR),
        ("c.csv", "class\r\ncup\r\n\r\n# none\r\ncar\r\n", CUP_AND_CAR),
        ("c.csv", "Name;note\ncup;5\ncar;\n;7\n", CUP_AND_CAR),
        ("c.csv", "sep=;\r\npath;class\r\npics\\a.jpg;cup\r\npics\\b.jpg;car\r\npics\\c.jpg;cup\r\n", CUP_AND_CAR),
        ("c.tsv", "id\tclass\n1\tcup\n2\tcar\n", CUP_AND_CAR),
        ("c.csv", '\ufeffclass,prompts\ncrane,a tower crane|a crane\n"salt, coarse",\n', MEANT),
        ("c.csv", '"sep=,"\nclass,prompt,prompt\ncrane,a tower crane,a crane\n"salt, coarse",,\n', MEANT),
        ("c.csv", 'class\n"two\r\nlines"\n', {"two lines": ("two lines",)}),
        ("c.csv", "", {}),
    ],
)
def test_comments_and_tables(name: str, text: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert written(read_classes(text.encode(), name)) == expected
    if "\ufeff" not in text:
        assert written(read_classes(text.encode("utf-16"), name)) == expected


def test_both_spellings_of_a_class_are_one() -> None:
    (first, second) = read_classes("K\u00e4fer\nKa\u0308fer\n".encode(), "c.txt")
    assert first == second


def test_a_file_that_is_no_list_of_classes_by_its_size() -> None:
    with pytest.raises(InvalidRequest, match=r"c\.txt is larger than 4 MiB"):
        read_classes(b"a" * 5_000_000, "c.txt")


def test_more_prompts_than_a_model_can_embed() -> None:
    aliases = "x: &x [" + "a," * 2000 + "]\n" + "".join(f"{number}: *x\n" for number in range(2000))
    with pytest.raises(InvalidRequest, match=r"c\.yaml has more than 100,000 prompts"):
        read_classes(aliases.encode(), "c.yaml")


@pytest.mark.parametrize("content", [b"[" + b"1" * 100_000 + b"]", b'{"a": 1e999999}', b"[NaN]", b'{"a": -Infinity}'])
def test_numbers_of_any_length_are_no_classes(content: bytes) -> None:
    with pytest.raises(InvalidRequest, match="neither a list"):
        read_classes(content, "c.json")


# Each took the square of its length, or more.
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("c.txt", "b'a=' + b'\\\\x' * n"),
        ("c.txt", "b'\\\\=' * n"),
        ("c.txt", "b' ' * n + b'a'"),
        ("c.txt", "('\\u0345' * n + '\\u0334' * n).encode()"),
        ("c.json", "b'[\"' + b'a' * n + b'\"]'"),
        ("c.json", "b'[' + b'9' * n + b']'"),
        ("c.json", "b'[' * n"),
        ("c.json", "b'{\"a\":' * n"),
        ("c.csv", "b'class' + b',prompt' * n + b'\\n' + b'a\\n' * n"),
        ("c.csv", "b' ' * n + b'\\n' * n + b'x'"),
        ("c.csv", "b'\"' * n"),
        ("c.csv", "b'sep=;' + b',' * n + b'x'"),
        ("c.csv", "b'a;' * n + b'\\na'"),
        ("c.yaml", "b'x: &x [' + b'a,' * n + b']\\n' + b'? [*x]\\n: *x\\n' * n"),
    ],
)
def test_work_grows_with_the_length(name: str, content: str) -> None:
    assert grows_linearly(
        f"""
from indexer.errors import InvalidRequest
from search.labels.class_files import read_classes
def read(content):
    try:
        read_classes(content, {name!r})
    except InvalidRequest as reason:
        assert len(str(reason)) < 400
compare(lambda n: {content}, read, 20_000)
"""
    )
