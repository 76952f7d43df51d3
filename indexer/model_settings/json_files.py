"""JSON from strangers: read within bounds of size and depth, from ordinary files alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from indexer.files.foreign import TooLarge, Unfit, read_foreign
from indexer.model_settings.kinds import RefusedSettings

MOST_BYTES = 1 << 20  # of settings; real ones have some hundred


def read_object(file: Path, most: int = MOST_BYTES) -> dict[str, Any]:
    """Return the object in a JSON file; raises RefusedSettings if there is none, or more than `most` bytes."""
    content = read_bounded(file, most)
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except RecursionError:
        raise RefusedSettings(f"its {file.name} is nested too deeply") from None
    except ValueError:
        raise RefusedSettings(f"its {file.name} is no JSON") from None
    if not isinstance(found, dict):
        raise RefusedSettings(f"its {file.name} holds no JSON object")
    return found


def read_bounded(file: Path, most: int) -> bytes:
    """Return what an ordinary file holds; raises RefusedSettings for a larger one or another kind, OSError."""
    try:
        return read_foreign(file, most)
    except TooLarge:
        raise RefusedSettings(f"its {file.name} is too large ({most:,} bytes are allowed)") from None
    except Unfit:
        raise RefusedSettings(f"its {file.name} is no ordinary file") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")
