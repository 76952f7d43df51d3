"""Which models read more than English, and how many tokens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from search.texts.model_limits import SMALLEST_CONTEXT, is_multilingual, known_context


@pytest.mark.parametrize(
    ("name", "multilingual"),
    [
        ("builtin", False),
        ("ViT-B-32-256/datacomp_s34b_b86k", False),
        ("ViT-B-32/openai", False),
        ("roberta-ViT-B-32/laion2b_s12b_b32k", False),
        ("MobileCLIP2-S2/dfndr2b", False),
        ("ViT-B-16-SigLIP-256/webli", False),
        ("ViT-H-14/metaclip_fullcc", False),
        ("ViT-B-16-SigLIP-i18n-256/webli", True),
        ("ViT-B-32-SigLIP2-256/webli", True),
        ("xlm-roberta-base-ViT-B-32/laion5b_s13b_b90k", True),
        ("nllb-clip-base-siglip/v1", True),
        ("ViT-H-14-worldwide-quickgelu/metaclip2_worldwide", True),
        ("hf-hub:timm/ViT-B-16-SigLIP2-256", True),
        ("hf-hub:laion/CLIP-ViT-B-32-laion2B-s34B-b79K", False),
        ("hf-hub:laion/CLIP-ViT-H-14-frozen-xlm-roberta-large-laion5B-s13B-b90k", True),
        ("hf-hub:apple/MobileCLIP-S1-OpenCLIP", False),
        ("ViT-B-32//home/me/xlm/weights.safetensors", False),
        ("xlm-roberta-base-ViT-B-32//home/me/weights.pt", True),
    ],
)
def test_models_that_read_more_than_english(name: str, multilingual: bool) -> None:
    assert is_multilingual(name) is multilingual


def test_every_multilingual_tokenizer_of_the_zoo_is_known() -> None:
    open_clip = pytest.importorskip("open_clip")
    for architecture, tag in open_clip.list_pretrained():
        text = open_clip.get_model_config(architecture)["text_cfg"]
        tokenizer = text.get("hf_tokenizer_name", "").lower()
        many = any(word in tokenizer for word in ("xlm", "nllb", "mt5", "i18n", "siglip2"))
        assert is_multilingual(f"{architecture}/{tag}") is many, (architecture, tokenizer)


def test_a_folder_tells_by_its_tokenizer(tmp_path: Path) -> None:
    name = f"local-dir:{tmp_path}"
    assert not is_multilingual(name)
    for tokenizer, expected in (("xlm-roberta-base", True), ("bert-base-uncased", False)):
        config = {"model_cfg": {"text_cfg": {"hf_tokenizer_name": tokenizer}}}
        (tmp_path / "open_clip_config.json").write_text(json.dumps(config))
        assert is_multilingual(name) is expected
    (tmp_path / "open_clip_config.json").write_text("[]")
    assert not is_multilingual(name)


def test_context_lengths_are_those_of_the_models(tmp_path: Path) -> None:
    open_clip = pytest.importorskip("open_clip")
    from indexer.builtin_space.recipe import MAX_TOKENS

    assert known_context("builtin") == MAX_TOKENS
    for architecture, tag in open_clip.list_pretrained():
        text = open_clip.get_model_config(architecture)["text_cfg"]
        assert known_context(f"{architecture}/{tag}") == text.get("context_length", 77) >= SMALLEST_CONTEXT
    assert known_context("hf-hub:org/name") == known_context("no-such-thing/tag") == SMALLEST_CONTEXT
    config = {"model_cfg": {"text_cfg": {"context_length": 40}}}
    (tmp_path / "open_clip_config.json").write_text(json.dumps(config))
    assert known_context(f"local-dir:{tmp_path}") == 40
    assert known_context(f"local-dir:{tmp_path / 'none'}") == SMALLEST_CONTEXT


@pytest.mark.parametrize(
    "content",
    [
        "[" * 200_000,
        '{"a":' * 200_000,
        '{"model_cfg": {"text_cfg": {"context_length": 1e999}}}',
        f'{{"model_cfg": {{"text_cfg": {{"context_length": {"9" * 5000}}}}}}}',
        " " * 2_000_000 + '{"model_cfg": {"text_cfg": {"context_length": 77}}}',
        '{"model_cfg": []}',
        "null",
    ],
)
def test_configurations_that_make_no_sense_say_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "open_clip_config.json").write_text(content)
    assert not is_multilingual(f"local-dir:{tmp_path}")
    assert known_context(f"local-dir:{tmp_path}") == SMALLEST_CONTEXT
