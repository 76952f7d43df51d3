"""Tests of indexer/remote_files/ahead.py and patience.py."""

from __future__ import annotations

import threading

import pytest

from indexer.remote_files import patience
from indexer.remote_files.ahead import ahead
from indexer.remote_files.patience import patiently
from indexer.remote_files.sentences import sentence_of


def test_results_come_in_order_however_long_each_takes() -> None:
    first = threading.Event()

    def run(number: int) -> int:
        if number == 0:
            assert first.wait(60)
        elif number == 1:
            first.set()
        return number

    assert list(ahead(range(50), run, lambda number: 1, threads=4)) == list(range(50))


@pytest.mark.parametrize(("size", "most", "held"), [(10, 30, 3), (100, 30, 1), (0, 30, 8)])
def test_no_more_is_fetched_than_there_is_room_for(size: int, most: int, held: int) -> None:
    begun: list[int] = []
    results = ahead(range(100), lambda number: begun.append(number) or number, lambda number: size, 4, most)
    for number in range(20):
        assert next(results) == number
        assert len(begun) <= number + 1 + held
    results.close()  # type: ignore[attr-defined]
    assert len(begun) <= 20 + held


def test_an_error_comes_at_its_place_and_ends_it() -> None:
    def run(number: int) -> int:
        if number == 3:
            raise ValueError
        return number

    results = ahead(range(100), run, lambda number: 1, threads=2)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError):
        next(results)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("fetch")]


class SlowDown(Exception):
    """As S3 asks for patience: told by its name."""


@pytest.mark.parametrize(("error", "tries"), [(SlowDown, patience.TRIES), (ConnectionResetError, 3), (KeyError, 1)])
def test_trouble_that_passes_is_waited_for(error: type[Exception], tries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(patience.time, "sleep", pauses.append)
    asked: list[int] = []

    def never() -> None:
        asked.append(1)
        raise error

    with pytest.raises(error):
        patiently(never)
    assert len(asked) == tries and len(pauses) == tries - 1
    assert all(pause <= patience.LONGEST_PAUSE for pause in pauses)
    answers = iter([error(), 7])

    def once() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return int(answer)

    if tries > 1:
        assert patiently(once) == 7


def test_what_is_said_never_holds_what_a_package_said() -> None:
    for error in (
        SlowDown("AKIASECRET"),
        ConnectionResetError("AKIASECRET"),
        RuntimeError("AKIASECRET"),
        OSError("AKIASECRET"),
    ):
        said = sentence_of(error, "s3://u:AKIASECRET@b/x")
        assert "AKIASECRET" not in said and said.endswith(".") and "s3://b/x" in said
