"""The `Host` of a request, against a fixed list of names.

A page from elsewhere can have its own name lead to this machine (DNS rebinding); its requests then have an Origin that
fits their Host, but a Host that is none of ours.
"""

from __future__ import annotations

import ipaddress
import re

from server.safety.policy import Policy
from server.safety.requests import Scope, header

HTTP = 80
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::([0-9]{1,5}))?", re.ASCII | re.I)


def is_known_host(scope: Scope, policy: Policy) -> bool:
    """Return whether a request's Host is the server's."""
    match = _HOST.fullmatch(header(scope, b"host") or "")
    if match is None:
        return False
    name = (match[1] or match[2]).lower().rstrip(".")
    if int(match[3] or HTTP) != policy.port:
        return False
    return name in policy.names or (policy.own_addresses and _is_address_here(scope, name))


def _is_address_here(scope: Scope, name: str) -> bool:
    """Return whether a name is the address of this machine by which the connection came."""
    server = scope.get("server") or ("", None)
    try:
        return ipaddress.ip_address(name) == ipaddress.ip_address(str(server[0]).partition("%")[0])
    except ValueError:
        return False
