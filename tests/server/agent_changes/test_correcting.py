"""Tests of correct_label: facts that tell who said them, a person or an assistant."""

from __future__ import annotations

from pathlib import Path

from indexer.store.corrections import correct, undo_last
from indexer.store.facts import facts_in
from indexer.store.store import Store
from search.corrections.said import assistant_name, login_name
from tests.server.agent_changes.test_saving import save
from tests.server.agent_changes.test_undoing import undo
from tests.server.agent_tools.conftest import Assistant


def test_a_correction_is_a_fact_that_an_assistant_said(writer: Assistant, samples: Path) -> None:
    saved = save(writer)
    cars = [hit["id"] for hit in writer.ask("search_photos", query="a car", limit=2)["hits"]]
    done = writer.ask("correct_label", label_set="things", ids=[*cars, 999_999], labels=["CUP"])
    assert (done["changed"], done["gone"], done["name"], done["set_id"]) == (2, [999_999], "things", saved["id"])
    assert done["said_by"] == assistant_name() == f"assistant for {login_name()}"
    assert done["accuracy"]["said"] == 2 and done["accuracy"]["right"] == 0 and done["accuracy"]["note"]
    before = {one["label"]: one["photos"] for one in saved["labels"]}
    assert done["counts"]["cup"] == before["cup"] + 2
    other = writer.ask("correct_label", label_set=str(saved["id"]), ids=cars[:1], labels=["other"])
    assert other["counts"]["other"] == before["other"] + 1
    with Store.open(samples) as store:
        facts = facts_in(store, saved["id"])
    assert [(facts[image].labels, facts[image].said_by) for image in cars] == [
        (("other",), assistant_name()),
        (("cup",), assistant_name()),
    ]


def test_a_person_s_later_word_takes_the_place_of_an_assistant_s(writer: Assistant, samples: Path) -> None:
    saved = save(writer)
    writer.ask("correct_label", label_set=saved["id"], ids=[1], labels=["dog"])
    with Store.open(samples) as store:
        correct(store, saved["id"], [1], ["car"], login_name())
        assert facts_in(store, saved["id"])[1].said_by == login_name() != assistant_name()
        undo_last(store, saved["id"])
        assert facts_in(store, saved["id"])[1].said_by == assistant_name()


def test_what_a_person_had_said_otherwise_is_told_and_undo_brings_it_back(writer: Assistant, samples: Path) -> None:
    saved = save(writer)
    with Store.open(samples) as store:
        correct(store, saved["id"], [1, 2], ["car"], "anna")
    assert writer.ask("correct_label", label_set="things", ids=[2, 3], labels=["car"])["said_otherwise"] == 0
    done = writer.ask("correct_label", label_set="things", ids=[1, 2, 3, 4], labels=["dog"])
    assert done["said_otherwise"] == 1  # what an assistant had said is no person's word
    undo(writer, what="correction", label_set="things")
    with Store.open(samples) as store:
        fact = facts_in(store, saved["id"])[1]
    assert (fact.labels, fact.said_by) == (("car",), "anna")


def test_several_labels_are_said_where_a_photo_may_have_several(writer: Assistant) -> None:
    save(writer)
    assert "has one label, not 2" in writer.refused("correct_label", label_set="things", ids=[1], labels=["cup", "car"])
    save(writer, name="several", multi=True)
    done = writer.ask("correct_label", label_set="several", ids=[1], labels=["cup", "car"])
    assert done["changed"] == 1


def test_what_can_t_be_corrected_is_a_sentence_and_nothing_is_said(writer: Assistant, samples: Path) -> None:
    assert "label --classes" in writer.refused("correct_label", label_set="things", ids=[1], labels=["cup"])
    save(writer)
    for arguments, words in (
        ({"label_set": "thongs"}, 'no label set "thongs"; the overview of the library tells'),
        ({"label_set": 77}, "not there any more"),
        ({"labels": ["lorry"]}, 'has no label "lorry"; the overview of the library tells which it has'),
        ({"labels": []}, "labels"),
        ({"ids": [999_999]}, "None of these photos"),
        ({"ids": list(range(1, 52))}, "ids"),
    ):
        given = {"label_set": "things", "ids": [1], "labels": ["cup"], **arguments}
        assert words in writer.refused("correct_label", **given)
    with Store.open(samples) as store:
        assert not store.db.execute("SELECT count(*) FROM correction_acts").fetchone()[0]
