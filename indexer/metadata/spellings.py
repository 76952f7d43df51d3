"""Dates as cameras and programs write them, whatever the specifications say.

What can be read in two ways is not guessed: 04/07/2019 is only "2019". With dots the day comes first, as in the
filters of a query. EXIF's own order, year, month, day, is tried first.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from indexer.metadata.clocks import clock_of
from indexer.metadata.months import month_of
from indexer.metadata.texts import raw_text
from indexer.metadata.timestamps import Timestamp, from_epoch, timestamp

LONGEST = 64  # characters; the longest spellings have some 40

_EAST_ASIAN = str.maketrans({"年": "-", "月": "-", "년": "-", "월": "-", "日": " ", "일": " "})
_EAST_ASIAN_CLOCK = str.maketrans(
    {"時": ":", "时": ":", "点": ":", "시": ":", "分": ":", "분": ":", "秒": " ", "초": " "}
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(?:(\d\d)((?:\d{4}|\d{6,9})?(?!\d).*))?", re.S)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d+)?")
_YEAR_FIRST = re.compile(
    r"(\d{4})(?![\da-z])(?:\s*[:/._\-\s]\s*(\d{1,2})(?!\d)(?:\s*[:/._\-\s]\s*(\d{1,2})(.*))?)?", re.S
)
_YEAR_LAST = re.compile(r"(\d{1,2})\s*([:/.\-\s])\s*(\d{1,2})\s*\2\s*(\d{4}|\d\d)(?!\d)(.*)", re.S)
_WORD = r"([^\W\d_]{3,})\.?"
_GAP = r"[\s\-/.,]*(?:(?:of|de|del)(?![^\W\d_])|d')?\s*"
_DAY = r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|[oa](?![^\W\d_]))?"
_DAY_NAME_YEAR = re.compile(rf"{_DAY}{_GAP}{_WORD}{_GAP}(\d{{4}})(?!\d)(.*)", re.S)
_NAME_DAY_YEAR = re.compile(rf"{_WORD}\s+{_DAY}[,\s]+(\d{{4}})(?![\d:])(.*)", re.S)
_YEAR_NAME_DAY = re.compile(rf"(\d{{4}}){_GAP}{_WORD}{_GAP}(\d{{1,2}})(?!\d)(.*)", re.S)
_CTIME = re.compile(rf"{_WORD}\s+{_DAY}\s+(\d{{1,2}}:\S+.*?)\s(?<!\d)(\d{{4}})(?!\d)", re.S)  # Thu Jul  4 12:30:05 2019
_PDF = re.compile(r"d:(\d{4}(?:\d\d)*)(?:([+\-z]\d\d)'(\d\d)'?)?.*")  # D:20190704123005+02'00'
# About, and the seasons: only the year is sure.
_ABOUT = (
    "c|ca|circa|about|approx|approximately|around|um|vers|environ|hacia|cerca de|spring|summer|autumn|fall|winter"
    "|frühling|frühjahr|sommer|herbst|printemps|été|automne|hiver|primavera|verano|otoño|invierno|estate|autunno|inverno|easter"
    "|christmas|ostern|weihnachten"
)
_YEAR_ALONE = re.compile(
    rf"(?:(?:{_ABOUT})\b\.?[\s,]*|~\s*)(?:(?:of|in)\s+)?(\d{{4}})\b|(\d{{4}})[\s,]+(?:{_ABOUT})\.?"
)
_NAME_YEAR = re.compile(rf"{_WORD}{_GAP}(\d{{4}})(?!\d)")


def parse_timestamp(value: Any) -> Timestamp | None:
    """Return what a value of any type says of a date; None if it is none, blank, all zeroes or no date of a photo."""
    text = _plain(raw_text(value)) if isinstance(value, str | bytes | int | float) else ""
    if not any(letter.isdigit() for letter in text):
        return None
    readers = (_epoch, _compact, _year_first, _year_last, _named)
    return next((read for reader in readers if (read := reader(text))), None)


def _plain(text: str) -> str:
    """Return a text in lower case with ASCII digits and blanks, and East Asian dates with separators."""
    text = unicodedata.normalize("NFKC", text[:LONGEST]).lower().replace("\u2212", "-").replace("i\u0307", "i")
    digits = (str(unicodedata.decimal(letter, letter)) for letter in text)  # Arabic, Persian, Indian ones
    text = "".join(digits).translate(_EAST_ASIAN).translate(_EAST_ASIAN_CLOCK)
    return "".join(letter if letter.isprintable() else " " for letter in text).strip(" \t'\"()[]")


def _epoch(text: str) -> Timestamp | None:
    """Read seconds or milliseconds since 1970."""
    if not _EPOCH.fullmatch(text):
        return None
    digits = text.partition(".")[0]
    return from_epoch(int(digits[:10]), int(digits[10:]) if digits[10:] else None)


def _compact(text: str) -> Timestamp | None:
    """Read 20190704123005, 20190704T123005Z, 20190704 12:30, 20190704 and 201907."""
    if pdf := _PDF.fullmatch(text):
        text = pdf[1] + (f"{pdf[2]}:{pdf[3]}" if pdf[2] else "")
    match = _COMPACT.fullmatch(text)
    if match is None:
        return None
    year, month, day, rest = match.groups()
    return timestamp(int(year), int(month), int(day or 0), clock_of(rest or ""))


def _year_first(text: str) -> Timestamp | None:
    """Read 2019:07:04 12:30:05 with any separators, one digit for two, and blanks where something is not known."""
    match = _YEAR_FIRST.match(text)
    if match is None:
        return None
    year, month, day, rest = match.groups()
    if month is None and re.search(r"[^\W\d_]{3}", text):
        return None  # a month's name follows
    return timestamp(int(year), int(month or 0), int(day or 0), clock_of(rest or ""))


def _year_last(text: str) -> Timestamp | None:
    """Read 04.07.2019 and what else has one meaning; of 04/07/2019 only the year."""
    match = _YEAR_LAST.match(text)
    if match is None:
        return None
    first, mark, second, last, rest = match.groups()
    if len(last) == 2:
        return _short_year(int(first), mark, int(second), int(last), rest)
    if mark == "." or int(first) > 12 or int(first) == int(second):
        return timestamp(int(last), int(second), int(first), clock_of(rest))
    if int(second) > 12:
        return timestamp(int(last), int(first), int(second), clock_of(rest))
    return timestamp(int(last))


def _short_year(first: int, mark: str, second: int, last: int, rest: str) -> Timestamp | None:
    """Read a year of two digits: 04.07.19, EXIF's 19:07:04 with a time, and what else has one meaning."""
    clock = clock_of(rest)
    if mark == "." and first <= 31:
        return timestamp(_century(last), second, first, clock)
    if first > 31 or (mark == ":" and clock is not None):
        return timestamp(_century(first), second, last, clock)
    if second > 12 and mark != ":":
        return timestamp(_century(last), first, second, clock)
    return None


def _century(year: int) -> int:
    """Return a year of two digits in full: from 1970 on, as cameras have written dates into files."""
    return year + (1900 if year >= 70 else 2000)


def _named(text: str) -> Timestamp | None:
    """Read 4 July 2019 12:30, Jul 4, 2019, Thu Jul  4 12:30:05 2019 and July 2019, in several languages."""
    for pattern, order in (
        (_DAY_NAME_YEAR, (3, 2, 1, 4)),
        (_NAME_DAY_YEAR, (3, 1, 2, 4)),
        (_YEAR_NAME_DAY, (1, 2, 3, 4)),
    ):
        if (match := pattern.search(text)) and (month := month_of(match[order[1]])):
            return timestamp(int(match[order[0]]), month, int(match[order[2]]), clock_of(match[order[3]]))
    if (match := _CTIME.search(text)) and (month := month_of(match[1])):
        return timestamp(int(match[4]), month, int(match[2]), clock_of(match[3]))
    if (match := _NAME_YEAR.search(text)) and (month := month_of(match[1])):
        return timestamp(int(match[2]), month)
    match = _YEAR_ALONE.fullmatch(text)
    return timestamp(int(match[1] or match[2])) if match else None
