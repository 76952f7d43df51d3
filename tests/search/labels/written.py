"""How classes are written, for tests that compare them."""

from __future__ import annotations

from search.labels.classes import NamedClass


def written(classes: list[NamedClass]) -> dict[str, tuple[str, ...]]:
    return {one.name: one.prompts for one in classes}
