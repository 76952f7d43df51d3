"""Tests of ask with filters alone: what passes is listed. What a query finds: tests/search/library/test_library.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import clipsearch
from cli.main import main
from indexer.errors import InvalidRequest
from indexer.store.store import Store
from search.filters.filters import NO_FILTERS, Filters, make_filters
from search.library.library import Library
from search.query.ask import Asked, ask
from search.results import Hit
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.label_sets import store_labels

DATES = {"b10.png": None, "old.png": "2019-01-01T10:00:00", "b9.png": None, "new.png": "2024-05-05T08:00:00+02:00"}
ORDER = ["new.png", "old.png", "b9.png", "b10.png"]


@pytest.fixture
def library(store: Store, picture: MakePicture, photos: Path, encoder: ColourEncoder) -> Store:
    """Four pictures, two of which have a date and two a label."""
    for number, name in enumerate(DATES):
        picture(name, f"rgb({number},9,9)")
    run(store, photos, encoder)
    with store.writing():
        for name, date in DATES.items():
            store.db.execute("UPDATE images SET taken_at = ? WHERE path = ?", [date, name])
    ids = dict(store.db.execute("SELECT path, id FROM images").fetchall())
    store_labels(store, ["cup"], [(ids["new.png"], "cup", 0.9), (ids["b9.png"], "cup", 0.8)])
    return store


def browse(library: Store, filters: Filters, k: int | None = None) -> list[Hit]:
    return list(ask(Library(library), Asked(None, k, filters)).hits)


def asked(library: Store, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["query", *arguments, "--library", str(library.folder)])


def test_newest_first_then_by_path(library: Store) -> None:
    hits = browse(library, make_filters(types="png"))
    assert [hit.path.name for hit in hits] == ORDER and {hit.score for hit in hits} == {None}
    assert [hit.path.name for hit in browse(library, make_filters(types="png"), 2)] == ORDER[:2]
    assert [hit.path.name for hit in browse(library, make_filters(label="cup"))] == ["new.png", "b9.png"]


def test_what_can_not_be_browsed(library: Store) -> None:
    with pytest.raises(InvalidRequest, match="Nothing is asked for"):
        browse(library, NO_FILTERS)
    with pytest.raises(InvalidRequest, match="at least 1"):
        browse(library, make_filters(types="png"), 0)


def test_query_with_filters_alone(library: Store, photos: Path) -> None:
    assert asked(library, "--label", "cup").stdout == f"{photos / 'new.png'}\n{photos / 'b9.png'}\n"
    assert asked(library, "--type", "png", "-k", "1", "-0").stdout == f"{photos / 'new.png'}\0"
    by_path = asked(library, "--type", "png", "--sort", "path", "--format", "paths").stdout.splitlines()
    assert [Path(line).name for line in by_path] == ["b9.png", "b10.png", "new.png", "old.png"]
    records = json.loads(asked(library, "--after", "2019", "--format", "json").stdout)
    assert [record["score"] for record in records] == [None, None]
    none = asked(library, "--after", "2030")
    assert (none.exit_code, none.stdout) == (0, "") and "No picture from 2030 on." in none.stderr


def test_what_is_done_with_hits_needs_no_score(library: Store, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.html"
    done = asked(library, "--label", "cup", "--copy-to", str(tmp_path / "cups"), "--html", str(sheet))
    assert done.exit_code == 0, done.output
    manifest = json.loads((tmp_path / "cups" / "clipsearch-manifest.json").read_text(encoding="utf-8"))
    assert [one["score"] for one in manifest["files"]] == [None, None] and "None" not in sheet.read_text("utf-8")


@pytest.mark.parametrize("option", [["--raw"], ["--cutoff", "0.2"]])
def test_options_about_a_text_are_refused_without_one(library: Store, option: list[str]) -> None:
    result = asked(library, "--label", "cup", *option)
    assert result.exit_code == 2 and f"{option[0]} is about a query" in result.stderr


def test_without_text_and_filter_nothing_is_asked(library: Store) -> None:
    result = asked(library)
    assert result.exit_code == 2 and "The query is empty" in result.stderr


def test_python(library: Store, photos: Path) -> None:
    with clipsearch.open(library.folder) as opened:
        assert [hit.path.name for hit in opened.query(label="cup")] == ["new.png", "b9.png"]
        assert [hit.path.name for hit in opened.query(folder=photos, k=1)] == ["new.png"]
        for wrong in ({"raw": True}, {"cutoff": 0.3}):
            with pytest.raises(InvalidRequest, match="give a text or a picture"):
                opened.query(label="cup", **wrong)
        with pytest.raises(InvalidRequest, match="The query is empty"):
            opened.query()
