"""Ask again, after a pause that grows, where a server wants patience or a connection broke."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from indexer.remote_files.sentences import is_broken_off, is_throttled

T = TypeVar("T")

TRIES, TRIES_TO_REACH = 7, 3  # where a server asks for patience; where it is not reached or breaks off
LONGEST_TO_REACH, LONGEST = 30.0, 90.0  # seconds; some packages have tried as often by themselves before they raise
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 20.0  # seconds; with seven tries, up to half a minute in all


def patiently(ask: Callable[[], T]) -> T:
    """Return what is asked for; raises what the last try raised, and anything but such trouble at once."""
    throttled = broken = 0
    start = time.monotonic()
    while True:
        try:
            return ask()
        except Exception as error:
            if is_throttled(error):
                throttled += 1
            elif is_broken_off(error):
                broken += 1
            else:
                raise
            is_too_long = time.monotonic() - start > (LONGEST_TO_REACH if broken else LONGEST)
            if throttled >= TRIES or broken >= TRIES_TO_REACH or is_too_long:
                raise
        pause = min(FIRST_PAUSE * 2 ** (throttled + broken - 1), LONGEST_PAUSE)
        time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - many clients must not come back at one moment
