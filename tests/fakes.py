"""A model small enough to assert exact answers with, and a listener that remembers a run."""

from __future__ import annotations

import os
import re
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageColor

from indexer.arrays import FloatArray, unit_rows
from indexer.files.found import Problem
from indexer.indexing.listener import Listener
from indexer.models.encoder import TextModule
from indexer.models.preprocess import Pixels, Preprocess, ResizeMode
from search.labels.rival_prompts import rival_prompts

BACKGROUND = tuple(re.sub("^(an?|the) ", "", prompt) for prompt in rival_prompts())


@dataclass(frozen=True, slots=True)
class OddPreprocess(Preprocess):
    """Does to a picture of a certain width what no preprocessing should."""

    height: int = 2
    width: int = 2
    mode: ResizeMode = "squash"
    interpolation: str = "box"

    @property
    def smallest(self) -> int:
        """Let decoders reduce nothing."""
        return 4096

    def __call__(self, image: Image.Image) -> Pixels:
        match image.width:
            case 13:
                raise ValueError("unlucky")
            case 66:
                os.abort()
            case 99:
                time.sleep(600)
            case 77:
                bytearray(64 * 1024**3)
        return Preprocess.__call__(self, image)


class ColourEncoder:
    """An image is its mean colour, a text the colour it names."""

    dim = 3
    logit_scale = 10.0
    batch_size = 4
    device = "cpu"
    preprocess: Preprocess = Preprocess(2, 2, "squash", "box")
    threads = 0
    context_length = 77
    precision = "fp32"
    expected = 0

    def __init__(self, name: str = "colour", logit_bias: float | None = None) -> None:
        self.name = name
        self.fingerprint = f"fingerprint of {name}"
        self.logit_bias = logit_bias
        self.images_encoded = 0
        self.texts_encoded: list[str] = []

    def encode_images(self, batch: Pixels) -> FloatArray:
        self.images_encoded += len(batch)
        return unit_rows(batch.astype(np.float32).mean(axis=(1, 2)) / 255.0 + 1e-6)

    def expect(self, pictures: int) -> None:
        self.expected = pictures

    def use_threads(self, threads: int) -> None:
        self.threads = threads

    def replicas(self) -> Sequence[ColourEncoder]:
        return [self]

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        self.texts_encoded += texts
        colours = [_colour(text) for text in texts]
        return unit_rows(np.array(colours, dtype=np.float32) / 255.0 + 1e-6)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """A token for each word, and two special ones."""
        return [len(text.split()) + 2 for text in texts]

    def text_module(self) -> TextModule | None:
        return None

    def packed_tower(self) -> None:
        return None

    def image_module(self) -> None:
        return None


def _colour(text: str) -> tuple[int, ...]:
    """Return the colour that a text names; a background prompt that names none gets one of its own."""
    try:
        return ImageColor.getrgb(text.split()[-1])[:3]
    except ValueError:
        if not text.endswith(BACKGROUND):
            raise
        return tuple(zlib.crc32(text.encode()).to_bytes(4, "big")[:3])


class Recorder(Listener):
    """A listener that keeps what is reported, and stops after some batches."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.problems: list[Problem] = []
        self.totals: list[int | None] = []
        self.done: list[int] = []
        self.stop_after = stop_after

    def problem(self, problem: Problem) -> None:
        self.problems.append(problem)

    def encoding(self, total: int | None) -> None:
        self.totals.append(total)

    def progress(self, done: int) -> None:
        self.done.append(done)

    def stopping(self) -> bool:
        return self.stop_after is not None and len(self.done) >= self.stop_after
