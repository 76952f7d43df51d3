"""From an upright RGB picture to a model's input, still in 8 bits: torchvision's transforms without torch.

Worker processes do this, so it must import fast and be picklable. The encoder does the rest, scaling to 0..1 and
normalising, on its device for a whole batch at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
ResizeMode = Literal["shortest", "longest", "squash"]


@dataclass(frozen=True, slots=True)
class Preprocess:
    """Resize and crop (or pad) to height x width, as CLIP models need it.

    "shortest" scales the shorter side and crops the middle, "longest" scales the longer side and pads,
    "squash" scales both sides without regard to their ratio.
    """

    height: int
    width: int
    mode: ResizeMode = "shortest"
    interpolation: str = "bicubic"
    fill: int = 0
    crop: float = 1.0  # for "shortest": how much of the scaled shorter side the crop keeps

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of the result: (height, width, 3)."""
        return (self.height, self.width, 3)

    @property
    def smallest(self) -> int:
        """The pixels that a decoder must at least leave on the shorter side, so that nothing is lost."""
        return int(max(self.height, self.width) / self.crop)

    def __call__(self, image: Image.Image) -> Pixels:
        """Return the model's input, uint8, shape (height, width, 3)."""
        scaled = image.resize(self._scaled_size(*image.size), Image.Resampling[self.interpolation.upper()])
        if scaled.size != (self.width, self.height):
            scaled = self._middle(scaled)
        return np.asarray(scaled, dtype=np.uint8)

    def _scaled_size(self, width: int, height: int) -> tuple[int, int]:
        """Return (width, height) to scale to; rounded as in torchvision, or as in timm for other shapes."""
        if self.mode == "squash":
            return self.width, self.height
        if self.mode == "shortest" and self.height == self.width:
            shorter = int(self.height / self.crop)
            if width <= height:
                return shorter, int(shorter * height / width)
            return int(shorter * width / height), shorter
        ratios = (height / self.height, width / self.width)
        ratio = max(ratios) if self.mode == "longest" else min(ratios)
        return max(1, round(width / ratio)), max(1, round(height / ratio))

    def _middle(self, image: Image.Image) -> Image.Image:
        """Crop the middle, padded where the picture is too small."""
        left = _offset(image.width, self.width)
        top = _offset(image.height, self.height)
        if left >= 0 and top >= 0:
            return image.crop((left, top, left + self.width, top + self.height))
        paper = Image.new("RGB", (self.width, self.height), (self.fill,) * 3)
        paper.paste(image, (-left, -top))
        return paper


def _offset(actual: int, wanted: int) -> int:
    """Return where a crop begins (or, negative, how much padding comes before), rounded as in torchvision."""
    return round((actual - wanted) / 2) if actual >= wanted else -((wanted - actual) // 2)
