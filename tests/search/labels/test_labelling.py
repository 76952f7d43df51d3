"""Tests of search.labels.labelling, judging and label_blocks with the fake model: label sets and probabilities."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from indexer.arrays import member_of
from indexer.errors import InvalidRequest
from indexer.indexing.run import index
from indexer.store.labels import (
    add_labels,
    counts_in,
    find_label_set,
    label_set_named,
    label_sets,
    labelled_images,
    labels_in,
)
from indexer.store.models import remember_model, remember_temperature, switch_to
from indexer.store.store import Store
from search.filters.filters import make_filters
from search.filters.passing import matching_ids
from search.labels import blocks, class_vectors
from search.labels.blocks import label_blocks, rows_for
from search.labels.classes import NamedClass
from search.labels.judge import Judge
from search.labels.labelling import label, label_pictures
from search.labels.make_recipe import make_recipe
from search.labels.reading import Labelling
from search.labels.recipe import Recipe
from search.library.info import library_info
from search.library.library import Library
from search.progress import Watch
from search.query.ask import nearest
from search.results import LabelledPicture
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder, Recorder

RED_BLUE = make_recipe(["red", "blue"], other=False)


def best(done: Labelling) -> dict[str, str]:
    return {one.path.name: one.best for one in done.pictures()}


def test_labels_are_softmax_over_the_classes_and_stored_with_how_they_were_made(library: Library) -> None:
    done = label(library, make_recipe(["red", "blue=the colour blue"], other=False, templates=["{}", "a {}"]))
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
    label(library, RED_BLUE)
    picture("new.png", "blue")
    picture("a/red.png", "blue", (20, 20))
    run(library.store, photos, encoder)
    assert library_info(library.store).labels == 2, "a changed picture has lost its labels"
    done = label(library, RED_BLUE)
    assert (done.fresh, done.known, done.counts) == (2, 2, {"blue": 3, "red": 1})
    assert best(done) == {"blue.png": "blue", "red.png": "blue", "lime.png": "red", "new.png": "blue"}
    again = label(library, RED_BLUE, again=True)
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
    label(library, RED_BLUE)
    done = label(library, recipe, filters=make_filters(folder=photos / "a"))
    assert (done.anew, done.fresh, done.known) == (True, 2, 0)
    assert library_info(library.store).labels == 2, "those that were not asked for have none of the old labels"


def test_another_temperature_makes_the_labels_anew(library: Library) -> None:
    first = next(iter(label(library, RED_BLUE).pictures())).probability
    remember_temperature(library.store, library.model, 5.0)
    done = label(library, RED_BLUE)
    assert done.anew and next(iter(done.pictures())).probability < first
    assert label_sets(library.store)[0].temperature == 5.0
    assert next(iter(done.pictures())).probability == pytest.approx(1 / (1 + np.exp(-10 / 5)), abs=1e-3)


def test_a_folder_alone_is_labelled_and_the_rest_keeps_its_labels(library: Library, photos: Path) -> None:
    first = label(library, RED_BLUE, filters=make_filters(folder=photos / "a"))
    assert (first.fresh, len(list(first.pictures())), first.counts) == (2, 2, {"red": 1, "blue": 1})
    done = label(library, RED_BLUE)
    assert (done.fresh, done.known, library_info(library.store).labels) == (1, 2, 3)
    only = label(library, RED_BLUE, filters=make_filters(folder=photos / "b"), again=True)
    assert (only.fresh, only.counts, library_info(library.store).labels) == (1, {"red": 1, "blue": 0}, 3)


def test_sets_have_names(library: Library) -> None:
    label(library, RED_BLUE)
    label(library, RED_BLUE, name="  colours  ")
    label(library, make_recipe(["red", "blue"], multi=True))
    assert [one.name for one in label_sets(library.store)] == ["red,blue", "colours", "red,blue (multi)"]
    with pytest.raises(InvalidRequest, match="name of the label set is empty"):
        label(library, RED_BLUE, name=" ")


def test_a_query_finds_labels_also_of_what_has_several(store: Store, picture: MakePicture, photos: Path) -> None:
    for name in ("red", "magenta", "lime"):
        picture(f"{name}.png", name)
    encoder = ColourEncoder("siglip", logit_bias=-5.0)
    run(store, photos, encoder)
    library = Library.with_encoder(store, encoder)
    label(library, make_recipe(["red", "blue"], multi=True))
    assert {path.name for path in _paths(library, "red")} == {"red.png", "magenta.png"}
    assert {path.name for path in _paths(library, "blue")} == {"magenta.png"}
    assert {path.name for path in _paths(library, "other")} == {"lime.png"}
    with pytest.raises(InvalidRequest, match="blue, other, red"):
        matching_ids(library.store, make_filters(label="green"))


def _paths(library: Library, name: str) -> list[Path]:
    return [hit.path for hit in nearest(library, "red", filters=make_filters(label=name))]


def test_below_its_threshold_a_picture_is_other(library: Library) -> None:
    done = label(library, make_recipe(["red", "blue"], other=False, threshold=0.9))
    assert best(done) == {"red.png": "red", "blue.png": "blue", "lime.png": "other"}
    (lime,) = [one for one in done.pictures() if one.best == "other"]
    assert lime.probability == pytest.approx(0.5, abs=1e-3), "that the best class is wrong"
    assert done.counts == {"red": 1, "blue": 1, "other": 1}
    own = make_recipe([NamedClass("red", ("red",), threshold=0.99999999), "blue"], other=False)
    assert best(label(library, own))["red.png"] == "other" and best(label(library, own))["blue.png"] == "blue"


def test_sigmoid_models_judge_each_class_alone(store: Store, picture: MakePicture, photos: Path) -> None:
    encoder = ColourEncoder("siglip", logit_bias=-5.0)
    picture("red.png", "red")
    picture("pink.png", "rgb(255,0,255)")
    run(store, photos, encoder)
    library = Library.with_encoder(store, encoder)
    pink, red = label(library, make_recipe(["red", "blue"], other=False)).pictures()
    assert red.probabilities["red"] == pytest.approx(1 / (1 + np.exp(-(10.0 - 5.0))), abs=1e-3)
    assert red.probabilities["blue"] == pytest.approx(1 / (1 + np.exp(5.0)), abs=1e-3)
    several = label(library, make_recipe(["red", "blue", "lime"], multi=True, threshold=0.8)).pictures()
    assert [{name for name, _ in one.labels} for one in several] == [{"red", "blue"}, {"red"}]
    assert pink.probabilities["red"] == pytest.approx(1 / (1 + np.exp(-(10 * 2**-0.5 - 5.0))), abs=1e-2)
    remember_temperature(store, library.model, 2.0)
    cooled = list(label(library, make_recipe(["red", "blue"], other=False)).pictures())[1]
    assert cooled.probabilities["red"] == pytest.approx(1 / (1 + np.exp(-(10.0 - 5.0) / 2)), abs=1e-3)


def test_one_class_alone_is_refused(library: Library) -> None:
    with pytest.raises(InvalidRequest, match="One class alone"):
        label(library, make_recipe(["red"], other=False))
    assert not label_sets(library.store)


def test_the_mean_over_prompts_and_templates_is_what_a_class_is(library: Library, encoder: ColourEncoder) -> None:
    recipe = make_recipe(["warm=red|yellow", "cold=blue"], other=False, templates=["{}", "a bright {}"])
    warm = next(one for one in label(library, recipe).pictures() if one.path.name == "lime.png").probabilities["warm"]
    red, yellow = np.array([1, 0, 0]), np.array([1, 1, 0]) / 2**0.5
    mean = (red + yellow) / np.linalg.norm(red + yellow)
    assert warm == pytest.approx(1 / (1 + np.exp(-10 * mean[1])), abs=1e-3)
    texts = list(encoder.texts_encoded)
    label(library, recipe, again=True)
    assert encoder.texts_encoded == texts, "a text seen before needs no model"


def test_it_is_told_how_many_texts_are_embedded_and_a_stopped_run_keeps_them(
    library: Library, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_vectors, "TEXTS_AT_ONCE", 4)
    recipe = make_recipe(["red", "lime", "blue", "navy", "gray=gray|teal"], other=False, templates=["{}", "a {}"])
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        label(library, recipe, watch=Watch(stop))
    assert told == [(0, 12), (4, 12)] and encoder.texts_encoded == ["red", "a red", "lime", "a lime"]
    told.clear()
    label(library, recipe, watch=Watch(lambda done, total: told.append((done, total))))
    assert told == [(4, 12), (8, 12), (12, 12)] and len(encoder.texts_encoded) == 12
    told.clear()
    label(library, recipe, watch=Watch(lambda done, total: told.append((done, total))))
    assert told == [(12, 12)], "a text seen before needs no model"


def test_labels_dropped_beyond_the_filters_are_counted(library: Library) -> None:
    label(library, RED_BLUE, name="mine")
    one, another = make_recipe(["red", "lime"], other=False), make_filters(types="png", min_size="1x1")
    assert label(library, one, name="mine", filters=another).dropped == 0, "all pass"
    none = make_filters(min_size="9mp")
    assert label(library, RED_BLUE, name="mine", filters=none).dropped == 3
    assert label(library, RED_BLUE, name="mine", filters=none).dropped == 0, "there was nothing left"


def test_it_is_told_how_many_pictures_are_judged_and_stored(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "STORED_AT_ONCE", 2)
    monkeypatch.setattr(blocks, "MOST_ROWS", 2)
    monkeypatch.setattr(blocks, "FEWEST_ROWS", 2)
    told: list[tuple[str, int, int]] = []
    watch = Watch(judged=lambda *two: told.append(("judged", *two)), stored=lambda *two: told.append(("stored", *two)))
    label(library, RED_BLUE, watch=watch)
    assert told == [("judged", 2, 3), ("judged", 3, 3), ("judged", 3, 3), ("stored", 2, 3), ("stored", 3, 3)]
    told.clear()
    label(library, RED_BLUE, watch=watch)
    assert told == [("judged", 0, 0)]
    label(library, RED_BLUE, watch=watch, filters=make_filters(types="png"), again=True)
    assert told[1] == ("judged", 2, 3), "labels elsewhere change nothing"


def test_named_pictures_are_taken_from_the_library_or_encoded(
    library: Library, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    encoded = encoder.images_encoded
    new = picture("new.png", "lime")
    changed = picture("a/blue.png", "red", (20, 20))
    asked = [photos / "a" / "red.png", new, changed, tmp_path / "gone.png"]
    red, lime, now_red, gone = label_pictures(library, make_recipe(["red", "blue", "lime"], other=False), asked)
    assert isinstance(red, LabelledPicture) and isinstance(lime, LabelledPicture)
    assert isinstance(now_red, LabelledPicture)
    assert (red.best, lime.best, now_red.best) == ("red", "lime", "red")
    assert encoder.images_encoded == encoded + 2
    assert gone == (tmp_path / "gone.png", "no such file")
    assert not label_sets(library.store), "nothing is stored of named pictures"


def test_examples_say_what_a_class_is_and_are_not_encoded_again(
    library: Library, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    encoded = encoder.images_encoded
    known = photos / "b" / "lime.png"
    mine = NamedClass("mine", ("magenta",), (known,))  # the text says something else
    done = label(library, make_recipe(["red", "blue", mine], other=False))
    assert best(done)["lime.png"] == "mine" and encoder.images_encoded == encoded
    text = label(library, make_recipe(["red", "blue", "mine=magenta"], other=False), name="text")
    assert [
        next(found for found in one.pictures() if found.path == known).probabilities["mine"] for one in (done, text)
    ] == [
        pytest.approx(1.0, abs=1e-3),
        pytest.approx(1 / 3, abs=1e-3),
    ]
    assert label_sets(library.store)[0].classes[2].examples == 1
    told: list[str] = []
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    label(library, make_recipe(["red", NamedClass("x", ("magenta",), (broken, known))], other=False), tell=told.append)
    assert len(told) == 1 and "broken.png" in told[0]
    with pytest.raises(InvalidRequest, match=r'None of the examples of "x" can be read'):
        label(library, make_recipe(["red", NamedClass("x", ("magenta",), (broken,))]))


def test_the_least_certain_come_first(library: Library) -> None:
    done = label(library, RED_BLUE)
    assert next(iter(done.uncertain(1))).path.name == "lime.png"
    margins = [one.margin for one in done.uncertain(10)]
    assert len(margins) == 3 and margins == sorted(margins)


def test_only_the_best_classes_are_told(library: Library) -> None:
    recipe = make_recipe(["red", "blue", "lime"], other=False)
    found = list(label(library, recipe).pictures(top=2))
    assert [next(iter(one.probabilities)) for one in found] == ["blue", "red", "lime"]
    assert all(len(one.probabilities) == 2 for one in found)


def test_many_classes_are_judged_in_blocks(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "CELLS", 20_000)
    assert (rows_for(10_000), rows_for(2)) == (256, 10_000)
    monkeypatch.setattr(blocks, "FEWEST_ROWS", 1)
    names = [f"{number} red" for number in range(9_998)] + ["blue", "lime"]
    done = label(library, make_recipe(names), name="many")
    assert {name: found for name, found in best(done).items() if "red" not in name} == {
        "blue.png": "blue",
        "lime.png": "lime",
    }
    assert done.counts["blue"] == done.counts["lime"] == 1


def test_blocks_equal_the_exact_product(library: Library) -> None:
    random = np.random.default_rng(0)
    texts = random.normal(size=(7, 3)).astype(np.float32)
    found = {
        int(key): row
        for ids, rows in label_blocks(library.index, lambda rows: rows @ texts.T, 7)
        for key, row in zip(ids, rows, strict=True)
    }
    ids, vectors = library.index.vectors([1, 2, 3])
    assert np.allclose([found[int(key)] for key in ids], vectors @ texts.T, atol=1e-6)
    some = list(label_blocks(library.index, len, 7, lambda ids: ids == 2))
    assert [(ids.tolist(), count) for ids, count in some] == [([2], 1)]


def test_membership() -> None:
    ids = np.array([5, 1, 9, 2])
    assert member_of(ids, np.array([2, 5, 7])).tolist() == [True, False, False, True]
    assert not member_of(ids, np.array([], np.int64)).any()


def test_a_library_that_can_not_be_written_to_is_labelled_all_the_same(library: Library) -> None:
    library.store.read_only = True
    done = label(library, RED_BLUE)
    assert (done.name, done.fresh, done.counts, len(best(done))) == (None, 3, {"red": 2, "blue": 1}, 3)
    assert not label_sets(library.store)


def test_an_empty_library_and_one_that_is_not_complete(
    library: Library, store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    store.db.execute("DELETE FROM embeddings WHERE image = 1")
    done = label(library, RED_BLUE)
    assert (done.fresh, done.missing, len(best(done))) == (2, 1, 2)
    store.db.execute("DELETE FROM images")
    none = label(library, RED_BLUE)
    assert (none.fresh, none.known, list(none.pictures()), none.counts) == (0, 0, [], {"red": 0, "blue": 0})


def test_labels_stopped_in_the_middle_are_finished_by_the_next_run(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "STORED_AT_ONCE", 1)
    stored: list[int] = []

    def stop(*arguments: object) -> None:
        if stored:
            raise KeyboardInterrupt
        stored.append(1)
        add_labels(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(blocks, "add_labels", stop)
        label(library, RED_BLUE)
    assert library_info(library.store).labels == 1
    done = label(library, RED_BLUE)
    assert (done.fresh, done.known, library_info(library.store).labels) == (2, 1, 3)


def test_a_picture_or_set_forgotten_meanwhile_spoils_no_labels(library: Library) -> None:
    label(library, RED_BLUE)
    (stored,) = label_sets(library.store)
    add_labels(library.store, stored.id, [1, 999], [(1, "red", 0.9), (999, "blue", 0.8)])
    add_labels(library.store, 77, [1], [(1, "red", 0.9)])
    assert library_info(library.store).labels == 3


def test_another_model_takes_its_label_sets_along(library: Library, store: Store, photos: Path) -> None:
    label(library, RED_BLUE)
    new = ColourEncoder("new")
    index(store, [photos], lambda: new, Recorder(), workers=0)
    switch_to(store, remember_model(store, new))
    assert not label_sets(store) and not store.db.execute("SELECT count(*) FROM labels").fetchone()[0]


def test_counts_and_names(library: Library) -> None:
    label(library, RED_BLUE, name="colours")
    found = label_set_named(library.store, "colours")
    assert found is not None and find_label_set(library.store, None) == found
    assert {name: count for name, (count, _) in counts_in(library.store, found.id).items()} == {"red": 2, "blue": 1}
    assert labelled_images(library.store, found.id).tolist() == [1, 2, 3]


def test_the_judge_of_a_negative_class_models_the_rest(library: Library) -> None:
    judge = Judge(library, make_recipe(["red", "not red", "blue"]))
    assert judge.columns == ("red", "not red", "blue")
    found = judge.probabilities(np.eye(3, dtype=np.float32))
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5) and found[0, 0] > found[2, 0]


@pytest.mark.parametrize("bias", [None, -5.0])
def test_several_negative_classes_are_each_what_their_own_opposite_leaves(
    store: Store, picture: MakePicture, photos: Path, bias: float | None
) -> None:
    encoder = ColourEncoder("some", bias)
    picture("red.png", "red")
    run(store, photos, encoder)
    judge = Judge(Library.with_encoder(store, encoder), make_recipe(["not lime", "Red", "not a red"], multi=True))
    assert judge.columns == ("not lime", "Red", "not a red")
    not_lime, red, not_red = judge.probabilities(np.eye(3, dtype=np.float32)[:1])[0]
    assert not_red == pytest.approx(1 - red) and not_lime > not_red, "a thing that is red is not lime"
    judge = Judge(Library.with_encoder(store, encoder), make_recipe(["not lime"], multi=True))
    assert judge.columns == ("not lime",) and judge.probabilities(np.eye(3, dtype=np.float32)).shape == (3, 1)


# -- libraries of older versions -------------------------------------------------------------------------


def test_label_sets_of_older_versions_get_names(tmp_path: Path) -> None:
    import sqlite_utils

    from indexer.store import migrations

    taken = sqlite_utils.Migrations(migrations.SET)
    for name in sorted(migrations.step_names()):
        if name < "m012":
            taken()(migrations._steps[name])
    db = sqlite_utils.Database(tmp_path / "library.db")
    db.execute("PRAGMA foreign_keys = ON")
    taken.apply(db)
    db.execute(
        "INSERT INTO models (id, name, fingerprint, dim, logit_scale, active, added_at)"
        " VALUES (1, 'm', 'f', 3, 1, 1, '')"
    )
    db.execute("INSERT INTO roots (id, path, added_at) VALUES (1, '/photos', '')")
    db.execute(
        "INSERT INTO images (id, root, path, size, mtime_ns, width, height, format, indexed_at)"
        " VALUES (1, 1, 'a.png', 1, 1, 1, 1, 'PNG', '')"
    )
    for key, template in ((1, "a {}"), (2, "{}")):
        db.execute(
            "INSERT INTO label_sets VALUES (?, 1, ?, ?, '2024')", [key, json.dumps(["cup", "salt, coarse"]), template]
        )
        db.execute("INSERT INTO labels VALUES (?, 1, 'cup', 0.75)", [key])
    db.conn.commit()
    db.close()
    with Store.open(tmp_path) as store:
        first, second = label_sets(store)
        assert (first.name, second.name) == ("cup,salt, coarse", "cup,salt, coarse (2)")
        assert (first.class_names, first.templates, second.templates) == (("cup", "salt, coarse"), ("a {}",), ("{}",))
        assert [list(labels_in(store, one.id)) for one in (first, second)] == [[(1, "cup", 0.75)]] * 2
        store.db.execute("DELETE FROM images")
        assert not list(labels_in(store, first.id)), "labels go with their pictures, as before"
