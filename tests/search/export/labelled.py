"""Labelled pictures without files."""

from __future__ import annotations

from pathlib import Path

from search.export.label_selection import LabelledHit
from search.results import Hit


def labelled(path: str, *labels: tuple[str, float], at: float | None = None, number: int = 0) -> LabelledHit:
    hit = Hit(Path(path), labels[0][1] if labels else 0.0, at, number, "JPEG", 9, 800, 600)
    return LabelledHit(hit, labels)
