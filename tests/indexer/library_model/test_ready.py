"""Tests of indexer.library_model.ready."""

from __future__ import annotations

import dataclasses
import math
import threading
from typing import Any

import numpy as np
import pytest

from indexer.arrays import FloatArray
from indexer.image_tower.tower import PACKED, PACKED_INT8, About, tower_folder
from indexer.library_model.fast_ways import Way
from indexer.library_model.judging import JUDGED, Judge
from indexer.library_model.ready import ReadyEncoder
from indexer.models.encoder import Encoder
from indexer.models.preprocess import Pixels
from tests.indexer.image_tower.pictures import least_cosine

WITHOUT_PACKED = {"fp32.onnx": 1, "fp32.bin": 1}  # the sizes of files, of which only the names count here
LONG = 120.0  # seconds that nothing takes, however busy the machine is
RATES = {"fp32": 10.0, "int8": 30.0, "model": 100.0}


class Faster:
    """Encodes as the model does, and says so."""

    precision = "bf16"

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.encoded = 0

    def encode_images(self, batch: Pixels) -> FloatArray:
        self.encoded += len(batch)
        return self._encoder.encode_images(batch)


def no_model() -> Encoder:
    pytest.fail("the model is loaded")


def no_faster(_: str) -> list[Way]:
    pytest.fail("a faster way is loaded")


def ready(about: About, load: Any = no_model, faster: Any = no_faster, **facts: Any) -> ReadyEncoder:
    return ReadyEncoder("tiny", dataclasses.replace(about, rates=RATES, **facts), load, faster)


def test_a_few_pictures_need_no_model(about: About, tiny: Encoder, pixels: Pixels) -> None:
    encoder = ready(about)
    assert (encoder.fingerprint, encoder.dim, encoder.preprocess) == (tiny.fingerprint, tiny.dim, tiny.preprocess)
    assert (encoder.logit_scale, encoder.batch_size, encoder.precision) == (tiny.logit_scale, tiny.batch_size, "fp32")
    encoder.expect(5)
    assert least_cosine(encoder.encode_images(pixels[:5]), tiny.encode_images(pixels[:5])) >= 0.999
    assert encoder.replicas() == [encoder]


def test_without_being_told_what_comes(about: About, tiny: Encoder, pixels: Pixels) -> None:
    assert least_cosine(ready(about).encode_images(pixels[:1]), tiny.encode_images(pixels[:1])) >= 0.999


def test_a_packed_tower_is_waited_for(
    about: About, tiny: Encoder, pixels: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, faster = threading.Event(), Faster(tiny)

    def load_faster(_: str) -> list[Way]:
        assert loaded.wait(LONG)
        return [faster]

    monkeypatch.setattr("indexer.library_model.ready.open_tower", lambda *_: pytest.fail("opened for nothing"))
    encoder = ready(about, faster=load_faster, sizes={**about.sizes, PACKED: 1})
    encoder.expect(1000)
    threading.Timer(0.3, loaded.set).start()
    rows = encoder.encode_images(pixels)
    assert faster.encoded == len(pixels) and encoder.precision == "bf16"
    assert np.array_equal(rows, tiny.encode_images(pixels))


def test_a_packed_tower_that_cannot_be_read_leaves_the_exports(about: About, tiny: Encoder, pixels: Pixels) -> None:
    def fail(_: str) -> list[Way]:
        raise ValueError("damaged")

    encoder = ready(about, faster=fail, sizes={**about.sizes, PACKED: 1})
    encoder.expect(1000)
    assert least_cosine(encoder.encode_images(pixels), tiny.encode_images(pixels)) >= 0.999
    assert encoder.precision == "fp32"


def test_a_large_job_goes_over_without_a_seam(about: About, tiny: Encoder, pixels: Pixels) -> None:
    loaded, faster = threading.Event(), Faster(tiny)

    def load_faster(precision: str) -> list[Way]:
        assert precision == "exact"
        assert loaded.wait(LONG)
        return [faster]

    encoder = ready(about, faster=load_faster, sizes=WITHOUT_PACKED)
    encoder.expect(1000)
    first = encoder.encode_images(pixels[:20])
    assert (faster.encoded, encoder.precision) == (0, "fp32"), "the first pictures don't wait"
    loaded.set()
    assert encoder._coming is not None and encoder._coming.exception(LONG) is None
    rest = encoder.encode_images(pixels[20:])
    assert (faster.encoded, encoder.precision) == (60, "bf16")
    assert least_cosine(np.concatenate([first, rest]), tiny.encode_images(pixels)) >= 0.999


def test_where_the_faster_way_cannot_be_loaded_the_exports_go_on(about: About, tiny: Encoder, pixels: Pixels) -> None:
    def fail(_: str) -> list[Way]:
        raise OSError("the weights are gone")

    encoder = ready(about, faster=fail, sizes=WITHOUT_PACKED)
    encoder.expect(1000)
    assert encoder._coming is not None and encoder._coming.exception(LONG) is not None
    for start in (0, 40):
        rows = encoder.encode_images(pixels[start : start + 40])
        assert least_cosine(rows, tiny.encode_images(pixels[start : start + 40])) >= 0.999
    assert encoder.precision == "fp32"


def test_when_a_faster_way_pays(about: About) -> None:
    """Packed weights load in 1.25 s; the rest is what the gain must make good."""
    packed = ready(about, sizes={**about.sizes, PACKED: 1})
    assert packed.large_job == math.ceil(1.25 / (1 / 10 - 1 / 100))
    whole = ready(about, sizes=WITHOUT_PACKED)
    assert whole.large_job == math.ceil(5 / (1 / 10 - 1 / 100)), "the whole model takes longer"
    packed.use_int8(True)
    assert packed.large_job == math.ceil(1.25 / (1 / 30 - 1 / 100))
    slow = ReadyEncoder("tiny", dataclasses.replace(about, rates={"fp32": 10.0, "model": 11.0}), no_model, no_faster)
    assert slow.large_job == math.inf
    gpu = ReadyEncoder("tiny", dataclasses.replace(about, rates={"fp32": 10, "model": 11}), no_model, no_faster, 1)
    assert gpu.large_job == 50


def test_on_gpus_each_seat_goes_over_to_a_replica(about: About, tiny: Encoder, pixels: Pixels) -> None:
    ways = [Faster(tiny), Faster(tiny)]
    encoder = ReadyEncoder("tiny", dataclasses.replace(about, rates=RATES), no_model, lambda _: ways, 3)
    assert (encoder.replicas(), encoder.device) == ([encoder], "cpu"), "a small job stays on the CPU"
    encoder.expect(1000)
    seats = encoder.replicas()
    assert len(seats) == 3 and encoder.device == "cuda"
    assert encoder._coming is not None and encoder._coming.exception(LONG) is None
    for seat in seats:
        assert least_cosine(seat.encode_images(pixels[:10]), tiny.encode_images(pixels[:10])) >= 0.999
    assert [way.encoded for way in ways] == [20, 10]


def test_a_damaged_export_is_not_used(about: About, tiny: Encoder, pixels: Pixels) -> None:
    file = tower_folder(about.fingerprint) / "fp32.bin"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x40
    file.write_bytes(content)
    encoder = ready(about, load=lambda: tiny)
    assert np.array_equal(encoder.encode_images(pixels[:2]), tiny.encode_images(pixels[:2]))
    assert encoder.precision == tiny.precision


def test_an_export_that_fails_gives_way_to_the_model(about: About, tiny: Encoder, pixels: Pixels) -> None:
    encoder = ready(about, load=lambda: tiny)
    encoder.encode_images(pixels[:2])

    class Failing:
        precision = "fp32"

        def encode_images(self, batch: Pixels) -> FloatArray:
            raise RuntimeError("onnxruntime says no")

    encoder._way = Failing()
    assert np.array_equal(encoder.encode_images(pixels[:2]), tiny.encode_images(pixels[:2]))

    class Full(Failing):
        def encode_images(self, batch: Pixels) -> FloatArray:
            raise MemoryError

    encoder._way = Full()
    with pytest.raises(MemoryError):  # the caller tries with fewer pictures
        encoder.encode_images(pixels[:2])


def test_int8_is_judged_on_the_first_pictures_of_a_larger_job(about: About, tiny: Encoder, pixels: Pixels) -> None:
    encoder = ready(about, faster=lambda _: [Faster(tiny)])
    encoder.judge_int8()
    encoder.expect(8 * JUDGED)
    exact = encoder.encode_images(pixels[:40])
    assert encoder.verdict is None
    encoder.encode_images(pixels[40:])
    assert encoder.verdict is not None and encoder.verdict.pictures == 80
    assert encoder.verdict.least_cosine < 1 and least_cosine(exact, tiny.encode_images(pixels[:40])) >= 0.999


@pytest.mark.parametrize(
    ("pictures", "files", "judged"),
    [(3, (), False), (8 * JUDGED - 1, (), False), (JUDGED, (PACKED_INT8,), True), (JUDGED - 1, (PACKED_INT8,), False)],
)
def test_int8_is_judged_where_that_costs_little_or_gains(
    about: About, tiny: Encoder, pixels: Pixels, pictures: int, files: tuple[str, ...], judged: bool
) -> None:
    rates = {**RATES, **dict.fromkeys(files, 200.0)}
    facts = dataclasses.replace(about, rates=rates, sizes={**about.sizes, **dict.fromkeys(files, 1)})
    encoder = ReadyEncoder("tiny", facts, no_model, lambda _: [Faster(tiny)])
    encoder.judge_int8()
    encoder.expect(pictures)
    encoder.encode_images(pixels)
    assert (encoder.verdict is not None) == judged


def test_int8_is_used_where_it_is_good_enough(about: About, tiny: Encoder, pixels: Pixels) -> None:
    encoder = ready(about)
    encoder.use_int8(True)
    encoder.expect(2)
    rows = encoder.encode_images(pixels[:2])
    assert encoder.precision == "int8"
    assert 0.99 <= least_cosine(rows, tiny.encode_images(pixels[:2])) < 0.99999
    without = ready(about, least_cosines={"fp32": 1.0})
    without.use_int8(True)
    assert without.precision == "fp32"


def test_texts_are_the_models_own(about: About, tiny: Encoder) -> None:
    encoder = ready(about, load=lambda: tiny)
    assert np.array_equal(encoder.encode_texts(["a cup"]), tiny.encode_texts(["a cup"]))
    assert encoder.token_counts(["a cup"]) == tiny.token_counts(["a cup"])
    assert encoder.context_length == tiny.context_length
    assert encoder.text_module() is not None and encoder.image_module() is not None


def test_the_batch_that_decides_is_exact_and_called_so(about: About, tiny: Encoder, pixels: Pixels) -> None:
    encoder = ready(about, faster=lambda _: [Faster(tiny)], sizes={**about.sizes, PACKED: 1})
    encoder._judge = Judge()
    assert least_cosine(encoder.encode_images(pixels[:64]), tiny.encode_images(pixels[:64])) >= 0.999
    assert encoder.verdict is not None and encoder.precision == "fp32"


def test_rows_that_are_no_numbers_are_not_judged(about: About, pixels: Pixels) -> None:
    class Broken:
        precision = "fp32"

        def encode_images(self, batch: Pixels) -> FloatArray:
            return np.full((len(batch), 24), np.nan, np.float32)

    encoder = ready(about)
    encoder._judge, encoder._way = Judge(), Broken()
    encoder.encode_images(pixels)
    assert encoder.verdict is None
