"""How large a model is by its settings, compared with its weights before anything is built of it.

Settings that describe more numbers than the weights can hold are wrong, and building such a model could take all
memory. The estimate is of matrices alone, and so never too high.
"""

from __future__ import annotations

import errno
import os
import zipfile
from pathlib import Path
from typing import Any

from indexer.model_settings.kinds import RefusedSettings
from indexer.model_settings.open_clip_settings import patches

SLACK = 64 << 20  # bytes, of what is not counted
MOST_PIECES = 10_000  # between the holes of a file
MOST_TIMES = 8  # the bytes of a model in fp32 that its weights may have: a checkpoint of the training has three


def check_size(model: dict[str, Any], weights: Path, of_text_model: int = 0) -> None:
    """Raise RefusedSettings if a model's settings describe more numbers than its weights have bytes.

    `of_text_model` is how many are in a text model that has settings of its own.
    """
    _check_numbers(numbers(model) + of_text_model, weights)


def check_timm_model(name: str, weights: Path) -> None:
    """Raise RefusedSettings if a model of timm has more numbers than the weights have bytes; none are made."""
    import timm
    import torch

    try:
        with torch.device("meta"):
            needed = sum(weight.numel() for weight in timm.create_model(name, num_classes=0).parameters())
    except Exception:
        return  # one that can't be built so; whatever is wrong with it, the building says so
    _check_numbers(needed, weights)


def _check_numbers(needed: int, weights: Path) -> None:
    given = _written(weights)
    if needed > given + SLACK:
        raise RefusedSettings(
            f"its settings describe a model of {needed:,} numbers, but its weights ({weights.name}) are {given:,} bytes"
        )


def check_weights(built: int, weights: Path) -> None:
    """Raise RefusedSettings if a file of weights holds far more than the model that was `built`, counted in numbers."""
    if _unpacked(weights) > MOST_TIMES * 4 * built + SLACK:
        raise RefusedSettings(f"its weights ({weights.name}) are far larger than a model of {built:,} numbers")


def _written(weights: Path) -> int:
    """Return how many bytes of a file were written, where the system says that: it may consist of holes."""
    data, hole = getattr(os, "SEEK_DATA", None), getattr(os, "SEEK_HOLE", None)
    size = weights.stat().st_size
    if data is None or hole is None:
        return size
    written = place = 0
    try:
        with weights.open("rb") as file:
            for _ in range(MOST_PIECES):
                start = os.lseek(file.fileno(), place, data)
                place = os.lseek(file.fileno(), start, hole)
                written += place - start
    except OSError as error:
        return written if error.errno == errno.ENXIO else size  # no more to come; a system that does not tell
    return written


def _unpacked(weights: Path) -> int:
    """Return how many bytes a file has once unpacked; torch's files are ZIP archives, which may be compressed."""
    size = weights.stat().st_size
    if weights.suffix == ".safetensors" or not zipfile.is_zipfile(weights):
        return size
    with zipfile.ZipFile(weights) as archive:
        return max(size, sum(part.file_size for part in archive.infolist()))


def numbers(model: dict[str, Any]) -> int:
    """Return a lower bound of how many numbers a model has."""
    vision, text = model["vision_cfg"], model["text_cfg"]
    found = 0 if vision.get("timm_model_name") else _vision(vision)
    if not text.get("hf_model_name"):
        found += _text(text)
    if model.get("custom_text") and isinstance(model.get("multimodal_cfg"), dict):
        found += _text(model["multimodal_cfg"]) // 2
    return found


def _vision(vision: dict[str, Any]) -> int:
    width, layers = int(vision.get("width", 768)), vision.get("layers", 12)
    if isinstance(layers, list):  # a ResNet, whose width doubles with each stage
        return sum(int(count) * 10 * (width * 2**stage) ** 2 for stage, count in enumerate(layers))
    return _blocks(width, layers, vision) + patches(vision) * width


def _text(text: dict[str, Any]) -> int:
    width = int(text.get("width", 512))
    words = (int(text.get("vocab_size", 49408)) + int(text.get("context_length", 77))) * width
    return words + _blocks(width, text.get("layers", 12), text)


def _blocks(width: int, layers: int, settings: dict[str, Any]) -> int:
    """Return the numbers in a transformer's matrices: attention, and the two of each perceptron."""
    return int(layers * width * (4 * width + 2 * int(width * settings.get("mlp_ratio", 4.0))))
