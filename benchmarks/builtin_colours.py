"""Measure whether the built-in model names the colours of things.

    apt-get download tuxpaint-stamps-default && dpkg -x tuxpaint-stamps-default_*.deb stamps
    python -m benchmarks.builtin_colours stamps/usr/share/tuxpaint/stamps

Repainted: each cut-out photo in one of the eleven basic colours (drawn from CSS' names, with its own light and shade),
put on white, on a plain colour, on a gradient, and on a part of a sample image; asked is which of "a black thing", "a
blue thing", ... fits best. The model's constants were chosen on other paintings of these photos and on the
sample images.

Captioned: photos whose caption names a colour, and the sample images of which one would; asked is the same. A caption
may say a kind ("A great blue heron") and is then passed over, as the model itself does it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageFilter

from benchmarks.builtin_model import captioned, on_white_square
from indexer.arrays import FloatArray
from indexer.builtin_space.colour_terms import COLOURS
from indexer.builtin_space.said_colours import said_colours
from indexer.decoding.decode import open_picture
from indexer.models.encoder import Encoder
from indexer.models.loading import load_encoder

SAMPLES = Path(__file__).parent.parent / "sample_images"
SIDE, LARGEST, SMALLEST = 290, 230, 0.6  # pixels of a picture and of a thing, and how small that may get
GROUNDS = ("white", "plain", "gradient", "picture")
PAINTS = {
    "black": "black",
    "blue": "blue navy royalblue dodgerblue steelblue skyblue cornflowerblue mediumblue",
    "brown": "saddlebrown sienna brown chocolate",
    "green": "green lime forestgreen limegreen darkgreen seagreen lightgreen darkolivegreen",
    "grey": "gray darkgray dimgray lightslategray slategray",
    "orange": "orange darkorange orangered",
    "pink": "pink hotpink deeppink lightpink",
    "purple": "purple indigo darkviolet rebeccapurple blueviolet mediumpurple",
    "red": "red crimson firebrick",
    "white": "white whitesmoke snow ivory ghostwhite floralwhite",
    "yellow": "yellow gold khaki",
}
SHOWN = {  # the sample images of one colour, and what one may call it
    "apple-green.tif": "green",
    "bananas.jpg": "yellow",
    "candles.avif": "brown orange yellow",
    "car-blue.jpg": "blue",
    "car-jeep.jpg": "green",
    "car-red.jpg": "red",
    "car-taxi.jpg": "yellow orange",
    "cup-white.jpg": "white",
    "dumbbell.jpg": "black",
    "espresso.jpg": "white",
    "fly-agaric.heic": "red",
    "hourglass.jpg": "brown",
    "keyboard.jpg": "black",
    "lemons.webp": "yellow",
    "mug-blue.png": "blue",
    "oranges.jpg": "orange",
    "padlock.jpg": "brown yellow",
    "park-bench.jpg": "brown",
    "red-envelope.jpg": "red",
    "sailboat.webp": "white",
    "sofa.jpg": "blue",
    "strawberries.jpg": "red",
    "teapot.webp": "green",
    "umbrella.png": "red",
}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="builtin")
    arguments = parser.parse_args()
    encoder = load_encoder(arguments.model, "cpu")
    pairs = captioned(arguments.folder)
    repainted(encoder, [picture for picture, _ in pairs])
    stamps = [(path, _said(caption)) for path, caption in pairs]
    one = [(on_white_square(path), names) for path, names in stamps if len(names) == 1]
    _report("captioned photos", encoder, one)
    smallest = encoder.preprocess.smallest
    samples = [(open_picture(SAMPLES / name, smallest).image, set(names.split())) for name, names in SHOWN.items()]
    _report("sample images", encoder, samples)


def repainted(encoder: Encoder, paths: list[Path]) -> None:
    """Report how many repainted things get their colour, by ground and in all."""
    random = np.random.default_rng(7)
    grounds = [open_picture(SAMPLES / name, SIDE).image for name in SHOWN]
    everything = []
    for ground in GROUNDS:
        painted = [painted_thing(path, ground, grounds, random) for path in paths]
        pairs = [pair for pair in painted if pair is not None]
        _report(f"repainted, on {ground}", encoder, pairs)
        everything += pairs
    _report("repainted, in all", encoder, everything)


def _said(caption: str) -> set[str]:
    return {colour for colour, value in zip(COLOURS, said_colours(caption).colours, strict=True) if value}


def _report(what: str, encoder: Encoder, pairs: list[tuple[Image.Image, set[str]]]) -> None:
    """Print the share of pictures whose best text names one of their colours."""
    if not pairs:
        return
    prompts = encoder.encode_texts([f"a {colour} thing" for colour in COLOURS])
    right = 0
    for start in range(0, len(pairs), 16):
        batch = np.stack([encoder.preprocess(picture) for picture, _ in pairs[start : start + 16]])
        best: FloatArray = (encoder.encode_images(batch) @ prompts.T).argmax(axis=1)
        right += sum(COLOURS[int(k)] in names for k, (_, names) in zip(best, pairs[start:], strict=False))
    print(f"{what}: R@1 {right / len(pairs):.3f} of {len(pairs)}")


def painted_thing(
    path: Path, ground: str, grounds: list[Image.Image], random: np.random.Generator
) -> tuple[Image.Image, set[str]] | None:
    """Return a thing in a random colour on a ground, with the colour's name; None if it is not cut out."""
    with Image.open(path) as opened:
        thing = opened.convert("RGBA")
    thing.thumbnail((LARGEST, LARGEST))
    pixels = np.asarray(thing, dtype=np.float64) / 255
    if pixels[..., 3].mean() > 0.97:
        return None
    colour = COLOURS[random.integers(len(COLOURS))]
    paints = PAINTS[colour].split()
    painted = repaint(pixels, ImageColor.getrgb(paints[random.integers(len(paints))])[:3])
    scale = random.uniform(SMALLEST, 1)
    size = [max(1, round(length * scale)) for length in thing.size]
    cut = Image.fromarray((painted * 255).astype(np.uint8)).resize((size[0], size[1]))
    picture = _ground(ground, grounds, random)
    places = [max(0, (SIDE - length) // 2 + int(random.integers(-25, 26))) for length in size]
    picture.paste(cut, (places[0], places[1]), cut)
    return picture, {colour}


def repaint(pixels: NDArray[np.float64], paint: tuple[int, ...]) -> NDArray[np.float64]:
    """Return RGBA of 0..1 in a paint, as much lighter and darker as the thing is itself."""
    light = pixels[..., :3] @ (0.2126, 0.7152, 0.0722)
    weights = pixels[..., 3] + 1e-9
    shade = np.clip(light - (light * weights).sum() / weights.sum(), -0.5, 0.5)[..., np.newaxis]
    base = np.array(paint) / 255
    darker, lighter = base * (1 + 1.2 * np.minimum(shade, 0)), base + (1 - base) * 0.6 * np.maximum(shade, 0)
    return np.concatenate([np.where(shade < 0, darker, lighter), pixels[..., 3:]], axis=2).clip(0, 1)


def _ground(kind: str, grounds: list[Image.Image], random: np.random.Generator) -> Image.Image:
    """Return a square picture to put a thing on."""
    if kind == "white":
        return Image.new("RGB", (SIDE, SIDE), "white")
    if kind == "plain":
        return Image.new("RGB", (SIDE, SIDE), _any_colour(random))
    if kind == "gradient":
        ends = Image.new("RGB", (1, 2))
        ends.putpixel((0, 0), _any_colour(random))
        ends.putpixel((0, 1), _any_colour(random))
        return ends.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    picture = grounds[random.integers(len(grounds))]
    left, top = (int(random.integers(length - SIDE + 1)) for length in picture.size)
    part = picture.crop((left, top, left + SIDE, top + SIDE))
    return part.filter(ImageFilter.GaussianBlur(float(random.choice([0, 2, 6]))))


def _any_colour(random: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = random.integers(256, size=3)
    return int(red), int(green), int(blue)


if __name__ == "__main__":
    main()
