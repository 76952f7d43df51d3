"""What a command finds damaged in a library while it does something else: left out, counted, told once at its end.

A library is passed on and synced, so nothing in it is taken on trust. One bad row costs that row only. Whoever wants to
know says so around the whole call, as with downloads (download/reporting.py); `clipsearch check` looks at everything.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager

MOST_KEYS = 100_000  # of each kind that are told apart

_noticing: list[Damage] = []  # the last one is told


class Damage:
    """What was found damaged, each thing once however often it is read."""

    def __init__(self) -> None:
        self._keys: dict[str, set[Hashable]] = {}

    def note(self, what: str, keys: Iterable[Hashable]) -> None:
        """Note things of a kind such as "embedding", by what tells them apart."""
        known = self._keys.setdefault(what, set())
        if len(known) < MOST_KEYS:
            known.update(keys)

    def counts(self) -> dict[str, int]:
        """Return how many of each kind."""
        return {what: len(keys) for what, keys in self._keys.items() if keys}


@contextmanager
def noticing() -> Iterator[Damage]:
    """Give what is found damaged in this block, in whatever thread."""
    damage = Damage()
    _noticing.append(damage)
    try:
        yield damage
    finally:
        _noticing.remove(damage)


def note_damage(what: str, keys: Iterable[Hashable]) -> None:
    """Note that things of a kind such as "embedding", named by keys, are damaged and were left out."""
    if _noticing:
        _noticing[-1].note(what, keys)
