"""What was made of a search is made once, and forgotten when the library changes or there is too much."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from server.opened import rankings
from server.opened.rankings import Rankings

LONG = 600.0  # seconds that nothing takes, however busy the machine is


def test_it_is_made_once_for_all_who_ask_meanwhile() -> None:
    kept = Rankings()
    made: list[int] = []

    def make() -> int:
        time.sleep(0.05)
        made.append(1)
        return 7

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: kept.get("state", "key", make, lambda made: 1), range(8)))
    assert answers == [7] * 8 and made == [1]


def test_another_state_forgets_all_of_the_one_before() -> None:
    kept = Rankings()
    assert [kept.get(state, "key", lambda state=state: state, len) for state in ("a", "b", "a")] == ["a", "b", "a"]
    assert list(kept._kept) == [("a", "key")]


def test_the_oldest_go_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Rankings()
    for number in range(2 * rankings.MOST_KEPT):
        kept.get("state", number, lambda: 0, lambda made: 1)
    assert len(kept._kept) == rankings.MOST_KEPT and ("state", 2 * rankings.MOST_KEPT - 1) in kept._kept
    kept.get("state", "huge", lambda: 0, lambda made: rankings.MOST_ROWS + 1)
    assert list(kept._kept) == [("state", "huge")]


def test_who_waits_for_what_fails_is_told_and_the_next_one_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Rankings()
    begun, waits = threading.Event(), threading.Event()

    class Watched(Future[int]):
        def result(self, timeout: float | None = None) -> int:
            waits.set()
            return super().result(timeout)

    def fail() -> int:
        begun.set()
        assert waits.wait(LONG)
        raise KeyError("no")

    monkeypatch.setattr(rankings, "Future", Watched)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(kept.get, "state", "key", fail, lambda made: 1)
        assert begun.wait(LONG)
        second = threads.submit(kept.get, "state", "key", lambda: 1, lambda made: 1)
        assert isinstance(first.exception(), KeyError) and isinstance(second.exception(), KeyError)
    assert kept.get("state", "key", lambda: 1, lambda made: 1) == 1
