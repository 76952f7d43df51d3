"""Tests of cli.shown.facts: a terminal shows what hits were filtered or sorted by; run on a pseudo terminal."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from PIL import Image

from indexer.store.store import Store
from tests.conftest import run
from tests.fakes import ColourEncoder
from tests.hostile import Hostile
from tests.indexer.metadata.sources import exif_of
from tests.label_sets import store_labels

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs a pseudo terminal")
LINKS = re.compile(r"\x1b\]8;;(file://[^\x1b]*)?\x1b\\")


@pytest.fixture
def terminal(tmp_path: Path) -> Hostile:
    """A library of two pictures, one with a date, place, camera and labels, below the home folder."""
    photos = tmp_path / "Photos"
    photos.mkdir()
    exif = exif_of({0x010F: "Nikon", 0x0110: "D90"}, {0x9003: "2024:05:18 16:42:07"})
    Image.new("RGB", (640, 480), "red").save(photos / "a red.jpg", exif=exif)
    Image.new("RGB", (64, 48), "blue").save(photos / "blue.png")
    with Store.create(tmp_path / "library") as store:
        run(store, photos, ColourEncoder())
        ids = {name: key for key, name in store.db.execute("SELECT id, path FROM images")}
        with store.writing():
            store.db.execute("UPDATE images SET latitude = 48.85, longitude = 2.35 WHERE path = 'a red.jpg'")
        store_labels(store, ["cup", "car"], [(ids["a red.jpg"], "cup", 0.912)])
    environment = {
        **os.environ,
        "CLIPSEARCH_LIBRARY": str(tmp_path / "library"),
        "CLIPSEARCH_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "TERM": "xterm-256color",
        "HOME": str(tmp_path),
    }
    for variable in ("NO_COLOR", "COLUMNS", "FORCE_HYPERLINK", "VTE_VERSION"):
        environment.pop(variable, None)
    return Hostile(tmp_path / "library", photos, tuple(photos.iterdir()), environment)


def shown(terminal: Hostile, *arguments: str) -> list[str]:
    """Return the lines of a command on a terminal, without styles and links."""
    text = terminal.on_terminal(*arguments).decode()
    return LINKS.sub("", text).replace("\x1b[1m", "").replace("\x1b[0m", "").replace("\r", "").splitlines()


@pytest.mark.parametrize(
    ("arguments", "heading", "row"),
    [
        (("red",), "Score  Path", "1.000  {path}"),
        (("red", "--after", "2024"), "Score  Taken             Path", "1.000  2024-05-18 16:42  {path}"),
        (("--sort", "date", "--in", "{photos}"), "Taken             Path", "2024-05-18 16:42  {path}"),
        (("--camera", "d90"), "Camera     Path", "Nikon D90  {path}"),
        (("--near", "48.86,2.35"), "Distance  Place          Path", "  1.1 km  Paris, France  {path}"),
        (("--near", "france"), "Place          Path", "Paris, France  {path}"),
        (("--label", "cup"), "Label     Path", "cup 0.91  {path}"),
        (("--type", "jpeg"), "Format  Path", "JPEG    {path}"),
        (("--min-size", "0.1mp"), "Pixels     Path", "640 x 480  {path}"),
        (("--min-size", "1kb"), "Size  Path", " kB  {path}"),
    ],
)
def test_what_was_filtered_or_sorted_by_is_a_column(
    terminal: Hostile, arguments: tuple[str, ...], heading: str, row: str
) -> None:
    lines = shown(terminal, "query", *(part.format(photos=terminal.photos) for part in arguments))
    start = next(number for number, line in enumerate(lines) if line.endswith("Path"))
    assert lines[start].split() == heading.split()
    assert lines[start + 1].endswith(row.format(path="~/'Photos/a red.jpg'").strip()), lines


def test_a_path_is_a_link_and_a_pipe_gets_neither_link_nor_column(terminal: Hostile) -> None:
    asked = ("query", "red", "-k", "1", "--after", "2024")
    path = terminal.photos / "a red.jpg"
    got = terminal.on_terminal(*asked).decode()
    (link, _) = LINKS.findall(got)
    assert link.startswith("file://") and link.endswith(f"{terminal.photos}/a%20red.jpg")
    assert terminal.plain(*asked).stdout.decode() == f"1.0000\t{path}\n"


def test_a_terminal_that_is_dumb_gets_plain_text(terminal: Hostile) -> None:
    terminal.environment["TERM"] = "dumb"
    assert b"\x1b" not in terminal.on_terminal("query", "red")


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("command", [("query", "--type", "png"), ("failures",), ("similar", "{photos}/a red.jpg")])
def test_no_path_is_cut_or_wrapped_however_narrow_the_terminal(
    terminal: Hostile, tmp_path: Path, command: tuple[str, ...], width: int
) -> None:
    name = "/".join(["a-folder-with-a-long-name"] * 8) + "/\u65e5\u672c\u8a9e-\u05e9\u05dc\u05d5\u05dd-e\u0301.png"
    (terminal.photos / name).parent.mkdir(parents=True)
    Image.new("RGB", (64, 48), "lime").save(terminal.photos / name)
    (terminal.photos / name).with_suffix(".jpg").write_bytes(b"no picture")
    with Store.open(tmp_path / "library") as store:
        run(store, terminal.photos, ColourEncoder())
    terminal.environment["COLUMNS"] = str(width)
    lines = shown(terminal, *(part.format(photos=terminal.photos) for part in command))
    whole = f"~/Photos/{name}".replace(".png", ".jpg" if command[0] == "failures" else ".png")
    assert sum(line.endswith(f" {whole}") or line == whole for line in lines) == 1, lines
