"""Tests of folding, as a person meets it: query and similar, on a terminal and in each format, with real copies."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from PIL import Image

import cli.output.rows
from cli.hints.answers import hints_below
from indexer.store.store import Store
from search.filters.filters import NO_FILTERS
from search.results import Hit
from tests.cli.conftest import Invoke
from tests.conftest import SAMPLES
from tests.fakes import ColourEncoder
from tests.search.folding.test_stacks import Encoder

SIDES = (640, 560, 480, 400, 320)


@pytest.fixture
def encoder() -> ColourEncoder:
    return Encoder()


@pytest.fixture
def copied(clipsearch: Invoke, photos: Path) -> Invoke:
    """A library of five sizes of one picture and one of another."""
    with Image.open(SAMPLES / "car-red.jpg") as image:
        for side in SIDES:
            image.resize((side, side * 3 // 4)).convert("RGB").save(photos / f"car{side}.jpg", quality=90)
    with Image.open(SAMPLES / "bananas.jpg") as image:
        image.convert("RGB").save(photos / "bananas.jpg")
    assert clipsearch("index", photos).exit_code == 0
    return clipsearch


@pytest.mark.parametrize("arguments", [("query", "red", "--all"), ("similar", str(SAMPLES / "car-red.jpg"))])
def test_copies_stand_behind_the_best_unless_all_are_asked_for(
    copied: Invoke, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(copied(*arguments).stdout.splitlines()) == 2
    assert len(copied(*arguments, "--no-fold").stdout.splitlines()) == 6
    assert len(copied(*arguments, "-k", "2").stdout.splitlines()) == 2
    records = json.loads(copied(*arguments, "--format", "json").stdout)
    (car,) = (record for record in records if "car" in record["path"])
    assert len(car["copies"]) == 4 and {"path", "id", "score", "size", "width", "height"} == set(car["copies"][0])
    assert [copy["score"] for copy in car["copies"]] == sorted((copy["score"] for copy in car["copies"]), reverse=True)
    assert all(
        not record["copies"] for record in json.loads(copied(*arguments, "--no-fold", "--format", "json").stdout)
    )
    rows = list(csv.DictReader(io.StringIO(copied(*arguments, "--format", "csv").stdout)))
    assert sorted(row["copies"] for row in rows) == ["0", "4"] and list(rows[0])[-1] == "copies"
    monkeypatch.setattr(cli.output.rows, "is_terminal", lambda _: True)
    monkeypatch.setattr("cli.output.hits.is_terminal", lambda _: True)
    monkeypatch.setattr("cli.output.deliver.is_terminal", lambda _: True)
    shown = copied(*arguments)
    assert "+4 copies" in shown.stdout and "Copies" in shown.stdout and "--no-fold" in shown.stderr
    everything = copied(*arguments, "--no-fold")
    assert "+" not in everything.stdout and "fold" not in everything.stderr


def test_filters_alone_list_every_file(copied: Invoke, photos: Path) -> None:
    assert len(copied("query", "--in", photos).stdout.splitlines()) == 6


def test_what_is_shown_is_what_is_copied_and_the_sheet_tells_of_the_rest(copied: Invoke, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.html"
    copied("query", "red", "--all", "--copy-to", tmp_path / "best", "--html", sheet)
    pictures = [path.name for path in (tmp_path / "best").iterdir() if path.suffix == ".jpg"]
    assert sorted(pictures) == ["bananas.jpg", "car640.jpg"], "the original, not a thumbnail"
    assert sheet.read_text(encoding="utf-8").count("+4 copies") == 1


def test_a_library_that_can_not_be_written_to_folds_too(copied: Invoke, tmp_path: Path) -> None:
    for path in sorted((tmp_path / "lib").rglob("*"), reverse=True):
        path.chmod(0o500 if path.is_dir() else 0o400)
    (tmp_path / "lib").chmod(0o500)
    try:
        assert len(copied("query", "red", "--all").stdout.splitlines()) == 2
    finally:
        (tmp_path / "lib").chmod(0o700)
        for path in (tmp_path / "lib").rglob("*"):
            path.chmod(0o700)


def test_python_folds_by_default(copied: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import clipsearch as api

    with api.open(tmp_path / "lib") as library:
        hits = library.query("red", cutoff="none")
        assert sorted(len(hit.copies) for hit in hits) == [0, 4]
        assert len(library.query("red", cutoff="none", fold=False)) == 6
        assert len(library.similar(SAMPLES / "car-red.jpg")) == 2
        assert len(library.similar(SAMPLES / "car-red.jpg", fold=False)) == 6
        with pytest.raises(api.InvalidRequest):
            library.query("red", fold="yes")  # type: ignore[arg-type]


@pytest.mark.parametrize(("matching", "said"), [(5, []), (7, ["2 more match; -k 7 shows them."])])
def test_copies_are_not_said_to_be_more(
    store: Store, matching: int, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.hints.answers.is_terminal", lambda _: True)
    hit = Hit(Path("/p/a.jpg"), 0.5, copies=tuple(Hit(Path(f"/p/{number}.jpg"), 0.4) for number in range(4)))
    assert hints_below(store, [hit], NO_FILTERS, matching) == said


def test_copies_that_do_not_match_are_not_taken_for_matches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.hints.answers.is_terminal", lambda _: True)
    hit = Hit(Path("/p/a.jpg"), 0.5, copies=(Hit(Path("/p/b.jpg"), 0.6), Hit(Path("/p/c.jpg"), 0.3)))
    said = hints_below(store, [hit], NO_FILTERS, matching=3, lowest=0.4)
    assert said == ["1 more matches; -k 3 shows it."]
