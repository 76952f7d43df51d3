"""Tests of index: the real command over folders that the library has, watched, stopped with nothing lost, joined."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client.client import Client

from indexer.store.lock import only_writer
from indexer.store.store import Store
from server.agent_changes.confirming import SAID_NO
from server.agent_changes.indexing import JUST_ENDED
from server.jobs import index_run
from server.jobs.index_run import IndexState
from tests.conftest import SAMPLES
from tests.server.agent_changes.person import MODES, Person
from tests.server.agent_tools.conftest import Assistant, Assistants
from tests.server.held_children import MANY, held_index

LONG = 600.0  # seconds that nothing takes, however busy the machine is


def many(photos: Path, count: int = MANY) -> None:
    """Put so many small pictures, each with its own bytes, into a folder."""
    from PIL import Image

    for number in range(count):
        Image.new("RGB", (32, 32), (number % 256, number // 16, 77)).save(photos / f"{number:05}.png")


def counts(library: Path) -> dict[str, int]:
    """Return how many pictures there are, and how many are encoded."""
    with Store.open(library) as store:
        tables = ("images", "embeddings")
        return {table: store.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have index runs wait after their first pictures until this file is there, or they are told to stop."""
    monkeypatch.setattr(index_run, "PROGRAM", held_index(tmp_path / "gate"))
    return tmp_path / "gate"


class Reports:
    """Notes what progress is told."""

    def __init__(self) -> None:
        self.told: list[tuple[float, float | None, str]] = []
        self._waiting: list[tuple[str, anyio.Event]] = []

    async def __call__(self, done: float, total: float | None, message: str | None) -> None:
        self.told.append((done, total, message or ""))
        for words, event in self._waiting:
            if words in (message or ""):
                event.set()

    def said(self, words: str) -> anyio.Event:
        """Return what is set once a message has these words."""
        event = anyio.Event()
        self._waiting.append((words, event))
        return event


def test_new_photos_are_encoded_found_and_bad_ones_told(writer: Assistant, samples: Path, own_photos: Path) -> None:
    shutil.copy(SAMPLES / "car-red.jpg", own_photos / "new-car.jpg")
    with (own_photos / "new-car.jpg").open("ab") as file:
        file.write(b"another file")
    (own_photos / "bad.jpg").write_text("no picture")
    reports = Reports()

    async def ask() -> Any:
        async with Client(writer.server) as client:
            return await client.call_tool("index", {}, progress_callback=reports)

    done = anyio.run(ask).structured_content
    assert (done["state"], done["joined"], done["photos"], done["failures"]) == ("done", False, 35, 1)
    assert done["sentence"].startswith("1 picture encoded") and done["first_failures"][0]["path"].endswith("bad.jpg")
    assert [(one["path"], one["photos"], one["state"]) for one in done["folders"]] == [(str(own_photos), 35, "mounted")]
    messages = [message for _, _, message in reports.told]
    assert messages and all(messages)
    assert [told for told, _, _ in reports.told] == sorted({told for told, _, _ in reports.told})
    found = writer.ask("search_photos", query="a red car", limit=5)["hits"]
    assert "new-car.jpg" in [
        name for hit in found for name in (hit["name"], *(Path(c["path"]).name for c in hit["copies"]))
    ]


def test_a_folder_is_named_by_its_id_and_never_by_a_path(writer: Assistant, samples: Path, own_photos: Path) -> None:
    with Store.open(samples) as store:
        (root,) = store.db.execute("SELECT id FROM roots").fetchone()
    assert [one["id"] for one in writer.ask("library_overview")["index"]["folders"]] == [f"{root}:"]
    done = writer.ask("index", roots=[root, f"{root}:"])
    assert [one["id"] for one in done["folders"]] == [f"{root}:"]
    assert done["state"] == "done" and done["sentence"].startswith("0 pictures encoded, 34 unchanged")
    assert "Name folders that the library has" in writer.refused("index", roots=[root + 1])
    assert "roots" in writer.refused("index", roots=[]) and "roots" in writer.refused("index", roots=[f"{root}:sub"])
    assert "roots" in writer.refused("index", roots=[str(own_photos)])


@pytest.mark.parametrize("mode", MODES)
def test_the_person_is_asked_and_a_no_starts_nothing(
    writer: Assistant, samples: Path, own_photos: Path, mode: str
) -> None:
    many(own_photos, 1)
    person = Person(writer.server, mode, "decline")
    declined = person.ask("index")
    assert (declined["state"], declined["sentence"], counts(samples)["images"]) == ("declined", SAID_NO, 34)
    assert person.asked == [f"Go over 1 folder for new and changed photos: {own_photos}?"]
    person.action = "accept"
    assert person.ask("index")["sentence"].startswith("1 picture encoded") and len(person.asked) == 2


def test_a_folder_that_is_not_there_is_told_and_nothing_is_forgotten(
    writer: Assistant, samples: Path, own_photos: Path
) -> None:
    own_photos.rename(own_photos.with_name("elsewhere"))
    sentence = writer.refused("index")
    assert "Nothing was indexed" in sentence and "Not there: 1: of library_overview; check" in sentence
    assert counts(samples) == {"images": 34, "embeddings": 34}


def test_what_is_cancelled_stops_and_keeps_what_is_encoded(
    writer: Assistant, samples: Path, own_photos: Path, gate: Path
) -> None:
    many(own_photos)
    reports = Reports()

    async def cancel() -> None:
        async with Client(writer.server) as client, anyio.create_task_group() as tasks:
            encoding = reports.said("Encoding")
            with anyio.fail_after(LONG):
                tasks.start_soon(_call, client, reports)
                await encoding.wait()
            tasks.cancel_scope.cancel()

    async def _call(client: Client, reports: Reports) -> None:
        await client.call_tool("index", {}, progress_callback=reports)

    anyio.run(cancel)
    anyio.run(_until, lambda: not writer.agent.jobs.index.state().running)
    last = writer.agent.jobs.index.state().last
    assert last is not None and last.ok and last.sentence.startswith("Stopped")
    before = counts(samples)
    assert before["images"] == before["embeddings"] and 34 <= before["images"] < 34 + MANY
    gate.touch()
    done = writer.ask("index")
    assert done["state"] == "done" and done["photos"] == 34 + MANY
    assert counts(samples) == {"images": 34 + MANY, "embeddings": 34 + MANY}


def test_a_run_that_goes_on_is_watched_by_others_and_their_end_does_not_stop_it(
    writer: Assistant, samples: Path, own_photos: Path, gate: Path
) -> None:
    many(own_photos)
    person = Person(writer.server, "auto", "decline")  # who is not asked, as nothing is started
    first, gone, second = Reports(), Reports(), Reports()
    results: list[Any] = []

    async def call(client: Client, reports: Reports) -> None:
        results.append((await client.call_tool("index", {}, progress_callback=reports)).structured_content)

    async def watch() -> None:
        async with Client(writer.server) as starting, person.client() as other, anyio.create_task_group() as tasks:
            looking, joined, again = first.said(""), gone.said(""), second.said("")
            tasks.start_soon(call, starting, first)
            await looking.wait()
            async with anyio.create_task_group() as leaving:
                leaving.start_soon(call, other, gone)
                await joined.wait()
                leaving.cancel_scope.cancel()
            tasks.start_soon(call, other, second)
            await again.wait()
            gate.touch()

    anyio.run(watch)
    assert not person.asked
    assert sorted(one["joined"] for one in results) == [False, True]
    assert {(one["state"], one["photos"]) for one in results} == {("done", 34 + MANY)}


async def _until(what: Callable[[], bool]) -> None:
    with anyio.fail_after(LONG):
        while not what():
            await anyio.sleep(0.05)


@pytest.fixture
def indexed_elsewhere(samples: Path) -> Iterator[ExitStack]:
    """Hold the library's lock as another run does."""
    with ExitStack() as ends:
        store = ends.enter_context(Store.open(samples))
        ends.enter_context(only_writer(store))
        yield ends


def test_a_library_that_another_program_indexes_is_told(
    writer: Assistant, own_photos: Path, indexed_elsewhere: ExitStack
) -> None:
    assert "is being indexed by process" in writer.refused("index")
    indexed_elsewhere.close()
    assert writer.ask("index")["state"] == "done"


@pytest.mark.parametrize("mode", MODES)
def test_a_run_that_has_ended_before_it_is_watched_is_not_followed_by_one_that_nobody_was_asked_about(
    writer: Assistant, samples: Path, own_photos: Path, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(own_photos, 1)
    runs, seen = writer.agent.jobs.index, iter([IndexState(by="process 1")])
    state = runs.state
    monkeypatch.setattr(runs, "state", lambda: next(seen, None) or state())
    person = Person(writer.server, mode)
    assert person.refused("index") == JUST_ENDED
    assert not person.asked and counts(samples)["images"] == 34


def test_without_leave_nothing_is_indexed(assistants: Assistants) -> None:
    assert "--allow-write" in assistants().refused("index")
