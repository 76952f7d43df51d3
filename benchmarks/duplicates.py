"""Measure what tells copies of a shot from other shots, and how long a library takes.

    python -m benchmarks.duplicates                           # the sample images
    python -m benchmarks.duplicates FOLDER... VIDEO...        # and more pictures; frames of videos, as bursts
    python -m benchmarks.duplicates --scale 100000 [--dim 512]

Of each picture it makes variants that are the same shot, and pairs that are not: other frames, turns, moved subjects,
bursts. Beside these it compares pictures of one layout with other content, patterns and animations (lookalikes.py).
Prints the recall of the former and the rate of the latter that are taken for copies, by the threshold on the bits of
the perceptual hash and on the cosine, with a model's embeddings, after the files were compared as `duplicates` does;
then what each kind is said to be, and which part of it a search folds (search/folding). No dates are used, which
cameras' bursts have. Real photos: apt-get download mate-backgrounds lomiri-wallpapers-16.04 lomiri-wallpapers-20.04
ukui-wallpapers, and dpkg -x.

--scale fills a library with clustered random embeddings and hashes, one in a hundred a near copy of another, and runs
`find_duplicates` on it twice in a process of its own: the second time the comparisons of the files are known.
"""

from __future__ import annotations

import argparse
import io
import itertools
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from benchmarks.lookalikes import DOCUMENTS, PATTERNS, burst, fade_in
from indexer.arrays import FloatArray
from indexer.decoding.decode import decode_picture, open_picture
from indexer.decoding.frame import Frame
from indexer.decoding.perceptual_hash import HASHED_SIDE, perceptual_hash
from indexer.files.formats import PICTURE_SUFFIXES, is_video
from indexer.metadata.metadata import Metadata
from indexer.models.encoder import Encoder
from indexer.models.loading import load_encoder
from indexer.store.embeddings import MomentVector
from indexer.store.models import remember_model
from indexer.store.pictures import EncodedFile, store_batch
from indexer.store.roots import Root
from indexer.store.store import Store
from search.duplicates.groups import COSINE
from search.duplicates.near import MOST_BITS
from search.duplicates.reduced import Reduced, difference_of_files, reduced
from search.folding.same_pictures import Look, is_one_picture

SAMPLES = Path(__file__).parent.parent / "sample_images"
LONGEST = 1280  # pixels of the pictures that variants are made of
BITS = (16, 24, 32, 40, 48, 56, 64, 80)
COSINES = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97)
DIFFERENCES = (None, "same", "as detailed", "cropped", "brightness", "black and white", "colours", "filtered", "marked")
MEMBERS = 5  # of each family of lookalikes
GAPS = (0.2, 1.0, 2.0)  # seconds between frames of a video
OLD_ORIENTATION = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}

File = io.BytesIO
Pair = tuple[str, int, int]  # kind, and the rows of what is compared


# -- variants ---------------------------------------------------------------------------------------------------


def saved(image: Image.Image, form: str = "JPEG", **options: object) -> File:
    """Return the picture as a file."""
    file = io.BytesIO()
    image.save(file, form, **{"quality": 85, **options})
    return file


def cut(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    """Return the picture without these parts of its sides."""
    width, height = image.size
    return image.crop(
        (round(width * left), round(height * top), round(width * (1 - right)), round(height * (1 - bottom)))
    )


def same_shot(image: Image.Image) -> Iterator[tuple[str, File]]:
    """Yield copies of a picture, by kind."""
    for quality in (30, 50, 75, 95):
        yield f"JPEG quality {quality}", saved(image, quality=quality)
    for factor in (0.25, 0.5, 0.75, 1.5, 2.0):
        size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
        yield f"scaled to {factor:.0%}", saved(image.resize(size, Image.Resampling.LANCZOS))
    yield "WebP", saved(image, "WEBP", quality=70)
    yield "PNG", saved(image, "PNG", compress_level=1)
    yield "HEIC", saved(image, "HEIF", quality=60)
    for factor in (0.75, 1.3):
        yield f"brightness {factor:.0%}", saved(ImageEnhance.Brightness(image).enhance(factor))
        yield f"contrast {factor:.0%}", saved(ImageEnhance.Contrast(image).enhance(factor))
    for part in (0.02, 0.05):
        yield f"cropped by {part:.0%}, middle", saved(cut(image, part / 2, part / 2, part / 2, part / 2))
        yield f"cropped by {part:.0%}, one side", saved(cut(image, part, 0, 0, 0))
        yield f"cropped by {part:.0%}, a corner", saved(cut(image, part, part, 0, 0))
    marked = image.copy()
    place = (image.width * 0.5, image.height * 0.9)
    ImageDraw.Draw(marked).text(place, "(c) 2024 a photographer", fill="white", font_size=image.height // 18)
    yield "watermark", saved(marked)
    for orientation, turn in OLD_ORIENTATION.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield "turned by EXIF", saved(image.transpose(turn), exif=exif)


def other_shots(image: Image.Image) -> Iterator[tuple[str, File, File]]:
    """Yield pairs that two shots of the scene might be, by kind."""
    for part in (0.05, 0.1, 0.15):
        yield f"frame moved by {part:.0%}", saved(cut(image, 0, 0, part, 0)), saved(cut(image, part, 0, 0, 0))
        yield f"frame moved by {part:.0%}", saved(cut(image, 0, 0, 0, part)), saved(cut(image, 0, part, 0, 0))
    for part in (0.15, 0.25):
        side = part / 2
        yield f"zoomed by {part:.0%}", saved(image), saved(cut(image, side, side, side, side))
    yield "mirrored", saved(image), saved(ImageOps.mirror(image))
    for angle in (3, 6, 10):
        turned = image.rotate(angle, Image.Resampling.BICUBIC)
        inner = (0.1, 0.1, 0.1, 0.1)
        yield f"camera turned by {angle} degrees", saved(cut(image, *inner)), saved(cut(turned, *inner))
    width, height = image.size
    box = (int(width * 0.35), int(height * 0.35), int(width * 0.65), int(height * 0.65))
    subject = image.copy()
    subject.paste(ImageOps.flip(image.crop(box)), box[:2])
    yield "middle 30% changed", saved(image), saved(subject)
    shots = [saved(burst(image, number)) for number in range(3)]
    yield from (("a small thing moved", *pair) for pair in itertools.combinations(shots, 2))


def edits(image: Image.Image) -> Iterator[tuple[str, File]]:
    """Yield versions that are near but not the same, by kind."""
    grey = ImageOps.grayscale(image)
    red, green, blue = image.split()
    warm = Image.merge("RGB", (red.point(lambda v: min(255, v * 1.15)), green, blue.point(lambda v: v * 0.8)))
    yield "edit: black and white", saved(grey.convert("RGB"), quality=92)
    yield "edit: sepia", saved(ImageOps.colorize(grey, "#140a00", "#fff0c8"), quality=92)
    yield "edit: more colour", saved(ImageEnhance.Color(image).enhance(1.8), quality=92)
    yield "edit: less colour", saved(ImageEnhance.Color(image).enhance(0.4), quality=92)
    yield "edit: warm", saved(warm, quality=92)
    yield "edit: lighter shadows", saved(image.point(lambda v: 255 * (v / 255) ** 0.7), quality=92)
    yield "edit: equalized", saved(ImageOps.equalize(image), quality=92)
    yield "edit: sharpened", saved(image.filter(ImageFilter.UnsharpMask(3, 150, 2)), quality=92)
    yield "edit: blurred", saved(image.filter(ImageFilter.GaussianBlur(3)), quality=92)


def lookalikes(members: int) -> Iterator[tuple[str, File, File]]:
    """Yield every two of some members of each family."""
    for name, family in (DOCUMENTS | PATTERNS).items():
        files = [saved(family(number), quality=90) for number in range(members)]
        yield from ((name, *pair) for pair in itertools.combinations(files, 2))


def animations(images: Sequence[Image.Image]) -> Iterator[tuple[str, File, File]]:
    """Yield animations that fade in from black, and scans with one cover page."""
    small = [image.resize((320, 240)) for image in images]
    fades = [saved(frames[0], "GIF", save_all=True, append_images=frames[1:]) for frames in map(fade_in, small)]
    scans = [saved(small[0], "TIFF", save_all=True, append_images=[page]) for page in small[1:]]
    yield from (("animations that fade in", *pair) for pair in itertools.combinations(fades, 2))
    yield from (("scans with one cover", *pair) for pair in itertools.combinations(scans, 2))


# -- what is measured -------------------------------------------------------------------------------------------


class Seen:
    """The hashes and embeddings of files, decoded as indexing does it."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        """Take a model, and a folder for the files while they are compared."""
        self._encoder = encoder
        self._folder = folder
        self._pixels: list[np.ndarray] = []
        self._vectors: list[FloatArray] = []
        self._hashes: list[bytes] = []
        self._looks: list[Look] = []
        self._kept: dict[int, Reduced | None] = {}
        self.hashing = 0.0  # seconds
        self.comparing: list[float] = []  # seconds

    def add(self, file: File) -> int:
        """Take a file, and return its row."""
        (self._folder / str(len(self))).write_bytes(file.getvalue())
        file.seek(0)
        image = decode_picture(file, "", max(self._encoder.preprocess.smallest, HASHED_SIDE)).image
        started = time.process_time()
        self._hashes.append(perceptual_hash(image))
        self._looks.append(_look(file))
        self.hashing += time.process_time() - started
        self._pixels.append(self._encoder.preprocess(image))
        if len(self._pixels) == 32:
            self._encode()
        return len(self._hashes) - 1

    def _encode(self) -> None:
        if self._pixels:
            self._vectors.append(self._encoder.encode_images(np.stack(self._pixels)))
            self._pixels.clear()

    def compared(self, pairs: Sequence[Pair]) -> dict[str, np.ndarray]:
        """Return by kind the rows (n, 4): bits that differ, cosine, number of the DIFFERENCES, whether folded."""
        self._encode()
        vectors = np.concatenate(self._vectors)
        hashes = np.frombuffer(b"".join(self._hashes), np.uint8).reshape(len(self._hashes), -1)
        compared: defaultdict[str, list[tuple[int, float, int, bool]]] = defaultdict(list)
        for kind, first, second in pairs:
            bits = int(np.unpackbits(hashes[first] ^ hashes[second]).sum())
            cosine = float(vectors[first] @ vectors[second])
            near = bits <= max(BITS) and cosine >= min(COSINES)
            started = time.process_time()
            difference = self._difference(first, second) if near else None
            if near:
                self.comparing.append(time.process_time() - started)
            is_folded = is_one_picture(self._looks[first], self._looks[second], bits, cosine)
            compared[kind].append((bits, cosine, DIFFERENCES.index(difference), is_folded))
        return {kind: np.array(rows) for kind, rows in compared.items()}

    def _difference(self, first: int, second: int) -> str | None:
        """Return how the second file differs from the first, as `duplicates` says it."""
        pictures = self._reduced(first), self._reduced(second)
        return difference_of_files(*pictures) if pictures[0] and pictures[1] else None

    def _reduced(self, row: int) -> Reduced | None:
        """Return a file as it is compared; the last one that was used is kept."""
        if row not in self._kept:
            self._kept = dict(list(self._kept.items())[-1:]) | {row: reduced(self._folder / str(row), "")}
        return self._kept[row]

    def __len__(self) -> int:
        return len(self._hashes)


def _look(file: File) -> Look:
    """Return size and format of a file."""
    with Image.open(file) as image:
        turned = image.getexif().get(0x0112, 1) > 4
        look = Look(*(reversed(image.size) if turned else image.size), image.format or "")
    file.seek(0)
    return look


def pictures_of(places: Sequence[Path]) -> Iterator[Image.Image]:
    """Yield the pictures, none of them large."""
    files = [file for place in places for file in (sorted(place.iterdir()) if place.is_dir() else [place])]
    for file in files:
        if file.suffix.lower() in PICTURE_SUFFIXES:
            image = open_picture(file, LONGEST // 2).image.convert("RGB")
            image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
            image.info.clear()
            yield image


def bursts(seen: Seen, video: Path) -> Iterator[Pair]:
    """Yield pairs of frames of a video."""
    import av

    with av.open(str(video)) as container:
        rate = float(container.streams.video[0].average_rate or 25)
        step = max(1, round(rate * GAPS[0]))
        frames = itertools.islice(container.decode(video=0), 0, None, step)
        rows = [seen.add(saved(frame.to_image(), quality=95)) for frame in frames]
    for gap in GAPS:
        for one, other in zip(rows, rows[round(gap / GAPS[0]) :], strict=False):
            yield f"frames {gap:.1f} s apart", one, other


def measure(places: Sequence[Path], model: str, most: int | None, members: int) -> None:
    """Print what the thresholds do; of the pictures at most so many are taken, and so many of each family."""
    images = itertools.islice(pictures_of([place for place in places if not is_video(place.name)]), most)
    with tempfile.TemporaryDirectory() as folder:
        _measure(list(images), places, model, Seen(load_encoder(model, "cpu"), Path(folder)), members)


def _measure(images: Sequence[Image.Image], places: Sequence[Path], model: str, seen: Seen, members: int) -> None:
    same, other, edited, whole = [], [], [], []
    for kind, one, two in [*lookalikes(members), *animations(images[:members])]:
        other.append((kind, seen.add(one), seen.add(two)))
    for image in images:
        whole.append(seen.add(saved(image, quality=95)))
        same += [(kind, whole[-1], seen.add(file)) for kind, file in same_shot(image)]
        edited += [(kind, whole[-1], seen.add(file)) for kind, file in edits(image)]
        other += [(kind, seen.add(one), seen.add(two)) for kind, one, two in other_shots(image)]
    for video in places:
        other += list(bursts(seen, video)) if is_video(video.name) else []
    other += [("other pictures", one, two) for one, two in itertools.combinations(whole, 2)]
    print(f"{len(whole)} pictures, {len(same)} copies, {len(other)} other pairs; {model}; no dates used")
    by_kind = seen.compared(same), seen.compared(other)
    print(f"hashing took {1000 * seen.hashing / len(seen):.2f} ms of CPU a picture,", end=" ")
    took = np.array(seen.comparing) * 1000
    print(
        f"comparing {len(took)} pairs {np.median(took):.0f} ms each (median; with decoding), {took.max():.0f} at most\n"
    )
    said({**by_kind[0], **seen.compared(edited), **by_kind[1]})
    columns = [f"<= {bits} bits" for bits in BITS]
    table(f"taken for copies at cosine >= {COSINE}", columns, by_kind, lambda rows: at_bits(rows))
    columns = [f"cosine >= {cosine}" for cosine in COSINES]
    table(f"taken for copies at <= {MOST_BITS} bits", columns, by_kind, lambda rows: at_cosines(rows, MOST_BITS))
    table("by the cosine alone", columns, by_kind, lambda rows: [float((rows[:, 1] >= c).mean()) for c in COSINES])


def at_bits(rows: np.ndarray) -> list[float]:
    """Return the parts of pairs within each number of bits."""
    return [float(((rows[:, 0] <= bits) & (rows[:, 1] >= COSINE) & (rows[:, 2] > 0)).mean()) for bits in BITS]


def at_cosines(rows: np.ndarray, most: int) -> list[float]:
    """Return the parts of pairs within each cosine."""
    return [float(((rows[:, 0] <= most) & (rows[:, 1] >= cosine) & (rows[:, 2] > 0)).mean()) for cosine in COSINES]


def said(by_kind: dict[str, np.ndarray]) -> None:
    """Print what the pictures of each kind are said to be, at the defaults."""
    names = [*(name or "other pictures" for name in DIFFERENCES), "folded"]
    print("| what they are said to be | pairs | " + " | ".join(names) + " |")
    print("|-|-|" + "-|" * len(names))
    for kind, rows in by_kind.items():
        taken = (rows[:, 0] <= MOST_BITS) & (rows[:, 1] >= COSINE)
        counts = Counter(np.where(taken, rows[:, 2], 0).astype(int).tolist())
        parts = [f"{counts[number] / len(rows):.3f}" for number in range(len(DIFFERENCES))] + [
            f"{rows[:, 3].mean():.3f}"
        ]
        print(f"| {kind} | {len(rows)} | " + " | ".join(parts) + " |")
    print()


def table(
    title: str,
    columns: Sequence[str],
    by_kind: tuple[dict[str, np.ndarray], dict[str, np.ndarray]],
    parts: Callable[[np.ndarray], list[float]],
) -> None:
    """Print a Markdown table, the copies first."""
    print(f"| {title} | pairs | " + " | ".join(columns) + " |\n|-|-|" + "-|" * len(columns))
    for name, kinds in zip(("**all copies**", "**all others**"), by_kind, strict=True):
        for kind, rows in [*kinds.items(), (name, np.concatenate(list(kinds.values())))]:
            print(f"| {kind} | {len(rows)} | " + " | ".join(f"{part:.3f}" for part in parts(rows)) + " |")
    print()


# -- a large library --------------------------------------------------------------------------------------------


def fill(folder: Path, count: int, dim: int) -> None:
    """Make a library of random embeddings in 2,000 clusters; only of near copies are the files pictures."""
    random = np.random.default_rng(0)
    centres = random.standard_normal((2000, dim), dtype=np.float32)
    files = folder / "files"
    files.mkdir()
    with Store.create(folder / "library") as store:
        root = Root(
            int(store.db.execute("INSERT INTO roots (path, added_at) VALUES (?, '')", [str(files)]).lastrowid or 0),
            files,
            None,
        )
        model = remember_model(store, _Synthetic(dim))
        before: list[EncodedFile] = []
        for start in range(0, count, 5000):
            vectors = centres[random.integers(0, 2000, 5000)] + random.standard_normal((5000, dim), dtype=np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            before = [encoded(root, files, start + row, vector, random, before) for row, vector in enumerate(vectors)]
            store_batch(store, model, before)


class _Synthetic:
    """What the store asks of an encoder."""

    name, fingerprint, logit_scale, logit_bias = "synthetic", "synthetic", 100.0, None

    def __init__(self, dim: int) -> None:
        self.dim = dim


def encoded(
    root: Root, files: Path, number: int, vector: FloatArray, random: np.random.Generator, before: list[EncodedFile]
) -> EncodedFile:
    """Return a picture; each hundredth is a copy of one of the batch before, a little changed."""
    from indexer.files.found import found_file

    look = random.bytes(31) + b"\0"
    if before and number % 100 == 0:
        origin = before[number % 97]
        vector = origin.moments[0].vector + random.normal(0, 0.005, len(vector)).astype(np.float32)
        vector /= np.linalg.norm(vector)
        look = bytes([origin.frame.perceptual_hash[0] ^ 7]) + origin.frame.perceptual_hash[1:]
    name, scene = f"{number:07}.jpg", number
    if before and number % 100 == 0:
        scene = int((files / before[number % 97].frame.file.path).read_bytes()[-7:])
    if number % 100 == 0 or number % 5000 < 97:  # a copy, or what may be copied
        write_scene(files / name, scene, quality=60 + number % 40)
    else:
        (files / name).touch()
    file = found_file(name, (files / name).stat())
    frame = Frame(file, number.to_bytes(16, "big"), 800 + number % 3, 600, "JPEG", Metadata(), perceptual_hash=look)
    return EncodedFile(root, frame, (MomentVector(0, vector),))


def write_scene(path: Path, scene: int, quality: int) -> None:
    """Save a picture of random patches, with the number of its scene at the end."""
    patches = np.random.default_rng(scene).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    image = Image.fromarray(patches).resize((800, 600), Image.Resampling.BICUBIC)
    path.write_bytes(saved(image, quality=quality).getvalue() + f"{scene:07}".encode())


def find(library: Path) -> None:
    """Time it, in a process of its own."""
    from search.duplicates.groups import find_duplicates
    from search.library.library import open_library

    with open_library(library) as opened:
        started = time.perf_counter()
        count = len(opened.index)
        opening = time.perf_counter() - started
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        started, busy = time.perf_counter(), time.process_time()
        groups = find_duplicates(opened)
        took, busy = time.perf_counter() - started, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    copies = sum(len(group.others) for group in groups)
    print(f"{count} pictures: {copies} copies in {len(groups)} groups, found in {took:.1f} s ({busy:.1f} s of CPU)")
    print(f"index opened in {opening:.1f} s; peak memory {before:.0f} MB before, {peak:.0f} MB after")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("places", type=Path, nargs="*", help="folders of pictures, and videos")
    parser.add_argument("--model", default="builtin")
    parser.add_argument("--pictures", type=int, help="take no more than so many")
    parser.add_argument("--members", type=int, default=MEMBERS, help="pictures of each family of lookalikes")
    parser.add_argument("--scale", type=int, metavar="PICTURES")
    parser.add_argument("--dim", type=int, default=512)
    parser.add_argument("--find", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.find:
        find(arguments.find)
    elif arguments.scale:
        with tempfile.TemporaryDirectory() as folder:
            fill(Path(folder), arguments.scale, arguments.dim)
            print(f"{(arguments.scale - 5000) // 100} copies made")
            for _ in range(2):  # the first builds the index, and compares the files
                command = [sys.executable, "-m", "benchmarks.duplicates", "--find", f"{folder}/library"]
                subprocess.run(command, check=True)
    else:
        measure([SAMPLES, *arguments.places], arguments.model, arguments.pictures, arguments.members)


if __name__ == "__main__":
    main()
