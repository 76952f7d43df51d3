"""Tests of runs into a data-set library."""

from __future__ import annotations

import dataclasses

import pytest

from indexer.data_set_runs import committing
from indexer.data_sets.pictures_table import PicturesTable
from indexer.data_sets.shards_table import ShardsTable
from indexer.errors import SourceEmpty, SourceError
from indexer.sources.item import LostShard
from tests.fakes import Recorder
from tests.indexer.data_set_runs.conftest import DataSetOfTest
from tests.indexer.data_set_runs.made_sources import BAD, MadeFiles, MadeShards, png

COLOURS = ("red", "blue", "lime", "white", "black", "yellow", "cyan")


def files(count: int = 7) -> dict[str, bytes | Exception]:
    return {f"mem://{number:04}.png": png(COLOURS[number % 7], str(number)) for number in range(count)}


def shard(count: int, first: int = 0) -> dict[str, bytes | Exception]:
    return {f"{number:04}.png": png(COLOURS[number % 7], str(number)) for number in range(first, first + count)}


def test_files_are_encoded_once(data_set: DataSetOfTest) -> None:
    made = files()
    first = data_set.run(MadeFiles(made))
    assert (first.found, first.encoded, first.unchanged) == (7, 7, 0)
    assert data_set.addresses() == sorted(made)
    encoded = data_set.encoder.images_encoded
    again = data_set.run(MadeFiles(made))
    assert (again.found, again.encoded, again.unchanged) == (7, 0, 7)
    assert data_set.encoder.images_encoded == encoded


def test_a_changed_file_takes_the_place_of_what_it_was(data_set: DataSetOfTest) -> None:
    made = files()
    data_set.run(MadeFiles(made))
    made["mem://0003.png"] = png("red", "another")
    summary = data_set.run(MadeFiles(made))
    assert (summary.encoded, summary.unchanged, summary.forgotten) == (1, 6, 0)
    assert data_set.addresses() == sorted(made)


def test_what_is_gone_is_forgotten(data_set: DataSetOfTest) -> None:
    made = files()
    data_set.run(MadeFiles(made))
    del made["mem://0003.png"]
    summary = data_set.run(MadeFiles(made))
    assert summary.forgotten == 1
    assert data_set.addresses() == sorted(made)


def test_nothing_is_forgotten_if_the_listing_breaks_off(data_set: DataSetOfTest) -> None:
    made = files()
    data_set.run(MadeFiles(made))
    broken = MadeFiles({"mem://0000.png": made["mem://0000.png"]}, ends=SourceError("It broke off."))
    summary = data_set.run(broken, prune=True)
    assert summary.missing == ["made://files"]
    assert data_set.addresses() == sorted(made)


def test_what_cannot_be_looked_at_now_is_kept(data_set: DataSetOfTest) -> None:
    made = files()
    data_set.run(MadeFiles(made))
    summary = data_set.run(MadeFiles({"mem://0000.png": made["mem://0000.png"]}, kept=("mem://0003.png",)))
    assert summary.forgotten == 5
    assert data_set.addresses() == ["mem://0000.png", "mem://0003.png"]


def test_a_place_where_hardly_anything_is_left_keeps_its_pictures(data_set: DataSetOfTest) -> None:
    made = files(20)
    data_set.run(MadeFiles(made))
    left = MadeFiles({"mem://0000.png": made["mem://0000.png"]})
    kept = data_set.run(left)
    assert (kept.kept, kept.forgotten) == (["made://files"], 0)
    assert data_set.addresses() == sorted(made)
    assert data_set.run(left, prune=True).forgotten == 19
    assert data_set.addresses() == ["mem://0000.png"]


def test_a_place_that_is_empty_is_forgotten_only_if_that_is_asked_for(data_set: DataSetOfTest) -> None:
    data_set.run(MadeFiles(files(3)))
    empty = MadeFiles({}, ends=SourceEmpty("There is nothing."))
    with pytest.raises(SourceEmpty):
        data_set.run(empty)
    assert len(data_set.addresses()) == 3
    assert data_set.run(empty, prune=True).forgotten == 3
    assert data_set.addresses() == []
    with pytest.raises(SourceEmpty):
        data_set.run(empty, prune=True)


def test_another_source_is_not_touched(data_set: DataSetOfTest) -> None:
    made = files(4)
    data_set.run(MadeFiles(made), MadeFiles(files(9), address="made://others"))
    assert data_set.addresses() == sorted(files(9))  # what both have is there once
    data_set.run(MadeFiles({"mem://0000.png": made["mem://0000.png"]}))
    assert len(data_set.addresses()) == 6


def test_failures_are_kept_and_not_tried_again_until_the_file_changes(data_set: DataSetOfTest) -> None:
    made = files(3) | {"mem://bad.png": BAD, "mem://away.png": OSError("not now")}
    listener = Recorder()
    first = data_set.run(MadeFiles(made), listener=listener)
    assert (first.found, first.encoded, first.failed) == (5, 3, 2)
    assert {str(problem.path) for problem in listener.problems} == {"mem://bad.png", "mem://away.png"}
    assert set(data_set.failures()) == {"mem://bad.png", "mem://away.png"}
    again = data_set.run(MadeFiles(made))
    assert (again.failed_before, again.failed) == (1, 1)  # what may go better is tried again
    made |= {"mem://bad.png": png("red", "mended"), "mem://away.png": png("red", "here")}
    mended = data_set.run(MadeFiles(made))
    assert (mended.encoded, mended.failed, mended.failed_before) == (2, 0, 0)
    assert data_set.failures() == {}
    assert data_set.addresses() == sorted(made)


def test_a_picture_that_becomes_bad_is_forgotten(data_set: DataSetOfTest) -> None:
    made = files(3)
    data_set.run(MadeFiles(made))
    made["mem://0001.png"] = BAD
    summary = data_set.run(MadeFiles(made))
    assert (summary.failed, summary.forgotten) == (1, 1)
    assert data_set.addresses() == ["mem://0000.png", "mem://0002.png"]


def test_failures_of_files_that_are_gone_are_forgotten(data_set: DataSetOfTest) -> None:
    made = files(3) | {"mem://bad.png": BAD}
    data_set.run(MadeFiles(made))
    del made["mem://bad.png"]
    data_set.run(MadeFiles(made))
    assert data_set.failures() == {}


def test_a_library_of_failures_alone(data_set: DataSetOfTest) -> None:
    summary = data_set.run(MadeFiles({"mem://bad.png": BAD}))
    assert (summary.failed, summary.encoded) == (1, 0)
    assert data_set.addresses() == []
    assert data_set.run(MadeFiles({"mem://bad.png": BAD})).failed_before == 1


def test_sealed_shards_are_read_once(data_set: DataSetOfTest) -> None:
    shards = MadeShards({"a.tar": ("1", shard(5)), "b.tar": ("1", shard(6, 5))})
    first = data_set.run(shards)
    assert (first.found, first.encoded) == (11, 11)
    assert len(data_set.addresses()) == 11
    encoded = data_set.encoder.images_encoded
    again = data_set.run(shards)
    assert (again.found, again.unchanged, again.encoded) == (11, 11, 0)
    assert data_set.encoder.images_encoded == encoded


def test_a_changed_shard_takes_the_place_of_what_it_was(data_set: DataSetOfTest) -> None:
    data_set.run(MadeShards({"a.tar": ("1", shard(5) | {"bad.png": BAD}), "b.tar": ("1", shard(6, 5))}))
    assert list(data_set.failures()) == ["a.tar/bad.png"]
    summary = data_set.run(MadeShards({"a.tar": ("2", shard(3, 2)), "b.tar": ("1", shard(6, 5))}))
    assert (summary.encoded, summary.unchanged) == (3, 6)
    expected = {f"a.tar/{number:04}.png" for number in (2, 3, 4)} | {f"b.tar/{n:04}.png" for n in range(5, 11)}
    assert data_set.addresses() == sorted(expected)
    assert data_set.failures() == {}
    assert ShardsTable(data_set.address).signatures() == {"a.tar": "2", "b.tar": "1"}


def test_a_shard_that_is_gone_is_forgotten(data_set: DataSetOfTest) -> None:
    data_set.run(MadeShards({"a.tar": ("1", shard(5) | {"bad.png": BAD}), "b.tar": ("1", shard(6, 5))}))
    summary = data_set.run(MadeShards({"b.tar": ("1", shard(6, 5))}))
    assert summary.forgotten == 5
    assert len(data_set.addresses()) == 6
    assert data_set.failures() == {}
    assert set(ShardsTable(data_set.address).signatures()) == {"b.tar"}


def test_of_a_shard_that_breaks_off_nothing_is_stored_and_the_others_go_on(data_set: DataSetOfTest) -> None:
    cut = shard(5) | {"0005.png": SourceError("a.tar is cut off.")}
    summary = data_set.run(MadeShards({"a.tar": ("1", cut), "b.tar": ("1", shard(6, 5))}))
    assert (summary.encoded, summary.failed, summary.found) == (6, 1, 6)
    assert all(address.startswith("b.tar") for address in data_set.addresses())
    assert data_set.failures() == {"a.tar": "a.tar is cut off."}
    mended = data_set.run(MadeShards({"a.tar": ("2", shard(6)), "b.tar": ("1", shard(6, 5))}))
    assert (mended.encoded, mended.failed) == (6, 0)
    assert data_set.failures() == {}
    assert len(data_set.addresses()) == 12


def test_of_files_that_break_off_what_was_read_is_stored(data_set: DataSetOfTest) -> None:
    made = files(4) | {"mem://0004.png": SourceError("The network is gone.")}
    listener = Recorder()
    summary = data_set.run(MadeFiles(made, per_shard=10), listener=listener)
    assert (summary.encoded, summary.failed, summary.unread) == (4, 0, 1)
    assert [problem.reason for problem in listener.problems] == ["The network is gone."]
    assert len(data_set.addresses()) == 4
    assert data_set.failures() == {}


def test_a_run_that_is_stopped_keeps_files_and_goes_on_later(data_set: DataSetOfTest) -> None:
    made = files(40)
    stopped = data_set.run(MadeFiles(made, per_shard=100), listener=Recorder(stop_after=2))
    assert stopped.stopped
    assert 0 < stopped.encoded < 40
    assert len(data_set.addresses()) == stopped.encoded
    rest = data_set.run(MadeFiles(made, per_shard=100))
    assert rest.encoded == 40 - stopped.encoded
    assert data_set.addresses() == sorted(made)


def test_a_run_that_is_stopped_drops_a_sealed_shard_in_work(data_set: DataSetOfTest) -> None:
    shards = MadeShards({"a.tar": ("1", shard(40))})
    stopped = data_set.run(shards, listener=Recorder(stop_after=2))
    assert (stopped.stopped, stopped.encoded) == (True, 0)
    assert data_set.run(shards).encoded == 40
    assert len(data_set.addresses()) == 40


def test_a_place_that_is_not_there_makes_no_library(data_set: DataSetOfTest) -> None:
    with pytest.raises(SourceError, match="No bucket"):
        data_set.run(MadeFiles({}, ends=SourceError("No bucket.")))
    assert data_set.run(MadeFiles({})).without_pictures == ["made://files"]
    from indexer.data_set_runs.run import open_library

    assert open_library(data_set.address) is None


def test_reindex_encodes_all_again_and_doubles_nothing(data_set: DataSetOfTest) -> None:
    made = files(5)
    data_set.run(MadeFiles(made), MadeShards({"a.tar": ("1", shard(4))}))
    summary = data_set.run(MadeFiles(made), MadeShards({"a.tar": ("1", shard(4))}), reindex=True)
    assert (summary.found, summary.encoded) == (9, 9)
    assert len(data_set.addresses()) == 9


def test_a_listener_hears_of_it(data_set: DataSetOfTest) -> None:
    listener = Recorder()
    summary = data_set.run(MadeFiles(files(9)), listener=listener)
    assert listener.totals == [None]
    assert sum(listener.done) == 9
    assert summary.encoding_seconds > 0
    assert dataclasses.asdict(summary)["seconds"] >= summary.encoding_seconds


def test_of_a_library_of_shards_alone_no_list_of_files_is_read(
    data_set: DataSetOfTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    shards = MadeShards({"a.tar": ("1", shard(5)), "b.tar": ("1", shard(6, 5))})
    data_set.run(shards)

    def refuse(table: object) -> None:
        raise AssertionError

    monkeypatch.setattr("indexer.data_set_runs.known.KnownFiles", refuse)
    assert data_set.run(shards).unchanged == 11
    del shards.shards_of["a.tar"]
    assert data_set.run(shards).forgotten == 5


def test_files_that_two_sources_have_are_no_source_without_pictures(data_set: DataSetOfTest) -> None:
    summary = data_set.run(MadeFiles(files(4)), MadeFiles(files(3), address="made://inner"))
    assert (summary.found, summary.encoded, summary.without_pictures) == (4, 4, [])


def test_many_shards_go_into_few_commits(data_set: DataSetOfTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each commit is a version: 20 shards of 25 tiny pictures are one of rows and two of shards."""
    monkeypatch.setattr(committing, "SECONDS_PER_COMMIT", 3600.0)  # however slow the machine is
    shards = {f"{number:02}.tar": ("1", shard(25, 25 * number)) for number in range(20)}
    summary = data_set.run(MadeShards(shards))
    assert summary.encoded == 500
    assert len(set(data_set.column("id"))) == 500
    assert PicturesTable.open(data_set.address).version <= 4
    assert {one.pictures for one in ShardsTable(data_set.address).all()} == {25}


def test_what_could_not_be_had_in_a_sealed_shard_is_tried_again_alone(data_set: DataSetOfTest) -> None:
    away: dict[str, bytes | Exception] = {"away.png": OSError("away for a while"), "bad.png": BAD}
    first = data_set.run(MadeShards({"a.tar": ("1", shard(5) | away)}))
    assert (first.encoded, first.failed) == (5, 2)
    encoded = data_set.encoder.images_encoded
    again = data_set.run(MadeShards({"a.tar": ("1", shard(5) | away)}))
    assert (again.found, again.encoded, again.unchanged, again.failed, again.failed_before) == (7, 0, 5, 1, 1)
    back = data_set.run(MadeShards({"a.tar": ("1", shard(5) | {"away.png": png("red"), "bad.png": BAD})}))
    assert (back.found, back.encoded, back.unchanged, back.failed, back.failed_before) == (7, 1, 5, 0, 1)
    assert data_set.encoder.images_encoded == encoded + 1
    assert list(data_set.failures()) == ["a.tar/bad.png"] and len(data_set.addresses()) == 6
    assert [(one.pictures, one.rows) for one in ShardsTable(data_set.address).all()] == [(6, 6)]
    last = data_set.run(MadeShards({"a.tar": ("1", shard(5) | {"away.png": png("red"), "bad.png": BAD})}))
    assert (last.found, last.encoded, last.unchanged, last.failed_before) == (7, 0, 6, 1)


def test_a_sealed_shard_that_breaks_off_while_one_of_it_is_tried_again_keeps_all(data_set: DataSetOfTest) -> None:
    away: dict[str, bytes | Exception] = {"away.png": OSError("away for a while")}
    data_set.run(MadeShards({"a.tar": ("1", shard(5) | away)}))
    cut = MadeShards({"a.tar": ("1", shard(5) | {"away.png": SourceError("a.tar is cut off.")})})
    assert (data_set.run(cut).failed, len(data_set.addresses())) == (1, 5)
    assert set(data_set.failures()) == {"a.tar", "a.tar/away.png"}
    back = data_set.run(MadeShards({"a.tar": ("1", shard(5) | {"away.png": png("red")})}))
    assert (back.encoded, back.unchanged, data_set.failures(), len(data_set.addresses())) == (1, 5, {}, 6)


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_lost_shard_is_a_failure_until_it_is_there_and_loads_no_model(data_set: DataSetOfTest, is_gone: bool) -> None:
    there = MadeShards({"a.tar": ("1", shard(5)), "b.tar": ("1", shard(6, 5))})
    lost = MadeShards({"a.tar": ("1", shard(5))}, lost=(LostShard("b.tar", "b.tar can't be read.", is_gone),))
    assert data_set.run(there).encoded == 11
    encoded = data_set.encoder.images_encoded
    for _ in range(2):
        listener = Recorder()
        summary = data_set.run(lost, listener=listener)
        assert (summary.unchanged, summary.encoded, summary.failed) == (5, 0, 1)
        assert [problem.reason for problem in listener.problems] == ["b.tar can't be read."]
        assert data_set.failures() == {"b.tar": "b.tar can't be read."}
        assert len(data_set.addresses()) == (5 if is_gone else 11)
    assert data_set.encoder.images_encoded == encoded
    assert data_set.run(there).encoded == (6 if is_gone else 0)
    assert data_set.failures() == {}
    assert len(data_set.addresses()) == 11


def test_the_failure_of_a_shard_that_is_gone_is_forgotten(data_set: DataSetOfTest) -> None:
    cut = shard(5) | {"0005.png": SourceError("a.tar is cut off.")}
    data_set.run(MadeShards({"a.tar": ("1", cut), "b.tar": ("1", shard(6, 5))}))
    data_set.run(MadeShards({"b.tar": ("1", shard(6, 5))}))
    assert data_set.failures() == {}
