"""The token of a server that others reach: from the printed address into a cookie, or as a program's bearer token."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode

from indexer.errors import InvalidRequest
from server.safety.policy import Policy
from server.safety.requests import Scope, cookies, header
from server.safety.secret_words import is_equal

SHORTEST = 12
FEWEST = 5  # different signs
PARAMETER = "token"
ONCE = "once"
_FORM = re.compile(r"[A-Za-z0-9._~-]+", re.ASCII)  # what an address and a cookie hold as it is
_BEARER = "bearer "


def checked_token(token: str) -> str:
    """Return a token that a person chose; raises InvalidRequest for one that is guessed soon or holds odd signs."""
    if len(token) < SHORTEST or _FORM.fullmatch(token) is None:
        raise InvalidRequest(
            f"A token has at least {SHORTEST} letters and digits, and no other signs than . _ ~ -; leave it out, and"
            " one is made."
        )
    if len(set(token)) < FEWEST:
        raise InvalidRequest("That token is too easily guessed; leave it out, and one is made.")
    return token


def has_token(scope: Scope, policy: Policy) -> bool:
    """Return whether a request has the token, in the cookie or as a program sends it; or none is needed."""
    if policy.token is None:
        return True
    sent = header(scope, b"authorization") or ""
    given = [sent[len(_BEARER) :].strip()] if sent.lower().startswith(_BEARER) else []
    return any([is_equal(one, policy.token) for one in (*given, *cookies(scope, policy.cookie))])


def address_without_token(scope: Scope, policy: Policy) -> str | None:
    """Return the address without its token, if that is the right one: it goes into a cookie, not into the history."""
    if policy.token is None or scope["method"] != "GET":
        return None
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if not any([_opens(policy, *pair) for pair in pairs]):
        return None
    rest = urlencode([pair for pair in pairs if pair[0] not in (PARAMETER, ONCE)])
    path = "/" + scope["raw_path"].decode("latin-1").partition("?")[0].lstrip("/")  # never "//elsewhere"
    return f"{path}?{rest}" if rest else path


def _opens(policy: Policy, name: str, value: str) -> bool:
    """Return whether a part of an address lets its bearer in."""
    if name == ONCE:
        return policy.once is not None and policy.once.take(value)
    return name == PARAMETER and policy.token is not None and is_equal(value, policy.token)


def cookie_of(policy: Policy) -> str:
    """Return the header that sets the cookie."""
    return f"{policy.cookie}={policy.token}; Path=/; HttpOnly; SameSite=Strict"
