"""What was not read of a picture's metadata because it is beyond a bound, told to whoever listens.

What is broken says nothing, and that is that. But what may be sound and is only too large must be named, or nobody
would know why a picture has no date.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_heard: ContextVar[list[str] | None] = ContextVar("unread", default=None)


def tell_unread(what: str, reason: object) -> None:
    """Tell that nothing was read of a part, such as "its sidecar a.xmp", which `reason` says "is ..." or "has ..."."""
    heard, sentence = _heard.get(), f"{what} {reason}; nothing in it was read"
    if heard is not None and sentence not in heard:
        heard.append(sentence)


@contextmanager
def hearing_unread() -> Iterator[list[str]]:
    """Give the list to which is added what is told within the block."""
    heard: list[str] = []
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)
