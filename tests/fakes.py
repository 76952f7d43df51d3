"""A model small enough to assert exact answers with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageColor

from indexer.encoder import FloatArray, unit_rows
from indexer.listener import SilentListener
from indexer.scan import Problem


class ColourEncoder:
    """An image is its mean colour, a text the colour it names."""

    dim = 3
    logit_scale = 10.0
    batch_size = 4

    def __init__(self, name: str = "colour", logit_bias: float | None = None) -> None:
        self.name = name
        self.fingerprint = f"fingerprint of {name}"
        self.logit_bias = logit_bias
        self.images_encoded = 0
        self.texts_encoded: list[str] = []

    def preprocess(self, image: Image.Image) -> FloatArray:
        pixels = np.asarray(image.resize((2, 2), Image.Resampling.BOX), dtype=np.float32) / 255.0
        return np.ascontiguousarray(pixels.transpose(2, 0, 1))

    def encode_images(self, batch: FloatArray) -> FloatArray:
        self.images_encoded += len(batch)
        return unit_rows(batch.mean(axis=(2, 3)) + 1e-6)

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        self.texts_encoded += texts
        colours = [ImageColor.getrgb(text.split()[-1])[:3] for text in texts]
        return unit_rows(np.array(colours, dtype=np.float32) / 255.0 + 1e-6)


class Recorder(SilentListener):
    """A listener that keeps what it is told, and stops after some batches."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.problems: list[Problem] = []
        self.totals: list[int] = []
        self.done: list[int] = []
        self.stop_after = stop_after

    def problem(self, problem: Problem) -> None:
        self.problems.append(problem)

    def encoding(self, total: int) -> None:
        self.totals.append(total)

    def progress(self, done: int) -> None:
        self.done.append(done)

    def stopping(self) -> bool:
        return self.stop_after is not None and len(self.done) >= self.stop_after
