"""Versions of a data-set library: named by number, or by the moment that is looked back to."""

from __future__ import annotations

from datetime import datetime, time, timezone
from typing import Any

from indexer.addresses import PICTURES
from indexer.data_sets.lance_tables import open_table
from indexer.data_sets.sentences import missing, sentences, shown
from indexer.errors import InvalidRequest


def open_version(address: str, as_of: int | str | None) -> Any:
    """Open the pictures of a library as they were: at a version by number, or at a moment (ISO 8601).

    A day means its end, and a moment without an offset is local time. Raises LibraryMissing, InvalidRequest if there
    is no such version, LibraryError.
    """
    is_number = as_of is not None and str(as_of).isdecimal()
    if is_number and (there := open_table(address, PICTURES, int(str(as_of)))) is not None:
        return there  # without a look at the newest, which may be damaged
    moment = None if as_of is None or is_number else _moment(str(as_of))
    newest = open_table(address, PICTURES)
    if newest is None:
        raise missing(address)
    if as_of is None:
        return newest
    with sentences(address):
        numbers = sorted(reference["version"] for reference in newest.version_refs())
        wanted = None if moment is None else version_at(newest, numbers, moment)
        if wanted is None:
            raise InvalidRequest(_no_such_version(address, as_of, newest, numbers))
        return newest.checkout_version(wanted)


def made_at(dataset: Any) -> datetime:
    """Return when the version that a dataset is at was made."""
    made: datetime = dataset.get_version()["timestamp"]
    return made.astimezone()


def version_at(newest: Any, numbers: list[int], moment: datetime) -> int | None:
    """Return the number of the newest version that was made up to a moment, by halving: each look reads a manifest."""
    low, high = 0, len(numbers)
    while low < high:
        middle = (low + high) // 2
        if made_at(newest.checkout_version(numbers[middle])) <= moment:
            low = middle + 1
        else:
            high = middle
    return numbers[low - 1] if low else None


def _moment(text: str) -> datetime:
    """Return the moment that a text names."""
    try:
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00").replace("z", "+00:00"))
    except ValueError as error:
        raise InvalidRequest(
            f"{text!r} is no version; give its number, or a moment such as 2026-03-31 or 2026-03-31T18:00."
        ) from error
    is_day = len(text.strip()) <= len("2026-03-31")
    return (datetime.combine(moment, time.max) if is_day else moment).astimezone()


def _no_such_version(address: str, as_of: int | str, newest: Any, numbers: list[int]) -> str:
    oldest = made_at(newest.checkout_version(numbers[0])).astimezone(timezone.utc)
    kept = f"it has {numbers[0]} to {numbers[-1]}, the oldest of {oldest.isoformat(timespec='seconds')}"
    return f"There is no version {as_of} of the library {shown(address)}: {kept}."
