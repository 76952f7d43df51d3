"""Tests of link_to: a plan that does nothing, exactly that once the person agrees, and nothing that undo can't take."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import anyio
import pytest
from click.testing import CliRunner
from mcp.client.client import Client

from cli.main import main
from indexer.store.store import Store
from search.export.manifest import MANIFEST
from search.journal.undo import actions
from server.agent_changes.confirming import SAID_NO
from server.job_api import planning
from server.jobs.job import Job
from tests.server.agent_changes.person import MODES, Action, Person
from tests.server.agent_tools.conftest import Assistant, Assistants

CARS = {"query": "a car"}


def names(folder: Path) -> set[str]:
    """Return the names of the pictures in a folder."""
    return {path.name for path in folder.iterdir() if path.name != MANIFEST} if folder.exists() else set()


def contents(folder: Path) -> dict[Path, bytes]:
    """Return what all files below a folder hold."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def link(who: Assistant | Person, folder: Path, **arguments: Any) -> dict[str, Any]:
    """Plan it and do it."""
    plan = who.ask("link_to", folder=str(folder), **arguments)["plan"]
    return who.ask("link_to", folder=str(folder), plan=plan, **arguments)


def test_a_plan_does_nothing_and_then_exactly_that_is_done(writer: Assistant, own_photos: Path, tmp_path: Path) -> None:
    best = tmp_path / "best"
    found = writer.ask("search_photos", **CARS)
    matching = [hit for hit in found["hits"] if hit["matches"]]
    planned = writer.ask("link_to", folder=str(best), **CARS)
    assert (planned["state"], planned["photos"], planned["folder"]) == ("planned", found["matches"], str(best))
    assert planned["bytes"] == sum((own_photos / hit["name"]).stat().st_size for hit in matching) and planned["plan"]
    assert planned["first"] == [hit["name"] for hit in matching][:5] and not planned["notes"] and not best.exists()
    done = writer.ask("link_to", folder=str(best), plan=planned["plan"], **CARS)
    assert (done["state"], done["done"], done["there"], "plan" in done) == ("done", len(matching), 0, False)
    assert names(best) == {hit["name"] for hit in matching}
    assert all((best / name).samefile(own_photos / name) for name in names(best))
    again = link(writer, best, **CARS)
    assert (again["done"], again["there"], again["action"]) == (0, len(matching), None)


def test_it_stands_in_the_journal_and_the_command_takes_it_back(
    writer: Assistant, own_photos: Path, samples: Path, tmp_path: Path
) -> None:
    before = contents(own_photos)
    done = link(writer, tmp_path / "best", ids=[3, 1, 2], copy=True)
    assert done["done"] == 3 and len(names(tmp_path / "best")) == 3
    assert [one.id for one in actions(samples)] == [done["action"]]
    undone = CliRunner().invoke(main, ["undo", "--library", str(samples)])
    assert undone.exit_code == 0 and "4 files removed" in undone.stderr
    assert not (tmp_path / "best").exists() and contents(own_photos) == before


def test_ids_are_put_there_and_nothing_else(writer: Assistant, own_photos: Path, tmp_path: Path) -> None:
    with Store.open(writer.agent.library.folder) as store:
        paths = dict(store.db.execute("SELECT id, path FROM images WHERE id IN (2, 5)").fetchall())
    assert link(writer, tmp_path / "best", ids=[5, 2, 5, 999_999])["photos"] == 2
    assert names(tmp_path / "best") == {Path(path).name for path in paths.values()}


@pytest.mark.parametrize("mode", MODES)
def test_the_person_is_asked_once_and_it_is_done_once(
    writer: Assistant, own_photos: Path, tmp_path: Path, mode: str
) -> None:
    person = Person(writer.server, mode)
    planned = person.ask("link_to", folder=str(tmp_path / "best"), ids=[1, 2], copy=True)
    assert not person.asked
    done = person.ask("link_to", folder=str(tmp_path / "best"), ids=[1, 2], copy=True, plan=planned["plan"])
    assert (done["state"], done["done"]) == ("done", 2) and len(actions(writer.agent.library.folder)) == 1
    assert len(person.asked) == 1
    assert person.asked[0].startswith("Copy 2 photos (") and person.asked[0].endswith(f"to {tmp_path / 'best'}?")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("action", "go_ahead"), [("decline", True), ("cancel", True), ("accept", False)])
def test_who_does_not_agree_keeps_all_as_it_is(
    writer: Assistant, own_photos: Path, tmp_path: Path, mode: str, action: Action, go_ahead: bool
) -> None:
    person = Person(writer.server, mode, action, {"go_ahead": go_ahead})
    declined = link(person, tmp_path / "best", ids=[1, 2])
    assert (declined["state"], declined["sentence"], len(person.asked)) == ("declined", SAID_NO, 1)
    assert not (tmp_path / "best").exists() and not actions(writer.agent.library.folder)
    person.action, person.content = "accept", {}
    done = person.ask("link_to", folder=str(tmp_path / "best"), ids=[1, 2], plan=declined["plan"])
    assert (done["state"], done["done"]) == ("done", 2)


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_that_is_none_does_nothing(writer: Assistant, own_photos: Path, tmp_path: Path, mode: str) -> None:
    person = Person(writer.server, mode, "accept", {"go_ahead": "perhaps"})
    plan = person.ask("link_to", folder=str(tmp_path / "best"), ids=[1])["plan"]
    assert "not what was asked for" in person.refused("link_to", folder=str(tmp_path / "best"), ids=[1], plan=plan)
    assert not (tmp_path / "best").exists()


def test_the_person_reads_where_it_leads(writer: Assistant, own_photos: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "best").symlink_to(tmp_path / "elsewhere")
    person = Person(writer.server, "auto", "decline")
    link(person, tmp_path / "best" / ".." / "best" / "cars", ids=[1])
    assert person.asked == [f"Link 1 photo to {tmp_path}/elsewhere/cars?"]


def test_what_the_person_reads_obeys_no_one(writer: Assistant, own_photos: Path, tmp_path: Path) -> None:
    person = Person(writer.server, "auto", "decline")
    link(person, tmp_path / "best\u202e\x1b[2J", ids=[1])
    assert person.asked == [f"Link 1 photo to {tmp_path}/best\\u202e\\x1b[2J?"]


@pytest.mark.parametrize("mode", MODES)
def test_a_plan_is_for_one_use_and_for_the_same_arguments(
    writer: Assistant, own_photos: Path, tmp_path: Path, mode: str
) -> None:
    person, best = Person(writer.server, mode), str(tmp_path / "best")
    plan = person.ask("link_to", folder=best, ids=[1, 2])["plan"]
    for other in (
        {"folder": best, "ids": [1, 2, 3]},
        {"folder": best, "ids": [1, 2], "copy": True},
        {"folder": str(tmp_path / "other"), "ids": [1, 2]},
        {"folder": best, "query": "a car"},
    ):
        assert "Something else is asked for" in person.refused("link_to", plan=plan, **other)
    assert "not known any more" in person.refused("link_to", folder=best, ids=[1, 2], plan="made-up")
    assert not person.asked and not (tmp_path / "best").exists()
    person.ask("link_to", folder=best, ids=[1, 2], plan=plan)
    assert "carried out already" in person.refused("link_to", folder=best, ids=[1, 2], plan=plan)
    assert len(person.asked) == 1


@pytest.mark.parametrize("mode", MODES)
def test_a_plan_that_means_other_photos_by_now_is_refused(
    writer: Assistant, own_photos: Path, samples: Path, tmp_path: Path, mode: str
) -> None:
    """Also if the library changes while the person thinks about it."""

    async def change() -> None:
        with Store.open(samples) as store, store.writing():
            store.db.execute("DELETE FROM images WHERE path LIKE 'car-%'")

    person = Person(writer.server, mode, meanwhile=change)
    arguments = {"folder": str(tmp_path / "best"), "filters": {"named": ["car-"]}}
    first = person.ask("link_to", **arguments)["plan"]
    with Store.open(samples) as store, store.writing():
        store.db.execute("DELETE FROM images WHERE path = 'car-red.jpg'")
    assert "other pictures are meant by now" in person.refused("link_to", plan=first, **arguments)
    assert not person.asked
    second = person.ask("link_to", **arguments)["plan"]
    assert "Nothing matches" in person.refused("link_to", plan=second, **arguments)
    assert len(person.asked) == 1 and not (tmp_path / "best").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"folder": "best", "ids": [1]}, "Give the whole path"),
        ({"folder": " ", "ids": [1]}, "Say where to"),
        ({"ids": [1]}, "folder: Field required"),
        ({"folder": "{photos}/car-red.jpg", "ids": [1]}, "is no folder"),
        ({"folder": "{library}/best", "ids": [1]}, "folder of clipsearch's own"),
        ({"folder": "{photos}/best"}, "Say which photos"),
        ({"folder": "{photos}/best", "ids": [1], "query": "a car"}, "not with both"),
        ({"folder": "{photos}/best", "ids": [999_999]}, "None of these pictures"),
        ({"folder": "{photos}/best", "ids": list(range(1, 1002))}, "ids"),
        ({"folder": "{photos}/best", "query": "submarine under polar ice"}, "Nothing matches"),
    ],
)
def test_what_can_t_be_done_is_a_sentence(
    writer: Assistant, own_photos: Path, samples: Path, arguments: dict[str, Any], words: str
) -> None:
    if "folder" in arguments:
        arguments = {**arguments, "folder": arguments["folder"].format(photos=own_photos, library=samples)}
    assert words in writer.refused("link_to", **arguments)
    assert not (own_photos / "best").exists()


def test_a_folder_among_the_photos_is_told_of(writer: Assistant, own_photos: Path) -> None:
    planned = writer.ask("link_to", folder=str(own_photos / "best"), ids=[1])
    assert len(planned["notes"]) == 1 and "will take these files in too" in planned["notes"][0]


def test_two_sessions_plan_and_do_one_after_the_other(writer: Assistant, own_photos: Path, tmp_path: Path) -> None:
    async def both() -> list[Any]:
        results: list[Any] = []

        async def one(folder: str, mode: str) -> None:
            async with Client(writer.server, mode=mode) as client:
                arguments: dict[str, Any] = {"folder": str(tmp_path / folder), "query": "a car"}
                planned = await client.call_tool("link_to", arguments)
                assert planned.structured_content is not None
                arguments["plan"] = planned.structured_content["plan"]
                while True:
                    done = await client.call_tool("link_to", arguments)
                    if not done.is_error:
                        break
                    assert "Another job is under way" in str(done.content)
                    await anyio.sleep(0.05)
                results.append(done.structured_content)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(one, "first", "legacy")
            tasks.start_soon(one, "second", "auto")
        return results

    results = anyio.run(both)
    assert [one["state"] for one in results] == ["done", "done"]
    assert names(tmp_path / "first") == names(tmp_path / "second") != set()
    assert len(actions(writer.agent.library.folder)) == 2


def test_a_job_that_begins_in_between_leaves_the_plan_for_later(
    writer: Assistant, own_photos: Path, tmp_path: Path
) -> None:
    other, check = Job("label", "Labelling", 1), planning.check_plan

    def then_another_begins(*given: Any) -> Any:
        plan = check(*given)
        writer.agent.jobs.actions.begin(other)
        return plan

    arguments = {"folder": str(tmp_path / "best"), "ids": [1]}
    plan = writer.ask("link_to", **arguments)["plan"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "check_plan", then_another_begins)
        assert "Another job is under way" in writer.refused("link_to", plan=plan, **arguments)
    other.fail("over")
    assert writer.ask("link_to", plan=plan, **arguments)["state"] == "done"


def test_where_nothing_may_be_changed_there_is_no_such_tool(
    assistants: Assistants, own_photos: Path, tmp_path: Path
) -> None:
    assert "--allow-write" in assistants().refused("link_to", folder=str(tmp_path / "best"), ids=[1])
    assert not (tmp_path / "best").exists()


def test_a_folder_without_permission_is_told(writer: Assistant, own_photos: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    if os.access(closed, os.W_OK):
        pytest.skip("this user may write anywhere")
    assert "permission" in writer.refused("link_to", folder=str(closed / "best"), ids=[1])
