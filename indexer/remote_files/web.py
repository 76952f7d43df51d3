"""Pictures of the web, each at its own address: within limits of bytes, time and redirects, and nothing but http."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from typing import IO, Any

from indexer.remote_files.objects import Sink
from indexer.wording import too_large

LARGEST = 256 * 1024 * 1024  # bytes
ANSWERS_WITHIN, ENDS_WITHIN = 30.0, 180.0  # seconds
REDIRECTS = 10
PIECE = 256 * 1024  # bytes
_HEADERS = {"User-Agent": "clipsearch", "Accept": "image/*, video/*, */*;q=0.5"}
_ALLOWED = ("http://", "https://")


class NotFetched(Exception):
    """A picture is not taken; the message says why in a few words."""


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Redirects to other places of the web, and to nothing else: not to FTP either, which Python would follow to."""

    max_redirections = REDIRECTS

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """Follow to http and https alone."""
        if not is_web(newurl):
            raise urllib.error.HTTPError(req.full_url, code, "no address of the web", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def is_web(url: str) -> bool:
    """Return whether this is an address of the web."""
    return url.lower().startswith(_ALLOWED)


def signature_at(url: str) -> str:
    """Return what a server says of the state of a picture, without fetching it; raises NotFetched, OSError."""
    try:
        with _opened(url, "HEAD") as answer:
            return _signature(answer.headers)
    except urllib.error.HTTPError as error:
        if error.code in (400, 403, 405, 501):  # it gives pictures, and no heads
            return ""
        raise


def _signature(headers: Message) -> str:
    """Return the ETag or the time of the last change, with the size; "" if a server says none of that."""
    state = headers.get("ETag") or headers.get("Last-Modified")
    return f"{headers.get('Content-Length') or ''}-{state.strip(chr(34))}" if state else ""


def copy_web(url: str, sink: Sink) -> str:
    """Write what is at an address to a sink and return the state that it was in; raises NotFetched, OSError."""
    deadline = time.monotonic() + ENDS_WITHIN
    taken = 0
    with _opened(url, "GET") as answer:
        while piece := answer.read(PIECE):
            taken += len(piece)
            if taken > LARGEST:
                raise NotFetched(too_large(LARGEST))
            if time.monotonic() > deadline:
                raise NotFetched(f"it took more than {ENDS_WITHIN:.0f} seconds")
            sink.write(piece)
        stated, signature = answer.headers.get("Content-Length"), _signature(answer.headers)
    if stated is not None and stated.isdigit() and taken < int(stated):
        raise ConnectionError("it broke off")
    return signature


@contextmanager
def _opened(url: str, method: str) -> Iterator[Any]:
    if not is_web(url):
        raise NotFetched("it is no address of the web")
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
        _Redirects,
    ):
        opener.add_handler(handler())
    try:
        request = urllib.request.Request(_quoted(url), headers=_HEADERS, method=method)
        with opener.open(request, timeout=ANSWERS_WITHIN) as answer:
            yield answer
    except urllib.error.HTTPError as error:
        error.close()
        if 300 <= error.code < 400:
            raise NotFetched("it leads in circles, or to an address that is none of the web") from error
        raise
    except (ValueError, UnicodeError, http.client.InvalidURL) as error:
        raise NotFetched("its address makes no sense") from error
    except http.client.HTTPException as error:
        raise ConnectionError("it broke off") from error


def _quoted(url: str) -> str:
    """Return an address with what it may not hold as it is, such as blanks and letters beyond ASCII, encoded."""
    from urllib.parse import quote, urlsplit, urlunsplit

    parts = urlsplit(url)
    if parts.username is not None or not parts.hostname:
        raise NotFetched("its address names a user, or no host")
    host = parts.netloc.encode("idna").decode("ascii") if not parts.netloc.isascii() else parts.netloc
    safe = "/%:=&?~#+!$,;'@()*[]"
    return urlunsplit((parts.scheme, host, quote(parts.path, safe), quote(parts.query, safe), ""))
