"""What the tiny runs of the benchmarks need, made once."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.daily.models import save_tiny
from benchmarks.gcompris import FOLDER, PHOTOS
from tests.conftest import SAMPLES
from tests.indexer.models import tiny  # imports torch and open_clip without their warnings

CAPTIONS = {
    "animals/dog": ("A dog.", "Ein Hund."),
    "animals/cat": ("A cat.", "Eine Katze auf der Mauer."),
    "food/apple": ("A red apple.", "Ein roter Apfel."),
    "plants/rose": ("A rose.", "Eine Rose."),
    "vehicles/train": ("A train.", "Ein Zug."),
    "household/cup": ("A cup.", "Eine Tasse."),
    "clothes/hat": ("A hat.", "Ein Hut."),
    "clothes/boots": ("A pair of old brown leather boots.", "Ein Paar alter brauner Stiefel."),
}


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where everything is, by the names that the smoke runs use."""
    work, folder = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("benchmarks")
    assert tiny.TINY
    save_tiny(work / "tiny")
    (work / "clipsearch-benchmark").touch()
    stamps, rcc = folder / "stamps", folder / "rcc"
    make_stamps(stamps)
    rcc.mkdir()
    for activity in PHOTOS:
        (rcc / f"{activity}.rcc").write_bytes(resource_file(["tools", "animals", "resource"], b"a picture"))
    model = f"local-dir:{work / 'tiny'}"
    return {"work": str(work), "model": model, "stamps": str(stamps), "samples": str(SAMPLES), "rcc": str(rcc)}


def make_stamps(folder: Path) -> None:
    """Write cut-out pictures with captions in two languages."""
    for number, (name, (english, german)) in enumerate(CAPTIONS.items()):
        path = folder / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGBA", (40, 30), (30 * number, 200 - 20 * number, 90, 255)).save(path)
        path.with_suffix(".txt").write_text(f"{english}\nde.utf8={german}\n", encoding="utf-8")


def resource_file(folders: list[str], content: bytes) -> bytes:
    """Return a file of Qt's resource compiler with a.webp in each folder."""
    names, places = b"", {}
    for name in ["", *folders, "a.webp"]:
        places[name] = len(names)
        names += struct.pack(">HI", len(name), 0) + name.encode("utf-16-be")
    rows = [struct.pack(">IHII8x", places[""], FOLDER, len(folders), 1)]
    for number, name in enumerate(folders):
        rows.append(struct.pack(">IHII8x", places[name], FOLDER, 1, 1 + len(folders) + number))
    rows += [struct.pack(">IHHHI8x", places["a.webp"], 0, 0, 0, 0)] * len(folders)
    tree, files = b"".join(rows), struct.pack(">I", len(content)) + content
    start = struct.calcsize(">4sIIII")
    header = struct.pack(">4sIIII", b"qres", 2, start, start + len(tree), start + len(tree) + len(files))
    return header + tree + files + names
