"""What a query finds, and with filters alone what is listed, also by the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import clipsearch
from cli.main import main
from indexer.errors import FolderError, InvalidRequest
from indexer.store.roots import remove_root
from indexer.store.store import Store
from search.filters.filters import NO_FILTERS, Filters, make_filters
from search.index.vector_index import VectorIndex
from search.library.library import Library
from search.query.ask import Cutoff, QueryRequest, ask
from search.query.terms import make_query
from search.results import Hit
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.label_sets import store_labels
from tests.queries import nearest

DATES = {"b10.png": None, "old.png": "2019-01-01T10:00:00", "b9.png": None, "new.png": "2024-05-05T08:00:00+02:00"}
ORDER = ["new.png", "old.png", "b9.png", "b10.png"]


@pytest.fixture
def dated(store: Store, picture: MakePicture, photos: Path, encoder: ColourEncoder) -> Store:
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


def browse(dated: Store, filters: Filters, k: int | None = None) -> list[Hit]:
    return list(ask(Library(dated), QueryRequest(None, k, filters)).hits)


def asked(dated: Store, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["query", *arguments, "--library", str(dated.folder)])


def test_newest_first_then_by_path(dated: Store) -> None:
    hits = browse(dated, make_filters(types="png"))
    assert [hit.path.name for hit in hits] == ORDER and {hit.score for hit in hits} == {None}
    assert [hit.path.name for hit in browse(dated, make_filters(types="png"), 2)] == ORDER[:2]
    assert [hit.path.name for hit in browse(dated, make_filters(label="cup"))] == ["new.png", "b9.png"]


def test_what_can_not_be_browsed(dated: Store) -> None:
    with pytest.raises(InvalidRequest, match="Nothing is asked for"):
        browse(dated, NO_FILTERS)
    with pytest.raises(InvalidRequest, match="at least 1"):
        browse(dated, make_filters(types="png"), 0)


def test_query_with_filters_alone(dated: Store, photos: Path) -> None:
    assert asked(dated, "--label", "cup").stdout == f"{photos / 'new.png'}\n{photos / 'b9.png'}\n"
    assert asked(dated, "--type", "png", "-k", "1", "-0").stdout == f"{photos / 'new.png'}\0"
    by_path = asked(dated, "--type", "png", "--sort", "path", "--format", "paths").stdout.splitlines()
    assert [Path(line).name for line in by_path] == ["b9.png", "b10.png", "new.png", "old.png"]
    records = json.loads(asked(dated, "--after", "2019", "--format", "json").stdout)
    assert [record["score"] for record in records] == [None, None]
    none = asked(dated, "--after", "2030")
    assert (none.exit_code, none.stdout) == (1, "") and "No picture from 2030 on." in none.stderr


def test_what_is_done_with_hits_needs_no_score(dated: Store, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.html"
    done = asked(dated, "--label", "cup", "--copy-to", str(tmp_path / "cups"), "--html", str(sheet))
    assert done.exit_code == 0, done.output
    manifest = json.loads((tmp_path / "cups" / "clipsearch-manifest.json").read_text(encoding="utf-8"))
    assert [one["score"] for one in manifest["files"]] == [None, None] and "None" not in sheet.read_text("utf-8")


@pytest.mark.parametrize("option", [["--raw"], ["--cutoff", "0.2"]])
def test_options_about_a_text_are_refused_without_one(dated: Store, option: list[str]) -> None:
    result = asked(dated, "--label", "cup", *option)
    assert result.exit_code == 2 and f"{option[0]} is about a query" in result.stderr
    assert "double quotes" not in result.stderr
    assert "double quotes is only looked for in names" in asked(dated, '"cup"', *option).stderr


def test_without_text_and_filter_nothing_is_asked(dated: Store) -> None:
    result = asked(dated)
    assert result.exit_code == 2 and "The query is empty" in result.stderr


def test_python(dated: Store, photos: Path) -> None:
    with clipsearch.open(dated.folder) as opened:
        assert [hit.path.name for hit in opened.query(label="cup")] == ["new.png", "b9.png"]
        assert [hit.path.name for hit in opened.query(folder=photos, k=1)] == ["new.png"]
        for wrong in ({"raw": True}, {"cutoff": 0.3}):
            with pytest.raises(InvalidRequest, match="give a text or a picture"):
                opened.query(label="cup", **wrong)
        with pytest.raises(InvalidRequest, match="The query is empty"):
            opened.query()


def names(hits: list[Hit]) -> list[str]:
    return [hit.path.name for hit in hits]


def test_query_ranks_by_cosine(library: Library) -> None:
    hits = nearest(library, "something red", k=2)
    assert len(hits) == 2
    assert hits[0].path.name == "red.png"
    assert hits[0].score == pytest.approx(1.0, abs=1e-3)
    assert hits[1].score == pytest.approx(0.0, abs=1e-3)
    assert hits[0].path.is_absolute() and hits[0].path.exists()


def test_query_in_a_folder(library: Library, photos: Path) -> None:
    assert names(nearest(library, "red", filters=make_filters(folder=photos / "b"))) == ["lime.png"]
    assert len(nearest(library, "red", filters=make_filters(folder=photos))) == 3
    assert len(nearest(library, "red", filters=make_filters(folder=photos.parent))) == 3
    with pytest.raises(FolderError, match="clipsearch index"):
        nearest(library, "red", filters=make_filters(folder=photos.parent / "elsewhere"))


@pytest.mark.parametrize("cutoff", ["some", None, 5, 1.5, float("nan")])
def test_senseless_cutoffs(library: Library, cutoff: Any) -> None:
    with pytest.raises(InvalidRequest, match="from -1 to 1"):
        ask(library, QueryRequest(make_query("red"), cutoff=cutoff))


@pytest.mark.parametrize(("text", "k"), [("", 5), ("  ", 5), ("red", 0), ("\udcff", 5)])
def test_senseless_queries(library: Library, text: str, k: int) -> None:
    with pytest.raises(InvalidRequest):
        nearest(library, text, k)


@pytest.mark.parametrize("cutoff", ["auto", "none"])
def test_a_picture_forgotten_during_a_query_spoils_no_answer(
    library: Library, photos: Path, monkeypatch: pytest.MonkeyPatch, cutoff: Cutoff
) -> None:
    real = VectorIndex.search

    def meanwhile(index: VectorIndex, *asked: Any) -> list[tuple[int, float]]:
        found = real(index, *asked)
        with Store.open(library.store.folder) as other:  # type: ignore[arg-type]
            remove_root(other, photos)
        return found

    monkeypatch.setattr(VectorIndex, "search", meanwhile)
    assert len(ask(library, QueryRequest(make_query("red"), cutoff=cutoff)).nearest) == 3
    assert nearest(library, "red") == []
