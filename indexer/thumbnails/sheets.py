"""Several small pictures on one numbered JPEG. Drawn in a worker process, as all of jobs.py."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.thumbnails.jpegs import Jpeg, jpeg_within
from indexer.thumbnails.sheet_rows import NUMBER_HEIGHT, Place, laid_in_rows

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

GROUND, FRAME, INK = "#1c1c1c", "#5a5a5a", "#ffffff"
NUMBER_SIZE, WORDS_SIZE = 28, 20  # of the font: legible also where a host halves the sheet
MISSING = "can't be shown"
MISSING_SIZE = (200, 150)  # pixels of its cell, where others leave room


@dataclass(frozen=True, slots=True)
class Sheet:
    """Pictures in rows, each with its number above it, from 1 on."""

    pictures: tuple[bytes | None, ...]  # such as Pillow reads; None for one that can't be shown; at least one
    side: int  # pixels of the sheet's longer side at most
    most_bytes: int

    def do(self) -> Jpeg:
        """Draw it; raises what Pillow does for bytes that are no picture."""
        from PIL import Image, ImageDraw

        images = [None if content is None else _opened(content) for content in self.pictures]
        laid = laid_in_rows([MISSING_SIZE if image is None else image.size for image in images], self.side)
        sheet = Image.new("RGB", (laid.width, laid.height), GROUND)
        draw = ImageDraw.Draw(sheet)
        for number, (image, place) in enumerate(zip(images, laid.places, strict=True), 1):
            _write(draw, (place.left, place.top - NUMBER_HEIGHT), str(number), NUMBER_SIZE)
            if image is None:
                _frame(draw, place)
            else:
                sheet.paste(image.resize((place.width, place.height), Image.Resampling.LANCZOS), place[:2])
        return jpeg_within(sheet, self.most_bytes)


def _opened(content: bytes) -> Image.Image:
    from PIL import Image

    image: Image.Image = Image.open(io.BytesIO(content))
    return image.convert("RGB")


def _frame(draw: ImageDraw.ImageDraw, place: Place) -> None:
    """Say in a picture's place that it can't be shown."""
    left, top, width, height = place
    draw.rectangle((left, top, left + width - 1, top + height - 1), outline=FRAME)
    _write(draw, (left + 8, top + 8), MISSING, WORDS_SIZE, width - 16)


def _write(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, width: int | None = None) -> None:
    """Write a text in Pillow's own font, one word below the other where it is too wide."""
    from PIL import ImageFont

    font = ImageFont.load_default(size)
    if width is not None and draw.textlength(text, font) > width:
        text = text.replace(" ", "\n")
    draw.text(at, text, INK, font)
