"""Make what is indexed: pictures like a phone's of 12 MP, and trees of small ones."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.daily.processes import CORES

SAMPLES = Path(__file__).resolve().parent.parent.parent / "sample_images"
LARGE, SMALL, TINY = (4000, 3000), (160, 120), (64, 48)  # pixels
PER_FOLDER = 500
Field = np.ndarray[Any, np.dtype[np.float32]]  # of brightness, (height, width)


def make_photos(folder: Path, count: int, size: tuple[int, int] = LARGE) -> list[Path]:
    """Make the large pictures that are not there yet, on all cores; return the first `count`."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"IMG_{number:04}.jpg" for number in range(count)]
    missing = [number for number, path in enumerate(paths) if not path.exists()]
    with ProcessPoolExecutor(CORES) as pool:
        list(pool.map(make_photo, [folder] * len(missing), missing, [size] * len(missing)))
    return paths


def make_photo(folder: Path, seed: int, size: tuple[int, int]) -> None:
    """Make one: a part of a sample image scaled up, under noise of every size that fades in and out."""
    random = np.random.default_rng(seed)
    scaled = part_of_a_sample(seed, random, size)
    strength = np.clip(0.7 + 0.6 * random.standard_normal((7, 9), dtype=np.float32), 0.05, 2)
    shade = texture(random, size) * random.uniform(22, 36) * enlarged(strength, size)
    pixels = np.asarray(scaled, np.float32) + shade[..., np.newaxis] * np.array([1, 0.95, 0.85], np.float32)
    picture = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    part = folder.with_name(f"{folder.name}-{seed}.part")
    picture.save(part, "JPEG", quality=90, subsampling="4:2:0", exif=phone_exif(seed))
    part.rename(folder / f"IMG_{seed:04}.jpg")


def part_of_a_sample(number: int, random: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Return a part of a sample image, 4 to 3, scaled."""
    samples = sorted(SAMPLES.glob("*.jpg"))
    with Image.open(samples[number % len(samples)]) as sample:
        width = min(sample.width, sample.height * 4 / 3) * random.uniform(0.5, 1)
        left, top = random.uniform(0, sample.width - width), random.uniform(0, sample.height - width * 3 / 4)
        box = (left, top, left + width, top + width * 3 / 4)
        return sample.convert("RGB").resize(size, Image.Resampling.BICUBIC, box)


def texture(random: np.random.Generator, size: tuple[int, int], octaves: int = 9) -> Field:
    """Return noise of structures from 512 pixels down to 1."""
    noise = np.zeros((2, 2), np.float32)
    for octave in range(octaves, -1, -1):
        width, height = -(-size[0] >> octave), -(-size[1] >> octave)
        detail = random.standard_normal((height, width), dtype=np.float32)
        noise = enlarged(noise, (width, height)) + np.float32(0.89 ** (octaves - octave)) * detail
    return noise


def enlarged(field: Field, size: tuple[int, int]) -> Field:
    """Return a field smoothly scaled to (width, height)."""
    return np.asarray(Image.fromarray(field).resize(size, Image.Resampling.BILINEAR))


def phone_exif(seed: int) -> Image.Exif:
    """Return what a phone writes; every fourth picture was taken upright."""
    exif = Image.Exif()
    exif.update({0x010F: "Clipsearch", 0x0110: "Benchmark 12", 0x0112: 6 if seed % 4 == 3 else 1, 0x0131: "1.0"})
    taken = f"2024:05:{seed % 28 + 1:02} 12:{seed % 60:02}:00"
    exif.get_ifd(0x8769).update(
        {0x829A: 0.01, 0x829D: 1.8, 0x8827: 100, 0x9003: taken, 0x9011: "+02:00", 0x920A: 4.2, 0xA434: "4.2 mm f/1.8"}
    )
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, seed % 60), 3: "E", 4: (11.0, 34.0, seed % 60)})
    return exif


def make_tree(folder: Path, count: int, distinct: int, size: tuple[int, int] = SMALL) -> Path:
    """Make a tree of small JPEGs, all but the first `distinct` copies of those, unless it is there."""
    if folder.exists():
        return folder
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    random = np.random.default_rng(0)
    for number in range(count):
        path = part / f"{number // PER_FOLDER:03}" / f"IMG_{number % PER_FOLDER:04}.jpg"
        if number % PER_FOLDER == 0:
            path.parent.mkdir(parents=True)
        if number < distinct:
            part_of_a_sample(number, random, size).save(path)
        else:
            first = number % distinct
            shutil.copyfile(part / f"{first // PER_FOLDER:03}" / f"IMG_{first % PER_FOLDER:04}.jpg", path)
    part.rename(folder)
    return folder


def link_all(paths: Sequence[Path], folder: Path) -> Path:
    """Return a new folder of hard links to pictures."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in paths:
        (folder / path.name).hardlink_to(path)
    return folder
