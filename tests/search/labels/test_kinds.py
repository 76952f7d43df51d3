"""Which prompts are of the kind that a class is."""

from __future__ import annotations

import numpy as np
import pytest

from search.labels.classes import NamedClass, parse_class
from search.labels.kinds import KINDS, members_of, without_narrower
from search.labels.rival_prompts import rival_prompts


@pytest.mark.parametrize(
    ("written", "some", "none"),
    [
        ("animal", ["an owl", "a dog", "an ant"], ["a car", "a person", "a toy"]),
        ("Animals", ["an owl"], ["a car"]),
        ("vehicles", ["a car", "a fire engine"], ["a wheel", "an engine", "a horse"]),
        ("clothes", ["a hat", "shoes"], ["a box"]),
        ("living=an animal|a plant", ["an owl", "a cactus"], ["a house"]),
        ("musical instruments", ["a flute"], ["a hammer"]),
        ("animal=a soft toy", [], ["an owl", "a dog"]),
        ("crane=a tower crane", [], ["a tower"]),
        ("lighthouse", [], ["a tower"]),
    ],
)
def test_members_of_a_kind(written: str, some: list[str], none: list[str]) -> None:
    found = {prompt for prompt, one in zip(rival_prompts(), members_of(parse_class(written)), strict=True) if one}
    assert found >= set(some) and not found & set(none)
    assert bool(found) == bool(some)


def test_a_narrower_kind_takes_its_members_from_the_wider_one() -> None:
    named = ["food", "fruit", "drink", "lighthouse"]
    food, fruit, drink, none = without_narrower(np.stack([members_of(parse_class(name)) for name in named]))
    prompts = np.array(rival_prompts())
    assert {"a cake", "bread"} <= set(prompts[food]) and not (food & (fruit | drink)).any() and not none.any()
    assert {"an apple", "a banana"} <= set(prompts[fruit]) and "tea" in prompts[drink]
    alone = members_of(parse_class("food"))[np.newaxis]
    assert (without_narrower(alone) == alone).all() and without_narrower(np.zeros((2, 9), dtype=bool)).shape == (2, 9)


def test_all_that_kinds_list_is_asked() -> None:
    listed = {" ".join(prompt.split()) for members in KINDS.values() for prompt in members.split(";")}
    assert listed <= set(rival_prompts())


def test_a_class_of_other_script_is_no_kind() -> None:
    assert not members_of(NamedClass("動物", ("動物",))).any()
