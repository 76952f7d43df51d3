"""A packed tower as a way to encode pictures: torch, but neither open_clip nor the whole model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.arrays import unit_rows
from indexer.image_tower.tower import About, mark_if_damaged, tower_folder
from indexer.models.device import keep_freed_memory, pick_device

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from indexer.models.preprocess import Pixels
    from indexer.packed_tower.vit import PackedViT

SHORT_NAMES = {"float32": "fp32", "bfloat16": "bf16", "int8": "int8"}


class PackedWay:
    """Embeds pictures with a packed tower."""

    def __init__(self, tower: PackedViT) -> None:
        self._tower = tower
        self.precision = SHORT_NAMES[tower.precision]

    def encode_images(self, batch: Pixels) -> FloatArray:
        """Return unit rows, shape (n, dim), of uint8 pictures, shape (n, height, width, 3)."""
        import torch

        with torch.inference_mode():
            return unit_rows(self._tower(torch.from_numpy(batch)).numpy())


def open_packed(about: About, name: str) -> PackedWay:
    """Open a packed tower of a model; raises ValueError or OSError if its file is not as it was written."""
    folder = tower_folder(about.fingerprint)
    if not about.files.are_there(folder, [name]) or not about.files.are_intact(folder, [name]):
        mark_if_damaged(about, [name])
        raise ValueError(f"{name} is damaged")
    pick_device("cpu")  # prepares torch for its work
    keep_freed_memory()
    from indexer.packed_tower.file import read_packed

    return PackedWay(read_packed(folder / name))
