"""Times of day as programs write them: 12:30:05.25+02:00, 9: 5: 3, 02:30:05 PM, 123005Z, 12.30.05, 12h30."""

from __future__ import annotations

import re

from indexer.metadata.timestamps import Clock

# Before or after the time; the text is in lower case.
MORNING = ("am", "上午", "午前", "오전", "π.μ.", "πμ", "ص")
AFTERNOON = ("pm", "下午", "午後", "오후", "μ.μ.", "μμ", "م")

_HALF = re.compile("|".join([r"(?<![^\W\d_])[ap]m(?![^\W\d_])", *map(re.escape, (*MORNING[1:], *AFTERNOON[1:]))]))
_SPACED_HALF = re.compile(r"(?<![^\W\d_])([ap])\.?\s?m(?![^\W\d_])\.?")  # "p. m." and "P.M."
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
_LEADING = re.compile(r"(?::(?=\d))?[\s,;@t_\-]*(?:at|um|à|as|às|alle|kl\.?|om|a las)?\s*")


def clock_of(text: str) -> Clock | None:
    """Return the time of day that a text in lower case starts with; None if there is none, or no such time."""
    is_afternoon, text = _half_of_day(text)
    rest = text[match.end() :] if (match := _LEADING.match(text)) else text
    for pattern in (_COLONS, _WORDS, _OTHERS, _COMPACT):
        if match := pattern.match(rest):
            return _clock(match.groupdict(), is_afternoon)
    return None


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


def _half_of_day(text: str) -> tuple[bool | None, str]:
    """Return whether it is after noon (None if that is not said), and the text without the word for it."""
    text = _SPACED_HALF.sub(r" \1m ", text, count=1)
    match = _HALF.search(text)
    if match is None:
        return None, text
    return match[0] in AFTERNOON, f"{text[: match.start()]} {text[match.end() :]}"
