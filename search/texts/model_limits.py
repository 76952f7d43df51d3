"""Which models read more languages than English, by their names."""

from __future__ import annotations

import json
import re
from pathlib import Path

from indexer.models.names import BUILTIN

EXAMPLE = "ViT-B-32-SigLIP2-256/webli"  # what a user of a model of English alone is offered

# Parts of the names of architectures and repositories. The first SigLIP is none: its tokenizer is c4-en.
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
    """Say whether a model reads English only, as far as its name tells."""
    return not is_multilingual(model_name)


def _without_file(name: str) -> str:
    """Return an architecture with its tag; of ARCH/FILE the architecture alone, since a path may hold any word."""
    architecture, _, weights = name.partition("/")
    return architecture if "/" in weights or "\\" in weights else name


def _tokenizer_of(folder: Path) -> str:
    """Return the names of the tokenizer and text model of a folder in open_clip's format; "" if it tells none."""
    try:
        text_config = json.loads((folder / "open_clip_config.json").read_bytes())["model_cfg"]["text_cfg"]
        return f"{text_config.get('hf_tokenizer_name', '')} {text_config.get('hf_model_name', '')}"
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
