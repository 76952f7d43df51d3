"""Fuzzing: broken pictures of every format go through real workers; none crashes, hangs or eats the memory.

`pytest tests/test_fuzz.py --fuzz-cases 100000 --fuzz-seed 7` tries more. A case is made anew from its format, the
seed and its number alone, so what a failure names can be tried again.
"""

from __future__ import annotations

import io
import math
import random
import re
import shutil
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from indexer.engine.job import Decoded, Failed, Job
from indexer.engine.pool import Pool
from indexer.files.found import FoundFile
from indexer.metadata.metadata import SOURCES
from indexer.models.preprocess import Preprocess
from indexer.store.roots import Root

PATIENCE = 60.0  # seconds for one file: some milliseconds, but a busy machine may stop a worker
MEMORY = 1024**3  # bytes for one file
PREPROCESS = Preprocess(16, 16)
DIED = re.compile("crashed|was killed|took longer than")

Seeds = list[tuple[str, bytes]]  # suffixes and contents


def scene(width: int = 64, height: int = 48) -> Image.Image:
    """Return a picture with slopes, edges and noise, so that a compressor uses all it has."""
    rows, columns = np.mgrid[0:height, 0:width]
    noise = np.random.default_rng(1).integers(0, 40, (height, width))
    red = columns * 215 // width + noise
    return Image.fromarray(np.dstack([red, rows * 255 // height, (rows // 8 + columns // 8) % 2 * 200]).astype("u1"))


def exif() -> bytes:
    """Return EXIF with its sub-directories."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Acme", "Pinhole 1", 6
    exif[0x8769] = {0x9003: "2021:07:04 12:30:00", 0x9011: "+02:00", 0xA434: "50mm f/2"}
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 29.6), 3: "E", 4: (2.0, 17.0, 40.2)}
    return exif.tobytes()


ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def saved(format: str, image: Image.Image | None = None, **options: Any) -> bytes:
    """Return a picture as a file's bytes."""
    file = io.BytesIO()
    (image or scene()).save(file, format, **options)
    return file.getvalue()


def grey_16() -> Image.Image:
    return Image.fromarray((np.asarray(scene().convert("L"), dtype="<u2") * 257).astype("<u2"))


def animation(mode: str) -> dict[str, Any]:
    """Return save options for two more pictures after the first."""
    more = [scene().rotate(angle).convert(mode) for angle in (90, 180)]
    return {"save_all": True, "append_images": more, "duration": 50}


def jpegs() -> Seeds:
    both: Any = {"exif": exif(), "icc_profile": ICC}
    return [
        (".jpg", saved("JPEG", **both)),
        (".jpg", saved("JPEG", scene(200, 150), progressive=True, **both)),
        (".jpg", saved("JPEG", scene(200, 150), restart_marker_blocks=4, subsampling=2)),
        (".jpg", saved("JPEG", scene().convert("CMYK"))),
        (".jpg", saved("JPEG", scene().convert("L"))),
        (".mpo", saved("MPO", save_all=True, append_images=[scene().rotate(90)], exif=exif())),
    ]


def pngs() -> Seeds:
    return [
        (".png", saved("PNG", exif=exif(), icc_profile=ICC)),
        (".png", saved("PNG", grey_16())),
        (".png", saved("PNG", scene().convert("P"), transparency=3)),
        (".png", saved("PNG", scene().convert("1"))),
        (".apng", saved("PNG", scene().convert("RGBA"), **animation("RGBA"))),
    ]


def webps() -> Seeds:
    return [
        (".webp", saved("WEBP", exif=exif(), icc_profile=ICC)),
        (".webp", saved("WEBP", scene().convert("RGBA"), lossless=True)),
        (".webp", saved("WEBP", scene().convert("RGBA"), **animation("RGBA"))),
    ]


def gifs() -> Seeds:
    return [
        (".gif", saved("GIF", scene().convert("P"))),
        (".gif", saved("GIF", scene().convert("P"), transparency=3, interlace=1)),
        (".gif", saved("GIF", scene().convert("P"), **animation("P"))),
    ]


def tiffs() -> Seeds:
    colour = ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "lzma", "zstd")
    return [
        (".tif", saved("TIFF", exif=exif(), icc_profile=ICC)),
        *((".tif", saved("TIFF", compression=name, icc_profile=ICC)) for name in colour),
        *((".tif", saved("TIFF", scene().convert("1"), compression=name)) for name in ("group3", "group4")),
        (".tiff", saved("TIFF", grey_16(), compression="tiff_lzw", tiffinfo={317: 2})),
        (".tiff", saved("TIFF", scene().convert("CMYK"))),
        (".tiff", saved("TIFF", scene().convert("F"))),
        (".tiff", saved("TIFF", big_tiff=True)),
        (".tiff", saved("TIFF", scene().convert("P"), **animation("P"))),
    ]


def bmps() -> Seeds:
    return [
        *((".bmp", saved("BMP", scene().convert(mode))) for mode in ("RGB", "P", "L", "1", "RGBA")),
        (".dib", saved("DIB")),
    ]


def jpeg_2000s() -> Seeds:
    return [
        (".jp2", saved("JPEG2000")),
        (".jp2", saved("JPEG2000", scene(200, 150), irreversible=True, tile_size=(64, 64), quality_layers=[40, 20])),
        (".jp2", saved("JPEG2000", scene().convert("RGBA"))),
        (".j2k", saved("JPEG2000", grey_16(), no_jp2=True)),
        (".j2k", saved("JPEG2000", scene(200, 150), no_jp2=True, progression="RPCL")),
    ]


def ppms() -> Seeds:
    plain = "P3 4 3 255\n" + "\n".join(str(number * 7) for number in range(36))
    return [
        (".ppm", saved("PPM")),
        (".pgm", saved("PPM", scene().convert("L"))),
        (".pgm", saved("PPM", grey_16())),
        (".pbm", saved("PPM", scene().convert("1"))),
        (".ppm", plain.encode()),
        (".pbm", b"P1\n# plain\n8 4\n" + b"10110001" * 4),
        (".pnm", b"Pf 8 4 -1.0\n" + np.linspace(0, 1, 32, dtype="<f4").tobytes()),
    ]


def heics() -> Seeds:
    heif = pytest.importorskip("pillow_heif")

    def heic(image: Image.Image, **options: Any) -> bytes:
        file = io.BytesIO()
        heif.from_pillow(image).save(file, **options)
        return file.getvalue()

    more = heif.from_pillow(scene())
    more.add_from_pillow(scene(80, 60))
    several = io.BytesIO()
    more.save(several)
    return [
        (".heic", heic(scene(), exif=exif(), icc_profile=ICC)),
        (".heic", heic(scene(200, 150).convert("RGBA"), quality=40)),
        (".heif", heic(scene().convert("L"))),
        (".heif", several.getvalue()),
    ]


def avifs() -> Seeds:
    return [
        (".avif", saved("AVIF", exif=exif(), icc_profile=ICC)),
        (".avif", saved("AVIF", scene(200, 150).convert("RGBA"), quality=40)),
        (".avif", saved("AVIF", **animation("RGB"))),
    ]


def jxls() -> Seeds:
    pytest.importorskip("pillow_jxl")
    jpeg = io.BytesIO(saved("JPEG", exif=exif()))
    return [
        (".jxl", saved("JXL", exif=exif())),
        (".jxl", saved("JXL", lossless=True)),
        (".jxl", saved("JXL", scene(200, 150).convert("RGBA"), quality=60)),
        (".jxl", saved("JXL", Image.open(jpeg), lossless_jpeg=True)),
    ]


def raws() -> Seeds:
    from tests.indexer.decoding.test_raw import dng

    return [(".dng", dng(scene(128, 96), 6)), (".dng", dng(scene(128, 96), 1, scene(64, 48)))]


def videos(folder: Path) -> Seeds:
    from tests.indexer.video.writing import RED, scene, write

    kinds = [
        ("a.mp4", "libx264"),
        ("a.mkv", "libx264"),
        ("a.avi", "mpeg4"),
        ("a.webm", "libvpx"),
        ("a.mpg", "mpeg2video"),
    ]
    frames = scene(RED, 1, 5, (64, 48))
    files = [write(folder / name, frames, 25 if name == "a.mpg" else 5, codec) for name, codec in kinds]
    return [(file.suffix, file.read_bytes()) for file in files]


FORMATS: dict[str, Callable[..., Seeds]] = {
    "JPEG": jpegs,
    "PNG": pngs,
    "WebP": webps,
    "GIF": gifs,
    "TIFF": tiffs,
    "BMP": bmps,
    "JPEG 2000": jpeg_2000s,
    "PPM": ppms,
    "HEIC": heics,
    "AVIF": avifs,
    "JPEG XL": jxls,
    "RAW": raws,
    "video": videos,
}

EXTREMES = (0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**16 - 1, 2**15, 2**15 - 1, 10_000, 20_000, 100_000)


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return a broken file: one to three of the mutations below, one after another."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        chance.choice(MUTATIONS)(data, chance)
    return bytes(data)


def flip_bits(data: bytearray, chance: random.Random, end: int | None = None) -> None:
    for _ in range(chance.choice((1, 2, 4, 16, 64)) if data else 0):
        data[chance.randrange(min(len(data), end or len(data)))] ^= 1 << chance.randrange(8)


def flip_bits_of_the_head(data: bytearray, chance: random.Random) -> None:
    flip_bits(data, chance, chance.choice((32, 128, 512)))


def cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data) + 1) :]


def cut_out(data: bytearray, chance: random.Random) -> None:
    del data[_block(data, chance)]


def swap_blocks(data: bytearray, chance: random.Random) -> None:
    block = _block(data, chance)
    length = block.stop - block.start
    other = chance.randrange(len(data) - length + 1)
    data[block], data[other : other + length] = data[other : other + length], data[block]


def double_block(data: bytearray, chance: random.Random) -> None:
    offset = chance.randrange(len(data) + 1)
    data[offset:offset] = data[_block(data, chance)]


def insert_noise(data: bytearray, chance: random.Random) -> None:
    offset = chance.randrange(len(data) + 1)
    data[offset:offset] = chance.randbytes(chance.choice((1, 2, 4, 64)))


def blank_block(data: bytearray, chance: random.Random) -> None:
    block = _block(data, chance)
    data[block] = chance.choice((b"\0", b"\xff")) * (block.stop - block.start)


def write_extreme(data: bytearray, chance: random.Random) -> None:
    """Write a number where the file may have another: most such places are in the first bytes."""
    form = chance.choice("<> ").strip() + chance.choice("HI") if chance.random() < 0.9 else ">Q"
    packed = struct.pack(form, chance.choice(EXTREMES) % 256 ** struct.calcsize(form))
    offset = chance.randrange(max(1, min(len(data), chance.choice((64, 256, len(data))))))
    data[offset : offset + len(packed)] = packed


def _block(data: bytearray, chance: random.Random) -> slice:
    length = min(len(data), chance.choice((1, 4, 16, 64, 256, 1024)))
    start = chance.randrange(len(data) - length + 1)
    return slice(start, start + length)


MUTATIONS = (
    flip_bits,
    flip_bits_of_the_head,
    cut,
    cut_out,
    swap_blocks,
    double_block,
    insert_noise,
    blank_block,
    write_extreme,
    write_extreme,
)


def case(seeds: Seeds, format: str, seed: int, number: int) -> tuple[str, bytes]:
    """Return the suffix and the content of a case."""
    chance = random.Random(f"{seed} {format} {number}")
    suffix, content = seeds[number % len(seeds)]
    return suffix, mutated(content, chance)


def what_is_wrong(answer: Decoded | Failed) -> str | None:
    """Return what no file may make of a worker, or of the library."""
    if isinstance(answer, Failed):
        if DIED.search(answer.failure.reason):
            return answer.failure.reason
        if not answer.failure.lasting:
            return f"would be tried again at every run: {answer.failure.reason}"
        return None if answer.failure.reason.isprintable() else f"odd reason: {answer.failure.reason!r}"
    frame, metadata = answer.frame, answer.frame.metadata
    texts = (metadata.taken_at, metadata.camera_make, metadata.camera_model, metadata.lens)
    sane = {
        "sizes": type(frame.width) is type(frame.height) is int and min(frame.width, frame.height) > 0,
        "a time": type(frame.at_ms) is int and 0 <= frame.at_ms < 2**53,
        "a format": bool(frame.format),
        "a digest": len(frame.digest) == 16,
        "texts": all(text is None or _is_storable(text) for text in texts),
        "a latitude": _is_within(metadata.latitude, 90),
        "a longitude": _is_within(metadata.longitude, 180),
        "milliseconds": metadata.taken_ms is None or metadata.taken_ms in range(1000),
        "a source": metadata.taken_from in ((None,) if metadata.taken_at is None else SOURCES),
        "an orientation": metadata.orientation is None or metadata.orientation in range(1, 9),
        "pixels": answer.pixels.shape == PREPROCESS.shape,
    }
    wrong = [name for name, is_so in sane.items() if not is_so]
    return f"without {', '.join(wrong)}: {frame}" if wrong else None


def _is_storable(text: object) -> bool:
    """Return whether SQLite and a terminal can take it."""
    if type(text) is not str or not text:
        return False
    try:
        text.encode()
    except UnicodeError:
        return False
    return text.isprintable()


def _is_within(degrees: object, limit: float) -> bool:
    return degrees is None or (type(degrees) is float and math.isfinite(degrees) and abs(degrees) <= limit)


def peak(pid: int) -> int:
    """Return the most memory in bytes that a process has held; 0 where /proc does not say."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) * 1024 if found else 0


@pytest.mark.parametrize("format", FORMATS)
def test_broken_files_of_every_format_do_no_harm(format: str, tmp_path: Path, fuzz_cases: int, fuzz_seed: int) -> None:
    seeds = videos(tmp_path) if format == "video" else FORMATS[format]()
    count = max(len(seeds), math.ceil(fuzz_cases / len(FORMATS)))
    folder, kept = tmp_path / "cases", tmp_path / "offending"
    folder.mkdir()
    root = Root(1, folder, None)

    def jobs() -> Iterator[Job]:
        """Write the files as the workers ask for them, first the sound ones."""
        for number in range(-len(seeds), count):
            suffix, content = seeds[number] if number < 0 else case(seeds, format, fuzz_seed, number)
            path = folder / f"{number}{suffix}"
            path.write_bytes(content)
            yield Job(root, FoundFile(path.name, len(content), path.stat().st_mtime_ns))

    wrong: list[str] = []
    answered: set[int] = set()
    read = 0

    def look_at(answer: Decoded | Failed) -> None:
        nonlocal read
        number = int(answer.job.path.stem)
        reason = what_is_wrong(answer)
        if number < 0 and isinstance(answer, Failed):
            reason = f"a sound file failed: {answer.failure.reason}"
        if reason:
            kept.mkdir(exist_ok=True)
            shutil.copy(answer.job.path, kept / f"{format} seed {fuzz_seed} case {answer.job.path.name}")
            wrong.append(f"{format}, seed {fuzz_seed}, case {number}: {reason}")
        if isinstance(answer, Failed) or answer.frame.last:
            answered.add(number)
            read += isinstance(answer, Decoded)
            answer.job.path.unlink()

    with Pool(2, 4, PREPROCESS, PATIENCE, MEMORY) as pool:
        for answer in pool.decode(jobs()):
            look_at(answer)
            if isinstance(answer, Decoded):
                answer.release()
        peaks = [peak(worker.process.pid) for worker in pool._workers]
    assert answered == set(range(-len(seeds), count)), "every file has an answer"
    assert not wrong, "\n".join([*wrong, f"the files are kept in {kept}"])
    assert max(peaks) < MEMORY + 256 * 1024**2, "no worker has held more than its limit and what it began with"
    assert read > len(seeds), "some broken files can still be read, or the mutations are too strong"
