"""Tests of indexer.metadata.file_names."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from indexer.metadata.file_names import read_file_name, time_in_name
from tests.bounded import run_bounded

SUMMER, WINTER = "2019-07-04T12:30:05", "2021-01-11T12:30:05"


@pytest.mark.parametrize(
    ("name", "expected", "ms"),
    [
        ("IMG_20190704_123005.jpg", SUMMER, None),
        ("IMG_20190704_123005", SUMMER, None),
        ("VID_20190704_123005.mp4", SUMMER, None),
        ("DSC_20190704_123005.JPG", SUMMER, None),
        ("IMG20190704123005.jpg", SUMMER, None),
        ("20190704_123005(1).jpg", SUMMER, None),
        ("20190704_123005_HDR.jpg", SUMMER, None),
        ("00000IMG_00000_BURST20190704123005123_COVER.jpg", SUMMER, 123),
        ("2019_0704_123005_001.MP4", SUMMER, None),
        ("PXL_20190704_123005123.PORTRAIT-01.jpg", f"{SUMMER}+00:00", 123),
        ("Screenshot_2021-01-11-12-30-05.png", WINTER, None),
        ("Screenshot_2021-01-11-12-30-05-123_org.example.png", WINTER, 123),
        ("Screenshot_20210111-123005_Browser.png", WINTER, None),
        ("Screenshot 2021-01-11 at 12.30.05 PM.png", WINTER, None),
        ("Screen Shot 2021-01-11 at 2.30.05\u202fPM (2).png", "2021-01-11T14:30:05", None),
        ("Bildschirmfoto 2021-01-11 um 12.30.05.png", WINTER, None),
        ("Capture d’écran 2021-01-11 à 12.30.05.png", WINTER, None),  # noqa: RUF001
        ("Screenshot_2021-01-11.png", "2021-01-11", None),
        ("IMG-20190704-WA0001.jpg", "2019-07-04", None),
        ("VID-20190704-WA0001.mp4", "2019-07-04", None),
        ("WhatsApp Image 2019-07-04 at 12.30.05.jpeg", SUMMER, None),
        ("WhatsApp Video 2019-07-04 at 2.30.05 PM (1).mp4", "2019-07-04T14:30:05", None),
        ("signal-2019-07-04-123005.jpg", SUMMER, None),
        ("signal-2019-07-04-12-30-05-123.jpg", SUMMER, 123),
        ("signal-2019-07-04-123005_002.jpeg", SUMMER, None),
        ("photo_2019-07-04_12-30-05.jpg", SUMMER, None),
        ("WIN_20190704_12_30_05_Pro.jpg", SUMMER, None),
        ("2019-07-04 12.30.05-1.jpg", SUMMER, None),
        ("2019-07-04T12:30:05.jpg", SUMMER, None),
        ("2019-07-04 beach.jpg", "2019-07-04", None),
        ("Scan_20190704.jpg", "2019-07-04", None),
        ("20190704_0001.jpg", "2019-07-04", None),  # a number, not 00:01
        ("19850612.jpg", "1985-06-12", None),
        ("vlcsnap-2019-07-04-12h30m05s123.png", SUMMER, None),
        ("Screenshot from 2019-07-04 12-30-05.png", SUMMER, None),
        ("RPReplay_Final1562243405.MP4", f"{SUMMER}+00:00", None),
        ("FB_IMG_1562243405123.jpg", f"{SUMMER}+00:00", 123),
        ("mmexport1562243405123.jpg", f"{SUMMER}+00:00", 123),
    ],
)
def test_names_with_a_date(name: str, expected: str, ms: int | None) -> None:
    timestamp = time_in_name(name)
    assert timestamp is not None
    assert (timestamp.text, timestamp.ms) == (expected, ms)
    (reading,) = read_file_name(name).times
    assert reading == ("file-name", timestamp)


@pytest.mark.parametrize(
    "name",
    [
        "IMG_4915112345678.jpg",
        "IMG_1234.jpg",
        "DSC_0001.jpg",
        "100_1907.jpg",
        "P1040704.JPG",
        "1562243405123.jpg",
        "2015551234.jpg",
        "12345678.jpg",
        "20190704123.jpg",
        "IMG_0120190704.jpg",
        "9320190704123005.jpg",
        "12019070412300512.jpg",
        "order-20190704123.jpg",
        "+49 20190704.jpg",
        "+20190704.jpg",
        "0151-20190704.jpg",
        "0049 20190704 12.jpg",
        "555-2019-0704.jpg",
        "20190704-5551234567.jpg",
        "a20190704b.jpg",
        "DSC_20190799.jpg",
        "2019-13-04.jpg",
        "2019-02-30.jpg",
        "20191904_123005.jpg",
        "29991231_235959.jpg",
        "17991231_235959.jpg",
        "FB_IMG_9962243405123.jpg",
        "beach.jpg",
        ".jpg",
        "",
        "\udcff\udcfe.jpg",
    ],
)
def test_names_without_one(name: str) -> None:
    assert time_in_name(name) is None


FORMS: dict[str, str] = {
    "phone": "IMG_%Y%m%d_%H%M%S.jpg",
    "no marks": "VID%Y%m%d%H%M%S.mp4",
    "Samsung": "%Y%m%d_%H%M%S.heic",
    "Android's screenshots": "Screenshot_%Y-%m-%d-%H-%M-%S.png",
    "macOS": "Screenshot %Y-%m-%d at %H.%M.%S.png",
    "WhatsApp": "WhatsApp Image %Y-%m-%d at %H.%M.%S.jpeg",
    "Signal": "signal-%Y-%m-%d-%H%M%S.jpg",
    "Telegram": "photo_%Y-%m-%d_%H-%M-%S.jpg",
    "Dropbox": "%Y-%m-%d %H.%M.%S.jpg",
    "Windows": "WIN_%Y%m%d_%H_%M_%S_Pro.jpg",
    "letters, no last": "%Y-%m-%d_%Hh%Mm%S.jpg",
    "letters": "vlcsnap-%Y-%m-%d-%Hh%Mm%Ss123.png",
    "drone": "DJI_%Y%m%d%H%M%S_0001_D.JPG",
    "edited": "IMG_%Y%m%d_%H%M%S-edited(2).jpg",
}


@pytest.mark.parametrize("form", FORMS)
def test_every_moment_in_every_form(form: str) -> None:
    chance = random.Random(form)
    for _ in range(50):
        moment = datetime(1990, 1, 1) + timedelta(seconds=chance.randrange(1_100_000_000))
        timestamp = time_in_name(moment.strftime(FORMS[form]))
        assert timestamp is not None and timestamp.text == moment.isoformat(), moment.strftime(FORMS[form])


# What stands between day and time in the names of screenshots and messengers.
BEFORE = "at|um|à|à(s)|às|a las|a la(s)|a les|alle|ore|om|kl.|kl|klo|kello|o|w|v|ve|u|la|saat|pukul|的|в|о|في"  # noqa: RUF001


@pytest.mark.parametrize("word", BEFORE.split("|"))
def test_words_before_the_time_in_both_forms_of_accents(word: str) -> None:
    chance = random.Random(word)
    for form in ("NFC", "NFD"):
        for template in (
            "Bild %Y-%m-%d {} %H.%M.%S.png",
            "%Y-%m-%d, {} %H.%M.%S (2).jpg",
            "a_%Y-%m-%d {} %H-%M-%S.jpg",
        ):
            moment = datetime(1990, 1, 1) + timedelta(seconds=chance.randrange(1_100_000_000))
            name = unicodedata.normalize(form, moment.strftime(template).replace("{}", word))
            timestamp = time_in_name(name)
            assert timestamp is not None and timestamp.text == moment.isoformat(), name


HALVES = {
    "上午": 0,
    "下午": 12,
    "午前": 0,
    "午後": 12,
    "오전": 0,
    "오후": 12,
    "AM": 0,
    "PM": 12,
    "p.m.": 12,
    "μ.μ.": 12,
}


@pytest.mark.parametrize("half", HALVES)
def test_halves_of_the_day_before_and_after_the_time(half: str) -> None:
    for hour in range(1, 13):
        expected = f"2021-01-11T{HALVES[half] + hour % 12:02}:30:05"
        for name in (
            f"截屏2021-01-11 {half}{hour}.30.05.png",
            f"스크린샷 2021-01-11 {half} {hour}.30.05.png",
            f"Screenshot 2021-01-11 at {hour}.30.05\u202f{half}.png",
            f"截屏2021-01-11 的 {half}{hour}.30.05 (2).png",
        ):
            timestamp = time_in_name(unicodedata.normalize("NFD", name))
            assert timestamp is not None and timestamp.text == expected, name


@pytest.mark.parametrize("kind", ["photo", "video", "file", "round_video"])
def test_exports_of_telegram_have_the_day_first(kind: str) -> None:
    chance = random.Random(kind)
    for number in range(20):
        moment = datetime(1990, 1, 1) + timedelta(seconds=chance.randrange(1_100_000_000))
        timestamp = time_in_name(
            moment.strftime(f"{kind}_{number}@%d-%m-%Y_%H-%M-%S{chance.choice(['', '_thumb'])}.jpg")
        )
        assert timestamp is not None and timestamp.text == moment.isoformat()
    assert time_in_name("a@04-07-2019_12-30-05.jpg") is None


@pytest.mark.parametrize(
    "name", ["截屏2021-01-11.png", "照片20210111.jpg", "写真2021_01_11の.jpg", "사진 2021-01-11.jpg"]
)
def test_east_asian_words_touch_a_day(name: str) -> None:
    timestamp = time_in_name(name)
    assert timestamp is not None and timestamp.text == "2021-01-11"


def test_words_behind_the_time_are_no_halves_of_the_day() -> None:
    for words in ("I am here", "_Pro", " p", "-a", " HDR", " amsterdam", "_b", " du", " em Roma"):
        timestamp = time_in_name(f"2019-07-04 02.30.05{words}.jpg")
        assert timestamp is not None and timestamp.text == "2019-07-04T02:30:05", words


NUMBERS: dict[str, Callable[[random.Random], str]] = {
    "telephone": lambda chance: f"+{chance.randrange(1, 99)}{chance.randrange(10**9, 10**11)}",
    "spaced telephone": lambda chance: f"0{chance.randrange(10**3)} {chance.randrange(10**7, 10**8)}",
    "chat": lambda chance: f"received_{chance.randrange(10**14, 10**16)}",
    "photo id": lambda chance: f"{chance.randrange(10**9, 10**11)}_{chance.randrange(10**9, 10**11)}_o",
    "hash": lambda chance: f"{chance.getrandbits(128):032x}",
    "counter": lambda chance: f"DSC{chance.randrange(10**5):05}",
    "milliseconds": lambda chance: f"{chance.randrange(10**12, 2 * 10**12)}",
}


@pytest.mark.parametrize("kind", NUMBERS)
def test_arbitrary_digits_are_no_date(kind: str) -> None:
    chance = random.Random(kind)
    names = [f"{NUMBERS[kind](chance)}.jpg" for _ in range(2000)]
    assert [name for name in names if time_in_name(name)] == []


def test_the_longest_and_worst_names_come_to_an_end() -> None:
    run_bounded("""
from indexer.metadata.file_names import time_in_name
names = ["2019-07-04" + " " * 240 + "x", "2019" * 60, "1" * 255, "20190704-" * 28, "2019-07-04 at " * 18]
for name in names * 20:
    time_in_name(name)
""")
