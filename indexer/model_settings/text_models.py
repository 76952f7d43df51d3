"""The settings of a text model of transformers: only its kinds that open_clip knows, and of them what decides its form.

Everything else is left out, such as classes of the author's, quantisation, and kernels to be downloaded.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from indexer.errors import ModelError
from indexer.model_settings.json_files import read_object
from indexer.model_settings.kinds import (
    Check,
    RefusedSettings,
    check_object,
    flag,
    nullable,
    number,
    shown,
    whole,
    word,
)
from indexer.model_settings.tokenizer_files import ABOUT, Find

TYPES = ("roberta", "xlm-roberta", "mt5", "bert", "m2m_100")  # open_clip's hf_configs
_id = nullable(whole(-1, 4_000_000))
_size, _count, _buckets = whole(1, 65536), whole(0, 256), whole(1, 65536)
_word = nullable(word(r"[a-z0-9_-]{1,32}"))
_number = nullable(number(0, 1e6))
KEPT: dict[str, Check] = {
    "vocab_size": whole(1, 4_000_000),
    **dict.fromkeys(("hidden_size", "d_model", "d_kv", "d_ff", "intermediate_size"), _size),
    **dict.fromkeys(("encoder_ffn_dim", "decoder_ffn_dim", "max_position_embeddings", "type_vocab_size"), _size),
    **dict.fromkeys(("num_hidden_layers", "num_layers", "num_decoder_layers", "encoder_layers"), _count),
    **dict.fromkeys(("decoder_layers", "num_attention_heads", "num_heads", "encoder_attention_heads"), _count),
    "decoder_attention_heads": _count,
    **dict.fromkeys(("relative_attention_num_buckets", "relative_attention_max_distance"), _buckets),
    **dict.fromkeys(("pad_token_id", "bos_token_id", "eos_token_id", "decoder_start_token_id"), _id),
    **dict.fromkeys(("hidden_act", "activation_function", "dense_act_fn", "feed_forward_proj"), _word),
    "position_embedding_type": _word,
    **dict.fromkeys(
        (
            *("attention_probs_dropout_prob", "hidden_dropout_prob", "classifier_dropout", "dropout", "dropout_rate"),
            *("attention_dropout", "activation_dropout", "encoder_layerdrop", "decoder_layerdrop", "layer_norm_eps"),
            *("layer_norm_epsilon", "initializer_range", "initializer_factor", "init_std"),
        ),
        _number,
    ),
    **dict.fromkeys(
        ("is_encoder_decoder", "is_gated_act", "scale_embedding", "tie_word_embeddings", "use_cache"), nullable(flag)
    ),
}


def copy_text_model(find: Find, folder: Path) -> int:
    """Write the settings of a text model into a folder, and return a lower bound of how many numbers it has.

    Raises ModelError if there are none, RefusedSettings for a kind or a value that clipsearch does not pass on.
    """
    file = find(ABOUT)
    if file is None:
        raise ModelError(f"there is no {ABOUT} of its text model")
    settings = read_object(file)
    kind = settings.get("model_type")
    if kind not in TYPES:
        raise RefusedSettings(f"its text model is of the kind {shown(kind)}, which clipsearch does not load")
    kept = {key: value for key, value in settings.items() if key in KEPT}
    check_object(f"its text model's {ABOUT}", kept, KEPT)
    (folder / ABOUT).write_text(json.dumps({"model_type": kind, **kept}), encoding="utf-8")
    return _numbers(kept)


def _numbers(settings: dict[str, Any]) -> int:
    """Return a lower bound of the numbers in a text model; of one that also decodes only the encoder is kept."""
    width = int(settings.get("hidden_size", settings.get("d_model", 1)))
    layers = int(settings.get("num_hidden_layers", settings.get("encoder_layers", settings.get("num_layers", 0))))
    inner = int(settings.get("intermediate_size", settings.get("encoder_ffn_dim", settings.get("d_ff", 1))))
    return int(settings.get("vocab_size", 1)) * width + layers * 2 * width * inner
