"""Lines of a pipe: however they are cut into pieces, and however long one is."""

from __future__ import annotations

import os
import threading

import anyio
import pytest

from server.agents import wire
from server.agents.wire import TOO_LONG, Lines, Output


def lines_of(*pieces: bytes) -> tuple[list[str], bool]:
    """Return what is read of pieces that come one after the other, and whether the end was told."""
    read, write = os.pipe()
    ended = threading.Event()

    def send() -> None:
        for piece in pieces:
            os.write(write, piece)
        os.close(write)

    async def collect() -> list[str]:
        return [line async for line in Lines(read, ended.set)]

    threading.Thread(target=send).start()
    found = anyio.run(collect)
    os.close(read)
    return found, ended.is_set()


def test_lines_are_put_together_from_pieces() -> None:
    assert lines_of(b"on", b"e\ntw", b"o\r\n\nthree") == (["one", "two\r", "", "three"], True)
    assert lines_of() == ([], True)
    assert lines_of(b"caf\xc3", b"\xa9\n\xff\n") == (["café", "\N{REPLACEMENT CHARACTER}"], True)


def test_more_lines_than_are_read_ahead() -> None:
    found, _ = lines_of(b"".join(b"%d\n" % number for number in range(1000)))
    assert found == [str(number) for number in range(1000)]


def test_of_too_long_a_line_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LONGEST_LINE", 5)
    assert lines_of(b"12345\n123456\nok\n")[0] == ["12345", TOO_LONG, "ok"]
    assert lines_of(*[b"123"] * 10, b"\n", b"ok")[0] == [TOO_LONG, "ok"]


def test_what_nobody_reads_asks_for_the_end() -> None:
    read, write = os.pipe()
    os.close(read)

    async def speak() -> bool:
        with anyio.CancelScope() as scope:
            await Output(write, scope.cancel).write("anyone?\n")
        return scope.cancelled_caught

    assert anyio.run(speak)
    os.close(write)
