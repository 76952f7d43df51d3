"""Small random models in open_clip's formats."""

from __future__ import annotations

import json
import random
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import open_clip
    import torch
    from safetensors.torch import save_file

TINY: dict[str, Any] = {
    "embed_dim": 24,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "patch_size": 16, "head_width": 32},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2},
}
PREPROCESSING = {"mean": [0.1, 0.2, 0.3], "std": [0.5, 0.6, 0.7], "interpolation": "bilinear", "resize_mode": "squash"}
TEXTS = ["a photo of a cup", "a photo of a car", "something else"]


def random_model(config: dict[str, Any] = TINY, seed: int = 0) -> Any:
    torch.manual_seed(seed)
    options = {key: value for key, value in config.items() if key != "custom_text"}
    kind = open_clip.CustomTextCLIP if config.get("custom_text") else open_clip.CLIP
    return kind(**options).eval()


def local_dir(folder: Path, config: dict[str, Any] = TINY, seed: int = 0) -> Path:
    """Save a random model in open_clip's folder format."""
    folder.mkdir(exist_ok=True)
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": config, "preprocess_cfg": PREPROCESSING}))
    state = {key: value.contiguous() for key, value in random_model(config, seed).state_dict().items()}
    save_file(state, folder / "open_clip_model.safetensors")
    return folder


def pictures() -> list[Image.Image]:
    noise = np.random.default_rng(0).integers(0, 255, (3, 40, 60, 3), dtype=np.uint8)
    return [Image.fromarray(pixels) for pixels in noise]


def strange_texts(count: int) -> list[str]:
    """Return texts of random characters of many scripts, with white space, digits and apostrophes among them."""
    chance = random.Random(4)
    ranges = [
        (32, 126),
        (32, 126),
        (160, 591),
        (880, 1279),
        (1424, 1791),
        (2304, 2431),
        (0x3040, 0x30FF),
        (0x4E00, 0x9FFF),
    ]
    ranges += [(0xAC00, 0xAD00), (0x1F300, 0x1F6FF), (0x2000, 0x206F)]
    pieces = [
        "'s",
        "'LL",
        " ",
        "  ",
        "\n",
        "\t",
        "12",
        "&lt;",
        "&#39;",
        "\u00c3\u00a9",
        " <end_of_text>",
        "\u0130",
        "-",
        "_",
    ]

    def piece() -> str:
        return chance.choice(pieces) if chance.random() < 0.3 else chr(chance.randint(*chance.choice(ranges)))

    return ["".join(piece() for _ in range(chance.randint(0, 40))) for _ in range(count)]
