"""The whole way with the real built-in model on the real sample images, as a person would go it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image, ImageOps

import clipsearch
from cli.main import main
from indexer.decoding.decode import open_picture
from indexer.files.formats import PICTURE_SUFFIXES
from tests.conftest import SAMPLES

NAMES = sorted(path.name for path in SAMPLES.iterdir() if path.suffix in PICTURE_SUFFIXES)
CUPS = [name for name in NAMES if name.startswith(("cup", "mug", "espresso"))]
CARS = [name for name in NAMES if name.startswith("car")]


def run(library: Path, *arguments: str) -> str:
    result = CliRunner().invoke(main, [*arguments, "--library", str(library)])
    assert result.exit_code == 0, result.output
    return result.stdout


def exif_of(path: Path) -> Image.Exif:
    with Image.open(path) as image:
        return image.getexif()


def test_the_samples_are_what_the_project_promises() -> None:
    assert len(NAMES) >= 24 and len(CUPS) >= 2 and len(CARS) >= 2
    assert sum((SAMPLES / name).stat().st_size for name in NAMES) <= 8_000_000
    pictures = {name: open_picture(SAMPLES / name) for name in NAMES}
    assert {"JPEG", "PNG", "WEBP", "TIFF", "GIF"} < {picture.format for picture in pictures.values()}
    assert {"HEIF", "AVIF"} & {picture.format for picture in pictures.values()}
    exif = {name: exif_of(SAMPLES / name) for name in NAMES if name.endswith(".jpg")}
    assert any(one.get(0x0112, 1) != 1 for one in exif.values()), "a rotated orientation"
    assert any(one.get_ifd(0x8825) for one in exif.values()), "a place"
    assert any(one.get_ifd(0x8769).get(0x9003) for one in exif.values()), "a date"


def test_the_red_envelope_is_found_first(sample_library: Path) -> None:
    first, second = json.loads(run(sample_library, "query", "red envelope", "-k", "2", "--all", "--format", "json"))
    assert Path(first["path"]).name == "red-envelope.jpg"
    assert first["score"] > second["score"] + 0.05


def test_a_wider_text_is_offered_where_nothing_matches(sample_library: Path) -> None:
    texts = ("raspberry", "toadstool", "kiwi", "hammock", "oil tanker")
    with clipsearch.open(sample_library, device="cpu") as library:
        text, wider = next((text, wider) for text in texts if (wider := library.wider(text)) is not None)
        assert library.query(text) == [] and 0 < len(library.query(wider.text, k=200)) <= wider.matching
    words = ["query", text, '"."', "--sort", "path", "--in", str(SAMPLES)]
    result = CliRunner().invoke(main, [*words, "--library", str(sample_library)])
    assert (result.exit_code, result.stdout) == (1, "")
    line = next(line for line in result.stderr.splitlines() if line.startswith("Wider: "))
    assert f'match "{wider.text}"' in line or f'matches "{wider.text}"' in line
    command = shlex.split(line.partition('": ')[2])
    assert command[:-6] == ["clipsearch", "query", *wider.text.split(), '"."']
    assert 0 < len(run(sample_library, *command[1:]).splitlines()) <= wider.matching


def labels_of(library: Path, *arguments: str) -> dict[str, dict[str, Any]]:
    records = json.loads(run(library, "label", *arguments, "--format", "json"))
    return {Path(record["path"]).name: record for record in records}


@pytest.mark.parametrize("templates", ["simple", "photo7", "openai80"])
def test_what_fits_no_class_is_other_in_any_templates(sample_library: Path, templates: str) -> None:
    found = labels_of(sample_library, "--classes", "cup,car", "--templates", templates)
    expected = {**dict.fromkeys(NAMES, "other"), **dict.fromkeys(CUPS, "cup"), **dict.fromkeys(CARS, "car")}
    assert {name: record["class"] for name, record in found.items()} == expected
    found = labels_of(sample_library, "--classes", "cup,car", "--templates", templates, "--multi")
    wrong = [name for name in NAMES if {one["class"] for one in found[name]["labels"]} != {expected[name]}]
    assert len(wrong) <= 1, wrong


def test_a_fruit_is_a_fruit_before_it_is_food_in_any_order(sample_library: Path) -> None:
    first = labels_of(sample_library, "--classes", "food,fruit,drink")
    second = labels_of(sample_library, "--classes", "drink,fruit,food")
    assert {name: one["class"] for name, one in first.items()} == {name: one["class"] for name, one in second.items()}
    fruit = ("apple-green.tif", "bananas.jpg", "lemons.webp", "oranges.jpg", "strawberries.jpg")
    assert {first[name]["class"] for name in fruit} == {"fruit"} and first["pizza.heic"]["class"] == "food"


def test_cups_are_cups_cars_are_cars_and_all_else_is_other(sample_library: Path) -> None:
    found = labels_of(sample_library, "--classes", "cup,car")
    expected = {**dict.fromkeys(NAMES, "other"), **dict.fromkeys(CUPS, "cup"), **dict.fromkeys(CARS, "car")}
    assert {name: one["class"] for name, one in found.items()} == expected
    assert all(set(one["probabilities"]) == {"cup", "car", "other"} for one in found.values())
    assert json.loads(
        run(sample_library, "query", "a thing", "--label", "car", "-k", "50", "--all", "--format", "json")
    )
    between = labels_of(sample_library, "--classes", "cup,car", "--no-other")
    assert min(between[name]["probability"] for name in CUPS + CARS) > 0.7


def test_not_cup_is_all_that_is_no_cup(sample_library: Path) -> None:
    found = labels_of(sample_library, "--classes", "cup,not cup")
    assert {name: one["class"] for name, one in found.items()} == {
        **dict.fromkeys(NAMES, "not cup"),
        **dict.fromkeys(CUPS, "cup"),
    }


def test_a_class_that_no_picture_shows_is_given_to_none(sample_library: Path) -> None:
    found = labels_of(sample_library, "--classes", "wedding,receipt,dog")
    assert {one["class"] for one in found.values()} == {"other"}


def test_several_things_in_one_picture_are_all_found(sample_library: Path, tmp_path: Path) -> None:
    both = Image.new("RGB", (1200, 1200), "white")
    for place, name in ((0, "cup-white.jpg"), (600, "car-red.jpg")):
        with Image.open(SAMPLES / name) as image:
            both.paste(ImageOps.fit(image.convert("RGB"), (600, 600)), (place, 300))
    both.save(tmp_path / "both.png")
    alone = [str(SAMPLES / name) for name in ("cup-white.jpg", "car-red.jpg", "guitar.jpg")]
    records = json.loads(
        run(
            sample_library,
            "label",
            str(tmp_path / "both.png"),
            *alone,
            "--classes",
            "cup,car",
            "--multi",
            "--format",
            "json",
        )
    )
    labels = [{one["class"] for one in record["labels"]} for record in records]
    assert labels == [{"cup", "car"}, {"cup"}, {"car"}, {"other"}]


def test_a_meaning_is_chosen_by_prompts(sample_library: Path) -> None:
    meant = labels_of(
        sample_library, "--classes", "mouse=a computer keyboard|a computer mouse,bat=a soccer ball|a tennis ball"
    )
    assert {name for name, one in meant.items() if one["class"] == "mouse"} == {"keyboard.jpg"}
    assert {name for name, one in meant.items() if one["class"] == "bat"} == {"soccer-ball.jpg"}


def test_examples_teach_a_class_that_has_no_good_name(sample_library: Path, tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    for name in ("lemons.webp", "oranges.jpg"):
        (tmp_path / "examples" / name).write_bytes((SAMPLES / name).read_bytes())
    named = labels_of(sample_library, "--classes", "xyzzy,car,guitar")
    assert not [name for name, one in named.items() if one["class"] == "xyzzy"]
    taught = labels_of(sample_library, "--classes", "car,guitar", "--class-from", f"xyzzy={tmp_path / 'examples'}")
    given = {name for name, one in taught.items() if one["class"] == "xyzzy"}
    assert (
        {"lemons.webp", "oranges.jpg"}
        <= given
        <= {"lemons.webp", "oranges.jpg", "apple-green.tif", "strawberries.jpg", "bananas.jpg"}
    )
    assert all(taught[name]["class"] == "car" for name in CARS if named[name]["class"] == "car")


@pytest.mark.parametrize(
    ("text", "name"),
    [("banana", "bananas.jpg"), ("a guitar", "guitar.jpg"), ("pizza", "pizza.heic"), ("football", "soccer-ball.jpg")],
)
def test_other_things_are_found(sample_library: Path, text: str, name: str) -> None:
    hits = json.loads(run(sample_library, "query", text, "-k", "3", "--format", "json"))
    assert name in [Path(hit["path"]).name for hit in hits]


def test_a_picture_from_elsewhere_is_labelled_like_the_one_in_the_library(sample_library: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.jpg").write_bytes((SAMPLES / "red-envelope.jpg").read_bytes())
    names = [str(SAMPLES / "red-envelope.jpg"), str(tmp_path / "copy.jpg")]
    known, copy = json.loads(run(sample_library, "label", *names, "--classes", "envelope,shoe", "--format", "json"))
    assert known["class"] == copy["class"] == "envelope"
    assert known["probability"] == pytest.approx(copy["probability"], abs=0.01)


def test_a_cached_query_imports_neither_torch_nor_a_model(sample_library: Path) -> None:
    run(sample_library, "query", "red envelope")
    run(sample_library, "label", "--classes", "cup,car")
    code = (
        "import sys, cli.main\n"
        "for words in (['query', 'red envelope'], ['label', '--classes', 'cup,car']):\n"
        f"    cli.main.main([*words, '--library', {str(sample_library)!r}], standalone_mode=False)\n"
        "heavy = {'torch', 'open_clip', 'transformers', 'timm', 'huggingface_hub'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "red-envelope.jpg" in done.stdout


def test_python_api(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for name in (*CARS[:1], *CUPS[:1]):
        (tmp_path / "photos" / name).write_bytes((SAMPLES / name).read_bytes())
    with clipsearch.open(tmp_path / "library", model="builtin", device="cpu") as library:
        with pytest.raises(clipsearch.LibraryMissing):
            library.query("a car")
        summary = library.index([tmp_path / "photos"])
        assert (summary.encoded, summary.problems) == (2, 0)
        assert library.query("a car", k=1)[0].path.name == CARS[0]
        assert {one.path.name: one.best for one in library.label(["cup", "car"])} == {CARS[0]: "car", CUPS[0]: "cup"}
        (one,) = library.label_pictures([tmp_path / "photos" / CARS[0]], ["cup", "car"])
        (same,) = library.label_pictures(str(tmp_path / "photos" / CARS[0]), "cup,car", templates="a photo of a {}")
        assert one.best == "car" and same == one
        taught = {"xyzzy": tmp_path / "photos"}  # a cup and a car
        asked: dict[str, Any] = {"templates": "photo7", "examples": taught, "multi": True}
        for sure, labels in ({"xyzzy": 0.1}, [["xyzzy"], ["xyzzy"]]), ({"xyzzy": 1.0}, [["other"], ["other"]]):
            found = library.label(["lighthouse"], thresholds=sure, **asked)
            assert [[label for label, _ in one.labels] for one in found] == labels
        with pytest.raises(clipsearch.InvalidRequest, match='no class "mug"'):
            library.label("cup,car", thresholds={"mug": 0.5})
        with pytest.raises(clipsearch.PictureError, match="no such file"):
            list(library.label_pictures([tmp_path / "none.jpg"], ["cup", "car"]))
        assert library.info().pictures == 2
    with (
        clipsearch.open(tmp_path / "library", model="ViT-B-32/openai") as other,
        pytest.raises(clipsearch.ModelMismatch),
    ):
        other.query("a car")


def test_module_runs() -> None:
    done = subprocess.run([sys.executable, "-m", "clipsearch", "--help"], capture_output=True, text=True, check=True)
    assert "red envelope" in done.stdout and "Usage: clipsearch" in done.stdout
