"""Model folders as a stranger might pass them on, with a tokenizer of transformers, and code that leaves a trace."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from tests.indexer.models.tiny import TINY, local_dir

WORDS = ["<s>", "<pad>", "</s>", "<unk>", "a", "photo", "of", "cup", "car", "something", "else"]
TOKENIZER_CONFIG: dict[str, Any] = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    **{"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>", "sep_token": "</s>"},
}


def with_tokenizer(folder: Path, settings: dict[str, Any] | None = None, **text: Any) -> Path:
    """Make a model folder with a tokenizer of its own; `settings` are of its tokenizer_config.json."""
    config = copy.deepcopy(TINY)
    config["text_cfg"] |= {"hf_tokenizer_name": "org/words", **text}
    local_dir(folder, {**TINY, "text_cfg": {key: TINY["text_cfg"][key] for key in TINY["text_cfg"]}})
    write_settings(folder, config)
    write_tokenizer(folder, settings)
    return folder


def write_settings(folder: Path, model: dict[str, Any], **rest: Any) -> None:
    """Replace a folder's settings, and leave its weights."""
    file = folder / "open_clip_config.json"
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    file.write_text(json.dumps({**known, "model_cfg": model, **rest}), encoding="utf-8")


def write_tokenizer(folder: Path, settings: dict[str, Any] | None = None) -> None:
    """Write a tokenizer of some words into a folder."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, "<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    special = [("<s>", 0), ("</s>", 2)]
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=special)
    tokenizer.save(str(folder / "tokenizer.json"))
    written = {**TOKENIZER_CONFIG, **(settings or {})}
    (folder / "tokenizer_config.json").write_text(json.dumps(written), encoding="utf-8")


def plant_code(folder: Path, trace: Path) -> None:
    """Put code beside a model that leaves a trace where it runs, under every name that may be asked for."""
    code = f"""
from pathlib import Path
Path({str(trace)!r}).write_text("ran")
from transformers import PretrainedConfig, PreTrainedModel, PreTrainedTokenizerFast
class Evil(PreTrainedTokenizerFast): pass
class EvilConfig(PretrainedConfig): model_type = "evil"
class EvilModel(PreTrainedModel): config_class = EvilConfig
"""
    for name in ("evil", "tokenization_evil", "configuration_evil", "modeling_evil"):
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
