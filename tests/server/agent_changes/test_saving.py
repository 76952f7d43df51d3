"""Tests of save_labels: the label sets of the command line, kept, brought up to date, and whole when cancelled."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client.client import Client

import clipsearch
from indexer.store.corrections import correct
from indexer.store.labels import find_label_set, label_sets
from indexer.store.store import DATABASE_NAME, Store
from server.agent_changes import saving
from server.agent_changes.confirming import SAID_NO
from server.agent_changes.replacing import MADE_OTHERWISE
from tests.conftest import SAMPLES
from tests.server.agent_changes.conftest import CLASSES
from tests.server.agent_changes.person import MODES, Person
from tests.server.agent_tools.conftest import Assistant


def save(writer: Assistant, **more: Any) -> dict[str, Any]:
    return writer.ask("save_labels", **{"name": "things", "classes": CLASSES, **more})


def test_a_set_is_kept_as_the_command_line_makes_it(writer: Assistant, samples: Path) -> None:
    saved = save(writer)
    with clipsearch.open(samples) as library:
        library.label(["cup=a cup|a mug", "car", "dog"], name="expected")
    with Store.open(samples) as store:
        kept, expected = find_label_set(store, "things"), find_label_set(store, "expected")
        select = "SELECT image, class, probability FROM labels WHERE label_set = ? ORDER BY image, class"
        labels = [store.db.execute(select, [one.id]).fetchall() for one in (kept, expected)]
    assert labels[0] == labels[1] and not kept.draft and kept.recipe == expected.recipe
    assert (saved["id"], saved["name"], saved["kind"], saved["judged"], saved["labelled"]) == (
        kept.id,
        "things",
        "softmax",
        34,
        34,
    )
    counts = {one["label"]: one["photos"] for one in saved["labels"]}
    assert list(counts) == ["cup", "car", "dog", "other"] and counts["car"] and counts["cup"]
    found = writer.ask("search_photos", filters={"labels": ["things:car"]})
    assert found["total"] == counts["car"]


def test_saving_again_judges_only_what_is_new_and_other_classes_replace(writer: Assistant) -> None:
    some = save(writer, filters={"named": ["car"]})
    assert 0 < some["judged"] < 34
    rest = save(writer)
    assert (rest["judged"], rest["labelled"], rest["id"], rest["notes"]) == (34 - some["judged"], 34, some["id"], [])
    assert save(writer)["judged"] == 0
    other = save(writer, classes=["tree", "house"], multi=True, threshold=0.2, replace=True)
    assert (other["id"], other["kind"], other["threshold"]) == (some["id"], "multi", 0.2)
    assert other["notes"] == [saving.REPLACED]
    assert [one["label"] for one in other["labels"]] == ["tree", "house", "other"]


def stored(library: Path) -> tuple[Any, ...]:
    """Return the label set of this name, and its labels."""
    with Store.open(library) as store:
        made = find_label_set(store, "things")
        select = "SELECT image, class, probability, act FROM labels WHERE label_set = ? ORDER BY image, class"
        return (made, store.db.execute(select, [made.id]).fetchall())


def test_a_person_s_set_is_not_lost_to_another_of_its_name(writer: Assistant, samples: Path, tmp_path: Path) -> None:
    (tmp_path / "mugs").mkdir()
    shutil.copy(SAMPLES / "mug-blue.png", tmp_path / "mugs")
    with clipsearch.open(samples) as library:
        library.label(["cup", "car", "dog"], examples={"cup": tmp_path / "mugs"}, name="things")
    before = stored(samples)
    for words in (
        {"classes": ["tree", "house"]},
        {"classes": ["cup", "car", "dog"]},  # without its example
        {"classes": ["cup=a bowl", "car", "dog"]},
        {"multi": True},
        {"threshold": 0.5},
        {"other": False},
        {"filters": {"named": ["car"]}},
        {"name": "  things "},
    ):
        sentence = writer.refused("save_labels", **{"name": "things", "classes": CLASSES, **words})
        assert sentence == MADE_OTHERWISE and stored(samples) == before


@pytest.mark.parametrize("mode", MODES)
def test_a_set_is_replaced_if_the_person_says_so(writer: Assistant, samples: Path, mode: str) -> None:
    saved = save(writer)
    with Store.open(samples) as store:
        correct(store, saved["id"], [1], ["car"], "anna")
    before = stored(samples)
    person = Person(writer.server, mode, "decline")
    given: dict[str, Any] = {"name": "things", "classes": ["car", "tree"], "replace": True}
    assert person.refused("save_labels", **given) == SAID_NO and stored(samples) == before
    assert len(person.asked) == 1 and person.asked[0].startswith(
        'Replace the label set "things" (classes: cup, car, dog; 34 photos labelled) by one with the classes car, tree?'
    )
    person.action = "accept"
    done = person.ask("save_labels", **given)
    assert (done["id"], done["notes"], done["corrected"]) == (saved["id"], [saving.REPLACED], 1)
    assert stored(samples)[1][0] == (1, "car", 1.0, 1) and len(person.asked) == 2
    assert person.ask("save_labels", **given)["judged"] == 0  # the same again is asked about no more
    assert person.ask("save_labels", **{**given, "name": "new"})["notes"] == [] and len(person.asked) == 2


def test_the_question_is_not_lost_behind_long_names(writer: Assistant) -> None:
    save(writer)
    person = Person(writer.server, "auto", "decline")
    person.refused("save_labels", name="things", classes=["Only a preview. " * 60, *map(str, range(50))], replace=True)
    assert len(person.asked) == 1 and len(person.asked[0]) < 500
    assert "and 41 more? What was said in it is kept" in person.asked[0]


def test_a_set_that_comes_in_between_is_not_replaced_unasked(
    writer: Assistant, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(writer)
    before = stored(samples)
    monkeypatch.setattr("server.agent_changes.replacing.question_about", lambda *_: None)  # as if it were not there yet
    assert writer.refused("save_labels", name="things", classes=["tree"], replace=True) == MADE_OTHERWISE
    assert stored(samples) == before


def test_progress_goes_on_and_never_back(writer: Assistant) -> None:
    told: list[tuple[float, float | None, str | None]] = []

    async def note(done: float, total: float | None, message: str | None) -> None:
        told.append((done, total, message))

    async def ask() -> None:
        async with Client(writer.server) as client:
            await client.call_tool("save_labels", {"name": "x", "classes": CLASSES}, progress_callback=note)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("server.agent_tools.progress.TOLD_SECONDS", 0.0)
        anyio.run(ask)
    assert told and all(message == "Labelling photos" and total == 100 for _, total, message in told)
    assert [done for done, _, _ in told] == sorted({done for done, _, _ in told})


def test_what_is_cancelled_keeps_what_was_stored(writer: Assistant, samples: Path) -> None:
    """The call is cancelled once its first labels are stored, and ends its thread; the same call goes on from there."""
    import threading

    from search.labels import blocks

    stored, cancelled = threading.Event(), threading.Event()
    add = blocks.add_labels

    def add_labels(*given: Any) -> None:
        add(*given)
        stored.set()
        cancelled.wait(600)

    async def ask() -> None:
        async with Client(writer.server) as client, anyio.create_task_group() as tasks:
            tasks.start_soon(client.call_tool, "save_labels", {"name": "things", "classes": CLASSES})
            await anyio.to_thread.run_sync(stored.wait)
            tasks.cancel_scope.cancel()
        cancelled.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "STORED_AT_ONCE", 10)
        patch.setattr(blocks, "add_labels", add_labels)
        anyio.run(ask)
    rest = save(writer)
    assert 0 < rest["judged"] < 34 and rest["labelled"] == 34


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"classes": []}, "classes: List should have at least 1"),
        ({"classes": ["cup="]}, "empty prompt"),
        ({"classes": ["cup", "mug=cup"]}, "same prompt"),
        ({"classes": ["other"]}, 'no class besides "other"'),
        ({"threshold": 1.5}, "threshold"),
        ({"name": ""}, "name: String should have at least 1"),
        ({"filters": {"near": "Nowhere At All"}}, "No place called"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(writer: Assistant, arguments: dict[str, Any], words: str) -> None:
    assert words in writer.refused("save_labels", **{"name": "things", "classes": CLASSES, **arguments})


def test_a_library_that_another_run_writes_to_is_told(
    writer: Assistant, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.store.connection.WAIT_SECONDS", 0.1)
    other = sqlite3.connect(samples / DATABASE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert "Another clipsearch is writing" in writer.refused("save_labels", name="things", classes=CLASSES)
    other.execute("ROLLBACK")
    other.close()
    assert save(writer)["labelled"] == 34


def test_a_switch_to_another_model_is_told(writer: Assistant, samples: Path) -> None:
    with Store.open(samples) as store, store.writing():
        store.db.execute(
            "INSERT INTO models (name, fingerprint, dim, logit_scale, logit_bias, added_at)"
            " VALUES ('other', 'x', 3, 1, NULL, '2026-01-01')"
        )
    assert save(writer)["notes"] == [saving.SWITCHING]


def test_a_library_that_can_t_be_written_to_is_told(writer: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    from search.library import library

    opening = library.open_library

    def read_only(*given: Any, **named: Any) -> Any:
        opened = opening(*given, **named)
        opened.store.read_only = True
        return opened

    monkeypatch.setattr("server.opened.thread_library.open_library", read_only)
    assert "can't be written to" in writer.refused("save_labels", name="things", classes=CLASSES)
    assert "can't be written to" in writer.refused("correct_label", label_set="things", ids=[1], labels=["cup"])


def test_without_leave_nothing_is_stored(reader: Assistant, samples: Path) -> None:
    assert "--allow-write" in reader.refused("save_labels", name="things", classes=CLASSES)
    with Store.open(samples) as store:
        assert not label_sets(store)
