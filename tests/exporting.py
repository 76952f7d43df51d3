"""A small library with labels, and running `clipsearch export-labels` on it."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result
from PIL import Image

from cli.main import main
from indexer.store.store import Store
from tests.conftest import run
from tests.fakes import ColourEncoder
from tests.label_sets import store_labels


def labelled_library(store: Store, photos: Path) -> Path:
    """Index and label a cup, a car and something else, and return the library's folder."""
    for name, colour in (("cup.png", "red"), ("car.png", "blue"), ("tree.png", "lime")):
        Image.new("RGB", (16, 12), colour).save(photos / name)
    run(store, photos, ColourEncoder())
    label(store, {"cup.png": ("cup", 0.9), "car.png": ("car", 0.6), "tree.png": ("other", 0.8)})
    assert store.folder is not None
    return store.folder


def label(store: Store, labels: dict[str, tuple[str, float]]) -> None:
    """Store a label and its probability for each name."""
    ids = {path: key for key, path in store.db.execute("SELECT id, path FROM images")}
    store_labels(store, ["cup", "car"], [(ids[name], *found) for name, found in labels.items()])


def export(library: Path, *arguments: str) -> Result:
    """Run the command for the library in a folder."""
    result = CliRunner().invoke(main, ["export-labels", *arguments, "--library", str(library)])
    assert "Traceback" not in result.output
    return result


def rename(library: Path, old: str, new: str) -> Result:
    """Rename a label set."""
    return CliRunner().invoke(main, ["labels", "rename", old, new, "--library", str(library)])


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
