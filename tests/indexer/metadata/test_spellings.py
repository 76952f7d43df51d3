"""Tests of indexer.metadata.spellings."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from indexer.metadata.months import month_of
from indexer.metadata.spellings import parse_timestamp
from indexer.metadata.timestamps import Timestamp

NOON = "2019-07-04T12:30:05"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019:07:04 02:30:05 PM", "2019-07-04T14:30:05"),
        ("2019:07:04", "2019-07-04"),
        ("2019:07:  :  :  :  ", "2019-07"),
        ("2019:7:4 9:5:3", "2019-07-04T09:05:03"),
        ("2019: 7: 4  9: 5: 3", "2019-07-04T09:05:03"),
        ("20190704123005", NOON),
        ("20190704 12:30:05", NOON),
        ("20190704", "2019-07-04"),
        ("201907", "2019-07"),
        ("2019", "2019"),
        ("2019:  :     :  :  ", "2019"),
        ("2019:  :04 12:30:05", "2019"),
        ("2019:07:04   :  :  ", "2019-07-04"),
        ("2019:07:04 --:--:--", "2019-07-04"),
        ("2019:07:04 12:30:  ", "2019-07-04T12:30:00"),
        ("2019:07:04 24:10:00", "2019-07-05T00:10:00"),
        ("2019:07:04 12:29:60", "2019-07-04T12:30:00"),
        ("2019:07:00 12:30:05", "2019-07"),
        ("2019:00:00 00:00:00", "2019"),
        ("2019:07:04 12:75:00", "2019-07-04"),
        ("2019:07:04:12:30:05", NOON),
        ("2019:07:0412:30:05", NOON),
        ("2019-07-04T12:30:05Z", f"{NOON}+00:00"),
        ("2019-07-04T12:30:05.25+02:00", f"{NOON}+02:00"),
        ("2019/07/04 12:30:05", NOON),
        ("2019.07.04 12.30.05", NOON),
        ("2019_07_04 12_30_05", NOON),
        ("2019 07 04 12 30 05", NOON),
        ("19:07:04 12:30:05", NOON),
        ("97:07:04 12:30:05", "1997-07-04T12:30:05"),
        ("04.07.2019 12:30:05", NOON),
        ("04.07.19 12:30:05", NOON),
        ("13/07/2019", "2019-07-13"),
        ("07/13/2019", "2019-07-13"),
        ("07/07/2019 12:30", "2019-07-07T12:30:00"),
        ("04/07/2019 12:30:05", "2019"),  # July or April
        ("07/25/19", "2019-07-25"),
        ("04/07/19", None),
        ("4 Jul 2019 12:30:05", NOON),
        ("July 4, 2019 12:30:05 PM", NOON),
        ("Thu Jul  4 12:30:05 2019", NOON),
        ("Thu Jul  4 12:30:05 CEST 2019", NOON),
        ("Thu, 04 Jul 2019 12:30:05 +0200", f"{NOON}+02:00"),
        ("mar. 4 juil. 2019 12:30:05", NOON),
        ("4. Juli 2019, 12:30:05", NOON),
        ("2019-Jul-04 12:30:05", NOON),
        ("July 2019", "2019-07"),
        ("2019年7月4日 下午2時30分05秒", "2019-07-04T14:30:05"),
        ("2019년 7월 4일 오후 2:30", "2019-07-04T14:30:00"),
        ("٢٠١٩:٠٧:٠٤ ١٢:٣٠:٠٥", NOON),  # noqa: RUF001
        ("２０１９:07:04 12:30:05", NOON),  # noqa: RUF001
        ("2562:07:04 12:30:05", NOON),
        ("1562243405", f"{NOON}+00:00"),
        ("1562243405123", f"{NOON}+00:00"),
        ("0000:00:00 00:00:00", None),
        ("00000000", None),
        ("    :  :     :  :  ", None),
        ("2019:13:04 12:30:05", None),
        ("2019:02:30 12:30:05", None),
        ("1800:01:01 12:00:00", None),
        ("2199:01:01 12:00:00", None),
        ("12:30:05", None),
        ("20190704123", None),
        ("5551234567", None),
        ("yesterday", None),
        ("v2.4.1", None),
        ("", None),
        ("4711", None),
    ],
)
def test_spellings(text: str, expected: str | None) -> None:
    time = parse_timestamp(text)
    assert (None if time is None else time.text) == expected


@pytest.mark.parametrize(
    ("text", "ms"), [("2019-07-04T12:30:05.25", 250), ("20190704123005123", 123), ("1562243405007", 7), (NOON, None)]
)
def test_milliseconds(text: str, ms: int | None) -> None:
    time = parse_timestamp(text)
    assert time is not None and time.ms == ms


EXIF = "%Y:%m:%d %H:%M:%S"


def _twelve(form: str) -> Callable[[datetime], str]:
    """Return a writer of 12-hour times, whose marks don't depend on the system's locale."""
    return lambda moment: moment.strftime(form).replace("%p", "PM" if moment.hour >= 12 else "AM")


def _plain(form: str) -> Callable[[datetime], str]:
    return lambda moment: moment.strftime(form)


MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
WRITERS: dict[str, Callable[[datetime], Any]] = {
    "EXIF": _plain(EXIF),
    "ISO": _plain("%Y-%m-%dT%H:%M:%S"),
    "slashes": _plain("%Y/%m/%d %H:%M:%S"),
    "dots": _plain("%Y.%m.%d %H.%M.%S"),
    "German": _plain("%d.%m.%Y %H:%M:%S"),
    "compact": _plain("%Y%m%d%H%M%S"),
    "compact ISO": _plain("%Y%m%dT%H%M%S"),
    "12 hours": _twelve("%Y:%m:%d %I:%M:%S %%p"),
    "12 hours, no blank": _twelve("%Y:%m:%d %I:%M:%S%%p"),
    "12 hours, mark first": _twelve("%Y:%m:%d %%p %I:%M:%S"),
    "one digit": lambda at: f"{at.year}:{at.month}:{at.day} {at.hour}:{at.minute}:{at.second}",
    "blank-padded": lambda at: f"{at.year}:{at.month:2}:{at.day:2} {at.hour:2}:{at.minute:2}:{at.second:2}",
    "month's name": lambda at: f"{at.day} {MONTHS[at.month - 1]} {at:%Y %H:%M:%S}",
    "ctime": lambda at: f"Sun {MONTHS[at.month - 1]} {at.day:2} {at:%H:%M:%S %Y}",
    "bytes": lambda at: at.strftime(EXIF).encode() + b"\0\0junk",
    "UTF-16": lambda at: at.strftime(EXIF).encode("utf-16"),
    "UTF-16 as letters": lambda at: at.strftime(EXIF).encode("utf-16-be").decode("latin-1"),
    "Arabic digits": lambda at: at.strftime(EXIF).translate({48 + n: 0x660 + n for n in range(10)}),
    "Japanese": lambda at: at.strftime("%Y年%m月%d日 %H時%M分%S秒"),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_every_moment_in_every_spelling(writer: str) -> None:
    chance = random.Random(writer)
    for _ in range(50):
        moment = datetime(1971, 1, 2, 3, 4, 5) + timedelta(seconds=chance.randrange(1_700_000_000))
        written = WRITERS[writer](moment)
        assert parse_timestamp(written) == Timestamp(moment.isoformat()), written


# The months as the languages write them in a date.
NAMES = {
    "Polish": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "Czech": "ledna února března dubna května června července srpna září října listopadu prosince",
    "Russian": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "Ukrainian": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "Turkish": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",  # noqa: RUF001
    "Finnish": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta"
    " lokakuuta marraskuuta joulukuuta",
    "Romanian": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "Hungarian": "január február március április május június július augusztus szeptember október november december",
    "Portuguese": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "short Polish": "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "short Turkish": "Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara",
    "short Russian": "янв фев мар апр май июн июл авг сен окт ноя дек",
}


@pytest.mark.parametrize("language", NAMES)
def test_months_of_every_language(language: str) -> None:
    for month, name in enumerate(NAMES[language].split(), 1):
        for text in (f"{name} 2019", f"{name.upper()} 2019"):
            assert parse_timestamp(text) == Timestamp(f"2019-{month:02}"), text
        for form in ("4 {} 2019 14:30:05", "4. {} 2019, 14:30:05", "4 de {} de 2019 14.30.05", "2019. {} 4. 14:30:05"):
            text = form.format(name)
            assert parse_timestamp(text) == Timestamp(f"2019-{month:02}-04T14:30:05"), text
        assert parse_timestamp(f"1º de {name} de 2019") == Timestamp(f"2019-{month:02}-01")


@pytest.mark.parametrize("seed", range(10))
def test_dots_before_the_time_and_dates_of_documents(seed: int) -> None:
    chance = random.Random(seed)
    at = datetime(1971, 1, 2, 3, 4, 5) + timedelta(seconds=chance.randrange(1_700_000_000))
    day, half, short = f"{at.year}. {at.month}. {at.day}.", at.hour >= 12, at.hour % 12 or 12
    clock = f"{short}:{at:%M:%S}"
    for text in (
        f"{day} {at:%H:%M:%S}",
        at.strftime("%Y. %m. %d. %H:%M:%S"),
        f"{day} {'오후' if half else '오전'} {clock}",
        f"{day} {'du.' if half else 'de.'} {clock}",
        f"{day} {clock} {'P' if half else 'A'}",
        at.strftime("D:%Y%m%d%H%M%S"),
    ):
        assert parse_timestamp(text) == Timestamp(at.isoformat()), text
    hours, minutes = chance.randrange(12), chance.choice([0, 30, 45])
    for text in (f"+{hours:02}'{minutes:02}'", f"+{hours:02}'{minutes:02}"):
        time = parse_timestamp(at.strftime("D:%Y%m%d%H%M%S") + text)
        assert time == Timestamp(f"{at.isoformat()}+{hours:02}:{minutes:02}")
    assert parse_timestamp(at.strftime("D:%Y%m%d%H%M%SZ00'00'")) == Timestamp(f"{at.isoformat()}+00:00")


@pytest.mark.parametrize(
    "about",
    [
        "c. ",
        "c ",
        "ca. ",
        "circa ",
        "about ",
        "~",
        "Summer ",
        "summer of ",
        "Winter, ",
        "Sommer ",
        "été ",
        "verano ",
        "Easter ",
        "Herbst ",
    ],
)
def test_about_a_year_is_the_year(about: str) -> None:
    for year in (1900, 1950, 2019):
        assert parse_timestamp(f"{about}{year}") == Timestamp(str(year))
    assert parse_timestamp(f"before {about}1950") is None


def test_an_unknown_word_behind_the_time_leaves_the_day() -> None:
    assert parse_timestamp("2019:07:04 02:30:05 nachmittags") == Timestamp("2019-07-04")
    assert parse_timestamp("2019:07:04 14:30:05 nachmittags") == Timestamp("2019-07-04T14:30:05")
    assert parse_timestamp("2019:07:04 02:30:05 CEST") == Timestamp("2019-07-04T02:30:05")


@pytest.mark.parametrize("seed", range(10))
def test_noise_raises_nothing_and_gives_no_date_beyond_reason(seed: int) -> None:
    chance = random.Random(seed)
    letters = "0123456789:::---//.. TZ+pmAM年٢\0\ufeffjul"
    for _ in range(500):
        text = "".join(chance.choices(letters, k=chance.randrange(30)))
        time = parse_timestamp(chance.choice([text, text.encode()]))
        assert time is None or 1826 <= int(time.text[:4]) <= datetime.now().year + 2


@pytest.mark.parametrize("value", [None, (), (2019, 7), {}, 1e400, float("nan"), -1, object(), b"\xff\xfe", 10**30])
def test_values_of_other_types(value: Any) -> None:
    assert parse_timestamp(value) is None
    assert parse_timestamp(1562243405) == Timestamp(f"{NOON}+00:00")


def test_months() -> None:
    names = {
        1: "Januar gennaio enero janv.",
        3: "März mars maart",
        7: "juillet luglio",
        8: "août agosto",
        12: "déc Dezember",
    }
    assert {number: {month_of(name.strip(".")) for name in text.split()} for number, text in names.items()} == {
        number: {number} for number in names
    }
    assert [month_of(word) for word in ("", "Thursday", "ma", "noon")] == [None] * 4


@pytest.mark.parametrize(
    "word",
    ["List", "Dubai", "Siena", "Czech", "Arabia", "Hello", "Tour", "Temple", "Gruppe", "Style", "Journey", "Heidi"],
)
def test_other_words_are_no_months(word: str) -> None:
    assert month_of(word) is None
    assert parse_timestamp(f"{word} 2019") is None


def test_turkish_capitals() -> None:
    assert parse_timestamp("4 HAZİRAN 2019") == Timestamp("2019-06-04")
    assert parse_timestamp("4 KASIM 2019") == Timestamp("2019-11-04")
    assert parse_timestamp("4 EKİM 2019") == Timestamp("2019-10-04")
