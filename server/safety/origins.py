"""Which page a request comes from: what changes something must come from the server's own, or from a program.

Browsers say so in `Sec-Fetch-Site` and `Origin`, which no page can forge. Programs say neither.
"""

from __future__ import annotations

from server.safety.requests import Scope, header, is_api, is_navigation, is_safe

OWN = ("same-origin", "none")  # "none": the address was typed, or opened from a bookmark


def may_come_from_there(scope: Scope) -> bool:
    """Return whether a request, whose Host is known to be ours, may come from where it comes from."""
    site, origin = header(scope, b"sec-fetch-site"), header(scope, b"origin")
    is_own = origin == f"http://{header(scope, b'host')}"
    if not is_safe(scope):
        return site in (None, "same-origin") and (origin is None or is_own)
    if origin is not None and not is_own:
        return False
    return site is None or site in OWN or (is_navigation(scope) and not is_api(scope))
