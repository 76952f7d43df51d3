"""Notes on words with two meanings."""

from __future__ import annotations

from pathlib import Path

from search.labels.ambiguous_words import MEANINGS, MOST_NOTES
from search.labels.classes import NamedClass, parse_classes
from search.labels.make_recipe import make_recipe


def test_who_asks_for_a_word_with_two_meanings_is_told() -> None:
    (note,) = make_recipe(["Crane", "ship"]).notes
    assert '"Crane=a crane bird" or "Crane=a construction crane"' in note
    assert not make_recipe(["crane=a tower crane", "tower crane", "cranes of Hamburg"]).notes
    assert not make_recipe([NamedClass("bat", ("bat",), (Path("bat.jpg"),))]).notes
    assert len(make_recipe(["bass", "bat", "bow", "bulb", "cell"]).notes) == MOST_NOTES


def test_what_a_note_on_meanings_proposes_can_be_used() -> None:
    for line in MEANINGS.strip().splitlines():
        word, _, meanings = line.partition(": ")
        first, second = meanings.split("; ")
        classes = parse_classes(f"{word}={first},other {word}={second}")
        assert [one.prompts for one in classes] == [(first,), (second,)] and not make_recipe(classes).notes
