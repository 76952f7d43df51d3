"""Answers that are no JSON: a head of JSON, where there is one, and arrays, little-endian, one behind the other."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from fastapi.responses import Response

OCTETS = "application/octet-stream"
WORD = 4  # bytes, on which the arrays begin


def binary(description: str | None) -> dict[int | str, dict[str, Any]]:
    """Return what a route documents of its answer, for its `responses`."""
    content = {OCTETS: {"schema": {"type": "string", "format": "binary"}}}
    return {200: {"description": description or "", "content": content}}


def packed(head: Mapping[str, Any], arrays: Sequence[np.ndarray[Any, Any]]) -> Response:
    """Return a head and arrays as an answer: the length of the padded head, the head, the arrays."""
    text = json.dumps(head, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    text += b" " * (-len(text) % WORD)
    pieces = [len(text).to_bytes(4, "little"), text, *(array.tobytes() for array in arrays)]
    return Response(b"".join(pieces), media_type=OCTETS)


def counted(arrays: Sequence[np.ndarray[Any, Any]], headers: Mapping[str, str] | None = None) -> Response:
    """Return arrays of one length as an answer: the length, the arrays."""
    pieces = [len(arrays[0]).to_bytes(4, "little"), *(array.tobytes() for array in arrays)]
    return Response(b"".join(pieces), media_type=OCTETS, headers=dict(headers or {}))
