"""Ranges of bytes: one at a time, within the file."""

from __future__ import annotations

import pytest

from server.picture_api.byte_ranges import OutOfRange, chosen_range


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, None),
        ("bytes=0-9", (0, 10)),
        ("bytes=90-", (90, 10)),
        ("bytes=0-", (0, 100)),
        ("bytes=99-99", (99, 1)),
        ("bytes=50-1000", (50, 50)),
        ("bytes=-10", (90, 10)),
        ("bytes=-1000", (0, 100)),
        ("bytes= 5 - 6 ", (5, 2)),
        ("bytes=0-" + "9" * 19, (0, 100)),
        ("bytes=9-5", None),  # no range at all, and so passed over
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=--5", None),
        ("bytes=0x1-2", None),
        ("bytes=\u0661-2", None),
        ("bytes=0-" + "9" * 30, None),
        ("items=0-5", None),
        ("", None),
    ],
)
def test_what_is_asked_for(header: str | None, part: tuple[int, int] | None) -> None:
    assert chosen_range(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=-000", "bytes=" + "9" * 19 + "-"])
def test_what_is_not_there(header: str) -> None:
    with pytest.raises(OutOfRange, match="The file has 100 bytes") as raised:
        chosen_range(header, 100)
    assert (raised.value.status, raised.value.size) == (416, 100)


@pytest.mark.parametrize("header", ["bytes=0-1,3-4", "bytes=0-,0-,0-", "bytes=" + ",".join(["0-1"] * 1000)])
def test_one_at_a_time(header: str) -> None:
    with pytest.raises(OutOfRange, match="One range"):
        chosen_range(header, 100)


def test_an_empty_file_has_no_ranges() -> None:
    with pytest.raises(OutOfRange):
        chosen_range("bytes=0-", 0)
