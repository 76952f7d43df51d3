"""The files of a tokenizer: copied to where they are loaded from, without what could name code or other files.

transformers finds a class by what these files say, imports code that lies beside them if it is told to, and opens the
paths that they name. A copy holds only files of known names, with the settings that belong to texts; what else a
tokenizer of the hub says of itself (its old place, templates of chats, classes of its author's) is left out. Only one
that can't be loaded without its author's code is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from indexer.errors import ModelError
from indexer.model_settings.json_files import read_bounded, read_object
from indexer.model_settings.kinds import (
    Allowed,
    Check,
    RefusedSettings,
    check_object,
    either,
    flag,
    list_of,
    nullable,
    number,
    one_of,
    text,
    whole,
    word,
)
from indexer.model_settings.tokenizer_json import check_tokenizer

Find = Callable[[str], "Path | None"]  # a file of a folder or a repository by its name

MOST_BYTES = 128 << 20  # of a vocabulary; that of 900,000 pieces has 60 MB
MOST_SETTINGS = 16 << 20  # of settings, which may list added tokens
SETTINGS, SPECIAL, ADDED, ABOUT = "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "config.json"
WHOLE = "tokenizer.json"
EXTRAS = (SETTINGS, SPECIAL, ADDED, ABOUT, "merges.txt")
VOCABULARIES = (  # one of them is needed
    "vocab.txt",
    "vocab.json",
    "spiece.model",
    "spm.model",
    "sentencepiece.bpe.model",
    "tokenizer.model",
    WHOLE,  # the last to be fetched: what is beside it is there when it is
)
CLASSES = {  # of transformers, for texts; a trailing "Fast" makes no difference
    *("Albert", "Bart", "Barthez", "Bert", "BigBird", "CLIP", "Camembert", "Deberta", "DebertaV2", "DistilBert"),
    *("Electra", "FNet", "Funnel", "GPT2", "GPTNeoX", "Gemma", "Herbert", "Layout", "Llama", "MBart", "MBart50"),
    *("MPNet", "MT5", "MobileBert", "Nllb", "Pegasus", "PreTrained", "Qwen2", "RemBert", "RoFormer", "Roberta"),
    *("Siglip", "Siglip2", "T5", "XGLM", "XLMRoberta", "XLNet"),
}
OTHER_CLASSES = {"TokenizersBackend", "PreTrainedTokenizerFast"}
TYPES = {  # of models, for tokenizers that name no class
    *("albert", "bart", "bert", "big_bird", "camembert", "clip", "deberta", "deberta-v2", "distilbert", "electra"),
    *("gemma", "gemma2", "gpt2", "llama", "m2m_100", "mbart", "modernbert", "mpnet", "mt5", "qwen2", "rembert"),
    *("roberta", "siglip", "siglip2", "t5", "umt5", "xglm", "xlm-roberta", "xlm-roberta-xl", "xlnet"),
}

_number = nullable(number(-1, 1e31))
_token: Check = lambda value: value is None or text()(value) or _is_added(value)  # noqa: E731
_tokens = nullable(list_of(_token, 0, 10_000))
TOKEN: Allowed = {
    "__type": one_of("AddedToken"),
    "content": text(),
    **dict.fromkeys(("lstrip", "rstrip", "normalized", "single_word", "special"), flag),
}
SPECIALS: dict[str, Check] = {
    **dict.fromkeys(
        ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"), _token
    ),
    "additional_special_tokens": _tokens,
    "extra_special_tokens": either(_tokens, lambda value: isinstance(value, dict) and all(map(_token, value.values()))),
}
KEPT: dict[str, Check] = {
    **SPECIALS,
    "tokenizer_class": lambda value: value is None or _is_known(value),
    "added_tokens_decoder": lambda value: isinstance(value, dict) and all(map(_is_entry, value.items())),
    **dict.fromkeys(("padding_side", "truncation_side"), one_of("left", "right")),
    **dict.fromkeys(("model_max_length", "max_length", "stride", "vocab_size", "extra_ids"), _number),
    **dict.fromkeys(("src_lang", "tgt_lang"), nullable(word(r"[A-Za-z_-]{1,16}"))),
    "errors": one_of("replace", "strict", "ignore"),
    "truncation_strategy": one_of("longest_first", "only_first", "only_second", "do_not_truncate"),
    "wordpieces_prefix": text(16),
    "sp_model_kwargs": lambda value: value is None or value == {},
    **dict.fromkeys(
        (
            *(
                "add_bos_token",
                "add_eos_token",
                "add_prefix_space",
                "clean_up_tokenization_spaces",
                "do_basic_tokenize",
            ),
            *("do_lower_case", "keep_accents", "legacy", "legacy_behaviour", "split_special_tokens", "trim_offsets"),
            *("remove_space", "spaces_between_special_tokens", "strip_accents", "tokenize_chinese_chars"),
        ),
        nullable(flag),
    ),
}


def copy_tokenizer(find: Find, folder: Path) -> None:
    """Copy a tokenizer into a folder, ready to be loaded.

    Raises ModelError if there is none, RefusedSettings for one that needs its author's code or has strange settings.
    """
    files = {name: file for name in (*EXTRAS, *VOCABULARIES) if (file := find(name)) is not None}
    if not files.keys() & set(VOCABULARIES):
        raise ModelError(f"there is no vocabulary of its tokenizer, such as {VOCABULARIES[-1]}")
    for name, file in files.items():
        if name == ABOUT:
            kept = {key: value for key, value in read_object(file).items() if key == "model_type" and value in TYPES}
        elif name in (SETTINGS, SPECIAL):
            kept = _kept(name, read_object(file, MOST_SETTINGS))
        elif name == ADDED:
            kept = {key: value for key, value in read_object(file, MOST_SETTINGS).items() if whole(0, 1 << 24)(value)}
        else:
            content = read_bounded(file, MOST_BYTES)
            if name == WHOLE:
                check_tokenizer(name, content)
            (folder / name).write_bytes(content)
            continue
        (folder / name).write_text(json.dumps(kept), encoding="utf-8")


def _kept(name: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of texts; raises RefusedSettings if one has a strange value, or code is needed."""
    if needs_code(settings):
        raise RefusedSettings(f"its {name} has auto_map.AutoTokenizer: it needs its author's code, which is never run")
    allowed = KEPT if name == SETTINGS else SPECIALS
    kept = {key: value for key, value in settings.items() if key in allowed}
    check_object(f"its {name}", kept, allowed)
    return kept


def needs_code(settings: dict[str, Any]) -> bool:
    """Return whether a tokenizer is to be loaded by code that lies beside it."""
    named = settings.get("auto_map")
    return isinstance(named, list) or (isinstance(named, dict) and "AutoTokenizer" in named)


def _is_known(name: Any) -> bool:
    if not isinstance(name, str):
        return False
    return name in OTHER_CLASSES or name.removesuffix("Fast").removesuffix("Tokenizer") in CLASSES


def _is_added(value: Any) -> bool:
    try:
        check_object("", value, TOKEN)
    except RefusedSettings:
        return False
    return "content" in value


def _is_entry(entry: tuple[str, Any]) -> bool:
    return word(r"\d{1,8}")(entry[0]) and _is_added(entry[1])
