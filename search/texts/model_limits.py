"""What a model reads, by its name alone: whether more languages than English, and how many tokens."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from indexer.files.foreign import read_foreign
from indexer.models.names import BUILTIN

BUILTIN_CONTEXT = 256  # indexer.builtin_space.recipe.MAX_TOKENS, without importing it
CLIP_CONTEXT = 77  # open_clip's, for an architecture that says nothing else
SMALLEST_CONTEXT = 16  # of open_clip's zoo: a SigLIP

LARGEST_CONFIGURATION = 2**20  # bytes; they have a thousand
# What a file raises that is missing, too large, no JSON, nested without end, or without what is looked for in it.
UNUSABLE = (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError, OverflowError)

EXAMPLE = "ViT-B-32-SigLIP2-256/webli"  # suggested to users whose model reads English only

# Parts of the names of architectures and repositories. The first SigLIP is not among them: its tokenizer is c4-en.
_MULTILINGUAL = re.compile(
    r"xlm|nllb|mt5|siglip2|siglip-2(?![0-9])|i18n|msiglip|multilingual|worldwide|metaclip-?2|(?<![a-z])m-?clip|jina-clip-v2"
    r"|chinese-clip|cn-?clip|altclip|japanese|ruclip",
    re.IGNORECASE,
)


def is_multilingual(model_name: str) -> bool:
    """Say whether a model reads languages besides English, by its name or its folder's configuration."""
    if model_name == BUILTIN:
        return False
    if model_name.startswith("local-dir:"):
        return bool(_MULTILINGUAL.search(_tokenizer_of(Path(model_name.removeprefix("local-dir:")))))
    name = model_name.removeprefix("hf-hub:") if model_name.startswith("hf-hub:") else _without_file(model_name)
    return bool(_MULTILINGUAL.search(name))


def english_only(model_name: str) -> bool:
    """Say whether a model reads English only, as far as its name says."""
    return not is_multilingual(model_name)


def _without_file(name: str) -> str:
    """Return an architecture with its tag; of ARCH/FILE the architecture alone, since a path may hold any word."""
    architecture, _, weights = name.partition("/")
    return architecture if "/" in weights or "\\" in weights else name


def _tokenizer_of(folder: Path) -> str:
    """Return the names of the tokenizer and text model of a folder in open_clip's format; "" if it has none."""
    try:
        text_config = _configuration(folder / "open_clip_config.json")["model_cfg"]["text_cfg"]
        return f"{text_config.get('hf_tokenizer_name', '')} {text_config.get('hf_model_name', '')}"
    except UNUSABLE:
        return ""


def known_context(model_name: str) -> int:
    """Return a number of tokens that a model surely reads; mostly its context length."""
    if model_name == BUILTIN:
        return BUILTIN_CONTEXT
    if model_name.startswith("local-dir:"):
        return _context_in(Path(model_name.removeprefix("local-dir:")) / "open_clip_config.json")
    package = find_spec("open_clip")
    if model_name.startswith("hf-hub:") or package is None or package.origin is None:
        return SMALLEST_CONTEXT
    architecture = model_name.partition("/")[0]
    if not re.fullmatch(r"[\w-]+(\.[\w-]+)*", architecture):  # which could lead to another folder
        return SMALLEST_CONTEXT
    return _context_in(Path(package.origin).parent / "model_configs" / f"{architecture}.json")


def _context_in(file: Path) -> int:
    """Return the context length in an architecture's file; SMALLEST_CONTEXT if it can't be read."""
    try:
        config = _configuration(file)
        return int(config.get("model_cfg", config)["text_cfg"].get("context_length", CLIP_CONTEXT))
    except UNUSABLE:
        return SMALLEST_CONTEXT


def _configuration(file: Path) -> dict[str, Any]:
    """Return an architecture's file; raises one of UNUSABLE."""
    config: dict[str, Any] = json.loads(read_foreign(file, LARGEST_CONFIGURATION))
    return config
