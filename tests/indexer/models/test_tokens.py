"""Tests of indexer.models.tokens."""

from __future__ import annotations

import subprocess
import sys
import warnings

import pytest

from indexer.models.tokens import clean_text
from indexer.text_tower.probes import probe_texts
from tests.indexer.models.tiny import strange_texts

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from open_clip.tokenizer import get_clean_fn


@pytest.mark.parametrize("cleaning", ["whitespace", "lower", "canonicalize"])
def test_texts_are_cleaned_as_open_clip_does(cleaning: str) -> None:
    theirs = get_clean_fn(cleaning)
    for text in [*probe_texts(), *strange_texts(500)]:
        assert clean_text(text, cleaning) == theirs(text)


def test_ordinary_text_needs_no_ftfy() -> None:
    code = (
        "import sys; from indexer.models.tokens import clean_text\n"
        "clean_text('a Cup, 50% off!', 'lower'); print('ftfy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
