"""Pictures that are nearly alike and yet not the same: one layout with other content, patterns, bursts, animations.

Each family yields as many members as are asked for; every two of a family are different pictures.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

PAGE, PHONE, SCREEN = (1240, 1754), (1080, 1920), (1600, 1000)  # pixels
NAMES = ("Anna", "Berta", "Carl", "Dora", "Emil", "Frieda", "Gustav", "Heidi", "Ivan", "Jutta", "Karl", "Lena")
WORDS = (
    *("invoice", "delivery", "number", "amount", "total", "date", "customer", "address", "street", "payment", "due"),
    *("goods", "service", "office", "paper", "pens", "chair", "lamp", "table", "order", "weight", "colour", "width"),
)

Family = Callable[[int], Image.Image]  # a number -> its member


def _blank(size: tuple[int, int], colour: object = "white") -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", size, colour)  # type: ignore[arg-type]
    return image, ImageDraw.Draw(image)


def _words(source: random.Random, count: int) -> str:
    return " ".join(source.choice(WORDS) for _ in range(count))


# -- documents --------------------------------------------------------------------------------------------------


def form(number: int) -> Image.Image:
    """A form, filled in by another person each time."""
    layout, content = random.Random(7), random.Random(number)
    image, draw = _blank(PAGE)
    draw.text((124, 58), "APPLICATION FORM", fill="black", font_size=46)
    for row in range(16):
        top = 204 + row * 90
        draw.text((124, top), _words(layout, 2).title() + ":", fill="black", font_size=26)
        draw.rectangle((496, top - 9, 1116, top + 43), outline="black", width=2)
        entry = f"{content.choice(NAMES)} {content.choice(NAMES)}son {content.randint(1, 9999)}"
        draw.text((520, top), entry, fill=(20, 20, 120), font_size=29)
    return image


def form_with_other_number(number: int) -> Image.Image:
    """The same form filled in by the same person, but for one number."""
    image = form(1)
    ImageDraw.Draw(image).text((760, 1680), f"No. {1000 + 137 * number}", fill="black", font_size=24)
    return image


def invoice(number: int) -> Image.Image:
    """An invoice of one firm."""
    layout, content = random.Random(3), random.Random(number)
    image, draw = _blank(PAGE)
    draw.rectangle((0, 0, 1240, 125), fill=(30, 80, 140))
    draw.text((74, 30), "ACME Ltd.", fill="white", font_size=62)
    address = f"{content.choice(NAMES)} {content.choice(NAMES)}mann\n{_words(content, 1).title()} street"
    draw.text((74, 200), f"{address}\n{content.randint(10000, 99999)} City", fill="black", font_size=25)
    dated = f"Invoice no. {content.randint(1000, 9999)}\nDate {content.randint(1, 28)}.{content.randint(1, 12)}.2024"
    draw.text((806, 200), dated, fill="black", font_size=25)
    for row in range(6):
        top = 551 + row * 50
        draw.line((74, top + 35, 1166, top + 35), fill="grey")
        draw.text((74, top), f"{row + 1}  {_words(content, 3)}", fill="black", font_size=25)
        draw.text((1016, top), f"{content.randint(1, 900)}.{content.randint(10, 99)}", fill="black", font_size=25)
    for row in range(8):
        draw.text((74, 1378 + row * 32), _words(layout, 11), fill="grey", font_size=20)
    return image


def mailbox(number: int) -> Image.Image:
    """A screenshot of a mail program on a telephone, every second one dark."""
    content, dark = random.Random(number), number % 2
    image, draw = _blank(PHONE, (18, 18, 22) if dark else (245, 245, 248))
    draw.rectangle((0, 0, 1080, 154), fill=(40, 110, 200))
    draw.text((54, 58), "Mailbox", fill="white", font_size=48)
    for row in range(11):
        top = 192 + 144 * row
        draw.ellipse((43, top, 133, top + 90), fill=(200, 90, 60))
        who = f"{content.choice(NAMES)} {content.choice(NAMES)}"
        draw.text((194, top), who, fill="white" if dark else "black", font_size=36)
        draw.text((194, top + 46), _words(content, 5), fill="grey", font_size=28)
    return image


def chat(number: int) -> Image.Image:
    """A screenshot of a chat, whose last line is new."""
    content, last = random.Random(5), random.Random(number)
    image, draw = _blank(PHONE, (225, 215, 200))
    draw.rectangle((0, 0, 1080, 134), fill=(7, 94, 84))
    for row in range(9):
        top, left = 192 + 173 * row, 378 if row % 2 else 43
        draw.rounded_rectangle((left, top, left + 648, top + 134), 20, fill=(220, 248, 198) if row % 2 else "white")
        text = _words(last if row == 8 else content, 5)
        draw.text((left + 20, top + 15), text, fill="black", font_size=32)
    return image


def spreadsheet(number: int) -> Image.Image:
    """A table of numbers."""
    content = random.Random(number)
    image, draw = _blank(SCREEN)
    draw.rectangle((0, 0, 1600, 60), fill=(33, 115, 70))
    for left in range(0, 1600, 160):
        draw.line((left, 60, left, 1000), fill=(200, 200, 200))
    for top in range(60, 1000, 40):
        draw.line((0, top, 1600, top), fill=(200, 200, 200))
        for left in range(0, 1600, 160):
            draw.text((left + 10, top + 8), f"{content.randint(0, 99999) / 100:.2f}", fill="black", font_size=22)
    return image


def sheet_music(number: int) -> Image.Image:
    """A page of music."""
    content = random.Random(number)
    image, draw = _blank(PAGE)
    for staff in range(150, 1600, 155):
        for line in range(5):
            draw.line((100, staff + line * 16, 1140, staff + line * 16), fill="black", width=2)
        for left in range(160, 1100, 52):
            top = staff + content.randint(-1, 9) * 8
            draw.ellipse((left, top - 8, left + 20, top + 8), fill="black")
            draw.line((left + 19, top, left + 19, top - 56), fill="black", width=3)
    return image


DOCUMENTS: dict[str, Family] = {
    "forms": form,
    "forms, one number": form_with_other_number,
    "invoices": invoice,
    "screenshots": mailbox,
    "chats, last line": chat,
    "spreadsheets": spreadsheet,
    "sheet music": sheet_music,
}


# -- patterns ---------------------------------------------------------------------------------------------------


def _shade(number: int) -> np.ndarray:
    """A colour of a number's own."""
    return np.random.default_rng(number).integers(40, 256, 3).astype(np.float32)


def _toned(values: np.ndarray, number: int) -> Image.Image:
    """Return values 0..1 (h, w) as a picture between black and a colour."""
    return Image.fromarray((np.clip(values, 0, 1)[..., None] * _shade(number)).astype(np.uint8))


def _grid(size: tuple[int, int] = (640, 480)) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = np.mgrid[0 : size[1], 0 : size[0]]
    return columns.astype(np.float32), rows.astype(np.float32)


def _pattern(values: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Family:
    """Return a family: one pattern, or two of a pair by turns, in colours of their own."""
    return lambda number: _toned(values(*_grid()), number)


def blank_scan(number: int) -> Image.Image:
    """An empty sheet with its noise, its shadow at an edge and some dust."""
    source = np.random.default_rng(number)
    x, y = _grid()
    grey = 243 - 18 * (x > 605 + number % 20) - np.hypot(x - 320, y - 240) / 45 + source.normal(0, 2.5, x.shape)
    for _ in range(5):
        left, top = source.integers(0, 630), source.integers(0, 470)
        grey[top : top + 2, left : left + 2] = 120
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).convert("RGB")


PATTERNS: dict[str, Family] = {
    "plain colours": _pattern(lambda x, y: np.ones_like(x)),
    "gradients": _pattern(lambda x, y: x / 640),
    "slanting gradients": _pattern(lambda x, y: (x + y) / 1120),
    "round gradients": _pattern(lambda x, y: 1 - np.hypot(x - 320, y - 240) / 400),
    "stripes": _pattern(lambda x, y: x // 30 % 2),
    "slanting stripes": _pattern(lambda x, y: (x + y) // 40 % 2),
    "chessboards": _pattern(lambda x, y: (x // 80 + y // 60) % 2),
    "fine chessboards": _pattern(lambda x, y: (x // 37 + y // 37) % 2),
    "two halves": _pattern(lambda x, y: (x > 320) * 0.7 + 0.3),
    "slanting halves": _pattern(lambda x, y: (x * 480 > y * 640) * 0.7 + 0.3),
    "crosses": _pattern(lambda x, y: ((abs(x - 320) < 40) | (abs(y - 240) < 40)) * 0.8 + 0.2),
    "discs": _pattern(lambda x, y: (np.hypot(x - 320, y - 240) < 150) * 0.7 + 0.3),
    "blank scans": blank_scan,
    "single pixels": lambda number: _toned(np.ones((1, 1)), number),
}


# -- photos -----------------------------------------------------------------------------------------------------


def burst(image: Image.Image, number: int) -> Image.Image:
    """Return the next shots of a burst: nothing but a small thing, a 25th of the longer side, has moved on."""
    side = max(8, max(image.size) // 25)
    left, top = int(image.width * (0.2 + 0.045 * number)), int(image.height * 0.35)
    thing = Image.new("RGB", (side, side), (200, 60, 40))
    thing.paste((240, 230, 90), (side // 4, side // 4, side * 3 // 4, side * 3 // 4))
    shot = image.copy()
    shot.paste(thing, (left, top))
    return shot.filter(ImageFilter.GaussianBlur(0.6))


def fade_in(image: Image.Image, frames: int = 6) -> list[Image.Image]:
    """Return the frames of an animation that begins with black."""
    black = Image.new("RGB", image.size)
    return [Image.blend(black, image, step / (frames - 1)) for step in range(frames)]
