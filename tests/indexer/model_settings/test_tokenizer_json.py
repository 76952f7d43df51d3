"""Tests of indexer.model_settings.tokenizer_json: files that made the library `tokenizers` end the process.

On the code of before ten normalizers asked for ten gigabytes and more, and 100,000 levels overflowed the stack.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import ModelError
from indexer.model_settings.kinds import RefusedSettings
from indexer.model_settings.tokenizer_json import check_tokenizer
from indexer.models.loading import load_encoder
from tests.indexer.model_settings.foreign import with_tokenizer
from tests.indexer.models.tiny import TEXTS

NAME = "tokenizer.json"


def replacing(content: str, **pattern: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": pattern or {"String": "a"}, "content": content}


def sequence(*normalizers: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Sequence", "normalizers": list(normalizers)}


def in_sequences(depth: int) -> str:
    start, end = '{"type": "Sequence", "normalizers": [', "]}"
    return f'{{"normalizer": {start * depth}{{"type": "Lowercase"}}{end * depth}}}'


@pytest.mark.parametrize(
    "normalizer",
    [
        sequence(*[replacing("a" * 10)] * 10),
        sequence(*[replacing("aa")] * 40),
        sequence(sequence(*[replacing("aa")] * 6), sequence(*[replacing("aa")] * 6)),
        sequence(*[replacing("a", Regex="")] * 40),
        replacing("a" * 10_000),
        sequence({"type": "Prepend", "prepend": "a" * 10_000}, replacing("aa")),
        {"type": "Precompiled", "precompiled_charsmap": "A" * (5 << 20)},
    ],
)
def test_a_text_does_not_become_far_longer(tmp_path: Path, normalizer: dict[str, Any]) -> None:
    folder = with_tokenizer(tmp_path / "model")
    whole = json.loads((folder / NAME).read_text())
    (folder / NAME).write_text(json.dumps({**whole, "normalizer": normalizer}))
    with pytest.raises(RefusedSettings, match="normalizers that would make a text far longer"):
        load_encoder(f"local-dir:{folder}", "cpu")


@pytest.mark.parametrize(
    "content",
    [
        in_sequences(100),
        in_sequences(100_000),
        '{"model": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"normalizer": {"type": "Lowercase"}, "normalizer": null}',
        "[]",
        "{",
        json.dumps({"post_processor": {"type": "TemplateProcessing", "single": [{}] * 1000}}),
    ],
)
def test_what_ends_the_process_is_refused(content: str) -> None:
    with pytest.raises(RefusedSettings, match=NAME):
        check_tokenizer(NAME, content.encode())


def test_a_tokenizer_that_does_not_fit_its_model_is_a_sentence(tmp_path: Path) -> None:
    """On the code of before it was an error of torch's, to be reported."""
    folder = with_tokenizer(tmp_path / "model")
    whole = json.loads((folder / NAME).read_text())
    whole["model"]["vocab"]["<s>"] = 60_000
    whole["added_tokens"] = []
    whole["post_processor"]["special_tokens"]["<s>"]["ids"] = [60_000]
    (folder / NAME).write_text(json.dumps(whole))
    with pytest.raises(ModelError, match="can't encode a text: index out of range"):
        load_encoder(f"local-dir:{folder}", "cpu")


def test_what_real_ones_have_passes(tmp_path: Path) -> None:
    folder = with_tokenizer(tmp_path / "model")
    whole = json.loads((folder / NAME).read_text())
    punctuation = replacing("", Regex=r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]")
    spaces = [replacing(" ", Regex=" {2,}"), replacing("▁", String=" "), replacing('"', String="``")]
    normalizer = sequence({"type": "NFKC"}, {"type": "Prepend", "prepend": "▁"}, punctuation, *spaces)
    (folder / NAME).write_text(json.dumps({**whole, "normalizer": normalizer}))
    assert load_encoder(f"local-dir:{folder}", "cpu").encode_texts(TEXTS).shape == (3, 24)
