"""Tests of contact_sheet: one numbered picture of ids or of a search, made of thumbnails, and what each number is."""

from __future__ import annotations

import json
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest
from mcp.client.client import Client

from indexer.thumbnails.decoder import Decoder
from indexer.thumbnails.kept import KeptThumbnails
from indexer.thumbnails.lane import Job
from indexer.thumbnails.names import MIDDLE, SMALL
from indexer.thumbnails.sheet_rows import laid_in_rows
from server.agent_tools import answers, sheets
from server.agent_tools.sheets import AT_ONCE
from server.opened.pictures import Pictures
from tests.indexer.thumbnails.test_decoder import eventually
from tests.indexer.thumbnails.test_sheets import read
from tests.server.agent_tools.album import MANY, colour_of
from tests.server.agent_tools.conftest import Assistant, Assistants, text_of
from tests.server.agent_tools.seen import ids_of, seen

LONG = 600.0  # seconds that nothing takes, however busy the machine is


def many(viewer: Assistant) -> list[int]:
    """Return the ids of 48 photos of a colour each."""
    ids = ids_of(viewer)
    return [ids[f"{number:02}.png"] for number in range(1, MANY - 1)]


def test_48_photos_stand_below_their_numbers(viewer: Assistant) -> None:
    ids = many(viewer)
    result = viewer.call("contact_sheet", ids=ids)
    picture, told = seen(result), result.structured_content
    assert told is not None and json.loads(text_of(result)) == told
    assert max(picture.size) <= 1568 and told["sheet"] == {"width": picture.width, "height": picture.height}
    assert [photo["id"] for photo in told["photos"]] == ids
    assert [photo["number"] for photo in told["photos"]] == list(range(1, 49))
    places = laid_in_rows([(photo["width"], photo["height"]) for photo in told["photos"]], 1568).places
    image = picture.convert("RGB")
    for photo, place in zip(told["photos"], places, strict=True):
        assert read(image, place) == photo["number"] and photo["problem"] is None
        middle = np.asarray(image)[place.top + place.height // 2, place.left + place.width // 2].astype(int)
        assert np.abs(middle - colour_of(int(photo["name"][:2]))).max() <= 12
    assert told["missing"] == [] and told["matches"] is None and told["next_cursor"] is None


def test_a_search_is_told_as_search_photos_tells_it(viewer: Assistant) -> None:
    wanted: dict[str, Any] = {"query": "a pizza", "minus": ["a car"], "filters": {"types": ["heif", "png"]}, "limit": 7}
    found, sheet = viewer.ask("search_photos", **wanted), viewer.ask("contact_sheet", **wanted)
    shown = [{name: photo[name] for name in found["hits"][0]} for photo in sheet["photos"]]
    assert shown == found["hits"] and len(shown) == 7
    for name in ("matches", "counted", "weaker", "total", "understood", "notes", "nearest", "next_cursor"):
        assert sheet[name] == found[name], name
    after = viewer.ask("contact_sheet", **wanted, cursor=sheet["next_cursor"])["photos"]
    assert after[0]["number"] == 1 and not {photo["id"] for photo in after} & {photo["id"] for photo in shown}


def test_without_both_the_newest_are_shown_and_likeness_is_a_search(viewer: Assistant) -> None:
    newest = viewer.ask("contact_sheet", limit=3)
    assert newest["photos"][0]["name"] == "turned.jpg" and newest["matches"] == newest["total"]
    image = ids_of(viewer)["pizza.heic"]
    assert viewer.ask("contact_sheet", like_ids=[image], limit=2)["photos"][0]["id"] == image


def test_thumbnails_are_kept_and_of_few_photos_larger(viewers: Assistants, tmp_path: Path, decoder: Decoder) -> None:
    kept = KeptThumbnails(tmp_path / "own" / "1", 10**9)
    viewers.pictures = Pictures(kept, decoder)
    viewer = viewers()
    pizza, ids = ids_of(viewer)["pizza.heic"], many(viewer)
    assert seen(viewer.call("contact_sheet", ids=[pizza])).width == MIDDLE + 16
    assert eventually(lambda: len(kept.names()) == 1)
    assert seen(viewer.call("contact_sheet", ids=[*ids[:16], pizza])).width < 1568
    assert eventually(lambda: len(kept.names()) == 18)
    assert sum(name.endswith(f"-{SMALL}.webp") for name in kept.names()) == 17


def test_what_can_t_be_shown_says_so_and_the_rest_is_shown(viewer: Assistant, album: Path) -> None:
    ids = ids_of(viewer)
    (album / "pizza.heic").unlink()
    (album / "turned.jpg").write_bytes(b"no picture at all" * 9)
    wanted = [ids["01.png"], ids["pizza.heic"], 999_999, ids["turned.jpg"], ids["01.png"]]
    result = viewer.call("contact_sheet", ids=wanted)
    seen(result)
    assert result.structured_content is not None
    first, gone, bad = result.structured_content["photos"]
    assert first["problem"] is None and "not there any more" in gone["problem"] and "can't be shown" in bad["problem"]
    assert (bad["number"], result.structured_content["missing"]) == (3, [999_999])


def test_where_photos_were_taken_is_not_told_if_so_wished(viewers: Assistants) -> None:
    viewer = viewers(places=False)
    image = ids_of(viewer)["turned.jpg"]
    for arguments in ({"ids": [image]}, {"query": "red", "limit": 48}):
        text = text_of(viewer.call("contact_sheet", **arguments))
        assert "turned.jpg" in text and "48.8" not in text and "2.29" not in text
        for photo in json.loads(text)["photos"]:
            assert not {"latitude", "longitude", "place", "country"} & photo.keys()


def test_nothing_found_is_no_picture(viewer: Assistant) -> None:
    result = viewer.call("contact_sheet", query="a cup", filters={"named": ["nothing-is-called-so"]})
    assert len(result.content) == 1 and result.structured_content is not None
    assert (result.structured_content["photos"], result.structured_content["sheet"]) == ([], None)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"ids": [1], "query": "a cup"}, "either ids or a search, not both"),
        ({"ids": [1], "filters": {"types": ["png"]}}, "not both"),
        ({"ids": [1], "cursor": "abc"}, "not both"),
        ({"ids": [999_999]}, "None of these photos is in the library"),
        ({"ids": list(range(1, 50))}, "ids: "),
        ({"limit": 49}, "limit: "),
        ({"minus": ["a cup"]}, "searched for too"),
        ({"like_ids": [999_999]}, "not in the library any more"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(viewer: Assistant, arguments: dict[str, object], words: str) -> None:
    assert words in viewer.refused("contact_sheet", **arguments)


def test_hosts_that_fill_in_every_argument_are_understood(viewer: Assistant) -> None:
    image = ids_of(viewer)["pizza.heic"]
    empty: dict[str, object] = {"query": "", "like_ids": [], "unlike_ids": [], "minus": [], "filters": {}}
    assert len(viewer.ask("contact_sheet", ids=[image], **empty, limit=24, sort=None, cursor=None)["photos"]) == 1
    assert len(viewer.ask("contact_sheet", ids=[], query="a pizza", limit=2)["photos"]) == 2


def test_a_long_list_leaves_the_picture_fewer_bytes(viewer: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = many(viewer)
    whole = len(viewer.call("contact_sheet", ids=ids).model_dump_json())
    monkeypatch.setattr("server.agent_tools.jpegs.MOST_CHARACTERS", 2 * 48 * 700 + 60_000)
    monkeypatch.setattr("server.agent_tools.jpegs.FEWEST_BYTES", 1_000)
    assert len(viewer.call("contact_sheet", ids=ids).model_dump_json()) <= whole
    monkeypatch.setattr(answers, "MOST_CHARACTERS", 40_000)
    assert "ask for fewer at once" in viewer.refused("contact_sheet", ids=ids)


class Stuck(Decoder):
    """One whose workers are never done."""

    def __init__(self) -> None:
        super().__init__(1)
        self.given: list[Future[Any]] = []

    def submit(self, job: Job) -> Future[Any]:
        self.given.append(Future())
        return self.given[-1]


def test_a_sheet_that_nobody_waits_for_has_no_more_made(viewers: Assistants, tmp_path: Path) -> None:
    stuck = Stuck()
    viewers.pictures = Pictures(KeptThumbnails(tmp_path / "none" / "1", 0), stuck)
    viewer = viewers()
    ids = many(viewer)

    async def cancel() -> None:
        async with Client(viewer.server) as client, anyio.create_task_group() as tasks:
            tasks.start_soon(client.call_tool, "contact_sheet", {"ids": ids})
            with anyio.fail_after(LONG):
                while len(stuck.given) < AT_ONCE:
                    await anyio.sleep(0.01)
            tasks.cancel_scope.cancel()
        async with Client(viewer.server):
            for future in stuck.given[:AT_ONCE]:
                future.set_exception(RuntimeError("too late"))
            await anyio.sleep(0.3)

    anyio.run(cancel)
    assert len(stuck.given) == AT_ONCE


def test_how_far_it_is_is_told(viewer: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.agent_tools.progress.TOLD_SECONDS", 3600.0)
    told: list[tuple[float, float | None, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))

    async def ask() -> None:
        async with Client(viewer.server) as client:
            await client.call_tool("contact_sheet", {"ids": many_ids}, progress_callback=hear)

    many_ids = many(viewer)
    anyio.run(ask)
    assert told[-1][0] == 48 and {(total, message) for _, total, message in told} == {(48.0, sheets.MAKING)}
    assert [done for done, _, _ in told] == sorted({done for done, _, _ in told})
