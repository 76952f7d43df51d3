"""Tests of search.corrections.learning: corrected pictures as examples, and whether they help on those held out."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import InvalidRequest
from indexer.store.facts import facts_in
from indexer.store.labels import find_label_set
from indexer.store.store import Store
from search.corrections.accuracy import accuracy_of
from search.corrections.judged_set import JudgedSet
from search.corrections.learning import Lesson, forget_lessons, lesson_from, take_lesson
from search.labels.labelling import label_library
from search.labels.make_recipe import make_recipe
from search.labels.recipe import recipe_again
from search.library.library import Library
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.search.corrections.corrected import ONE_EACH, SEVERAL, labelled, say, say_all, shades


def learnt(library: Library) -> dict[str, int]:
    return {class_.name: len(class_.learnt) for class_ in find_label_set(library.store, "mine").classes}


def test_a_lesson_is_judged_on_pictures_that_were_held_out_and_taken_only_when_asked(
    store: Store, picture: MakePicture, photos: Path
) -> None:
    library = shades(store, picture, photos)
    mine = labelled(library)
    with pytest.raises(InvalidRequest, match='Nothing was said of the classes of "mine"'):
        lesson_from(library, mine)
    say_all(library, mine, last_red=2)
    lesson = lesson_from(library, mine)
    assert (lesson.held_out, lesson.before) == (10, 8) and lesson.after - lesson.before == lesson.better - lesson.worse
    assert {name: len(keys) for name, keys in lesson.learnt.items()} == {"red": 3, "blue": 7}
    assert lesson.after > lesson.before and lesson.helped
    low, high = lesson.interval
    assert low < (lesson.after - lesson.before) / 10 < high
    assert learnt(library) == {"red": 0, "blue": 0}, "nothing is stored by looking"
    facts = facts_in(store, mine.id)
    run_ = take_lesson(library, mine, lesson)
    assert run_.anew and run_.said == 10 and learnt(library) == {"red": 3, "blue": 7}
    assert facts_in(store, mine.id) == facts
    after = accuracy_of(JudgedSet(library, find_label_set(store, "mine")), library)
    assert after.right == lesson.after, "examples are judged as if they were none"


def test_what_was_learnt_is_kept_by_later_runs_and_dropped_when_asked(
    store: Store, picture: MakePicture, photos: Path
) -> None:
    library = shades(store, picture, photos)
    mine = labelled(library)
    say_all(library, mine, last_red=2)
    take_lesson(library, mine, lesson_from(library, mine))
    assert not label_library(library, ONE_EACH, name="mine").anew, "as it was typed the first time"
    assert not label_library(library, recipe_again(find_label_set(store, "mine")), name="mine").anew
    other = label_library(library, make_recipe(["red=crimson", "blue"], other=False), name="mine")
    assert other.anew and learnt(library) == {"red": 3, "blue": 7}
    forget_lessons(library, find_label_set(store, "mine"))
    assert learnt(library) == {"red": 0, "blue": 0} and len(facts_in(store, mine.id)) == 10


def test_the_examples_are_found_by_their_content_after_a_move_and_left_out_when_gone(
    store: Store, picture: MakePicture, photos: Path
) -> None:
    library = shades(store, picture, photos)
    mine = labelled(library)
    say_all(library, mine, last_red=2)
    take_lesson(library, mine, lesson_from(library, mine))
    (photos / "0-0.png").rename(photos / "moved.png")
    (photos / "1-0.png").unlink()
    run(store, photos, ColourEncoder())
    told: list[str] = []
    label_library(library, ONE_EACH, name="mine", tell=told.append)
    assert told == ['1 example of "red" left out, which the library does not have any more.']


@pytest.mark.parametrize("bias", [None, -5.0])
def test_several_labels_and_sigmoid_models_learn_too(
    store: Store, picture: MakePicture, photos: Path, bias: float | None
) -> None:
    library = shades(store, picture, photos, bias)
    mine = labelled(library, SEVERAL)
    say(library, mine, _0="red", _1="red", _4="red+blue", _5="red+blue", _8="blue", _9="blue", _7="other")
    lesson = lesson_from(library, mine)
    assert lesson.held_out == 7 and {name: len(keys) for name, keys in lesson.learnt.items()} == {"red": 4, "blue": 4}
    take_lesson(library, mine, lesson)
    assert learnt(library) == {"red": 4, "blue": 4}


def test_classes_that_only_say_what_is_not_there_learn_nothing(
    store: Store, picture: MakePicture, photos: Path
) -> None:
    library = shades(store, picture, photos)
    mine = labelled(library, make_recipe(["red", "not red"]))
    say(library, mine, _0="red", _9="not red", _8="other")
    assert lesson_from(library, mine).learnt.keys() == {"red"}


def test_few_held_out_pictures_leave_a_wide_interval() -> None:
    few, many = Lesson(10, 5, 7, 2, 0, {}), Lesson(1000, 500, 700, 200, 0, {})
    assert few.interval[0] < 0 < few.interval[1] and many.interval[0] > 0.15
    record = few.record()
    assert (record["before"], record["after"], record["helped"]) == (0.5, 0.7, True)
