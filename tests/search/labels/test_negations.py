"""Classes that say what a picture is not."""

from __future__ import annotations

import pytest

from search.labels.classes import parse_class
from search.labels.make_recipe import make_recipe
from search.labels.negations import is_negative, is_rest


def test_what_is_a_negative_class() -> None:
    assert is_negative(parse_class("not cup")) and is_negative(parse_class("Not a cup"))
    assert not any(is_negative(parse_class(name)) for name in ("nothing", "knot", "not", "note", "not cup=a table"))
    assert is_rest("other") and is_rest("not cup") and not is_rest("cup")


@pytest.mark.parametrize(
    "name", ["no cup", "non-cup", "Without a cup", "anything but cups", "something that is not a cup"]
)
def test_other_negations_than_not_are_told(name: str) -> None:
    notes = make_recipe(["cup", name]).notes
    assert (len(notes) == 1 and 'write "not cup"' in notes[0]) == ("cups" not in name)
    assert not make_recipe(["car", name]).notes and not make_recipe(["cup", f"{name}=a plate"]).notes
