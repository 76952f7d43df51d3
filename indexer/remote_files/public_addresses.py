"""Addresses as they may be stored and shown: without passwords, tokens and what signs them.

A URL is read as it was given, and never kept so: whoever holds a library must not hold the keys of a bucket with it.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


_USER = re.compile(r"(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]*)://([^/?#\s]*)@")
_WEB_QUERY = re.compile(r"(https?://[^?#\s]*)\?([^#\s]*)", re.I)
_OF_THE_WEB = ("http", "https", "ftp")  # where a user alone may be a token; of abfs:// it is the container
_INSIDE = ("tar", "zip")  # of which the name of a member follows
_SIGNING = ("x-amz-", "x-goog-", "x-oss-", "x-cos-", "x-ms-")  # what parameters of signed URLs begin with
_SECRET = _words(
    "sig signature token access_token id_token refresh_token auth auth_token authorization api_key apikey api-key"
    " password passwd pwd secret client_secret credential credentials awsaccesskeyid googleaccessid ossaccesskeyid"
    " key-pair-id policy hdnts hdnea hmac private_token sas session_token security-token jwt bearer"
)
_BESIDE_A_SIGNATURE = _words(  # which they go with, and without it mean nothing
    "expires expiry se sp sv sr st ss srt spr sip skoid sktid skt ske sks skv sdd"
)
_SIGNATURES = frozenset(("sig", "signature", "hmac"))
_GOOGLE_KEY = re.compile(r"key=AIza", re.I)  # else a key may be what names the picture


def public_address(address: str) -> str:
    """Return an address, or a text with addresses, without its secrets."""
    if "://" not in address:
        return address
    return _WEB_QUERY.sub(_without_secrets, _USER.sub(_without_user, address))


def _without_user(found: re.Match[str]) -> str:
    scheme, user = found[1], found[2]
    if scheme.lower() in _INSIDE:
        return found[0]
    return f"{scheme}://" if scheme.lower() in _OF_THE_WEB or ":" in user else found[0]


def _without_secrets(found: re.Match[str]) -> str:
    parameters = found[2].split("&")
    names = {_name(parameter) for parameter in parameters}
    secret = _SECRET | (_BESIDE_A_SIGNATURE if names & _SIGNATURES else frozenset())
    kept = [
        parameter
        for parameter in parameters
        if _name(parameter) not in secret
        and not _name(parameter).startswith(_SIGNING)
        and not _GOOGLE_KEY.match(parameter)
    ]
    return f"{found[1]}?{'&'.join(kept)}" if kept else found[1]


def _name(parameter: str) -> str:
    return parameter.partition("=")[0].lower()
