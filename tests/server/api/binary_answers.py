"""Reading the server's binary answers, as the page does."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from starlette.testclient import TestClient


def laid_out(client: TestClient, **body: Any) -> tuple[dict[str, Any], list[int], list[int], list[int]]:
    """Return the head, the ids, the scores and the aspects of a layout."""
    answer = client.post("/api/v1/layout", json=body)
    assert answer.status_code == 200, answer.text
    content = answer.content
    length = int.from_bytes(content[:4], "little")
    assert length % 4 == 0
    head: dict[str, Any] = json.loads(content[4 : 4 + length])
    count, scored = head["count"], head["scored"]
    assert len(content) == 4 + length + count * (4 + 2 * scored + 1)
    ids = np.frombuffer(content, "<u4", count, 4 + length)
    scores = np.frombuffer(content, "<u2", count * scored, 4 + length + 4 * count)
    aspects = np.frombuffer(content, "u1", count, 4 + length + (4 + 2 * scored) * count)
    return head, ids.tolist(), scores.tolist(), aspects.tolist()


def points(client: TestClient, path: str, **body: Any) -> tuple[list[int], list[tuple[float, float]], dict[str, str]]:
    """Return the ids, the points and the headers of a map or plane."""
    answer = client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == 200, answer.text
    count = int.from_bytes(answer.content[:4], "little")
    assert len(answer.content) == 4 + 12 * count
    ids = np.frombuffer(answer.content, "<u4", count, 4).tolist()
    first = np.frombuffer(answer.content, "<f4", count, 4 + 4 * count).tolist()
    second = np.frombuffer(answer.content, "<f4", count, 4 + 8 * count).tolist()
    return ids, list(zip(first, second, strict=True)), dict(answer.headers)
