"""Tests of indexer.metadata.iptc."""

from __future__ import annotations

import random

import pytest

from indexer.metadata.iptc import iptc_of_resources, read_iptc
from indexer.metadata.metadata import Reading, combined
from tests.indexer.metadata.sources import iptc, resources


def taken_at(*datasets: tuple[int, bytes]) -> str | None:
    return combined([read_iptc(iptc(*datasets))]).taken_at


@pytest.mark.parametrize(
    ("datasets", "expected"),
    [
        ([(55, b"20190704"), (60, b"123005+0200")], "2019-07-04T12:30:05+02:00"),
        ([(60, b"123005-0330"), (55, b"20190704")], "2019-07-04T12:30:05-03:30"),
        ([(55, b"20190704"), (60, b"123005")], "2019-07-04T12:30:05"),
        ([(55, b"20190704"), (60, b"12:30:05")], "2019-07-04T12:30:05"),
        ([(55, b"2019-07-04"), (60, b"123005+0200")], "2019-07-04T12:30:05+02:00"),
        ([(55, b"20190704")], "2019-07-04"),
        ([(55, b"20190704"), (60, b"      ")], "2019-07-04"),
        ([(55, b"20190704"), (60, b"996199")], "2019-07-04"),
        ([(55, b"20190700"), (60, b"123005")], "2019-07"),
        ([(55, b"20190000")], "2019"),
        ([(55, b"00000000"), (60, b"000000+0000")], None),
        ([(60, b"123005+0200")], None),
        ([(62, b"20190704"), (63, b"123005+0200")], "2019-07-04T12:30:05+02:00"),
        ([(62, b"20210101"), (63, b"000001"), (55, b"20190704"), (60, b"123005")], "2019-07-04T12:30:05"),
        ([(5, b"a title"), (120, "Geschütz".encode()), (55, b"20190704")], "2019-07-04"),
        ([(55, b"20190704\0"), (60, b"123005\0")], "2019-07-04T12:30:05"),
    ],
)
def test_dates(datasets: list[tuple[int, bytes]], expected: str | None) -> None:
    assert taken_at(*datasets) == expected


def test_only_the_application_record_counts() -> None:
    envelope = iptc((55, b"20190704")).replace(b"\x1c\x02", b"\x1c\x01")
    assert read_iptc(envelope) == Reading()
    assert read_iptc(envelope + iptc((55, b"20190705"))).times[0].time.text == "2019-07-05"


def test_a_long_dataset() -> None:
    long = b"\x1c\x02\x78\x80\x04" + (70_000).to_bytes(4, "big") + b"x" * 70_000
    assert read_iptc(long + iptc((55, b"20190704"))).times[0].time.text == "2019-07-04"


def test_resources() -> None:
    content = iptc((55, b"20190704"))
    for name in (b"", b"a", b"odd", b"even"):
        assert iptc_of_resources(resources(content, name=name))[: len(content)] == content
    assert iptc_of_resources(resources(content, 0x0405)) == b""
    assert [iptc_of_resources(part) for part in (b"", b"8BIM", b"8BIM\x04\x04\xff", b"no resources")] == [b""] * 4


@pytest.mark.parametrize("seed", range(10))
def test_every_mutation_is_survived(seed: int) -> None:
    chance, sound = random.Random(seed), resources(iptc((5, b"title"), (55, b"20190704"), (60, b"123005+0200")))
    for _ in range(500):
        data = bytearray(sound)
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        del data[chance.randrange(len(data)) if chance.random() < 0.3 else len(data) :]
        assert isinstance(read_iptc(iptc_of_resources(bytes(data))), Reading)
        assert isinstance(read_iptc(bytes(data)), Reading)
