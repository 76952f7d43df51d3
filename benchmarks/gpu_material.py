"""What benchmarks/gpu.py measures with: 12 MP JPEGs, random models, their embeddings in fp32 on the CPU, and a row."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from indexer.arrays import FloatArray, unit_rows
from indexer.models.preprocess import Pixels, Preprocess

TINY: dict[str, Any] = {
    "embed_dim": 24,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "patch_size": 16, "head_width": 32},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2},
}
BASES = 8  # pictures that are really drawn; the others are these with another comment, so other bytes
COMPARED = 8  # pictures whose embeddings are compared


@dataclass
class Setting:
    """Where and how large."""

    work: Path
    device: str
    tiny: bool
    files: int

    @property
    def batch(self) -> int:
        """Pictures in a batch."""
        return 8 if self.tiny else 256

    @property
    def seconds(self) -> float:
        """How long each thing is measured."""
        return 0.05 if self.tiny else 1.0

    def model(self, name: str) -> str:
        """Return the name by which clipsearch loads a model."""
        return f"local-dir:{self.work / name}"

    def paths(self) -> list[Path]:
        """Return the JPEGs."""
        return sorted((self.work / "pictures").glob("*.jpg"))


@dataclass
class Rows:
    """The rows of one section, each written to a file at once, so that whoever kills it loses none."""

    file: Path
    section: str
    model: str
    rates: dict[str, float] = field(default_factory=dict)

    def add(self, what: str, rate: float | None = None, **rest: Any) -> None:
        """Add a row; `rate` is in pictures per second."""
        row = {"section": self.section, "model": self.model, "what": what, "rate": rate, **rest}
        if rate is not None:
            self.rates[what] = rate
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")

    def guarded(self, what: str, work: Callable[[], object]) -> None:
        """Do a part of the section; if it fails, its row says why, and the rest goes on."""
        try:
            work()
        except Exception as error:
            reason = (str(error).strip().splitlines() or [""])[0][:200]
            self.add(what, error=f"{type(error).__name__}: {reason}")


def rate_of(step: Callable[[], Any], pictures: int, seconds: float, finish: Callable[[], Any]) -> float:
    """Return the median of pictures per second over five stretches; `finish` waits for what a step only launched."""

    def stretch(steps: int) -> float:
        started = time.perf_counter()
        for _ in range(steps):
            step()
        finish()
        return (time.perf_counter() - started) / steps

    stretch(3)
    steps = max(1, int(seconds / 5 / stretch(2)))
    return float(np.median([pictures / stretch(steps) for _ in range(5)]))


def cosines(found: FloatArray, expected: FloatArray) -> dict[str, float]:
    """Return the least cosine, and the least after the mean over the pictures is taken off both.

    Random models give all pictures nearly one embedding; without it, a mistake such as swapped channels shows.
    """
    found, expected = unit_rows(found), unit_rows(expected)
    centred = (unit_rows(rows - expected.mean(axis=0)) for rows in (found, expected))
    first, second = centred
    return {
        "cosine": float((found * expected).sum(axis=1).min()),
        "centred": float((first * second).sum(axis=1).min()),
    }


# -- pictures ---------------------------------------------------------------------------------------------------


def make_pictures(setting: Setting) -> None:
    """Write the JPEGs, unless they are there: 12 MP of noise of every size, 3 to 5 MB, each with its own bytes."""
    import os

    folder = setting.work / "pictures"
    if len(setting.paths()) == setting.files:
        return
    folder.mkdir(parents=True, exist_ok=True)
    size = (320, 240) if setting.tiny else (4000, 3000)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        bases = list(threads.map(lambda seed: jpeg(seed, size), range(min(BASES, setting.files))))
        list(threads.map(lambda number: _write(folder, number, bases[number % len(bases)]), range(setting.files)))


def jpeg(seed: int, size: tuple[int, int]) -> bytes:
    """Return a baseline JPEG, quality 90 and 4:2:0 as cameras write it."""
    import simplejpeg

    random = np.random.default_rng(seed)
    pixels = np.full((size[1], size[0], 3), 120, np.float32)
    for divisor, strength in ((512, 60), (64, 30), (16, 18), (4, 12), (1, 6)):
        small = (max(1, size[0] // divisor), max(1, size[1] // divisor))
        noise = Image.fromarray(random.integers(0, 256, (small[1], small[0], 3), np.uint8))
        pixels += (np.asarray(noise.resize(size, Image.Resampling.BILINEAR), np.float32) - 128) * (strength / 74)
    whole = np.ascontiguousarray(pixels.clip(0, 255).astype(np.uint8))
    return bytes(simplejpeg.encode_jpeg(whole, quality=90, colorspace="RGB", colorsubsampling="420"))


def _write(folder: Path, number: int, base: bytes) -> None:
    """Write a picture with its number as a comment behind the JPEG's first marker."""
    comment = f"{number:08}".encode()
    segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
    (folder / f"{number:05}.jpg").write_bytes(base[:2] + segment + base[2:])


def compared_pixels(setting: Setting, preprocess: Preprocess) -> Pixels:
    """Return the first pictures as a model's input, decoded by the CPU as the product does."""
    from indexer.decoding.decode import open_picture

    paths = setting.paths()[:COMPARED]
    return np.stack([preprocess(open_picture(path, preprocess.smallest).image) for path in paths])


# -- models -----------------------------------------------------------------------------------------------------


def make_model(setting: Setting, name: str) -> None:
    """Save a random model in open_clip's folder format, unless it is there, with its fp32 embeddings."""
    import open_clip
    import torch
    from safetensors.torch import save_file

    folder = setting.work / name
    if (folder / "reference.npy").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    config = TINY if setting.tiny else open_clip.get_model_config(name)
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": config, "preprocess_cfg": {}}))
    torch.manual_seed(0)
    model = open_clip.CLIP(**config).eval()
    save_file(
        {key: value.contiguous() for key, value in model.state_dict().items()}, folder / "open_clip_model.safetensors"
    )
    side = config["vision_cfg"]["image_size"]
    batch = torch.from_numpy(compared_pixels(setting, Preprocess(side, side)))
    with torch.inference_mode():
        rows = model.visual(normaliser("cpu")(batch)).numpy()
    np.save(folder / "reference.npy", rows)


def normaliser(device: str) -> Callable[[Any], Any]:
    """Return what turns uint8 pixels (n, height, width, 3) into what CLIP's own preprocessing makes of them.

    That is float32 (n, 3, height, width). Mean and deviation are on the device before: a graph can't copy them there.
    """
    import open_clip
    import torch

    mean, std = (
        255 * torch.tensor(values, device=device).view(1, 3, 1, 1)
        for values in (open_clip.OPENAI_DATASET_MEAN, open_clip.OPENAI_DATASET_STD)
    )
    return lambda pixels: pixels.permute(0, 3, 1, 2).float().sub_(mean).div_(std)


def reference(setting: Setting, name: str) -> FloatArray:
    """Return a model's embeddings of the compared pictures, in fp32 on the CPU by open_clip."""
    return np.asarray(np.load(setting.work / name / "reference.npy"))


# -- memory -----------------------------------------------------------------------------------------------------


class Memory:
    """The most memory that this process and its children took, in MiB, sampled; and torch's on the GPU."""

    def __enter__(self) -> Memory:
        import torch

        self.host, self.gpu = 0.0, None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        return self

    def __exit__(self, *exception: object) -> None:
        import torch

        self._ended.set()
        self._thread.join()
        if torch.cuda.is_available():
            self.gpu = torch.cuda.max_memory_reserved() / 2**20

    def row(self) -> dict[str, float | None]:
        """Return the fields of a row."""
        return {"host": self.host, "gpu": self.gpu}

    def _sample(self) -> None:
        import psutil

        own = psutil.Process()
        while True:
            taken = sum(_proportional(process) for process in [own, *own.children(recursive=True)])
            self.host = max(self.host, taken / 2**20)
            if self._ended.wait(0.3):
                return


def _proportional(process: Any) -> int:
    """Return a process's PSS, in which shared pages count once for all; its RSS where that is not to be had."""
    import psutil

    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", full.rss))
    except (psutil.Error, OSError):
        return 0
