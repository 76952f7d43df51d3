"""Tests of indexer.indexing.run: what a run stores, keeps and forgets."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from cli.output.summaries import summary_lines
from indexer.arrays import FloatArray
from indexer.decoding.decode import open_picture
from indexer.errors import FolderError
from indexer.files import content
from indexer.files.foreign import open_foreign
from indexer.indexing.run import index
from indexer.store.corrections import correct
from indexer.store.embeddings import embeddings
from indexer.store.facts import facts_in
from indexer.store.models import active_model, models
from indexer.store.pictures import image_at
from indexer.store.roots import roots
from indexer.store.store import Store
from tests.conftest import MakePicture, count, indexed_names, run
from tests.fakes import ColourEncoder, Recorder
from tests.label_sets import store_labels


def vectors(store: Store) -> FloatArray:
    model = active_model(store)
    assert model
    ids, rows = (np.concatenate(parts) for parts in zip(*embeddings(store, model), strict=True))
    return np.asarray(rows[np.argsort(ids)], dtype=np.float32)


def test_first_run_encodes_all_and_the_second_nothing(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    for number in range(10):
        picture(f"{number}.png", "red")
    summary, listener = run(store, photos, encoder)
    assert (summary.found, summary.encoded, summary.unchanged) == (10, 10, 0)
    assert listener.totals == [10]
    assert listener.done == [4, 4, 2]
    assert np.allclose(vectors(store), [[1, 0, 0]] * 10, atol=1e-3)

    def unneeded() -> ColourEncoder:
        pytest.fail("an unchanged library loads no model")

    again = index(store, [photos], unneeded, Recorder(), workers=0)
    assert (again.encoded, again.unchanged, again.forgotten) == (0, 10, 0)


def test_new_changed_and_gone(store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder) -> None:
    changed, gone = picture("changed.png", "red"), picture("gone.png", "red")
    picture("same.png", "red")
    run(store, photos, encoder)
    known = image_at(store, changed)
    picture("changed.png", "blue", (17, 12))
    picture("new.png", "lime")
    gone.unlink()
    summary, _ = run(store, photos, encoder)
    assert (summary.encoded, summary.unchanged, summary.forgotten) == (2, 1, 1)
    assert indexed_names(store) == {"changed.png", "same.png", "new.png"}
    assert known and (image_at(store, changed) or (0,))[0] == known[0], "a changed picture keeps its id"
    assert np.allclose(vectors(store)[0], [0, 0, 1], atol=1e-3), "and has its new embedding"
    assert count(store, "embeddings") == 3


def test_a_known_picture_that_breaks_is_forgotten(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red")
    picture("b.png", "red")
    run(store, photos, encoder)
    path.write_bytes(path.read_bytes()[:50])
    summary, _ = run(store, photos, encoder)
    assert (summary.forgotten, indexed_names(store)) == (1, {"b.png"})


def test_names_that_are_not_utf8(store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder) -> None:
    name = os.fsdecode(b"caf\xe9.png")
    picture(name, "red")
    run(store, photos, encoder)
    assert indexed_names(store) == {name}
    assert run(store, photos, encoder)[0].unchanged == 1


def test_a_root_inside_a_root_is_not_indexed_twice(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("a.png", "red")
    picture("sub/b.png", "red")
    summary = index(store, [photos / "sub", photos], lambda: encoder, Recorder(), workers=0)
    assert summary.encoded == 2
    assert [root.path for root in roots(store)] == [photos]
    picture("sub/c.png", "red")
    picture("d.png", "red")
    assert run(store, photos / "sub", encoder)[0].encoded == 1, "a folder of a root is scanned alone"
    assert run(store, photos, encoder)[0].encoded == 1


def test_a_root_above_takes_over_and_encodes_nothing_again(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    inner = picture("sub/b.png", "red")
    run(store, photos / "sub", encoder)
    before = image_at(store, inner)
    picture("a.png", "red")
    summary, _ = run(store, photos, encoder)
    assert (summary.encoded, summary.unchanged) == (1, 1)
    after = image_at(store, inner)
    assert before and after and before[0] == after[0]
    assert [root.path for root in roots(store)] == [photos]


def test_missing_folder_is_reported_and_the_rest_goes_on(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    file = picture("a.png", "red")
    listener = Recorder()
    summary = index(store, [photos / "nowhere", file, photos], lambda: encoder, listener, workers=0)
    assert (summary.encoded, len(listener.problems)) == (1, 2)
    with pytest.raises(FolderError):
        index(store, [photos / "nowhere"], lambda: encoder, Recorder(), workers=0)


def test_reindex_switches_when_complete_and_resumes(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    for number in range(60):
        picture(f"{number}.png", "red")
    run(store, photos, encoder)
    other = ColourEncoder("other")
    summary, _ = run(store, photos, other, reindex=True, listener=Recorder(stop_after=1))
    done = summary.encoded
    assert summary.stopped and (active_model(store) or other).name == "colour", "the old model goes on answering"
    summary, _ = run(store, photos, other, reindex=True)
    assert (summary.encoded, summary.unchanged) == (60 - done, done)
    assert [model.name for model in models(store)] == ["other"]
    assert count(store, "embeddings") == 60


def test_reindex_does_not_switch_while_a_root_is_out_of_reach(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    picture("a/a.png", "red")
    picture("b/b.png", "red")
    run(store, photos / "a", encoder)
    run(store, photos / "b", encoder)
    (photos / "b").rename(tmp_path / "unmounted")
    summary, _ = run(store, photos / "a", ColourEncoder("other"), reindex=True)
    assert (summary.unswitched, (active_model(store) or encoder).name) == (1, "colour")


def test_a_switch_names_the_label_sets_that_go_with_the_model(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("a.png", "red")
    run(store, photos, encoder)
    store_labels(store, ["red", "blue"], [(1, "red", 0.9)])
    store_labels(store, ["lime"], [(1, "lime", 0.9)])
    store.db.execute("UPDATE label_sets SET draft = 1 WHERE name = 'lime'")
    assert not run(store, photos, encoder, reindex=True)[0].dropped_sets and count(store, "label_sets") == 2
    assert run(store, photos, ColourEncoder("other"), reindex=True)[0].dropped_sets == ["red,blue"]
    assert count(store, "label_sets") == 0


def test_a_switch_keeps_the_label_sets_that_a_person_corrected(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("a.png", "red")
    run(store, photos, encoder)
    store_labels(store, ["red", "blue"], [(1, "red", 0.9)])
    correct(store, 1, [1], ["blue"], "ann")
    summary = run(store, photos, ColourEncoder("other"), reindex=True)[0]
    assert (summary.dropped_sets, summary.kept_sets) == ([], ["red,blue"])
    assert facts_in(store, 1)[1].labels == ("blue",)
    assert any("What a person said is kept in" in line for line in summary_lines(summary))


def test_reindex_with_the_same_model_encodes_all_again(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("a.png", "red")
    run(store, photos, encoder)
    assert run(store, photos, encoder, reindex=True)[0].encoded == 1
    assert count(store, "embeddings") == 1


def test_the_picture_folder_is_never_written(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("a/b.png", "red")
    picture("c.jpg", "blue")

    def state() -> list[tuple[str, int, str]]:
        return [
            (
                str(path),
                path.stat().st_mtime_ns,
                hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            )
            for path in sorted([photos, *photos.rglob("*")])
        ]

    before = state()
    run(store, photos, encoder)
    run(store, photos, encoder, reindex=True)
    assert state() == before


def test_a_file_out_of_reach_is_not_forgotten(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drive that fails in the middle of a re-index loses nothing, and the old model goes on answering."""
    for number in range(3):
        picture(f"{number}.png", "red")
    run(store, photos, encoder)

    def failing(path: Path) -> BinaryIO:
        if path.name == "1.png":
            raise OSError(errno.EIO, "Input/output error")
        return open_foreign(path)

    monkeypatch.setattr(content, "open_foreign", failing)
    summary, _ = run(store, photos, ColourEncoder("other"), reindex=True)
    assert (summary.problems, summary.forgotten, summary.unswitched) == (1, 0, 1)
    assert (active_model(store) or encoder).name == "colour"
    assert count(store, "images") == 3


def test_a_root_that_is_out_of_reach_is_not_taken_over(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    picture("nas/a.png", "red")
    run(store, photos / "nas", encoder)
    (photos / "nas").rename(tmp_path / "unmounted")
    (photos / "nas").mkdir()
    picture("b.png", "red")
    assert run(store, photos, encoder)[0].forgotten == 0
    (photos / "nas").rmdir()
    (tmp_path / "unmounted").rename(photos / "nas")
    summary, _ = run(store, photos, encoder)
    assert (summary.encoded, summary.unchanged, len(roots(store))) == (0, 2, 1)


def test_a_missing_root_is_removed_on_demand(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("sub/a.png", "red")
    run(store, photos / "sub", encoder)
    path.unlink()
    (photos / "sub").rmdir()
    summary, _ = run(store, photos / "sub", encoder, prune=True)
    assert (summary.forgotten, roots(store), count(store, "images")) == (1, [], 0)


@pytest.mark.parametrize("reindex", [False, True])
def test_pruning_removes_no_missing_root_that_is_not_named(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path, reindex: bool
) -> None:
    """A nightly run with --prune must not drop the drive that is not mounted."""
    picture("here/a.png", "red")
    picture("nas/b.png", "red")
    run(store, photos / "here", encoder)
    run(store, photos / "nas", encoder)
    (photos / "nas").rename(tmp_path / "unmounted")
    listener = Recorder()
    summary = index(store, [], lambda: encoder, listener, prune=True, reindex=reindex, workers=0)
    assert (summary.forgotten, summary.missing) == (0, [])
    assert [problem.path.name for problem in listener.problems] == ["nas"]
    assert (len(roots(store)), indexed_names(store)) == (2, {"a.png", "b.png"})


def test_a_root_that_became_a_link_is_the_same_root(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    picture("a.png", "red")
    run(store, photos, encoder)
    photos.rename(tmp_path / "moved")
    photos.symlink_to(tmp_path / "moved")
    summary, _ = run(store, photos, encoder)
    assert (summary.unchanged, [root.path for root in roots(store)]) == (1, [photos])


def test_very_thin_pictures_and_far_time_stamps(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    thin = picture("thin.png", "red", (1, 30000))
    os.utime(thin, ns=(2**63, 2**63))
    assert run(store, photos, encoder)[0].encoded == 1
    assert run(store, photos, encoder)[0].unchanged == 1
    assert store.db.execute("SELECT width, height FROM images").fetchone() == (1, 30000)
    assert open_picture(thin).image.size == (1, 16)


def test_stopping_is_obeyed_before_the_model_is_loaded(store: Store, photos: Path, picture: MakePicture) -> None:
    picture("a.png", "red")
    summary = index(store, [photos], lambda: pytest.fail("loaded"), Recorder(stop_after=0))
    assert (summary.stopped, summary.forgotten) == (True, 0)
