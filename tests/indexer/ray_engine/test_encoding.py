"""An actor that encodes says in its output why it can't."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable

import numpy as np
import pytest

from indexer.arrays import FloatArray
from indexer.errors import EncoderFailed, ModelMismatch, UnknownModel
from indexer.models.encoder import Encoder
from indexer.models.loading import load_encoder
from indexer.models.preprocess import Pixels
from indexer.ray_engine import encoding
from indexer.ray_engine.encoding import BatchEncoder
from indexer.ray_engine.messages import PRECISION, VECTORS, Told, decoded_row, rows
from tests.fakes import ColourEncoder

pytest.importorskip("pyarrow")
FINGERPRINT = ColourEncoder().fingerprint
PIXELS = np.random.default_rng(0).integers(0, 255, (3, 2, 2, 3), np.uint8)


class Failing(ColourEncoder):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def encode_images(self, batch: Pixels) -> FloatArray:
        raise self._error


def other() -> ColourEncoder:
    encoder = ColourEncoder()
    encoder.fingerprint = "of another"
    return encoder


def missing() -> Encoder:
    return load_encoder("ViT-B-32/nowhere/checkpoint.pt")


def test_embeddings_in_place_of_pixels() -> None:
    told = Told(items=frozenset({"a", "b", "c"}))
    (row,) = BatchEncoder(ColourEncoder, FINGERPRINT, 1)(decoded_row(7, told, PIXELS))
    ((shard, passed_on, vectors),) = rows(row, VECTORS)
    assert (shard, pickle.loads(passed_on), row[PRECISION].to_pylist()) == (7, told, ["fp32"])
    expected = ColourEncoder().encode_images(PIXELS).astype(np.float16)
    assert (np.frombuffer(vectors, np.float16).reshape(3, 3) == expected).all()


def test_no_pixels() -> None:
    """A shard without pictures comes out, too."""
    (row,) = BatchEncoder(ColourEncoder, FINGERPRINT, 1)(decoded_row(7, Told(items=frozenset())))
    ((_, told, vectors),) = rows(row, VECTORS)
    assert pickle.loads(told) == Told(items=frozenset()) and not len(vectors)


@pytest.mark.parametrize(
    ("load", "kind", "says"),
    [
        (
            lambda: Failing(RuntimeError("no image\nand so on")),
            EncoderFailed,
            "failed on a batch of 3 pictures (no image)",
        ),
        (other, ModelMismatch, "On the node 10.0.0.7 of the Ray cluster: the model colour there is not the one here"),
        (missing, UnknownModel, "On the node 10.0.0.7 of the Ray cluster: ViT-B-32 has no weights 'nowhere"),
    ],
)
def test_why_it_can_not(
    load: Callable[[], Encoder], kind: type[Exception], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "_address", lambda: "10.0.0.7")
    (row,) = BatchEncoder(load, FINGERPRINT, 1)(decoded_row(7, Told(), PIXELS))
    ((_, told, _),) = rows(row, VECTORS)
    error = pickle.loads(told).error
    assert type(error) is kind and says in str(error)


def test_no_memory_for_a_single_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends, and another begins with all of the memory."""

    def ends(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(os, "_exit", ends)
    with pytest.raises(SystemExit):
        list(BatchEncoder(lambda: Failing(MemoryError()), FINGERPRINT, 1)(decoded_row(7, Told(), PIXELS)))
