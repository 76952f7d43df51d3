"""A layout has every picture of an answer, in the very order of the search, with its shape, score and runs."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.server.api.binary_answers import laid_out

RED = {"terms": [{"text": "red envelope"}]}


def all_hits(client: TestClient, **body: Any) -> list[dict[str, Any]]:
    """Return the hits of all pages of a search."""
    hits: list[dict[str, Any]] = []
    cursor = None
    while True:
        answer = client.post("/api/v1/search", json={**body, "limit": 7, "cursor": cursor})
        assert answer.status_code == 200, answer.text
        hits += answer.json()["hits"]
        cursor = answer.json()["cursor"]
        if cursor is None:
            return hits


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"sort": "path"},
        {"filters": {"types": ["jpeg"]}},
        {"filters": {"dated": False}},
        RED,
        {**RED, "sort": "date"},
        {**RED, "sort": "path", "cutoff": 0.05},
        {**RED, "cutoff": "none", "fold": False},
        {"terms": [{"id": 3}, {"text": "a car", "weight": -0.5}]},
        {"terms": [{"text": "zebra"}], "cutoff": 1.0},
    ],
)
def test_a_layout_is_the_search_page_by_page(client: TestClient, body: dict[str, Any]) -> None:
    first = client.post("/api/v1/search", json={**body, "limit": 5}).json()  # before anything else is there
    hits = all_hits(client, **body)
    head, ids, scores, aspects = laid_out(client, **body)
    assert ids == [hit["id"] for hit in hits] and ids[:5] == [hit["id"] for hit in first["hits"]]
    assert (head["matching"], head["total"], head["lowest"]) == (first["matching"], first["total"], first["lowest"])
    assert head["complete"] and head["state"] == first["state"] and head["count"] == len(ids)
    assert head["scored"] == bool(body.get("terms"))
    assert scores == [round((hit["score"] + 1) / 2 * 65535) for hit in hits if hit["score"] is not None]
    assert aspects == [min(255, max(0, round(128 + 32 * math.log2(hit["width"] / hit["height"])))) for hit in hits]
    assert head["stacks"] == {str(hit["id"]): [copy["id"] for copy in hit["copies"]] for hit in hits if hit["copies"]}
    runs = head["buckets"]
    assert [run["first"] for run in runs] == [sum(other["count"] for other in runs[:at]) for at in range(len(runs))]
    assert sum(run["count"] for run in runs) == len(ids)
    for run in runs:
        for hit in hits[run["first"] : run["first"] + run["count"]]:
            assert run["label"] in ((hit["taken_at"] or "")[:7], hit["folder"], f"{hit['score'] or 0:.2f}", _floor(hit))


def _floor(hit: dict[str, Any]) -> str:
    """Return the hundredth below a score."""
    return "" if hit["score"] is None else f"{math.floor(hit['score'] * 100 + 1e-6) / 100:.2f}".replace("-0.00", "0.00")


def test_the_nearest_few_are_laid_out_and_all_are_counted(client: TestClient) -> None:
    whole, ids, _, _ = laid_out(client, **RED, cutoff="none", fold=False)
    head, few, _, _ = laid_out(client, **RED, cutoff="none", fold=False, most=5)
    assert few == ids[:5] and not head["complete"] and whole["complete"]
    assert head["matching"] == whole["matching"] == head["total"] == len(ids)
    assert laid_out(client, **RED, cutoff="none", fold=False, most=None)[1] == ids
    assert len(laid_out(client, most=5)[1]) == len(ids), "without terms all are laid out"


def test_what_changes_is_laid_out_anew(client: TestClient, samples: Path) -> None:
    before, ids, _, _ = laid_out(client)
    with closing(sqlite3.connect(samples / "library.db")) as db:
        db.execute(
            "UPDATE images SET taken_at = '2099-12-31T23:59:59', width = 1000, height = 1000 WHERE id = ?", [ids[-1]]
        )
        db.execute("DELETE FROM images WHERE id = ?", [ids[0]])
        db.commit()
    after, changed, _, aspects = laid_out(client)
    assert changed == [ids[-1], *ids[1:-1]] and aspects[0] == 128 and after["state"] != before["state"]
    assert after["buckets"][0] == {"label": "2099-12", "first": 0, "count": 1}


@pytest.mark.parametrize("body", [{"most": 0}, {"most": "all"}, {"sort": "size"}, {"terms": [{}]}, {"else": 1}])
def test_what_is_no_layout_is_refused_in_a_sentence(client: TestClient, body: dict[str, Any]) -> None:
    answer = client.post("/api/v1/layout", json=body)
    assert answer.status_code == 422 and answer.json()["error"]


@pytest.mark.parametrize("cutoff", ["auto", "none", 0.05])
def test_the_first_page_of_a_large_library_comes_of_a_quick_look(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, cutoff: Any
) -> None:
    body = {"terms": [{"text": "a car"}], "cutoff": cutoff, "fold": False}
    monkeypatch.setattr("search.query.ranking.JUDGED_PICTURES", 5)  # of which a quick look is
    monkeypatch.setattr("search.index.vector_index.VectorIndex.is_exact", False)
    page = client.post("/api/v1/search", json={**body, "limit": 4}).json()
    head, ids, _, _ = laid_out(client, **body)
    assert [hit["id"] for hit in page["hits"]] == ids[:4]
    assert (page["counted"], page["total"], page["lowest"]) == (False, head["total"], head["lowest"])
    assert page["matching"] == min(5, head["matching"])
    counted = client.post("/api/v1/search", json={**body, "limit": 4, "counted": True}).json()
    assert (counted["counted"], counted["matching"]) == (True, head["matching"])
    assert counted["weaker"] == len(ids) - head["matching"]
    assert [hit["id"] for hit in all_hits(client, **body)] == ids


def test_nothing_comes_twice_where_a_quick_look_found_another_order(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from search.index.vector_index import VectorIndex

    whole = VectorIndex.nearest

    def nearest(index: VectorIndex, vector: Any, k: int, *given: Any) -> Any:
        ids, scores = whole(index, vector, 2 * k, *given)
        return (ids[::2], scores[::2]) if k == 6 else (ids[:k], scores[:k])  # misses every second picture

    monkeypatch.setattr("search.query.ranking.JUDGED_PICTURES", 6)
    monkeypatch.setattr(VectorIndex, "is_exact", False)
    monkeypatch.setattr(VectorIndex, "nearest", nearest)
    body = {"terms": [{"text": "a car"}], "fold": False, "limit": 5}
    pages, cursor = [], None
    while not pages or cursor:
        found = client.post("/api/v1/search", json={**body, "cursor": cursor}).json()
        pages.append([hit["id"] for hit in found["hits"]])
        cursor = found["cursor"]
    ids = [image for page in pages for image in page]
    assert len(ids) == len(set(ids)) == found["total"]
    assert [len(page) for page in pages[:-1]] == [5] * (len(pages) - 1)
    assert ids != laid_out(client, terms=body["terms"], fold=False)[1]


def test_the_first_page_of_all_needs_no_columns(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = laid_out(client)[1]
    with monkeypatch.context() as patch:
        patch.setattr("search.columns.opening.OpenColumns.are_ready", lambda *_: False)
        patch.setattr("search.columns.opening.OpenColumns.of", lambda *_: pytest.fail("the columns were read"))
        patch.setattr("server.api.ranked.FIRST", 8)
        patch.setattr("server.opened.open_library.OpenLibrary.read_columns", lambda _: None)
        page = client.post("/api/v1/search", json={"limit": 5}).json()
        assert [hit["id"] for hit in page["hits"]] == whole[:5]
        assert (page["matching"], page["weaker"], page["total"]) == (len(whole), 0, len(whole))
        some = client.post("/api/v1/search", json={"limit": 5, "filters": {"types": ["jpeg"]}}).json()
        assert len(some["hits"]) == min(5, some["total"])
    rest = client.post("/api/v1/search", json={"limit": 500, "cursor": page["cursor"]}).json()
    assert [hit["id"] for hit in rest["hits"]] == whole[5:] and rest["cursor"] is None
