"""Tests of undo: the last links or the last correction, looked at first, taken back if the person agrees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from indexer.store.corrections import correct
from indexer.store.facts import facts_in
from indexer.store.store import Store
from search.corrections.said import assistant_name
from search.journal.undo import actions
from server.agent_changes.confirming import SAID_NO
from server.agent_changes.undoing import OTHER_SINCE
from tests.server.agent_changes.person import MODES, Person
from tests.server.agent_changes.test_linking import contents, link, names
from tests.server.agent_changes.test_saving import save
from tests.server.agent_tools.conftest import Assistant


def undo(who: Assistant | Person, **arguments: Any) -> dict[str, Any]:
    """Look at it and do it."""
    return who.ask("undo", plan=who.ask("undo", **arguments)["plan"], **arguments)


@pytest.mark.parametrize("mode", MODES)
def test_links_are_taken_back_after_a_look_and_a_yes(
    writer: Assistant, own_photos: Path, tmp_path: Path, mode: str
) -> None:
    best, before = tmp_path / "best", contents(own_photos)
    linked = link(writer, best, query="a car")
    person = Person(writer.server, mode)
    would = person.ask("undo", what="links")
    assert (would["state"], would["taken_back"], would["action"]) == ("planned", linked["done"] + 1, linked["action"])
    assert would["what"] == f"link {linked['done']} pictures to {best}" and "would be removed" in would["sentence"]
    assert would["when"] and would["said_by"] is None
    assert names(best) and not person.asked
    done = person.ask("undo", what="links", plan=would["plan"])
    assert (done["state"], done["taken_back"], done["kept"], "plan" in done) == ("done", linked["done"] + 1, [], False)
    assert not best.exists() and contents(own_photos) == before
    assert person.asked == [f"Take this back: {would['what']}? {would['sentence']}"]
    assert "nothing to undo any more" in person.refused("undo", what="links")


@pytest.mark.parametrize("mode", MODES)
def test_who_does_not_agree_keeps_the_links(writer: Assistant, own_photos: Path, tmp_path: Path, mode: str) -> None:
    link(writer, tmp_path / "best", ids=[1])
    person = Person(writer.server, mode, "decline")
    declined = undo(person, what="links")
    assert (declined["state"], declined["sentence"], len(person.asked)) == ("declined", SAID_NO, 1)
    assert len(names(tmp_path / "best")) == 1 and actions(writer.agent.library.folder)[0].state == "done"


def test_what_was_changed_since_stays_and_is_told(writer: Assistant, own_photos: Path, tmp_path: Path) -> None:
    best = tmp_path / "best"
    link(writer, best, ids=[1, 2], copy=True)
    changed = best / min(names(best))
    changed.write_bytes(b"mine now")
    would = writer.ask("undo", what="links")
    assert would["taken_back"] == 2 and [one["path"] for one in would["kept"]] == [str(changed)]
    done = writer.ask("undo", what="links", plan=would["plan"])
    assert done["taken_back"] == 2 and done["kept"][0]["reason"] and changed.read_bytes() == b"mine now"


def test_a_plan_takes_back_what_it_showed_or_nothing(writer: Assistant, own_photos: Path, tmp_path: Path) -> None:
    link(writer, tmp_path / "first", ids=[1])
    old = writer.ask("undo", what="links")["plan"]
    link(writer, tmp_path / "second", ids=[2])
    assert writer.refused("undo", what="links", plan=old) == OTHER_SINCE
    assert "not known any more" in writer.refused("undo", what="links", plan="made-up")
    linking = writer.ask("link_to", folder=str(tmp_path / "third"), ids=[3])["plan"]
    assert "Something else is asked for" in writer.refused("undo", what="links", plan=linking)
    assert names(tmp_path / "first") and names(tmp_path / "second")
    plan = writer.ask("undo", what="links")["plan"]
    assert writer.ask("undo", what="links", plan=plan)["state"] == "done" and not (tmp_path / "second").exists()
    assert "carried out already" in writer.refused("undo", what="links", plan=plan)
    assert undo(writer, what="links")["state"] == "done" and not (tmp_path / "first").exists()


@pytest.mark.parametrize("mode", MODES)
def test_a_correction_is_taken_back_after_a_look_and_a_yes(writer: Assistant, samples: Path, mode: str) -> None:
    saved = save(writer)
    writer.ask("correct_label", label_set="things", ids=[1, 2], labels=["dog"])
    writer.ask("correct_label", label_set="things", ids=[2], labels=["other"])
    person = Person(writer.server, mode)
    would = person.ask("undo", what="correction", label_set="things")
    assert (would["state"], would["taken_back"], would["said_by"]) == ("planned", 1, assistant_name())
    assert would["what"] == '1 photo labelled "other" in "things"' and not person.asked
    done = person.ask("undo", what="correction", label_set="things", plan=would["plan"])
    assert (done["state"], done["taken_back"]) == ("done", 1)
    assert person.asked == [f"Take this back: {would['what']}? {would['sentence']}"]
    with Store.open(samples) as store:
        assert {image: fact.labels for image, fact in facts_in(store, saved["id"]).items()} == {
            1: ("dog",),
            2: ("dog",),
        }
    assert undo(person, what="correction", label_set=saved["id"])["taken_back"] == 2
    assert "Nothing was corrected in this label set" in person.refused("undo", what="correction", label_set="things")


@pytest.mark.parametrize("mode", MODES)
def test_a_person_s_word_said_meanwhile_is_not_taken_back(writer: Assistant, samples: Path, mode: str) -> None:
    saved = save(writer)
    writer.ask("correct_label", label_set="things", ids=[1], labels=["dog"])

    async def say() -> None:
        with Store.open(samples) as store:
            correct(store, saved["id"], [1], ["car"], "anna")

    person = Person(writer.server, mode, meanwhile=say)
    plan = person.ask("undo", what="correction", label_set="things")["plan"]
    assert person.refused("undo", what="correction", label_set="things", plan=plan) == OTHER_SINCE
    would = person.ask("undo", what="correction", label_set="things")
    assert (would["said_by"], len(person.asked)) == ("anna", 1)
    with Store.open(samples) as store:
        assert facts_in(store, saved["id"])[1].labels == ("car",)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"what": "links"}, "nothing to undo"),
        ({"what": "everything"}, "what:"),
        ({"what": "correction"}, "in which label set"),
        ({"what": "links", "label_set": "things"}, "for corrections alone"),
        ({"what": "correction", "label_set": "thongs"}, 'no label set "thongs"'),
    ],
)
def test_what_can_t_be_undone_is_a_sentence(writer: Assistant, arguments: dict[str, Any], words: str) -> None:
    save(writer)
    assert words in writer.refused("undo", **arguments)


def test_without_leave_nothing_is_taken_back(reader: Assistant) -> None:
    assert "--allow-write" in reader.refused("undo", what="links")
