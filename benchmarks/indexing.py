"""Measure indexing against rclip and against what this machine's cores could do at best.

    python benchmarks/indexing.py [--work FOLDER] [--files 200] [--repeat 3] [--skip-rclip]

Both tools get the same files and the same random ViT-B-32-256, clipsearch as a checkpoint, rclip as fp32 ONNX files
exported from it. The first run sets up all of it in the work folder (3 GB, reused later): 12 MP JPEGs with the
detail, file size and EXIF of a phone's; a tree of 100,000 tiny JPEGs; rclip from PyPI in an environment of its own.

How rclip is run. It looks for its model below RCLIP_DATADIR before it asks the hub, so the files are put there and
nothing in it is changed (those that it publishes are fp32, too). It can't index without a query: timed is
`init_rclip`, the part of its `main` before the search, with `main`'s defaults, in a new process. For the pass over the
unchanged tree its database is filled through its own `DB.upsert_image`; clipsearch really indexes the tree, with a
tiny model.

How it is counted. All files are in the page cache. Each round runs both tools in turn, so that other load on the
machine meets both; figures are medians over rounds. "Without start-up" is the rate of all files but FEW in the time
for all less that for FEW. The bound is cores / (decode + encode): CPU seconds per picture, measured alone in each
round, of decoding in one thread and of encoding whole batches in all threads. Memory is sampled in runs of their own:
the sum over the process and its children of PSS, in which pages that they share count once, and of RSS, in which they
count often. What other programs share, such as torch's libraries, lowers PSS, so growth is judged by RSS.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PIL import Image
from platformdirs import user_cache_path

from indexer.models.encoder import Encoder

RCLIP = "rclip==3.3.0"
EXPORTER = ["onnx", "onnx_ir", "onnxscript", "ml_dtypes", "protobuf"]
ARCHITECTURE = "ViT-B-32-256"
SAMPLES = Path(__file__).parent.parent / "sample_images"
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
WIDTH, HEIGHT = 4000, 3000
FEW = 32  # pictures of the short run, whose time is that of starting up
PER_FOLDER = 500
DISTINCT = 50
SAMPLED = 40  # pictures decoded for the bound
BATCHES = 8  # encoded for the bound
GROWTH = 1.05  # of the peak of memory, when the number of files doubles: what sampling leaves open
TINY: dict[str, Any] = {
    "embed_dim": 24,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "patch_size": 16, "head_width": 32},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2},
}
INDEX_WITH_RCLIP = "import os; from rclip.main import init_rclip; init_rclip(os.getcwd(), 8)"
FILL_RCLIP = """
import os, re, sys
import numpy as np
from rclip import db, fs
from rclip.utils.helpers import compute_file_hash, get_app_datadir
database, random = db.DB(get_app_datadir() / "db.sqlite3"), np.random.default_rng(0)
for entry in fs.walk(sys.argv[1], re.compile("$^"), re.compile(r".+\\.jpg")):
    vector = random.standard_normal(512).astype(np.float32)
    row = dict(filepath=entry.path, modified_at=entry.stat().st_mtime, size=entry.stat().st_size)
    row.update(vector=(vector / np.linalg.norm(vector)).tobytes(), hash=compute_file_hash(entry.path))
    database.upsert_image(row, commit=False)
database.close()
"""


def decode_for(encoder: Encoder, path: Path) -> Any:
    """Do what indexing does with one file before it is encoded."""
    from indexer.decoding.decode import open_picture

    return encoder.preprocess(open_picture(path, encoder.preprocess.smallest).image)


# -- what is indexed --------------------------------------------------------------------------------------------


def make_photos(folder: Path, count: int) -> None:
    """Make the 12 MP pictures that are not there yet, on all cores."""
    folder.mkdir(exist_ok=True)
    missing = [number for number in range(count) if not (folder / f"IMG_{number:04}.jpg").exists()]
    with ProcessPoolExecutor(CORES) as pool:
        list(pool.map(make_photo, [folder] * len(missing), missing))


def make_photo(folder: Path, seed: int) -> None:
    """Make one: a part of a sample image scaled up, under noise of every size that fades in and out."""
    random = np.random.default_rng(seed)
    samples = sorted(SAMPLES.glob("*.jpg"))
    with Image.open(samples[seed % len(samples)]) as sample:
        width = min(sample.width, sample.height * 4 / 3) * random.uniform(0.5, 1)
        left, top = random.uniform(0, sample.width - width), random.uniform(0, sample.height - width * 3 / 4)
        box = (left, top, left + width, top + width * 3 / 4)
        scaled = sample.convert("RGB").resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC, box)
    strength = np.clip(0.7 + 0.6 * random.standard_normal((7, 9), dtype=np.float32), 0.05, 2)
    shade = texture(random) * random.uniform(22, 36) * enlarged(strength, (WIDTH, HEIGHT))
    pixels = np.asarray(scaled, np.float32) + shade[..., np.newaxis] * np.array([1, 0.95, 0.85], np.float32)
    picture = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    part = folder.with_name(f"{folder.name}-{seed}.part")
    picture.save(part, "JPEG", quality=90, subsampling="4:2:0", exif=phone_exif(seed))
    part.rename(folder / f"IMG_{seed:04}.jpg")


def texture(random: np.random.Generator, octaves: int = 9) -> np.ndarray:
    """Return noise of structures from 512 pixels down to 1, shape (HEIGHT, WIDTH)."""
    noise = np.zeros((2, 2), np.float32)
    for octave in range(octaves, -1, -1):
        width, height = -(-WIDTH >> octave), -(-HEIGHT >> octave)
        detail = random.standard_normal((height, width), dtype=np.float32)
        noise = enlarged(noise, (width, height)) + np.float32(0.89 ** (octaves - octave)) * detail
    return noise


def enlarged(field: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return a float field smoothly scaled to (width, height)."""
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


def make_tree(folder: Path, count: int) -> None:
    """Make a tree of tiny JPEGs, copies of a few, unless it is there."""
    if folder.exists():
        return
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    random = np.random.default_rng(0)
    for number in range(count):
        path = part / f"{number // PER_FOLDER:03}" / f"IMG_{number % PER_FOLDER:04}.jpg"
        if number % PER_FOLDER == 0:
            path.parent.mkdir(parents=True)
        if number < DISTINCT:
            Image.fromarray(random.integers(0, 255, (48, 64, 3), np.uint8)).save(path)
        else:
            shutil.copyfile(part / "000" / f"IMG_{number % DISTINCT:04}.jpg", path)
    part.rename(folder)


def linked(source: Path, folder: Path, count: int) -> Path:
    """Return a folder of hard links to the first pictures."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in sorted(source.iterdir())[:count]:
        (folder / path.name).hardlink_to(path)
    return folder


# -- the two tools ----------------------------------------------------------------------------------------------


def fresh(work: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a new process."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def save_models(weights: Path, tiny: Path) -> None:
    """Save the random ViT-B-32-256 as a checkpoint, and a tiny model in open_clip's folder format."""
    import open_clip
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(0)
    tiny.mkdir(exist_ok=True)
    (tiny / "open_clip_config.json").write_text(json.dumps({"model_cfg": TINY, "preprocess_cfg": {}}))
    state = {name: tensor.contiguous() for name, tensor in open_clip.CLIP(**TINY).state_dict().items()}
    save_file(state, tiny / "open_clip_model.safetensors")
    torch.save(open_clip.create_model(ARCHITECTURE).state_dict(), weights)


def export(weights: Path, exporter: Path, folder: Path) -> None:
    """Write both towers of the checkpoint as fp32 ONNX files, by the names that rclip looks for."""
    sys.path.insert(0, str(exporter))
    import open_clip
    import torch

    model = open_clip.create_model(ARCHITECTURE, pretrained=str(weights)).eval()
    towers = {
        "visual": (model.encode_image, torch.zeros(2, 3, 256, 256)),
        "textual": (model.encode_text, open_clip.tokenize(["a cup", "a car"])),
    }
    for name, (encode, example) in towers.items():
        tower = torch.nn.Module()
        tower.add_module("model", model)
        tower.forward = encode
        torch.onnx.export(
            tower.eval(),
            (example,),
            folder / f"{name}.onnx",
            input_names=["input"],
            output_names=["output"],
            dynamic_shapes=({0: torch.export.Dim.DYNAMIC},),
            external_data=False,
            verbose=False,
        )


class Rclip:
    """rclip in its own environment, with a data folder for the photos and one for the tree."""

    def __init__(self, work: Path, weights: Path) -> None:
        self.python = work / "rclip-environment" / "bin" / "python"
        self.photos, self.tree = work / "rclip-photos", work / "rclip-tree"
        if not (work / "rclip-ready").exists():
            self._set_up(work, weights)
            (work / "rclip-ready").touch()

    def _set_up(self, work: Path, weights: Path) -> None:
        """Install rclip, and give both data folders the exported model."""
        run([sys.executable, "-m", "venv", "--clear", self.python.parent.parent])
        pip = [self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, RCLIP])
        run([*pip, "--no-deps", "--upgrade", "--target", work / "exporter", *EXPORTER])
        model = self.photos / "ViT-B-32-256-datacomp_s34b_b86k"
        model.mkdir(parents=True, exist_ok=True)
        fresh(export, weights, work / "exporter", model)
        import open_clip

        (self.photos / "tokenizer").mkdir(exist_ok=True)
        shutil.copy(Path(open_clip.__file__).parent / "bpe_simple_vocab_16e6.txt.gz", self.photos / "tokenizer")
        shutil.rmtree(self.tree, ignore_errors=True)
        shutil.copytree(self.photos, self.tree, copy_function=os.link)

    def versions(self) -> str:
        """Return the versions of what it runs on."""
        names = ["rclip", "onnxruntime", "pillow", "numpy"]
        code = f"from importlib.metadata import version; print(*(f'{{n}} {{version(n)}}' for n in {names}), sep=', ')"
        return run([self.python, "-c", code]).output.strip()

    def index(self, folder: Path, data: Path) -> Run:
        """Index a folder into a data folder, as `rclip QUERY` does before it searches."""
        return run([self.python, "-c", INDEX_WITH_RCLIP], cwd=folder, env=self._environment(data))

    def index_anew(self, folder: Path) -> Run:
        """Index a folder of photos without what it knew before; every one must be in its database after."""
        (self.photos / "db.sqlite3").unlink(missing_ok=True)
        done = self.index(folder, self.photos)
        with sqlite3.connect(self.photos / "db.sqlite3") as database:
            known = database.execute("SELECT count(*) FROM images WHERE deleted IS NULL").fetchone()[0]
        assert known == len(list(folder.iterdir())), "rclip has left pictures out"
        return done

    def whole_command(self, folder: Path) -> Run:
        """Run rclip as a user does, on the tree."""
        return run([self.python, "-m", "rclip", "cup"], cwd=folder, env=self._environment(self.tree))

    def fill(self, tree: Path) -> None:
        """Put the tree's files into the database, in the order in which rclip finds them."""
        (self.tree / "db.sqlite3").unlink(missing_ok=True)
        run([self.python, "-c", FILL_RCLIP, tree], env=self._environment(self.tree))

    def _environment(self, data: Path) -> dict[str, str]:
        return {**os.environ, "RCLIP_DATADIR": str(data), "HF_HUB_OFFLINE": "1"}


@dataclass(frozen=True, slots=True)
class Run:
    """One finished command."""

    seconds: float  # wall time of the process
    output: str  # standard output and standard error
    peak_pss: int = 0  # bytes, if memory was sampled
    peak_rss: int = 0

    @property
    def own_rate(self) -> float:
        """The pictures/s of clipsearch's summary line."""
        return float(re.findall(r"\(([\d.]+) pictures/s\)", self.output)[-1])


def run(command: Sequence[str | Path], sample: bool = False, **options: Any) -> Run:
    """Run a command to its end; `sample` also looks at its memory, which slows it a little."""
    started, peaks = time.perf_counter(), (0, 0)
    process = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    while sample and process.poll() is None:
        peaks = tuple(map(max, peaks, memory(process.pid)))
        time.sleep(0.05)
    output = process.communicate()[0]
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))[:300]} failed:\n{output[-3000:]}")
    return Run(time.perf_counter() - started, output, *peaks)


def memory(pid: int) -> tuple[int, int]:
    """Return the sums of PSS and of RSS over a process and its children, in bytes."""
    pss = rss = 0
    try:
        for process in (found := psutil.Process(pid), *found.children(recursive=True)):
            now = process.memory_full_info()
            pss, rss = pss + now.pss, rss + now.rss
    except psutil.Error:
        pass  # it has just ended; what was added up is too little, which no peak minds
    return pss, rss


def clipsearch(folder: Path, library: Path, model: str | None = None, sample: bool = False) -> Run:
    """Index a folder."""
    command = [sys.executable, "-m", "clipsearch", "index", folder, "--library", library, "--device", "cpu"]
    return run([*command, *(["--model", model] if model else [])], sample)


def clipsearch_anew(folder: Path, library: Path, model: str, sample: bool = False) -> Run:
    """Index a folder into a new library; every picture must have been encoded."""
    shutil.rmtree(library, ignore_errors=True)
    done = clipsearch(folder, library, model, sample)
    assert f"{len(list(folder.iterdir()))} encoded" in done.output, done.output
    return done


def alone(model: str, paths: Sequence[Path]) -> tuple[float, float, float]:
    """Return core-seconds a picture, nothing else going on: to decode; to encode, as CPU time and as wall x cores."""
    import torch

    from indexer.models.loading import load_encoder

    encoder = load_encoder(model, "cpu")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    pixels = [decode_for(encoder, path) for path in paths[:2]]  # and whatever the first call loads
    started = time.process_time()
    for path in paths:
        decode_for(encoder, path)
    decoding = (time.process_time() - started) / len(paths)
    torch.set_num_threads(threads)
    batch = np.stack([pixels[number % 2] for number in range(encoder.batch_size)])
    cpu, wall = [], []
    for _ in range(BATCHES + 1):
        started, started_wall = time.process_time(), time.perf_counter()
        encoder.encode_images(batch)
        cpu.append((time.process_time() - started) / len(batch))
        wall.append((time.perf_counter() - started_wall) * CORES / len(batch))
    return decoding, statistics.median(cpu[1:]), statistics.median(wall[1:])


# -- the measurement ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Figures:
    """What was measured, a value a round."""

    all: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        """Add one round's value, and show it."""
        self.all.setdefault(name, []).append(value)
        print(f"  {name}: {value:.4g}", file=sys.stderr, flush=True)

    def __getitem__(self, name: str) -> float:
        return statistics.median(self.all[name])

    def spread(self, name: str) -> str:
        """Return the least and greatest value."""
        return f"{min(self.all[name]):.3g} to {max(self.all[name]):.3g}"


def measure_photos(figures: Figures, rclip: Rclip | None, photos: Path, work: Path, model: str, repeat: int) -> None:
    """Time both tools on all photos and on a few, and the bound."""
    few = linked(photos, work / "few", FEW)
    for path in photos.iterdir():
        path.read_bytes()  # into the page cache
    Path(model.partition("/")[2]).read_bytes()
    for _ in range(repeat):
        if rclip:
            figures.add("rclip, all, s", rclip.index_anew(photos).seconds)
            figures.add("rclip, few, s", rclip.index_anew(few).seconds)
        done = clipsearch_anew(photos, work / "library", model)
        figures.add("clipsearch, all, s", done.seconds)
        figures.add("clipsearch, own rate", done.own_rate)
        figures.add("clipsearch, few, s", clipsearch_anew(few, work / "library", model).seconds)
        decoding, encoding, by_wall = fresh(alone, model, sorted(photos.iterdir())[:SAMPLED])
        figures.add("decode, core-s", decoding)
        figures.add("encode, core-s", encoding)
        figures.add("encode, wall x cores, s", by_wall)
        figures.add("bound", CORES / (decoding + encoding))


def measure_memory(figures: Figures, photos: Path, work: Path, model: str, files: int) -> None:
    """Sample clipsearch's memory on half of the photos and on all."""
    half = linked(photos, work / "half", files // 2)
    for name, folder in (("half", half), ("all", photos)):
        done = clipsearch_anew(folder, work / "library", model, sample=True)
        figures.add(f"PSS, {name}, GB", done.peak_pss / 1e9)
        figures.add(f"RSS, {name}, GB", done.peak_rss / 1e9)


def measure_unchanged(figures: Figures, rclip: Rclip | None, tree: Path, work: Path, repeat: int) -> None:
    """Time a pass over the tree in which nothing has changed."""
    done = clipsearch(tree, tree.with_name(f"{tree.name}-library"), f"local-dir:{work / 'tiny'}")
    print(f"  {done.output.splitlines()[-1]}", file=sys.stderr)
    if rclip:
        rclip.fill(tree)
        rclip.index(tree, rclip.tree)
    for _ in range(repeat):
        done = clipsearch(tree, tree.with_name(f"{tree.name}-library"))
        assert " 0 encoded" in done.output, done.output
        figures.add("clipsearch, unchanged, s", done.seconds)
        if rclip:
            figures.add("rclip, unchanged, s", rclip.index(tree, rclip.tree).seconds)
    if rclip:
        figures.add("rclip, unchanged, whole command, s", rclip.whole_command(tree).seconds)
    done = clipsearch(tree, tree.with_name(f"{tree.name}-library"), sample=True)
    figures.add("PSS, unchanged, GB", done.peak_pss / 1e9)


def table(figures: Figures, files: int, tree: int, with_rclip: bool) -> list[str]:
    """Return the lines of the result."""
    tools = ["rclip", "clipsearch"] if with_rclip else ["clipsearch"]
    rate = {tool: (files - FEW) / (figures[f"{tool}, all, s"] - figures[f"{tool}, few, s"]) for tool in tools}
    whole = {tool: files / figures[f"{tool}, all, s"] for tool in tools}
    passed = {tool: figures[f"{tool}, unchanged, s"] for tool in tools}
    mine, own, bound = rate["clipsearch"], figures["clipsearch, own rate"], figures["bound"]
    half, whole_rss, peak = figures["RSS, half, GB"], figures["RSS, all, GB"], figures["PSS, all, GB"]
    lines = ["| what | rclip | clipsearch | ratio | target | reached |", "|-|-|-|-|-|-|"]

    def line(what: str, theirs: str, ours: str, ratio: float, target: str = "", reached: bool = False) -> None:
        shown, verdict = f"{ratio:.2f}" if np.isfinite(ratio) else "", "yes" if reached else "no"
        lines.append(f"| {what} | {theirs} | {ours} | {shown} | {target} | {verdict if target else ''} |")

    def compare(what: str, found: dict[str, float], faster: float, target: float = 0.0) -> None:
        theirs, wanted = (f"{found['rclip']:.2f}", f">= {target:g}" if target else "") if with_rclip else ("", "")
        line(what, theirs, f"{found['clipsearch']:.2f}", faster, wanted, faster >= target)

    faster = rate["clipsearch"] / rate.get("rclip", np.nan)
    compare(f"pictures/s, {files} pictures of 12 MP, without start-up", rate, faster, 5)
    compare("pictures/s, whole command", whole, whole["clipsearch"] / whole.get("rclip", np.nan))
    share, growth = mine / bound, whole_rss / half
    line("pictures/s without start-up, of the bound", "", f"{mine:.1f} of {bound:.1f}", share, ">= 0.85", share >= 0.85)
    line("pictures/s by clipsearch's summary, of the bound", "", f"{own:.1f} of {bound:.1f}", own / bound)
    line(f"peak memory (PSS), {files} pictures, GB", "", f"{peak:.2f}", np.nan, "<= 2.5", peak <= 2.5)
    name = f"peak memory (RSS), {files} after {files // 2} pictures, GB"
    line(name, "", f"{whole_rss:.2f} after {half:.2f}", growth, f"<= {GROWTH}", growth <= GROWTH)
    compare(f"unchanged pass, {tree:,} files, s", passed, passed.get("rclip", np.nan) / passed["clipsearch"], 10)
    return lines


def machine() -> str:
    """Return what this machine is."""
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory_size = psutil.virtual_memory().total / 2**30
    return f"{CORES} cores, {model[1] if model else platform.machine()}, {memory_size:.0f} GiB, {platform.platform()}"


def work_folder(folder: Path) -> Path:
    """Return the work folder, made if needed; never one with something else in it."""
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / "clipsearch-benchmark"
    if not marker.exists() and any(folder.iterdir()):
        raise SystemExit(f"{folder} holds other things: give another --work")
    marker.touch()
    return folder.resolve()


def main() -> None:
    """Set up, measure, and print the figures as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=user_cache_path("clipsearch-benchmark"))
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--tree", type=int, default=100_000, help="files of the unchanged pass")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--skip-rclip", action="store_true")
    arguments = parser.parse_args()
    if arguments.files < 2 * FEW:
        parser.error(f"--files must be {2 * FEW} or more")

    work = work_folder(arguments.work)
    photos, tree = work / f"photos-{arguments.files}", work / f"tree-{arguments.tree}"
    weights = work / "random.pt"
    make_photos(photos, arguments.files)
    make_tree(tree, arguments.tree)
    if not weights.exists():
        fresh(save_models, weights, work / "tiny")
    rclip = None if arguments.skip_rclip else Rclip(work, weights)

    figures, model = Figures(), f"{ARCHITECTURE}/{weights}"
    measure_photos(figures, rclip, photos, work, model, arguments.repeat)
    measure_memory(figures, photos, work, model, arguments.files)
    measure_unchanged(figures, rclip, tree, work, arguments.repeat)

    ours = ", ".join(f"{name} {version(name)}" for name in ("torch", "open_clip_torch", "pillow", "numpy"))
    print(f"{machine()}\n\nclipsearch: Python {platform.python_version()}, {ours}")
    print(f"rclip: {rclip.versions() if rclip else 'left out'}")
    megabytes = statistics.mean(path.stat().st_size for path in photos.iterdir()) / 1e6
    print(f"Medians of {arguments.repeat} rounds; a picture has {megabytes:.1f} MB on average\n")
    print("\n".join(table(figures, arguments.files, arguments.tree, rclip is not None)))
    print("\n| measured | median | least to greatest |\n|-|-|-|")
    for name in figures.all:
        print(f"| {name} | {figures[name]:.3g} | {figures.spread(name)} |")


if __name__ == "__main__":
    main()
