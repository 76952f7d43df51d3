"""Tests of `clipsearch eval`: with the real built-in model on the sample images, and what is said of mistakes."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

import cli.reports.plots
import cli.reports.tables
from cli.main import main
from indexer.files.formats import PICTURE_SUFFIXES
from indexer.store.models import active_model, temperature_of
from indexer.store.store import Store
from search.texts.class_templates import TEMPLATE_SETS
from tests.cli.conftest import Invoke, one_sentence
from tests.conftest import SAMPLES

CLASSES = {
    "cup": ("cup-white.jpg", "mug-blue.png", "espresso.jpg"),
    "car": ("car-blue.jpg", "car-jeep.jpg", "car-red.jpg", "car-taxi.jpg"),
    "fruit": ("apple-green.tif", "bananas.jpg", "lemons.webp", "oranges.jpg", "strawberries.jpg"),
}


@pytest.fixture
def clipsearch(sample_library: Path) -> Invoke:
    """Run the command line on the library of the sample images."""

    def invoke(*arguments: str | Path) -> Result:
        return CliRunner().invoke(main, [*map(str, arguments), "--library", str(sample_library)])

    return invoke


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder per class with copies of sample images."""
    for name, files in CLASSES.items():
        (tmp_path / "truth" / name).mkdir(parents=True)
        for file in files:
            shutil.copy2(SAMPLES / file, tmp_path / "truth" / name / file)
    return tmp_path / "truth"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A CSV file of the same pictures in their own place, where the library knows them."""
    rows = [f"{SAMPLES / file},{name}" for name, files in CLASSES.items() for file in files]
    file = tmp_path / "truth.csv"
    file.write_text("\n".join(["path,class", *rows]), encoding="utf-8")
    return file


def test_the_samples_are_told_apart_and_plotted(clipsearch: Invoke, folder: Path, tmp_path: Path) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*"))
    result = clipsearch("eval", folder, "--plots", tmp_path / "plots")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "# 12 pictures of 3 classes, best first"
    ranked = [line.split("\t") for line in lines[2:5]]
    assert {row[1] for row in ranked} == set(TEMPLATE_SETS)
    assert all(row[0] == "builtin" and float(row[2]) >= 11 / 12 - 0.001 for row in ranked)
    assert "car\t1.000\t1.000\t1.000\t4" in lines and "car\t4\t0\t0" in lines
    for name in ("confusion.png", "reliability.png", "comparison.png"):
        with Image.open(tmp_path / "plots" / name) as image:
            assert image.format == "PNG" and min(image.size) > 200
            assert len(image.convert("RGB").getcolors(1 << 20) or []) > 20
    assert sorted(path.name for path in (tmp_path / "plots").iterdir()) == [
        "comparison.png",
        "confusion.png",
        "reliability.png",
    ]
    assert sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*")) == before


def test_json_has_everything(clipsearch: Invoke, table: Path) -> None:
    result = clipsearch("eval", table, "--format", "json", "--templates", "photo7", "--templates", "simple")
    found = json.loads(result.stdout)
    assert (found["pictures"], found["classes"], found["unread"]) == (12, ["car", "cup", "fruit"], 0)
    assert [one["templates"] for one in found["results"]] == ["photo7", "simple"]
    first = found["results"][0]
    assert first["top1"] == 1.0 and first["top5"] is None and 0.7 < first["top1_interval"][0] < 0.8
    assert first["confusion"] == [[4, 0, 0], [0, 3, 0], [0, 0, 5]]
    assert first["per_class"][1] == {"class": "cup", "precision": 1.0, "recall": 1.0, "f1": 1.0, "support": 3}
    assert sum(one["count"] for one in first["reliability"]) == 12 and len(first["reliability"]) == 15
    assert 0 < first["ece"] < 0.3 and first["temperature"] == 1.0
    assert found["best"]["model"] == "builtin"


def test_csv_has_a_value_a_line(clipsearch: Invoke, table: Path) -> None:
    result = clipsearch("eval", table, "--format", "csv", "--templates", "simple")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    values = {(row["class"], row["metric"]): row["value"] for row in rows}
    assert values["", "top1"] == "1" and values["cup", "support"] == "3" and values["", "top5"] == ""
    assert {row["templates"] for row in rows} == {"simple"}


def test_known_pictures_and_texts_load_no_model(
    clipsearch: Invoke, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = clipsearch("eval", table, "--templates", "simple")
    monkeypatch.setattr("indexer.models.loading.load_encoder", lambda *_: pytest.fail("a model is loaded"))
    again = clipsearch("eval", table, "--templates", "simple")
    assert again.exit_code == 0 and again.stdout == first.stdout


def test_a_class_may_have_prompts_of_its_own(clipsearch: Invoke, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        f"path,class\n{SAMPLES / 'cup-white.jpg'},A\n{SAMPLES / 'mug-blue.png'},A\n{SAMPLES / 'car-red.jpg'},B\n"
    )
    options = ("--class", "A=coffee mug|cup", "--class", "B=car", "--templates", "simple", "--format", "json")
    found = json.loads(clipsearch("eval", tmp_path / "t.csv", *options).stdout)
    assert found["results"][0]["confusion"] == [[2, 0], [0, 1]]
    swapped = ("--class", "B=coffee mug|cup", "--class", "A=car", "--templates", "simple", "--format", "json")
    found = json.loads(clipsearch("eval", tmp_path / "t.csv", *swapped).stdout)
    assert found["results"][0]["top1"] == 0.0
    one_sentence(clipsearch("eval", tmp_path / "t.csv", "--class", "C=car"), "no class 'C'", "A, B", code=2)


def test_captions_find_their_pictures(clipsearch: Invoke, tmp_path: Path) -> None:
    captions = {
        "bananas.jpg": "a bunch of bananas",
        "guitar.jpg": "an acoustic guitar",
        "pizza.heic": "a pizza",
        "soccer-ball.jpg": "a soccer ball",
        "umbrella.png": "an open umbrella",
        "red-envelope.jpg": "a red envelope",
    }
    rows = [f"{SAMPLES / name},{text}" for name, text in captions.items()]
    (tmp_path / "captions.csv").write_text("\n".join(["path,caption", *rows]))
    result = clipsearch("eval", "--captions", tmp_path / "captions.csv", "--format", "json")
    (found,) = json.loads(result.stdout)["retrieval"]
    for way in ("captions_find_pictures", "pictures_find_captions"):
        assert found[way]["recall_at_1"] >= 5 / 6 - 1e-6 and found[way]["recall_at_10"] == 1.0
        assert (found[way]["median_rank"], found[way]["queries"]) == (1.0, 6)
    lines = clipsearch("eval", "--captions", tmp_path / "captions.csv").stdout.splitlines()
    assert lines[0] == "# Retrieval among 6 pictures" and lines[2].startswith("builtin\tcaptions find pictures\t")


def test_without_a_library_a_model_can_be_named(folder: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        main,
        ["eval", str(folder), "--model", "builtin", "--templates", "simple", "--library", str(tmp_path / "none")],
    )
    assert result.exit_code == 0, result.output
    assert "car\t4\t0\t0" in result.stdout.splitlines()
    assert not (tmp_path / "none").exists()


def test_what_cannot_be_read_is_named_and_the_exit_code_3(clipsearch: Invoke, folder: Path) -> None:
    (folder / "cup" / "bad.jpg").write_text("no picture")
    (folder / "spoon").mkdir()
    result = clipsearch("eval", folder, "--templates", "simple")
    assert result.exit_code == 3, result.output
    assert "bad.jpg: not a picture" in result.stderr
    assert "The class 'spoon' has no picture" in result.stderr
    assert "# 12 pictures of 4 classes" in result.stdout and "spoon\t-\t-\t-\t0" in result.stdout


def test_pictures_that_are_not_there_make_the_exit_code_3(clipsearch: Invoke, table: Path) -> None:
    table.write_text(table.read_text() + "\nnowhere.jpg,cup\n")
    result = clipsearch("eval", table, "--templates", "simple", "--format", "json")
    assert result.exit_code == 3 and "nowhere.jpg: no such file (line 14" in result.stderr
    assert json.loads(result.stdout)["unread"] == 1 and json.loads(result.stdout)["pictures"] == 12


def test_pictures_that_are_all_right_calibrate_nothing(clipsearch: Invoke, table: Path, sample_library: Path) -> None:
    result = clipsearch("eval", table, "--calibrate", "--templates", "simple")
    assert result.exit_code == 1 and "harder to tell apart" in result.stderr
    assert "# 12 pictures of 3 classes" in result.stdout, "what was measured is shown all the same"
    with Store.open(sample_library) as store:
        model = active_model(store)
        assert model is not None and temperature_of(store, model) == 1.0
    result = clipsearch("eval", "--reset-calibration")
    assert result.exit_code == 0 and "was not calibrated" in result.stderr


def test_a_temperature_is_fitted_stored_and_taken_back(
    clipsearch: Invoke, tmp_path: Path, sample_library: Path
) -> None:
    wrong = {"cup": "espresso.jpg", "car": "mug-blue.png"}  # two mistakes, so that it is not certain
    rows = [f"{SAMPLES / file},{name}" for name, files in CLASSES.items() for file in files]
    rows = [row for row in rows if not row.startswith(tuple(str(SAMPLES / file) for file in wrong.values()))]
    rows += [f"{SAMPLES / 'mug-blue.png'},car", f"{SAMPLES / 'espresso.jpg'},fruit"]
    (tmp_path / "t.csv").write_text("\n".join(["path,class", *rows]))
    result = clipsearch("eval", tmp_path / "t.csv", "--calibrate", "--templates", "simple", "--plots", tmp_path / "p")
    assert result.exit_code == 0, result.output
    assert "# Calibrated on 12 pictures" in result.stdout and (tmp_path / "p" / "reliability.png").exists()
    assert "Stored: labels by builtin use the temperature" in result.stderr and "12 pictures are few" in result.stderr
    after = next(line.split("\t") for line in result.stdout.splitlines() if line.startswith("after\t"))
    with Store.open(sample_library) as store:
        model = active_model(store)
        assert model is not None
        assert float(after[1]) == pytest.approx(temperature_of(store, model), abs=1e-3) and float(after[1]) > 1.05
    result = clipsearch("eval", "--reset-calibration")
    assert f"temperature {after[1]} of builtin is taken back" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ("Name a folder",)),
        (["--captions", "x.csv", "--calibrate"], ("are about classes",)),
        (["--captions", "x.csv", "--class", "a=b"], ("are about classes",)),
        (["--captions", "x.csv", "--plots", "p"], ("are about classes",)),
        (["x", "--reset-calibration"], ("leave the pictures",)),
        (["x", "--templates", "none"], ("simple",)),
    ],
)
def test_wrong_usage(clipsearch: Invoke, arguments: list[str], words: tuple[str, ...]) -> None:
    result = clipsearch("eval", *arguments)
    assert result.exit_code == 2 and all(word in result.stderr for word in words), result.output


def test_bad_truth_is_one_sentence(clipsearch: Invoke, tmp_path: Path) -> None:
    one_sentence(clipsearch("eval", tmp_path / "nowhere"), "There is no", code=1)
    (tmp_path / "empty").mkdir()
    one_sentence(clipsearch("eval", tmp_path / "empty"), "no picture in a folder", code=1)
    (tmp_path / "t.csv").write_text("a.jpg,cup\n")
    one_sentence(clipsearch("eval", tmp_path / "t.csv"), "header", "path,class", code=2)


def test_plots_without_matplotlib(
    clipsearch: Invoke, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli.reports.plots, "find_spec", lambda _: None)
    one_sentence(clipsearch("eval", table, "--plots", tmp_path / "p"), "[plots]'", code=1)
    assert not (tmp_path / "p").exists()


def test_plots_are_not_put_among_the_pictures(clipsearch: Invoke, folder: Path) -> None:
    for place in (folder, folder / "cup", folder / "new"):
        one_sentence(clipsearch("eval", folder, "--plots", place), "another folder", code=2)


def test_plots_that_cannot_be_written(clipsearch: Invoke, table: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = clipsearch("eval", table, "--templates", "simple", "--plots", tmp_path / "file" / "plots")
    assert result.exit_code == 1 and "plots can't be written" in result.stderr and "Traceback" not in result.output


def test_the_sample_images_come_with_their_truth(clipsearch: Invoke) -> None:
    truth, captions = str(SAMPLES / "truth.csv"), str(SAMPLES / "captions.csv")
    found = clipsearch("eval", truth, "--captions", captions, "--templates", "simple", "--format", "json")
    assert found.exit_code == 0, found.stderr
    record = json.loads(found.stdout)
    assert set(record["classes"]) == {"car", "cup", "fruit", "furniture", "other"}
    pictures = [path for path in SAMPLES.iterdir() if path.suffix in PICTURE_SUFFIXES]
    assert (record["pictures"], record["unread"]) == (len(pictures), 0)
    assert record["results"][0]["top1"] >= 0.95
    assert record["retrieval"][0]["captions_find_pictures"]["recall_at_5"] >= 0.95
