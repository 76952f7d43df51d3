"""Tests of stored label sets as labelling makes them, also those of older versions."""

from __future__ import annotations

import json
from pathlib import Path

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
from indexer.store.models import remember_model, switch_to
from indexer.store.store import Store
from search.labels.labelling import label_library
from search.library.info import library_info
from search.library.library import Library
from tests.fakes import ColourEncoder, Recorder
from tests.search.labels.colours import RED_BLUE


def test_a_picture_or_set_forgotten_meanwhile_spoils_no_labels(library: Library) -> None:
    label_library(library, RED_BLUE)
    (stored,) = label_sets(library.store)
    add_labels(library.store, stored.id, [1, 999], [(1, "red", 0.9), (999, "blue", 0.8)])
    add_labels(library.store, 77, [1], [(1, "red", 0.9)])
    assert library_info(library.store).labels == 3


def test_another_model_takes_its_label_sets_along(library: Library, store: Store, photos: Path) -> None:
    label_library(library, RED_BLUE)
    new = ColourEncoder("new")
    index(store, [photos], lambda: new, Recorder(), workers=0)
    switch_to(store, remember_model(store, new))
    assert not label_sets(store) and not store.db.execute("SELECT count(*) FROM labels").fetchone()[0]


def test_counts_and_names(library: Library) -> None:
    label_library(library, RED_BLUE, name="colours")
    found = label_set_named(library.store, "colours")
    assert found is not None and find_label_set(library.store, None) == found
    assert {name: count for name, (count, _) in counts_in(library.store, found.id).items()} == {"red": 2, "blue": 1}
    assert labelled_images(library.store, found.id).tolist() == [1, 2, 3]


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
