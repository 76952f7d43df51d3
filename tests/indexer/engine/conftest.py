"""Fixtures of the engine's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import MakePicture


@pytest.fixture
def many(picture: MakePicture) -> list[Path]:
    """40 pictures, each of another colour."""
    return [picture(f"{number}.png", f"#{number * 6:02x}00{255 - number * 6:02x}") for number in range(40)]
