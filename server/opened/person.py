"""Who says something on the page: whoever the server runs for."""

from __future__ import annotations

import getpass
from functools import cache


@cache
def person() -> str:
    """Return the name of this user, as far as the system knows it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "a person"
