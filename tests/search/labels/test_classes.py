"""How classes are written, and lists of them that make no sense."""

from __future__ import annotations

import pytest

from indexer.errors import InvalidRequest
from search.labels.classes import check_classes, named_classes, parse_class, parse_classes
from tests.search.labels.written import written


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("cup,car", {"cup": ("cup",), "car": ("car",)}),
        (" cup ,  sports   car", {"cup": ("cup",), "sports car": ("sports car",)}),
        ('"salt, coarse",pepper', {"salt, coarse": ("salt, coarse",), "pepper": ("pepper",)}),
        ('"12"" ruler",pen', {'12" ruler': ('12" ruler',), "pen": ("pen",)}),
        ("crane=a construction crane|a tower crane", {"crane": ("a construction crane", "a tower crane")}),
        ('"crane=a crane, tall|tower",x', {"crane": ("a crane, tall", "tower"), "x": ("x",)}),
        (r"a\=b,c\|d=e\|f,g\\h", {"a=b": ("a=b",), "c|d": ("e|f",), "g\\h": ("g\\h",)}),
        ("x|y,n=a=b", {"x|y": ("x|y",), "n": ("a=b",)}),
        ("☕,кошка,猫", {"☕": ("☕",), "кошка": ("кошка",), "猫": ("猫",)}),
        ("cafe\u0301", {"café": ("café",)}),
    ],
)
def test_a_list_is_read_as_documented(listed: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert written(parse_classes(listed)) == expected


@pytest.mark.parametrize(
    ("listed", "reason"),
    [("a\nb", "line break"), ('"a', "quote"), ('"a"b', "quote"), ("a=,b", "prompt"), ("a=b|", "prompt")],
)
def test_a_list_that_is_not_well_written(listed: str, reason: str) -> None:
    with pytest.raises(InvalidRequest, match=reason):
        parse_classes(listed)


def test_a_class_named_twice_is_merged_and_named() -> None:
    checked = check_classes(map(parse_class, ["cup", "cup=a mug", "car", "cup=a beaker", "car"]))
    assert written(list(checked.classes)) == {"cup": ("a mug", "a beaker"), "car": ("car",)}
    assert checked.notes == ("Named more than once and merged: cup, car.",)
    assert not check_classes(map(parse_class, ["cup", "car"])).notes


@pytest.mark.parametrize("names", [["cup", "mug=CUP"], ["Cup", "cup"], ["a=x|y", "b=y|x"]])
def test_two_classes_that_say_the_same_are_refused(names: list[str]) -> None:
    with pytest.raises(InvalidRequest, match="have the same prompt"):
        check_classes(map(parse_class, names))


@pytest.mark.parametrize("written", ["red", "red=", "=blue", "red=|", ""])
def test_an_override_without_a_prompt(written: str) -> None:
    with pytest.raises(InvalidRequest, match="NAME=PROMPT"):
        named_classes(["red"], [written])


def test_an_override_is_written_as_the_classes_of_label_are() -> None:
    names = ["a=b", "cafe\u0301", "red"]  # as macOS names a folder "café"
    classes = named_classes(names, [r"a\=b=x \| y|z", "caf\u00e9=bar", "red=one", "red=two"])
    assert [one.name for one in classes] == names
    assert [one.prompts for one in classes] == [("x | y", "z"), ("bar",), ("one", "two")]
    assert named_classes(names)[1].prompts == ("caf\u00e9",), "embedded as the model was trained"


def test_an_override_of_no_class() -> None:
    with pytest.raises(InvalidRequest, match="no class 'grey' here; the classes are red, blue"):
        named_classes(["red", "blue"], ["grey=black"])


def test_names_and_prompts_without_end_are_refused() -> None:
    for written_ in ("a" * 1001, "a=" + "b" * 1001, "\u0345\u0334" * 1_000_000):
        with pytest.raises(InvalidRequest, match="at most 1,000") as refused:
            parse_class(written_)
        assert len(str(refused.value)) < 200
    assert parse_class("a" * 1000).name == "a" * 1000
