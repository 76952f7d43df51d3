"""Secrets that let in: a token that nobody guesses, and what opens the page once."""

from __future__ import annotations

import hmac
import secrets
import time

ONCE_SECONDS = 120.0  # that a browser has to start


class Once:
    """What opens the page once, soon: the address that a browser is started with, all users of the machine see."""

    def __init__(self, seconds: float = ONCE_SECONDS) -> None:
        """Make one."""
        self.value = new_token()
        self._until = time.monotonic() + seconds
        self._is_used = False

    def take(self, given: str) -> bool:
        """Return whether this is it; it holds no second time."""
        is_it = is_equal(given, self.value) and not self._is_used and time.monotonic() < self._until
        self._is_used |= is_it
        return is_it


def new_token() -> str:
    """Return a token that nobody guesses."""
    return secrets.token_urlsafe(24)


def is_equal(given: str, token: str) -> bool:
    """Compare in a time that tells nothing of where two differ."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())
