"""Tests of photo_details: all that is known, and ids that lead nowhere beside those that do."""

from __future__ import annotations

from pathlib import Path

import pytest

import clipsearch
from server.agent_tools import details
from tests.server.agent_tools.conftest import Assistant
from tests.server.agent_tools.seen import ids_of


def test_photos_come_in_order_with_labels_and_facts(reader: Assistant, samples: Path) -> None:
    with clipsearch.open(samples) as library:
        library.label(["a car", "a cup"], name="things")
    ids = ids_of(reader)
    wanted = [ids["red-envelope.jpg"], ids["car-red.jpg"]]
    told = reader.ask("photo_details", ids=[wanted[0], 999_999, wanted[1], wanted[0]])
    assert [photo["id"] for photo in told["photos"]] == wanted and told["missing"] == [999_999]
    car = told["photos"][1]
    (label, *_) = car["labels"]
    assert (label["set"]["name"], label["class"], label["said_by"]) == ("things", "a car", None)
    assert 0.5 < label["probability"] <= 1
    assert car["uri"] == f"clipsearch://photo/{wanted[1]}" and car["exists"] and car["indexed_at"]
    assert (car["copies"], car["more_copies"], car["moments"], car["more_moments"]) == ([], 0, [], 0)


def test_all_wrong_is_a_sentence(reader: Assistant) -> None:
    assert "None of these photos is in the library" in reader.refused("photo_details", ids=[999_998, 999_999])
    assert "ids: " in reader.refused("photo_details", ids=[])
    assert "ids: " in reader.refused("photo_details", ids=list(range(1, 52)))


def test_what_there_is_too_much_of_is_counted(viewer: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("av")
    monkeypatch.setattr(details, "MOST_MOMENTS", 1)
    photo = viewer.ask("photo_details", ids=[ids_of(viewer)["two.mp4"]])["photos"][0]
    assert (len(photo["moments"]), photo["more_moments"]) == (1, 1)


def test_copies_are_told_as_search_tells_them(viewer: Assistant, album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        (album / f"copy-{number}.jpg").write_bytes((album / "turned.jpg").read_bytes())
    with clipsearch.open(album.parent / "library") as library:
        library.index([album])
    monkeypatch.setattr(details, "MOST_COPIES", 2)
    ids = [copy["id"] for hit in viewer.ask("search_photos", query="red", limit=60)["hits"] for copy in hit["copies"]]
    photo = viewer.ask("photo_details", ids=ids[:1])["photos"][0]
    assert (len(photo["copies"]), photo["more_copies"]) == (2, 1)
    assert {copy["size"] for copy in photo["copies"]} == {photo["size"]} and "latitude" not in photo["copies"][0]
