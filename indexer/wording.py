"""Numbers as people read them: "1 picture was", "2 pictures were", "larger than 2 MiB", "3.1 MB", "1:02:03"."""

from __future__ import annotations

_UNITS = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"), (1, "bytes"))
_IRREGULAR = {"copy": "copies", "class": "classes", "query": "queries"}


def counted(number: int, what: str, form: str = "") -> str:
    """Return a number of things, such as "1 file" or "2 files"; written as `form` says, such as "," for thousands.

    What stands before the last word of `what` is left as it is: "1 empty folder", "2 empty folders".
    """
    before, blank, last = what.rpartition(" ")
    plural = _IRREGULAR.get(last, last + "s")
    return f"{number:{form}} {before}{blank}{last if number == 1 else plural}"


def agreeing(number: int, one: str, several: str) -> str:
    """Return the verb or pronoun that goes with a number of things: agreeing(2, "was", "were") is "were"."""
    return one if number == 1 else several


def doing(number: int, what: str, one: str, several: str, form: str = "") -> str:
    """Return a number of things with their verb: doing(1, "picture", "is", "are") is "1 picture is"."""
    return f"{counted(number, what, form)} {agreeing(number, one, several)}"


def too_large(largest: int) -> str:
    """Return what a file of more bytes is, such as "larger than 16 MiB"."""
    unit, name = next((unit, name) for unit, name in _UNITS if largest >= unit)
    return f"larger than {largest // unit:,} {name}"


def human_size(count: int) -> str:
    """Return a number of bytes as people read it."""
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def clock(seconds: float) -> str:
    """Return a time in a video as players show it: "0:01", "1:02:03"."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
