"""The colours of the built-in model, as a person would ask for them: the real model on the sample images."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from cli.main import main
from indexer.builtin_space.joined import THINGS
from indexer.store.store import Store
from tests.conftest import SAMPLES

FIRST = {
    "blue car": "car-blue.jpg",
    "red car": "car-red.jpg",
    "yellow car": "car-taxi.jpg",
    "blue mug": "mug-blue.png",
    "white cup": "cup-white.jpg",
    "green apple": "apple-green.tif",
    "a photo of a blue car": "car-blue.jpg",
    "a crimson car": "car-red.jpg",
    "a navy car": "car-blue.jpg",
    "a red car parked on the street in the sun": "car-red.jpg",
    "green teapot": "teapot.webp",
    "red envelope": "red-envelope.jpg",
    "something red": "strawberries.jpg",
}


def said(library: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--library", str(library)])


def hits(library: Path, *arguments: str) -> dict[str, float]:
    """Return the scores of a query's hits by file name, the best first."""
    result = said(library, "query", *arguments, "--all", "-k", "100", "--format", "json")
    assert result.exit_code == 0, result.output
    return {Path(record["path"]).name: record["score"] for record in json.loads(result.stdout)}


@pytest.mark.parametrize("text", FIRST)
def test_a_thing_of_a_colour_is_found_first(sample_library: Path, text: str) -> None:
    assert next(iter(hits(sample_library, text))) == FIRST[text]


MATCH = {
    "red": "car-red.jpg fly-agaric.heic lighthouse.jpg red-envelope.jpg strawberries.jpg umbrella.png",
    "something blue": "car-blue.jpg mug-blue.png",
    "blue car": "car-blue.jpg",
    "yellow car": "car-taxi.jpg",
    "green car": "car-jeep.jpg",
    "white cup": "cup-white.jpg espresso.jpg",
    "red fruit": "strawberries.jpg",
    "golden padlock": "padlock.jpg",
    "white car": "",
    "blue envelope": "",
    "red elephant": "",
    "red cup": "",
}


@pytest.mark.parametrize("text", MATCH)
def test_only_things_of_that_colour_match(sample_library: Path, text: str) -> None:
    result = said(sample_library, "query", text, "--format", "json")
    assert sorted(Path(record["path"]).name for record in json.loads(result.stdout)) == MATCH[text].split()
    assert result.exit_code == (0 if MATCH[text] else 1)


def test_things_of_another_colour_still_are_those_things(sample_library: Path) -> None:
    assert all(name.startswith("car") for name in list(hits(sample_library, "blue car"))[:3])  # then a blue mug


@pytest.mark.parametrize("text", ["car", "an orange", "a glass of red wine", "a photo of a cup on a table"])
def test_texts_without_colours_rank_pictures_by_things_alone(sample_library: Path, text: str) -> None:
    with Store.open(sample_library) as store:
        stored = store.db.execute("SELECT path, vector FROM images JOIN embeddings ON image = images.id")
        rows = {Path(path).name: np.frombuffer(vector, f"<f{len(vector) // 395}") for path, vector in stored}
        query = np.frombuffer(_asked(store, sample_library, text), "<f4")
    assert len(query) == 395 and not query[384:].any()
    things = {name: float(row[:384].astype(np.float64) @ query[:384]) for name, row in rows.items()}
    found = hits(sample_library, text)
    assert list(found) == sorted(things, key=lambda name: -things[name])
    assert max(abs(found[name] - things[name]) for name in things) < 1e-3
    assert all(abs(np.linalg.norm(row[:384].astype(np.float64)) - THINGS) < 1e-3 for row in rows.values())


def _asked(store: Store, library: Path, text: str) -> bytes:
    """Return a text's embedding as the library keeps it once it was asked for."""
    hits(library, text)
    row = store.db.execute("SELECT vector FROM texts WHERE text = ?", [text]).fetchone()
    return bytes(row[0])


def test_labels_can_differ_in_colour_alone(sample_library: Path) -> None:
    result = said(sample_library, "label", "--classes", "blue car,red car,yellow car,green apple", "--format", "json")
    found = {Path(record["path"]).name: record["class"] for record in json.loads(result.stdout)}
    expected = {"car-blue.jpg": "blue car", "car-red.jpg": "red car", "car-taxi.jpg": "yellow car"}
    assert {name: found[name] for name in expected} == expected and found["apple-green.tif"] == "green apple"


@pytest.mark.parametrize("mode", [[], ["--multi"]])
def test_labels_can_be_colours_alone(sample_library: Path, mode: list[str]) -> None:
    result = said(sample_library, "label", "--classes", "red,blue,green", *mode, "--format", "json")
    assert result.exit_code == 0, result.output
    records = json.loads(result.stdout)
    found = {Path(one["path"]).name: (one["labels"][0] if mode else one)["class"] for one in records}
    expected = {"umbrella.png": "red", "mug-blue.png": "blue", "teapot.webp": "green", "keyboard.jpg": "other"}
    assert {name: found[name] for name in expected} == expected


def test_a_library_made_without_colours_is_encoded_again(tmp_path: Path) -> None:
    library, photos = tmp_path / "library", tmp_path / "photos"
    photos.mkdir()
    for name in ("car-blue.jpg", "car-red.jpg", "pizza.heic"):
        shutil.copy(SAMPLES / name, photos)
    assert said(library, "index", str(photos), "--model", "builtin", "--workers", "0").exit_code == 0
    assert "has become another" not in said(library, "index").stderr
    _take_colours_away(library)
    told = said(library, "index")
    assert told.exit_code == 0 and "has become another" in told.stderr and "index --reindex" in told.stderr
    shutil.copy(SAMPLES / "car-taxi.jpg", photos)
    for refused in (said(library, "index"), said(library, "query", "a text that was never asked")):
        assert refused.exit_code == 1 and "clipsearch index --reindex" in refused.stderr
    again = said(library, "index", "--reindex", "--workers", "0")
    assert again.exit_code == 0 and "4 encoded" in again.stderr
    assert next(iter(hits(library, "blue car"))) == "car-blue.jpg"
    assert "395 dimensions" in said(library, "info").stdout


def _take_colours_away(library: Path) -> None:
    """Leave a library as the model before would have made it: another fingerprint, 384 dimensions."""
    with Store.open(library) as store, store.writing():
        store.db.execute("DELETE FROM texts")
        store.db.execute("UPDATE models SET fingerprint = ?, dim = 384, logit_scale = 14.5", ["0" * 64])
        for image, vector in store.db.execute("SELECT image, vector FROM embeddings").fetchall():
            row = np.frombuffer(vector, f"<f{len(vector) // 395}")[:384]
            unit = (row / np.linalg.norm(row.astype(np.float32))).astype(row.dtype)
            store.db.execute("UPDATE embeddings SET vector = ? WHERE image = ?", [unit.tobytes(), image])
