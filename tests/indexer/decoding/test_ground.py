"""Tests of indexer.decoding.ground: what is drawn on transparency can be seen afterwards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from indexer.decoding.decode import open_picture
from indexer.decoding.ground import ground_of

LIGHT = [
    "white",
    "#fafafa",
    "#f0f0ff",
    "#ffffe8",
    "#e8ffff",
    "#ddd",
    "#ffeeff",
    "#eef",
    "#fefefe",
    "#e6e6e6",
    "#f5fff5",
]
DARK = ["black", "#222", "navy", "#804000", "red", "#00f", "#0a0", "yellow", "#888", "orange", "#06c"]


def drawing(colour: str, opacity: int = 255, ground: tuple[int, int, int] = (0, 0, 0)) -> Image.Image:
    """Return lines, a disc and a word on transparency."""
    image = Image.new("RGBA", (300, 200), (*ground, 0))
    draw = ImageDraw.Draw(image)
    red, green, blue = Image.new("RGB", (1, 1), colour).getpixel((0, 0))  # type: ignore[misc]
    ink = (red, green, blue, opacity)
    draw.ellipse((30, 40, 90, 100), fill=ink)
    draw.line((120, 20, 280, 180), fill=ink, width=2)
    draw.text((120, 30), "Hello", fill=ink, font_size=40)
    return image


def contrast(path: Path, smallest: int | None = None) -> float:
    """Return how much the decoded pixels differ from one another."""
    return float(np.asarray(open_picture(path, smallest).image, dtype=np.float32).std(axis=(0, 1)).max())


@pytest.mark.parametrize("colour", [*LIGHT, *DARK])
@pytest.mark.parametrize("hidden", [(0, 0, 0), (255, 255, 255)])
def test_a_drawing_can_be_seen(colour: str, hidden: tuple[int, int, int], tmp_path: Path) -> None:
    drawing(colour, ground=hidden).save(tmp_path / "a.png")
    assert contrast(tmp_path / "a.png") > 25 and contrast(tmp_path / "a.png", 60) > 25


@pytest.mark.parametrize("colour", LIGHT)
def test_light_drawings_are_put_on_black_and_all_others_on_white(colour: str, tmp_path: Path) -> None:
    assert ground_of(drawing(colour)) == "black"
    assert {ground_of(drawing(dark)) for dark in DARK} == {"white"}
    assert ground_of(drawing(colour, opacity=128)) == "black"


def test_other_forms_of_transparency(tmp_path: Path) -> None:
    white = drawing("white")
    white.convert("LA").save(tmp_path / "la.png")
    white.save(tmp_path / "a.webp", lossless=True)
    white.quantize(8).save(tmp_path / "palette.png")
    white.save(tmp_path / "a.tif")
    keyed = Image.new("RGB", (300, 200), (255, 0, 255))
    keyed.paste("white", (50, 50, 150, 150))
    keyed.save(tmp_path / "keyed.png", transparency=(255, 0, 255))
    assert all(contrast(path) > 25 for path in tmp_path.iterdir())


def test_a_white_page_with_round_corners_stays_white() -> None:
    page = Image.new("RGBA", (300, 200), "white")
    ImageDraw.Draw(page).multiline_text((20, 20), "Some text\n" * 6, fill="black", font_size=22)
    corners = Image.new("L", page.size, 0)
    ImageDraw.Draw(corners).rounded_rectangle((0, 0, 299, 199), 20, fill=255)
    page.putalpha(corners)
    assert ground_of(page) == "white"


def test_where_nothing_is_seen_on_any_ground() -> None:
    assert ground_of(Image.new("RGBA", (20, 20), (255, 255, 255, 0))) == "white"
    assert ground_of(Image.new("RGBA", (20, 20), (255, 255, 255, 255))) == "white"
    assert ground_of(Image.new("RGBA", (1, 1), (255, 255, 255, 9))) == "white"
