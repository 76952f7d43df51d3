"""How many tokens a model reads, as far as can be told without loading it or open_clip."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from indexer.models.names import BUILTIN

BUILTIN_CONTEXT = 256  # indexer.models.builtin_encoder.MAX_TOKENS, without importing it
CLIP_CONTEXT = 77  # open_clip's, for an architecture that says nothing else
SMALLEST = 16  # of open_clip's zoo: a SigLIP


def known_context(model_name: str) -> int:
    """Return a number of tokens that a model surely reads; mostly its context length."""
    if model_name == BUILTIN:
        return BUILTIN_CONTEXT
    if model_name.startswith("local-dir:"):
        return _context_in(Path(model_name.removeprefix("local-dir:")) / "open_clip_config.json")
    package = find_spec("open_clip")
    if model_name.startswith("hf-hub:") or package is None or package.origin is None:
        return SMALLEST
    return _context_in(Path(package.origin).parent / "model_configs" / f"{model_name.partition('/')[0]}.json")


def _context_in(file: Path) -> int:
    """Return the context length that an architecture's file gives; SMALLEST if it can't be read."""
    try:
        config: dict[str, Any] = json.loads(file.read_bytes())
        return int(config.get("model_cfg", config)["text_cfg"].get("context_length", CLIP_CONTEXT))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return SMALLEST
