"""Tests of indexer.indexing.encoding: what is stored when files, the model or the user stop a run."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from indexer.arrays import FloatArray
from indexer.errors import EncoderFailed
from indexer.indexing import encoding
from indexer.models.preprocess import Pixels
from indexer.store.models import remember_model
from indexer.store.store import Store
from indexer.store.texts import cache_texts
from tests.conftest import MakePicture, count, run
from tests.fakes import ColourEncoder, OddPreprocess, Recorder


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


def test_a_process_decodes_for_each_free_core_and_file(encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a GPU, a core is left to feed it."""
    monkeypatch.setattr(encoding, "cores", lambda: 4)
    assert [encoding._number_of_workers(encoder, files) for files in (0, 1, 3, 100)] == [1, 1, 3, 4]
    encoder.device = "cuda"
    assert [encoding._number_of_workers(encoder, files) for files in (1, 100)] == [1, 3]
