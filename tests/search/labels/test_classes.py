"""Tests of search.labels.classes, class_files, presets and recipe: how classes are written, and what is senseless."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.errors import InvalidRequest
from search.labels.ambiguous_words import MEANINGS, SHOWN
from search.labels.class_files import read_classes
from search.labels.classes import NamedClass, check_classes, parse_class, parse_classes
from search.labels.make_recipe import make_recipe
from search.labels.negations import is_negative, is_rest
from search.labels.presets import PRESETS, preset
from search.labels.recipe import Recipe
from search.texts.template_sets import TEMPLATE_SETS


def written(classes: list[NamedClass]) -> dict[str, tuple[str, ...]]:
    return {one.name: one.prompts for one in classes}


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


def test_what_is_a_negative_class() -> None:
    assert is_negative(parse_class("not cup")) and is_negative(parse_class("Not a cup"))
    assert not any(is_negative(parse_class(name)) for name in ("nothing", "knot", "not", "note", "not cup=a table"))
    assert is_rest("other") and is_rest("not cup") and not is_rest("cup")


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


@pytest.mark.parametrize("name", PRESETS)
def test_presets_can_be_used_as_they_are(name: str) -> None:
    checked = check_classes(preset(name))
    counts = {"imagenet": 1000, "cifar100": 100, "places": 365, "openimages-common": 360, "photo-basics": 38}
    assert (len(checked.classes), checked.notes) == (counts[name], ())
    assert make_recipe(preset(name)).notes == (), "a preset chooses the meaning of each of its words"


def test_presets_choose_a_meaning() -> None:
    prompts = written(preset("imagenet"))
    assert "bird" in prompts["crane (bird)"][0] and "construction" in prompts["crane (machine)"][0]
    assert written(preset("cifar100"))["mouse"] == ("a mouse, the animal",)
    with pytest.raises(InvalidRequest, match="photo-basics"):
        preset("nonsense")


def test_the_classes_of_imagenet_are_those_that_models_are_trained_on() -> None:
    from timm.data import ImageNetInfo

    info = ImageNetInfo()
    firsts = [info.index_to_description(place).split(", ")[0] for place in range(info.num_classes())]
    found = [one.name for one in preset("imagenet")]
    assert len(found) == len(firsts)
    other = [(ours, theirs) for ours, theirs in zip(found, firsts, strict=True) if ours != theirs]
    assert len(other) == 5 and all(ours.startswith(f"{theirs} (") for ours, theirs in other)


def test_presets_need_no_torch() -> None:
    script = "import sys; from search.labels.presets import PRESETS, preset; [preset(name) for name in PRESETS]; "
    subprocess.run([sys.executable, "-c", f"{script}assert not {{'torch', 'timm'}} & set(sys.modules)"], check=True)


def test_who_asks_for_a_word_with_two_meanings_is_told() -> None:
    (note,) = make_recipe(["Crane", "ship"]).notes
    assert '"Crane=a crane bird" or "Crane=a construction crane"' in note
    assert not make_recipe(["crane=a tower crane", "tower crane", "cranes of Hamburg"]).notes
    assert not make_recipe([NamedClass("bat", ("bat",), (Path("bat.jpg"),))]).notes
    assert len(make_recipe(["bass", "bat", "bow", "bulb", "cell"]).notes) == SHOWN


def test_what_a_note_on_meanings_proposes_can_be_used() -> None:
    for line in MEANINGS.strip().splitlines():
        word, _, meanings = line.partition(": ")
        first, second = meanings.split("; ")
        classes = parse_classes(f"{word}={first},other {word}={second}")
        assert [one.prompts for one in classes] == [(first,), (second,)] and not make_recipe(classes).notes


@pytest.mark.parametrize(
    "name", ["no cup", "non-cup", "Without a cup", "anything but cups", "something that is not a cup"]
)
def test_other_negations_than_not_are_told(name: str) -> None:
    notes = make_recipe(["cup", name]).notes
    assert (len(notes) == 1 and 'write "not cup"' in notes[0]) == ("cups" not in name)
    assert not make_recipe(["car", name]).notes and not make_recipe(["cup", f"{name}=a plate"]).notes


def test_a_set_of_templates_goes_by_its_name() -> None:
    assert make_recipe("cup,car", templates="photo7").templates == TEMPLATE_SETS["photo7"]
    assert make_recipe("cup,car", templates="my {}").templates == ("my {}",)
    several = make_recipe("cup,car", templates=["photo7", "my {}", "my {}"]).templates
    assert several == (*TEMPLATE_SETS["photo7"], "my {}")
    with pytest.raises(InvalidRequest, match="no template"):
        make_recipe("cup,car", templates=[])


def test_other_is_the_default_for_few_classes_without_a_negative_one() -> None:
    assert make_recipe(["cup"]).other and make_recipe([f"c{number}" for number in range(20)]).other
    assert not make_recipe([f"c{number}" for number in range(21)]).other
    assert not make_recipe(["cup", "not cup"]).other
    asked = make_recipe([f"c{number}" for number in range(21)] + ["other"], other=None)
    assert asked.other and len(asked.classes) == 21
    assert make_recipe(["cup"], multi=True).threshold == 0.5 and make_recipe(["cup"]).threshold == 0.0


def test_a_text_is_a_list_with_commas_or_one_template() -> None:
    made = make_recipe('cup,"salt, coarse"', templates="a {}")
    assert ([one.name for one in made.classes], made.templates) == (["cup", "salt, coarse"], ("a {}",))


SENSELESS: list[tuple[Callable[[], Recipe], str]] = [
    (lambda: make_recipe([]), "no classes"),
    (lambda: make_recipe(["cup", " "]), "empty"),
    (lambda: make_recipe(["other"]), 'no class besides "other"'),
    (lambda: make_recipe(["cup", "other=a table"]), "another name"),
    (lambda: make_recipe(["cup"], templates=["a photo"]), "{}"),
    (lambda: make_recipe(["not cup"]), '"not cup" needs the class "cup" beside it'),
    (lambda: make_recipe(["mug", "not a cup"]), '"not a cup" needs the class "cup"'),
    (lambda: make_recipe(["cup", "car", "not cup", "not car"]), '"not cup" and "not car" are both .* --multi'),
    (lambda: make_recipe(["cup", "not cup", "other"]), '"not cup" and "other" are both'),
    (lambda: make_recipe(["cup", "not cup"], other=True), '"not cup" and "other" are both'),
    (lambda: make_recipe(["cup"], threshold=1.5), "from 0 to 1, not 1.5"),
    (lambda: make_recipe(["cup"], threshold=float("nan")), "from 0 to 1"),
]


@pytest.mark.parametrize(("make", "reason"), SENSELESS)
def test_senseless_recipes(make: Callable[[], Recipe], reason: str) -> None:
    with pytest.raises(InvalidRequest, match=reason):
        make()


def test_the_default_name_tells_the_classes_and_is_never_that_of_others() -> None:
    assert make_recipe(["cup", "car"]).default_name == "cup,car"
    assert make_recipe(["cup", "car"], multi=True).default_name == "cup,car (multi)"
    many = [f"class {number}" for number in range(100)]
    names = {make_recipe(many).default_name, make_recipe([*many[:-1], "another"]).default_name}
    assert len(names) == 2 and all(name.startswith("class 0,class 1") and len(name) < 90 for name in names)


def test_ten_thousand_classes_are_checked_at_once(tmp_path: Path) -> None:
    names = [f"thing {number}" for number in range(10_000)]
    assert len(make_recipe(read_classes(json.dumps(names).encode(), "c.json")).classes) == 10_000
