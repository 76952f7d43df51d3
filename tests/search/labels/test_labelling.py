"""Labeling a library, again and again, and single files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.errors import InvalidRequest
from indexer.store.corrections import correct
from indexer.store.labels import (
    label_sets,
    labels_in,
)
from indexer.store.models import remember_temperature
from indexer.store.store import Store
from search.filters.filters import make_filters
from search.filters.passing import matching_ids
from search.labels.classes import NamedClass
from search.labels.labelling import label_files, label_library
from search.labels.make_recipe import make_recipe
from search.labels.recipe import Recipe
from search.library.info import library_info
from search.library.library import Library
from search.results import LabelledPicture
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.queries import nearest
from tests.search.labels.colours import RED_BLUE, best


def test_labels_are_softmax_over_the_classes_and_stored_with_how_they_were_made(library: Library) -> None:
    done = label_library(library, make_recipe(["red", "blue=the colour blue"], other=False, templates=["{}", "a {}"]))
    found = list(done.pictures())
    assert [(one.path.name, one.best) for one in found] == [
        ("blue.png", "blue"),
        ("red.png", "red"),
        ("lime.png", "red"),
    ]
    expected = np.exp(10) / (np.exp(10) + 1)
    assert found[0].probability == pytest.approx(expected, abs=1e-3)
    assert sum(found[2].probabilities.values()) == pytest.approx(1.0)
    assert found[2].margin == pytest.approx(0.0, abs=1e-3) and found[0].margin > 0.99
    assert (done.fresh, done.known, done.anew, done.counts) == (3, 0, False, {"red": 2, "blue": 1})
    (stored,) = label_sets(library.store)
    assert (stored.name, stored.kind, stored.model, stored.other) == ("red,blue", "softmax", "colour", False)
    assert [(one.name, one.prompts) for one in stored.classes] == [("red", ("red",)), ("blue", ("the colour blue",))]
    assert stored.templates == ("{}", "a {}") and stored.labelled_at
    assert sorted(name for _, name, _ in labels_in(library.store, stored.id)) == ["blue", "red", "red"]


def test_only_what_is_new_or_has_changed_is_labelled_again(
    library: Library, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    label_library(library, RED_BLUE)
    picture("new.png", "blue")
    picture("a/red.png", "blue", (20, 20))
    run(library.store, photos, encoder)
    assert library_info(library.store).labels == 2, "a changed picture has lost its labels"
    done = label_library(library, RED_BLUE)
    assert (done.fresh, done.known, done.counts) == (2, 2, {"blue": 3, "red": 1})
    assert best(done) == {"blue.png": "blue", "red.png": "blue", "lime.png": "red", "new.png": "blue"}
    again = label_library(library, RED_BLUE, again=True)
    assert (again.fresh, again.known, library_info(library.store).labels) == (4, 0, 4)


@pytest.mark.parametrize(
    "recipe",
    [
        make_recipe(["red", "blue=navy"], other=False, multi=False),
        make_recipe(["red", "blue"], other=False, templates=["{}"]),
        make_recipe(["red", "blue"], other=False, threshold=0.9),
        make_recipe([NamedClass("red", ("red",), threshold=0.9), "blue"], other=False),
    ],
)
def test_labels_made_in_another_way_are_dropped(library: Library, photos: Path, recipe: Recipe) -> None:
    label_library(library, RED_BLUE)
    done = label_library(library, recipe, filters=make_filters(folder=photos / "a"))
    assert (done.anew, done.fresh, done.known) == (True, 2, 0)
    assert library_info(library.store).labels == 2, "those that were not asked for have none of the old labels"


def test_another_temperature_makes_the_labels_anew(library: Library) -> None:
    first = next(iter(label_library(library, RED_BLUE).pictures())).probability
    remember_temperature(library.store, library.model, 5.0)
    done = label_library(library, RED_BLUE)
    assert done.anew and next(iter(done.pictures())).probability < first
    assert label_sets(library.store)[0].temperature == 5.0
    assert next(iter(done.pictures())).probability == pytest.approx(1 / (1 + np.exp(-10 / 5)), abs=1e-3)


def test_a_folder_alone_is_labelled_and_the_rest_keeps_its_labels(library: Library, photos: Path) -> None:
    first = label_library(library, RED_BLUE, filters=make_filters(folder=photos / "a"))
    assert (first.fresh, len(list(first.pictures())), first.counts) == (2, 2, {"red": 1, "blue": 1})
    done = label_library(library, RED_BLUE)
    assert (done.fresh, done.known, library_info(library.store).labels) == (1, 2, 3)
    only = label_library(library, RED_BLUE, filters=make_filters(folder=photos / "b"), again=True)
    assert (only.fresh, only.counts, library_info(library.store).labels) == (1, {"red": 1, "blue": 0}, 3)


def test_sets_have_names(library: Library) -> None:
    label_library(library, RED_BLUE)
    label_library(library, RED_BLUE, name="  colours  ")
    label_library(library, make_recipe(["red", "blue"], multi=True))
    assert [one.name for one in label_sets(library.store)] == ["red,blue", "colours", "red,blue (multi)"]
    with pytest.raises(InvalidRequest, match="name of the label set is empty"):
        label_library(library, RED_BLUE, name=" ")


def test_a_query_finds_labels_also_of_what_has_several(store: Store, picture: MakePicture, photos: Path) -> None:
    for name in ("red", "magenta", "lime"):
        picture(f"{name}.png", name)
    encoder = ColourEncoder("siglip", logit_bias=-5.0)
    run(store, photos, encoder)
    library = Library.with_encoder(store, encoder)
    label_library(library, make_recipe(["red", "blue"], multi=True))
    assert {path.name for path in _paths(library, "red")} == {"red.png", "magenta.png"}
    assert {path.name for path in _paths(library, "blue")} == {"magenta.png"}
    assert {path.name for path in _paths(library, "other")} == {"lime.png"}
    with pytest.raises(InvalidRequest, match="blue, other, red"):
        matching_ids(library.store, make_filters(label="green"))


def _paths(library: Library, name: str) -> list[Path]:
    return [hit.path for hit in nearest(library, "red", filters=make_filters(label=name))]


def test_labels_dropped_beyond_the_filters_are_counted(library: Library) -> None:
    label_library(library, RED_BLUE, name="mine")
    one, another = make_recipe(["red", "lime"], other=False), make_filters(types="png", min_size="1x1")
    assert label_library(library, one, name="mine", filters=another).dropped == 0, "all pass"
    none = make_filters(min_size="9mp")
    assert label_library(library, RED_BLUE, name="mine", filters=none).dropped == 3
    assert label_library(library, RED_BLUE, name="mine", filters=none).dropped == 0, "there was nothing left"


def test_named_pictures_are_taken_from_the_library_or_encoded(
    library: Library, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    encoded = encoder.images_encoded
    new = picture("new.png", "lime")
    changed = picture("a/blue.png", "red", (20, 20))
    asked = [photos / "a" / "red.png", new, changed, tmp_path / "gone.png"]
    red, lime, now_red, gone = label_files(library, make_recipe(["red", "blue", "lime"], other=False), asked)
    assert isinstance(red, LabelledPicture) and isinstance(lime, LabelledPicture)
    assert isinstance(now_red, LabelledPicture)
    assert (red.best, lime.best, now_red.best) == ("red", "lime", "red")
    assert encoder.images_encoded == encoded + 2
    assert gone == (tmp_path / "gone.png", "no such file")
    assert not label_sets(library.store), "nothing is stored of named pictures"


def test_a_library_that_can_not_be_written_to_is_labelled_all_the_same(library: Library) -> None:
    library.store.read_only = True
    done = label_library(library, RED_BLUE)
    assert (done.name, done.fresh, done.counts, len(best(done))) == (None, 3, {"red": 2, "blue": 1}, 3)
    assert not label_sets(library.store)


def test_an_empty_library_and_one_that_is_not_complete(
    library: Library, store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    store.db.execute("DELETE FROM embeddings WHERE image = 1")
    done = label_library(library, RED_BLUE)
    assert (done.fresh, done.missing, len(best(done))) == (2, 1, 2)
    store.db.execute("DELETE FROM images")
    none = label_library(library, RED_BLUE)
    assert (none.fresh, none.known, list(none.pictures()), none.counts) == (0, 0, [], {"red": 0, "blue": 0})


def test_what_a_person_said_is_never_judged_and_reads_as_certain(library: Library, photos: Path) -> None:
    label_library(library, RED_BLUE)
    lime = next(id for id, path in library.store.db.execute("SELECT id, path FROM images") if "lime" in path)
    correct(library.store, 1, [lime], ["blue"], "ann")
    for done, fresh in (
        (label_library(library, RED_BLUE), 0),
        (label_library(library, RED_BLUE, again=True), 2),
        (label_library(library, make_recipe(["red", "blue"], other=False, threshold=0.2), name="red,blue"), 2),
        (label_library(library, RED_BLUE, filters=make_filters(folder=photos / "b")), 0),
    ):
        (found,) = [one for one in done.pictures() if one.path.name == "lime.png"]
        assert (found.labels, found.margin, found.said_by) == ((("blue", 1.0),), 1.0, "ann")
        assert (done.fresh, done.said, done.counts["blue"] >= 1) == (fresh, 1, True)
        assert "lime.png" not in {one.path.name for one in done.uncertain(3)}
    assert not label_library(library, RED_BLUE, name="another").said, "other sets know nothing of it"
