"""Tests of indexer.engine.core_split, on machines whose speed a formula gives."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from indexer.engine.core_split import BATCHES, LONG, CoreSplit, choices


class Machine:
    """Encodes batches of 8 with a clock of its own."""

    def __init__(self, split: CoreSplit, rate: Callable[[int], float]) -> None:
        self.split = split
        self.rate = rate
        self.now = 100.0

    def encode(self, batches: int) -> list[int]:
        """Return with how many threads each batch was encoded."""
        used = []
        for _ in range(batches):
            threads = self.split.threads()
            used.append(threads)
            self.now += 8 / self.rate(threads)
            self.split.encoded(8, self.now)
        return used


TRIAL = (BATCHES + 1) * 4  # of all four numbers, each with one batch that does not count


@pytest.mark.parametrize(
    ("cores", "expected"),
    [(1, [1]), (2, [2, 1]), (3, [3, 2, 1]), (4, [4, 3, 2, 1]), (8, [8, 6, 4, 2]), (32, [32, 24, 16, 8])],
)
def test_the_numbers_worth_trying(cores: int, expected: list[int]) -> None:
    found = choices(cores)
    assert found[0] == cores and found == sorted(set(found), reverse=True)
    assert found == expected


@pytest.mark.parametrize("best", [8, 6, 4, 2])
def test_the_fastest_is_kept(best: int) -> None:
    machine = Machine(CoreSplit(8), lambda threads: 50.0 if threads == best else 40.0)
    tried = machine.encode(TRIAL)
    assert [tried.count(number) for number in choices(8)] == [BATCHES + 1] * 4
    assert set(machine.encode(10 * LONG)) == {best}


def test_a_slow_first_batch_does_not_count() -> None:
    split = CoreSplit(8)
    machine = Machine(split, lambda threads: 50.0 if threads == 8 else 40.0)
    machine.rate = lambda _: 0.01
    machine.encode(1)
    machine.rate = lambda threads: 50.0 if threads == 8 else 40.0
    machine.encode(TRIAL - 1)
    assert machine.encode(1) == [8]


def test_all_are_tried_again_when_the_rate_falls_for_long() -> None:
    machine = Machine(CoreSplit(8), lambda threads: 50.0 if threads == 8 else 40.0)
    machine.encode(TRIAL + 1)
    machine.rate = lambda threads: 20.0 if threads == 2 else 10.0
    later = machine.encode(3 * LONG + TRIAL)
    assert set(later) == {8, 6, 4, 2}
    assert set(machine.encode(LONG)) == {2}


def test_a_short_dip_changes_nothing() -> None:
    machine = Machine(CoreSplit(8), lambda threads: 50.0 if threads == 8 else 40.0)
    machine.encode(TRIAL + 1)
    machine.rate = lambda _: 10.0
    used = machine.encode(LONG // 8)
    machine.rate = lambda _: 50.0
    assert set(used + machine.encode(4 * LONG)) == {8}


@pytest.mark.parametrize("split", [CoreSplit(8, fixed=True), CoreSplit(1)])
def test_what_leaves_no_choice(split: CoreSplit) -> None:
    machine = Machine(split, lambda _: 1.0)
    assert len(set(machine.encode(3 * LONG))) == 1


def test_a_clock_that_stands_still() -> None:
    split = CoreSplit(4)
    for _ in range(3 * TRIAL):
        split.encoded(1, 7.0)
    assert split.threads() in choices(4)
