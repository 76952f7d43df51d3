"""The date in a file's name, where cameras, phones, messengers and screenshot programs write it.

Only years first, as IMG_20190704_123005 and Screenshot 2021-01-11 at 12.30.05 have them, and times in milliseconds
behind prefixes that always have one. Digits that may be a number or part of a longer one are no date.
"""

from __future__ import annotations

import re
import unicodedata

from indexer.metadata.clocks import BEFORE_TIME, clock_of
from indexer.metadata.metadata import Reading, dated
from indexer.metadata.timestamps import Clock, Timestamp, from_epoch, timestamp

LONGEST = 255  # characters of a name that are looked at

_EAST = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"  # Japanese, Chinese and Korean letters
_YEAR, _MONTH, _DAY = r"(?P<year>(?:19|20)\d\d)", r"(?P<month>0[1-9]|1[0-2])", r"(?P<day>0[1-9]|[12]\d|3[01])"
_TIME = r"(?P<time>[01]\d[0-5]\d[0-5]\d|2[0-3][0-5]\d[0-5]\d)(?P<fraction>\d{3})?(?!\d)"
# IMG_20190704_123005, IMG20190704123005, PXL_20210704_123005123, 2019_0704_123005: no other digit touches it.
_COMPACT = re.compile(rf"(?<!\d){_YEAR}_?{_MONTH}{_DAY}[_\- T]?{_TIME}", re.A)
# Six digits of a time among separators: WIN_20190704_12_30_05_Pro, signal-2019-07-04-123005, 2019-07-04 at 12.30.05.
_PARTS = re.compile(
    rf"(?<!\d){_YEAR}(?P<mark>[-_.: ]?){_MONTH}(?P=mark){_DAY}(?!\d)"
    rf"(?P<rest>{BEFORE_TIME}"
    r"(?:\d{1,2}h\d\dm\d\d(?!\d)|\d{1,2}h\d\dm\d\ds|\d{1,2}[.:\-_ ]\d\d[.:\-_ ]\d\d(?!\d)(?:[.\-_]\d{3}(?!\d))?"
    r"|\d{6}(?:\d{3})?(?!\d)).*)",
    re.I,
)
# The day comes first only where Telegram's export writes it: photo_5@04-07-2019_12-30-05.
_TELEGRAM = re.compile(rf"[a-z_]+_\d+@{_DAY}-{_MONTH}-{_YEAR}_(?P<rest>\d\d-\d\d-\d\d(?!\d).*)", re.I)
# A day alone stands by itself: IMG-20190704-WA0001, 2019-07-04, Scan_20190704. Digits before it, as in a telephone
# number (0151 20190704), or letters that touch it make it something else; but East Asian words may touch it.
_DAY_ALONE = re.compile(
    rf"(?<![^\W_{_EAST}])(?<!\d[ .\-+(/])(?<!\+){_YEAR}(?P<mark>[-_.]?){_MONTH}(?P=mark){_DAY}"
    rf"(?![^\W_{_EAST}])(?![.\-+ ]?\d{{5}})"
)
_EPOCH = re.compile(r"(?:(?:FB_IMG|FB_VID|mmexport|wx_camera)_?|RPReplay_Final)(1\d{9})(\d{3})?(?!\d)", re.I)
_PIXEL = re.compile(r"PXL_", re.I)  # the camera of Pixel phones counts in UTC


def read_file_name(name: str) -> Reading:
    """Return what a file's name, without its folder, says of the time."""
    return Reading(dated(("file-name", time_in_name(name))))


def time_in_name(name: str) -> Timestamp | None:
    """Return the time in a file's name; to the day if it has no time of day, None if it has no date."""
    stem = unicodedata.normalize("NFC", name[:LONGEST])  # macOS takes accents apart
    stem = stem.rpartition(".")[0] or stem
    if match := _EPOCH.match(stem):
        return from_epoch(int(match[1]), int(match[2]) if match[2] else None)
    offset = "+00:00" if _PIXEL.match(stem) else ""
    if match := _COMPACT.search(stem):
        digits, fraction = match["time"], match["fraction"]
        clock = Clock(int(digits[:2]), int(digits[2:4]), int(digits[4:]), int(fraction) if fraction else None, offset)
        return _of(match, clock)
    if match := _PARTS.search(stem) or _TELEGRAM.match(stem):
        return _of(match, clock_of(match["rest"].lower(), is_free=True))
    return _of(match, None) if (match := _DAY_ALONE.search(stem)) else None


def _of(match: re.Match[str], clock: Clock | None) -> Timestamp | None:
    return timestamp(int(match["year"]), int(match["month"]), int(match["day"]), clock)
