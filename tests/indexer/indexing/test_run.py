"""Tests of an indexing run: what a run stores, keeps and forgets."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.arrays import FloatArray
from indexer.decoding.decode import open_picture
from indexer.errors import EncoderFailed, FolderError
from indexer.indexing.run import index
from indexer.models.preprocess import Pixels
from indexer.store.embeddings import embeddings
from indexer.store.models import active_model, models, remember_model
from indexer.store.pictures import image_at
from indexer.store.roots import roots
from indexer.store.store import Store
from indexer.store.texts import cache_texts
from tests.conftest import MakePicture, indexed_names, run
from tests.fakes import ColourEncoder, OddPreprocess, Recorder


def count(store: Store, table: str) -> int:
    return int(store.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


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


def test_bad_files_are_named_and_the_rest_goes_on(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("good.png", "red")
    (photos / "text.jpg").write_text("no picture")
    (photos / "empty.png").write_bytes(b"")
    summary, listener = run(store, photos, encoder)
    assert (summary.encoded, summary.problems) == (1, 2)
    assert {problem.path.name for problem in listener.problems} == {"text.jpg", "empty.png"}
    assert sum(listener.done) == 3, "the bar reaches its end"


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


def test_an_emptied_root_keeps_its_pictures_unless_pruned(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("a.png", "red").unlink(missing_ok=run(store, photos, encoder)[0].encoded == 1)
    summary, _ = run(store, photos, encoder)
    assert (summary.kept, summary.forgotten, count(store, "images")) == ([photos], 0, 1)
    assert run(store, photos, encoder, prune=True)[0].forgotten == 1
    assert count(store, "images") == count(store, "embeddings") == 0


def test_stopping_keeps_what_was_encoded(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    for number in range(60):
        picture(f"{number}.png", "red")
    summary, _ = run(store, photos, encoder, listener=Recorder(stop_after=1))
    kept = count(store, "embeddings")
    assert (summary.stopped, summary.encoded, 4 <= kept < 60) == (True, kept, True)
    summary, _ = run(store, photos, encoder)
    assert (summary.encoded, summary.unchanged) == (60 - kept, kept)


class FailingEncoder(ColourEncoder):
    """Fails on its second batch."""

    def encode_images(self, batch: Pixels) -> FloatArray:
        if self.images_encoded:
            raise RuntimeError("no such kernel\nand a long tail")
        return super().encode_images(batch)


class HungryEncoder(ColourEncoder):
    """Has memory for one picture."""

    def encode_images(self, batch: Pixels) -> FloatArray:
        if len(batch) > 1:
            raise RuntimeError("CUDA out of memory\nand a long tail")
        return super().encode_images(batch)


class NanEncoder(ColourEncoder):
    """Returns no numbers."""

    def encode_images(self, batch: Pixels) -> FloatArray:
        return super().encode_images(batch) * np.float32("nan")


def test_an_encoder_error_stops_the_run_and_keeps_what_was_stored(
    store: Store, photos: Path, picture: MakePicture
) -> None:
    for number in range(10):
        picture(f"{number}.png", "red")
    with pytest.raises(EncoderFailed, match=r"no such kernel\); .*--batch-size"):
        run(store, photos, FailingEncoder())
    assert count(store, "embeddings") == 4
    with pytest.raises(EncoderFailed, match="not finite"):
        run(store, photos, NanEncoder())


def test_out_of_memory_halves_the_batch_and_goes_on(store: Store, photos: Path, picture: MakePicture) -> None:
    for number in range(10):
        picture(f"{number}.png", "red" if number % 2 else "blue")
    encoder = HungryEncoder()
    assert run(store, photos, encoder)[0].encoded == encoder.images_encoded == 10


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
    real_open = Path.open

    def failing(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.name == "1.png":
            raise OSError(errno.EIO, "Input/output error")
        return real_open(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", failing)
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


def test_an_emptied_folder_keeps_its_pictures_and_a_deleted_one_does_not(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    for name in ("mount/a.png", "deleted/b.png", "c.png"):
        picture(name, "red")
    run(store, photos, encoder)
    (photos / "mount" / "a.png").unlink()
    (photos / "deleted" / "b.png").unlink()
    (photos / "deleted").rmdir()
    summary, _ = run(store, photos, encoder)
    assert (summary.kept, indexed_names(store)) == ([photos / "mount"], {"a.png", "c.png"})
    assert run(store, photos, encoder, prune=True)[0].forgotten == 1


def test_a_root_of_which_hardly_anything_is_left_keeps_its_pictures(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    for number in range(12):
        picture(f"{number % 3}/{number}.png", "red")
    run(store, photos, encoder)
    drive = photos.rename(photos.with_name("drive"))
    picture("stray.png", "lime")  # what a program wrote to the bare mount point
    for encoded in (1, 0, 0):
        summary, _ = run(store, photos, encoder)
        assert (summary.kept, summary.encoded, summary.forgotten) == ([photos], encoded, 0)
        assert count(store, "images") == 13
    (photos / "stray.png").unlink()
    photos.rmdir()
    drive.rename(photos)
    summary, _ = run(store, photos, encoder)
    assert (summary.unchanged, summary.forgotten, summary.encoded) == (12, 1, 0)
    (photos / "0").rename(photos / "all")
    for name in "12":
        for path in (photos / name).iterdir():
            path.rename(photos / "all" / path.name)
    assert run(store, photos, encoder)[0].moved == 12, "what has moved within it is no less known"
    for path in sorted((photos / "all").iterdir())[1:]:
        path.unlink()
    assert run(store, photos, encoder)[0].forgotten == 0
    assert run(store, photos, encoder, prune=True)[0].forgotten == 11


def test_what_a_pattern_leaves_out_is_forgotten_however_much(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    for number in range(12):
        picture(f"{number}.png", "red")
    run(store, photos, encoder)
    summary, _ = run(store, photos, encoder, rules=lambda rules: replace(rules, exclude=("*.png",)))
    assert (summary.kept, summary.forgotten) == ([], 12)


def test_a_hidden_folder_that_was_indexed_is_kept_by_a_run_above(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture(".hidden/a.png", "red")
    picture("b.png", "red")
    run(store, photos / ".hidden", encoder)
    assert run(store, photos, encoder)[0].forgotten == 0
    assert run(store, photos / ".hidden", encoder)[0].unchanged == 1
    (photos / ".hidden" / "a.png").unlink()
    assert run(store, photos / ".hidden", encoder, prune=True)[0].forgotten == 1


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


def test_a_preprocessing_that_chokes_leaves_one_picture_out(store: Store, photos: Path, picture: MakePicture) -> None:
    class Choosy(ColourEncoder):
        preprocess = OddPreprocess()

    picture("a.png", "red", (13, 13))
    picture("b.png", "red")
    summary, listener = run(store, photos, Choosy())
    assert (summary.encoded, [problem.path.name for problem in listener.problems]) == (1, ["a.png"])


def test_two_writers_wait_for_each_other(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    """A query that caches its text while a run stores a batch must not end the run."""
    for number in range(40):
        picture(f"{number}.png", "red")
    model = remember_model(store, encoder)
    assert store.folder
    folder, done = store.folder, threading.Event()
    failures: list[BaseException] = []

    def cache() -> None:
        try:
            with Store.open(folder) as other:
                while not done.is_set():
                    cache_texts(other, model, {"red": np.zeros(3, np.float32)})
        except BaseException as error:
            failures.append(error)

    writer = threading.Thread(target=cache)
    writer.start()
    try:
        summary, _ = run(store, photos, encoder, batch_size=1)
    finally:
        done.set()
        writer.join()
    assert (summary.encoded, failures) == (40, [])


def test_stopping_is_obeyed_before_the_model_is_loaded(store: Store, photos: Path, picture: MakePicture) -> None:
    picture("a.png", "red")
    summary = index(store, [photos], lambda: pytest.fail("loaded"), Recorder(stop_after=0))
    assert (summary.stopped, summary.forgotten) == (True, 0)
