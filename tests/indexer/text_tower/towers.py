"""Exported text towers, compared and damaged."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from indexer.models.encoder import Encoder
from indexer.text_tower.tower import TextTower, open_tower
from tests.indexer.models.tiny import local_dir

TEXTS = [
    "a photo of a cup",
    "it's 3,5 x 12 cm &amp; caf\u00e9",
    "\u6d77\u8fba\u306e\u72ac \U0001f600",
    "word " * 300,
    "x",
]
SIGLIP_TEXT = {"context_length": 16, "vocab_size": 200, "width": 32, "heads": 2, "layers": 2, "pool_type": "last"}


def opened(encoder: Encoder) -> TextTower:
    tower = open_tower(encoder.fingerprint)
    assert tower is not None
    return tower


def cosines(encoder: Encoder, texts: list[str] = TEXTS) -> Any:
    return (opened(encoder).encode_texts(texts) * encoder.encode_texts(texts)).sum(axis=1)


def save_siglip(folder: Path, config: dict[str, Any]) -> Path:
    """Save a random model whose configuration has what only the tokenizer reads."""
    network = {
        name: value
        for name, value in config["text_cfg"].items()
        if name not in ("tokenizer_kwargs", "hf_tokenizer_name")
    }
    local_dir(folder, {**config, "text_cfg": network})
    written = json.loads((folder / "open_clip_config.json").read_text())
    (folder / "open_clip_config.json").write_text(json.dumps({**written, "model_cfg": config}))
    return folder


def shorten(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {"gone": Path.unlink, "shorter": shorten, "flipped": flip}
