"""The settings of a model in open_clip's format: what clipsearch passes on, which is all that the zoo's models need.

open_clip hands many settings on to timm and transformers. These read other files and repositories, download and run
code if they are told to; so every key and every value is looked at first, and what is not known is refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from indexer.model_settings.json_files import read_object
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

CONFIG = "open_clip_config.json"
MOST_LAYERS, MOST_WIDTH, MOST_SIDE, MOST_TOKENS, MOST_WORDS = 256, 16384, 2048, 4096, 4_000_000
MOST_PATCHES = 16384  # of a picture, beyond which attention takes minutes
REPOSITORY = r"(?!.*(\.\.|--))[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?"  # of the hub, and no path
NAME = r"[a-z_]{0,32}"

_side = either(whole(1, MOST_SIDE), list_of(whole(1, MOST_SIDE), 2, 2))
_share = number(0, 1)
_layer_scale = nullable(number(0, 100))
_layers = whole(1, MOST_LAYERS)
_repository = nullable(word(REPOSITORY))

ACTIVATION: Allowed = {"approximate": one_of("none", "tanh")}
NORMALISATION: Allowed = {"eps": number(0, 1), "elementwise_affine": flag, "bias": flag}
TOKENIZER: Allowed = {  # all that is ever passed to a tokenizer
    "clean": one_of("whitespace", "lower", "canonicalize"),
    "strip_sep_token": flag,
    "add_bos_token": flag,
    "add_eos_token": flag,
    "add_prefix_space": flag,
    "do_lower_case": flag,
    "use_fast": flag,
    "legacy": nullable(flag),
    "language": nullable(word(r"[A-Za-z_-]{1,16}")),
    "padding_side": one_of("left", "right"),
    "truncation_side": one_of("left", "right"),
    "additional_special_tokens": nullable(list_of(text(64), 0, 1000)),
    "reduction_mask": one_of("", "simple", "random", "shuffle"),  # "syntax" downloads pickles
}
ATTENTION: dict[str, Check] = {
    "block_type": nullable(one_of("default", "custom")),
    **dict.fromkeys(
        ("qk_norm", "scaled_cosine_attn", "scale_heads", "scale_attn_inner", "scale_attn", "scale_fc"), flag
    ),
}
VISION: Allowed = {
    "layers": either(_layers, list_of(_layers, 4, 4)),
    "width": whole(1, MOST_WIDTH),
    "head_width": whole(1, MOST_WIDTH),
    "mlp_ratio": number(0.01, 64),
    "patch_size": nullable(either(whole(1, 256), list_of(whole(1, 256), 2, 2))),
    "image_size": _side,
    "ls_init_value": _layer_scale,
    "patch_dropout": _share,
    "attentional_pool": either(flag, one_of("parallel", "cascade")),
    "attn_pooler_queries": whole(1, MOST_TOKENS),
    "attn_pooler_heads": whole(1, 256),
    "pos_embed_type": one_of("learnable", "sin_cos_2d"),
    "pool_type": word(NAME),
    **dict.fromkeys(("no_ln_pre", "final_ln_after_pool", "output_tokens"), flag),
    "act_kwargs": ACTIVATION,
    "norm_kwargs": NORMALISATION,
    **ATTENTION,
    "timm_model_name": nullable(word(r"[a-z0-9_]{1,96}(\.[a-z0-9_]{1,96})?")),  # of timm's own, no "hf-hub:" or folder
    "timm_model_pretrained": flag,
    "timm_pool": nullable(word(NAME)),
    "timm_proj": nullable(one_of("", "linear", "mlp", "none")),
    "timm_proj_bias": flag,
    "timm_drop": _share,
    "timm_drop_path": nullable(_share),
}
TEXT: Allowed = {
    "context_length": whole(1, MOST_TOKENS),
    "vocab_size": whole(1, MOST_WORDS),
    "hf_tokenizer_name": either(one_of(""), _repository),
    "tokenizer_mode": nullable(one_of("", "clips")),
    "tokenizer_kwargs": TOKENIZER,
    "width": whole(1, MOST_WIDTH),
    "heads": whole(1, 256),
    "layers": _layers,
    "mlp_ratio": number(0.01, 64),
    "ls_init_value": _layer_scale,
    "pad_id": whole(-1, MOST_WORDS),
    "eos_id": whole(-1, MOST_WORDS),
    "pool_type": word(NAME),
    "proj_type": nullable(one_of("linear", "none")),
    **dict.fromkeys(("embed_cls", "no_causal_mask", "final_ln_after_pool", "proj_bias", "output_tokens"), flag),
    "act_kwargs": ACTIVATION,
    "norm_kwargs": NORMALISATION,
    **ATTENTION,
    "hf_model_name": _repository,
    "hf_model_pretrained": flag,
    "hf_proj_type": nullable(one_of("linear", "mlp")),
    "hf_pooler_type": nullable(word(NAME)),
}
MODEL: Allowed = {
    "embed_dim": whole(1, MOST_WIDTH),
    "vision_cfg": VISION,
    "text_cfg": TEXT,
    "multimodal_cfg": {
        **TEXT,
        "dim_head": whole(1, MOST_WIDTH),
        "n_queries": whole(1, MOST_TOKENS),
        "attn_pooler_heads": whole(1, 256),
    },
    "init_logit_scale": number(-100, 100),
    "init_logit_bias": nullable(number(-1000, 1000)),
    **dict.fromkeys(("custom_text", "quick_gelu", "nonscalar_logit_scale", "output_dict"), flag),
}
PREPROCESSING: Allowed = {
    "size": _side,
    "mode": one_of("RGB"),
    "mean": list_of(number(-10, 10), 3, 3),
    "std": list_of(number(1e-6, 10), 3, 3),
    "interpolation": one_of("bicubic", "bilinear", "random", "nearest"),
    "resize_mode": one_of("shortest", "longest", "squash"),
    "fill_color": whole(0, 255),
}
SETTINGS: Allowed = {"model_cfg": MODEL, "preprocess_cfg": PREPROCESSING}


def read_settings(file: Path) -> dict[str, Any]:
    """Return the settings in a file, checked; raises RefusedSettings, OSError if it can't be read."""
    settings = read_object(file)
    check_settings(settings)
    return settings


def check_settings(settings: dict[str, Any]) -> None:
    """Raise RefusedSettings for settings that clipsearch does not pass on."""
    check_object(f"its {CONFIG}", settings, SETTINGS)
    model = settings.get("model_cfg")
    if not isinstance(model, dict) or not all(isinstance(model.get(key), dict) for key in ("vision_cfg", "text_cfg")):
        raise RefusedSettings(f"its {CONFIG} has no model_cfg with vision_cfg and text_cfg")
    if "embed_dim" not in model:
        raise RefusedSettings(f"its {CONFIG} names no model_cfg.embed_dim")
    if patches(model["vision_cfg"]) > MOST_PATCHES:
        raise RefusedSettings(f"its {CONFIG} cuts a picture into more than {MOST_PATCHES:,} patches")


def patches(vision: dict[str, Any]) -> int:
    """Return into how many patches a picture is cut; 1 where timm or a ResNet decides that."""
    if vision.get("timm_model_name") or isinstance(vision.get("layers"), list):
        return 1
    (height, width), (tall, wide) = _pair(vision.get("image_size", 224)), _pair(vision.get("patch_size") or 16)
    return (height // tall) * (width // wide)


def _pair(size: int | list[int]) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else (size[0], size[1])
