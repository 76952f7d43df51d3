"""Tests of server.api.towns: what the map shows behind the pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
from starlette.testclient import TestClient

from server.api import towns


@pytest.fixture(autouse=True)
def unread() -> Iterator[None]:
    """Have the towns read anew."""
    towns._packed.cache_clear()
    yield
    towns._packed.cache_clear()


def test_towns_are_where_they_are(client: TestClient) -> None:
    answer = client.get("/api/v1/map/towns")
    assert answer.status_code == 200
    length = int.from_bytes(answer.content[:4], "little")
    head = json.loads(answer.content[4 : 4 + length])
    latitudes, longitudes = np.frombuffer(answer.content[4 + length :], "<u2").reshape(2, head["count"])
    at = head["names"].index("Paris")
    assert abs(latitudes[at] / towns.STEPS * 180 - 90 - 48.85) < 0.01
    assert abs(longitudes[at] / towns.STEPS * 360 - 180 - 2.35) < 0.01
    assert "CC BY" in head["credit"]


def test_without_names_of_places(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(towns, "largest_towns", lambda most, named: None)
    assert client.get("/api/v1/map/towns").status_code == 204
