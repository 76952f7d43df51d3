"""Places as cameras and programs write them: numbers, parts of degrees, references, texts."""

from __future__ import annotations

import math
import re
from typing import Any, NamedTuple

from indexer.metadata.texts import text_of

MOST_MINUTES, MOST_SECONDS = 60, 3600  # some programs write 75 seconds for 1 minute and 15
NORTH_SOUTH, EAST_WEST = "NS", "EW"

_NUMBER = r"\d+(?:\.\d+)?"
_MARK = r"(?:[,;:°º'\u2032\u2019\"\u2033\u201d\s]|d(?:eg)?|m(?:in)?|sec)"
_ANGLE = re.compile(
    rf"(?P<before>[nsew])?\s*(?P<sign>[+\-\u2212]?)\s*(?P<degrees>{_NUMBER})"
    rf"(?:{_MARK}+(?P<minutes>{_NUMBER})(?:{_MARK}+(?P<seconds>{_NUMBER}))?)?{_MARK}*(?P<after>[nsew][a-z]*)?",
    re.I,
)


class Place(NamedTuple):
    """Where something is, in degrees."""

    latitude: float  # north is positive
    longitude: float  # east is positive


def place_of(latitude: float | None, longitude: float | None) -> Place | None:
    """Return a place; None for half a place, for one that is not on earth, and for 0, 0.

    0, 0 is what devices write that don't know where they are.
    """
    if latitude is None or longitude is None or not (math.isfinite(latitude) and math.isfinite(longitude)):
        return None
    place = Place(round(latitude, 7), round(longitude, 7))
    if abs(place.latitude) > 90 or abs(place.longitude) > 180 or place == (0, 0):
        return None
    return place


def angle(value: Any, reference: Any, hemispheres: str, needs_reference: bool = True) -> float | None:
    """Return signed degrees of a number, of degrees, minutes and seconds, or of a text; None for what makes no sense.

    `hemispheres` are the letters of the positive and the negative one. A minus stands for the negative one whatever
    the reference says: nobody writes it by accident, but many programs write one reference for all of the earth.
    """
    if isinstance(value, str | bytes):
        return _text_angle(text_of(value) or "", reference, hemispheres, needs_reference)
    parts = [_signed(part) for part in (value if isinstance(value, tuple | list) else (value,))]
    return _signed_angle(_known(parts[:3]), _hemisphere(reference), hemispheres, needs_reference)


def _known(parts: list[float]) -> list[float]:
    """Return degrees, minutes and seconds without seconds that are unknown (0/0), which are a kilometre or two.

    Minutes may be unknown where the degrees have decimals.
    """
    while len(parts) > 1 and math.isnan(parts[-1]) and (len(parts) == 3 or parts[0] % 1):
        parts = parts[:-1]
    return parts


def _text_angle(text: str, reference: Any, hemispheres: str, needs_reference: bool) -> float | None:
    """Return the degrees of "47,22.5N", "47,22,30N", "N 47.375", "47° 22' 30\\"" or "-47.375"."""
    match = _ANGLE.fullmatch(text.strip())
    if match is None:
        return None
    parts = [float(part) for name in ("degrees", "minutes", "seconds") if (part := match[name]) is not None]
    letter = _hemisphere(match["after"] or match["before"]) or _hemisphere(reference)
    if match["sign"] in ("-", "\u2212"):
        parts = [-part for part in parts]
    # Where there is a sign, or nothing but degrees, the sign is all there is.
    return _signed_angle(parts, letter, hemispheres, needs_reference and not match["sign"])


def _signed_angle(parts: list[float], letter: str, hemispheres: str, needs_letter: bool) -> float | None:
    """Return degrees, minutes and seconds as signed degrees."""
    if not parts or not all(math.isfinite(part) for part in parts):
        return None
    is_negative = any(part < 0 for part in parts)
    if letter not in hemispheres if letter else (needs_letter and not is_negative):
        return None
    sizes = [abs(part) for part in parts]
    if any(size > most for size, most in zip(sizes[1:], (MOST_MINUTES, MOST_SECONDS), strict=False)):
        return None
    degrees = math.fsum(size / 60**power for power, size in enumerate(sizes))
    return -degrees if (is_negative or letter == hemispheres[1]) and degrees else degrees


def _hemisphere(reference: Any) -> str:
    """Return the letter of "N", "n" or "North"; "" where there is none."""
    return "" if reference is None else (text_of(reference) or "")[:1].upper()


def _signed(part: Any) -> float:
    """Return a number; one that was written as negative but stored without a sign is negative again."""
    number = float(part)
    numerator, denominator = getattr(part, "numerator", 0), getattr(part, "denominator", 1)
    if number > 360 and numerator >= 2**31 and denominator:
        return float((numerator - 2**32) / denominator)
    return number
