"""Times of day as programs write them: 12:30:05.25+02:00, 9: 5: 3, 02:30:05 PM, 123005Z, 12.30.05, 12h30."""

from __future__ import annotations

import re
from collections.abc import Iterable

from indexer.metadata.timestamps import Clock

LONGEST = 255  # characters that are looked at; some patterns below take time that grows with their square

# Halves of the day, before or after the time, in lower case. The East Asian ones may touch other words.
_AM = ("dop.", "dop", "de.", "f.m.", "ap.", "öö", "πμ", "π.μ.", "ص", "ق.ظ.", "ق.ظ", "पूर्वाह्न")
_PM = ("odp.", "odp", "pop.", "du.", "e.m.", "ip.", "ös", "μμ", "μ.μ.", "م", "ب.ظ.", "ب.ظ", "अपराह्न")
_EAST_AM, _EAST_PM = ("上午", "午前", "오전", "凌晨"), ("下午", "午後", "오후")
_AFTERNOON = {*_PM, *_EAST_PM}

# What stands between a date and its time, in file names and elsewhere.
_WORDS_BEFORE = (
    *("at", "um", "à", "à(s)", "às", "as", "a las", "a la(s)", "a les", "alle", "ore", "om", "kl.", "kl", "klo"),
    *("kello", "kell", "o", "w", "v", "ve", "u", "ob", "la", "saat", "lúc", "pukul", "plkst.", "в", "о", "у", "στις"),  # noqa: RUF001
    *("في", "ساعت"),
)


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern for any of the words, the longest that fits."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_ALONE = r"(?![^\W\d_])"
_HALF = (
    rf"(?:(?:(?<![^\W\d_])(?:[ap]\.?\s?m{_ALONE}\.?|(?:{_any_of((*_AM, *_PM))}){_ALONE}))"
    rf"|{_any_of((*_EAST_AM, *_EAST_PM))})"
)
# From the end of a date to the digits of its time, also within the pattern of a file name.
BEFORE_TIME = (
    rf"(?::(?=\d))?[\s,.;@t_\-]*(?:(?:{_any_of(_WORDS_BEFORE)}){_ALONE}[\s,]*|的\s*)?(?:(?P<half>{_HALF})[\s,:]*)?"
)
_LEADING = re.compile(BEFORE_TIME)
_HALF_AFTER = re.compile(rf"(?P<time>[\d\s:.,\-_+h]*\d[ms]?[\s._\-,]*)(?P<half>{_HALF})")
_LETTER_AFTER = re.compile(r"(?P<time>[\d\s:.]*\d\s*)(?P<half>[ap])\.?(?![^\W_])")
# Behind a time of 24 hours: zones, and words for hours, minutes and seconds. "ÿ" fills up fields.
_WORD_AFTER = re.compile(r"[\s,_(\[]*(?P<word>[^\W\d_ÿ].*)")
_OF_24_HOURS = re.compile(
    r"(?:z|ut|utc|gmt|dst|msk|msd|(?:mes|me|oe|we)z|met|wib|wita|wit|hst|[a-z]{1,3}[sd]?t|[a-z]|uhr|hrs?|hs|hours?|horas?"
    r"|heures?|ore|uur|час|ч|godz|min|sec|seg|ms|(?:mon|tue|wed|thu|fri|sat|sun)(?:[a-z]*day)?|[a-z]+/[a-z_]+)(?![^\W_])"
    r"|.*(?:\btime|zeit)\b"
)
_ZONE = r"\s*(?:(?P<utc>z|utc|gmt)(?![a-z]))?\s*(?P<offset>[+\-]\s?\d{1,2}(?::?\d{2})?(?!\d))?"
_COLONS = re.compile(
    r"(?P<hour>\d{1,2})\s*:\s*(?P<minute>\d{1,2})(?:\s*:\s*(?P<second>\d{1,2})(?:\s?[.,:](?P<fraction>\d+))?)?" + _ZONE
)
_OTHERS = re.compile(  # no offset: in 12-30-05-123 it is none
    r"(?P<hour>\d{1,2})\s*(?P<mark>[.\-_\s])\s*(?P<minute>\d{1,2})"
    r"(?:\s*(?P=mark)\s*(?P<second>\d{1,2})(?:[.,\-_](?P<fraction>\d{3})(?!\d))?)?(?!\d)"
)
_WORDS = re.compile(r"(?P<hour>\d{1,2})\s?h\s?(?P<minute>\d{2})(?:\s?m(?:in)?\s?(?P<second>\d{1,2})\s?s?)?(?!\d)")
_COMPACT = re.compile(r"(?P<hour>\d{2})(?P<minute>\d{2})(?:(?P<second>\d{2})[.,]?(?P<fraction>\d*))?(?!\d)" + _ZONE)


def clock_of(text: str, is_free: bool = False) -> Clock | None:
    """Return the time of day that a text in lower case starts with; None if there is none, or no such time.

    Behind a time of 12 hours an unknown word may be one for a half of the day, so that the time has two meanings and is
    none, unless any text may follow (`is_free`), as in a file's name.
    """
    is_afternoon, rest = _half_of_day(text[:LONGEST], is_free)
    for pattern in (_COLONS, _WORDS, _OTHERS, _COMPACT):
        if match := pattern.match(rest):
            clock = _clock(match.groupdict(), is_afternoon)
            has_two_meanings = is_afternoon is None and not is_free and _may_be_half(clock, rest[match.end() :])
            return None if has_two_meanings else clock
    return None


def _may_be_half(clock: Clock | None, rest: str) -> bool:
    """Return whether an unknown word follows that may say which half of the day is meant."""
    if clock is None or clock.offset or not 1 <= clock.hour <= 12:
        return False
    match = _WORD_AFTER.match(rest)
    return match is not None and not _OF_24_HOURS.match(match["word"])


def offset_of(text: str) -> str | None:
    """Return an offset from UTC, "+02:00", from "+02:00", "+0200", "+2", "Z" or "UTC+2"; None for anything else."""
    match = re.fullmatch(_ZONE, text.strip().lower().replace("\u2212", "-"), re.ASCII)
    if match is None or not (match["utc"] or match["offset"]):
        return None
    return _offset(match["offset"]) if match["offset"] else "+00:00"


def milliseconds(fraction: str) -> int | None:
    """Return the milliseconds of the digits after a decimal point: 120 for "12"; None for anything else."""
    digits = fraction.strip()
    return int(f"{digits}00"[:3]) if digits.isascii() and digits.isdecimal() else None


def _clock(parts: dict[str, str | None], is_afternoon: bool | None) -> Clock | None:
    """Return the time of a match, None if there is no such time."""
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    if is_afternoon is not None and hour <= 12:
        hour = hour % 12 + 12 * is_afternoon
    if hour > 24 or minute > 59 or second > 60:
        return None
    offset = _offset(parts["offset"]) if parts.get("offset") else "+00:00" if parts.get("utc") else ""
    return Clock(hour, minute, second, milliseconds(parts.get("fraction") or ""), offset or "")


def _offset(text: str | None) -> str | None:
    """Return "+2", "+0200" or "+02:00" as "+02:00"; None for one that no place on earth has."""
    match = re.fullmatch(r"([+-])\s?(\d{1,2}):?(\d{2})?", text or "")
    if match is None or int(match[2]) > 14 or int(match[3] or 0) > 59:
        return None
    return f"{match[1]}{int(match[2]):02}:{match[3] or '00'}"


def _half_of_day(text: str, is_free: bool) -> tuple[bool | None, str]:
    """Return whether it is after noon (None if that is not said), and the time without what is around it."""
    leading = _LEADING.match(text)
    rest = text[leading.end() :] if leading else text
    if leading and leading["half"]:
        return _is_afternoon(leading["half"]), rest
    match = _HALF_AFTER.match(rest) or (None if is_free else _LETTER_AFTER.match(rest))
    if match is None:
        return None, rest
    return _is_afternoon(match["half"]), f"{match['time']} {rest[match.end() :]}"


def _is_afternoon(half: str) -> bool:
    return half in _AFTERNOON or half.startswith("p")
