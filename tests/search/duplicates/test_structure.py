"""Tests of search.duplicates.structure: what shows too little to be compared."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.lookalikes import DOCUMENTS, PATTERNS
from search.duplicates.structure import has_structure
from tests.conftest import SAMPLES


@pytest.mark.parametrize("name", PATTERNS)
def test_patterns_show_too_little(name: str) -> None:
    for number in range(10):
        pattern = PATTERNS[name](number)
        file = io.BytesIO()
        pattern.save(file, "JPEG", quality=40)
        assert not has_structure(pattern) and not has_structure(Image.open(file)), number
        assert not has_structure(pattern.resize((320, 240))), number


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_show_enough(name: str) -> None:
    assert all(has_structure(DOCUMENTS[name](number)) for number in range(3))


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.jpg")), ids=lambda path: path.name)
def test_pictures_show_enough(path: Path) -> None:
    with Image.open(path) as image:
        assert has_structure(image) and has_structure(image.resize((100, 80)))
