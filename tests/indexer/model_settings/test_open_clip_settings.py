"""Tests of indexer.model_settings.open_clip_settings: all that is in use passes."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import Any

import pytest

from indexer.model_settings.json_files import read_object
from indexer.model_settings.kinds import RefusedSettings
from indexer.model_settings.open_clip_settings import check_settings, read_settings
from indexer.model_settings.size import check_size, check_timm_model, numbers

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import open_clip

PREPROCESSING = ("size", "mode", "mean", "std", "interpolation", "resize_mode", "fill_color")


@pytest.mark.parametrize("architecture", open_clip.list_models())
def test_every_architecture_of_the_zoo_passes(architecture: str) -> None:
    model = open_clip.get_model_config(architecture)
    for tag in [None, *open_clip.list_pretrained_tags_by_model(architecture)]:
        entry = open_clip.get_pretrained_cfg(architecture, tag) if tag else {}
        preprocessing = {key: entry[key] for key in PREPROCESSING if key in entry}
        check_settings(json.loads(json.dumps({"model_cfg": model, "preprocess_cfg": preprocessing})))


CLIP_TEXT = {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12}
CLIP_MEAN = {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711]}
ON_THE_HUB: dict[str, dict[str, Any]] = {  # as repositories write them
    "SigLIP": {
        "model_cfg": {
            "embed_dim": 768,
            "init_logit_bias": -10,
            "custom_text": True,
            "vision_cfg": {
                **{"image_size": 224, "timm_model_name": "vit_base_patch16_siglip_224", "timm_model_pretrained": False},
                **{"timm_pool": "map", "timm_proj": "none"},
            },
            "text_cfg": {
                **{"context_length": 64, "vocab_size": 32000, "hf_tokenizer_name": "timm/ViT-B-16-SigLIP"},
                **{"tokenizer_kwargs": {"clean": "canonicalize"}, "width": 768, "heads": 12, "layers": 12},
                **{"no_causal_mask": True, "proj_bias": True, "pool_type": "last", "norm_kwargs": {"eps": 1e-6}},
            },
        },
        "preprocess_cfg": {
            **{"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "interpolation": "bicubic", "resize_mode": "squash"},
            **{"size": [224, 224], "mode": "RGB", "fill_color": 0},
        },
    },
    "SigLIP 2": {
        "model_cfg": {
            "embed_dim": 1152,
            "init_logit_bias": -10,
            "custom_text": True,
            "vision_cfg": {
                **{"image_size": 384, "timm_model_name": "vit_so400m_patch16_siglip_384", "timm_pool": "map"},
                **{"timm_model_pretrained": False, "timm_proj": "none"},
            },
            "text_cfg": {
                **{"context_length": 64, "vocab_size": 256000, "hf_tokenizer_name": "timm/ViT-SO400M-16-SigLIP2-384"},
                **{"tokenizer_kwargs": {"clean": "canonicalize"}, "width": 1152, "heads": 16, "layers": 27},
                **{"mlp_ratio": 3.7362, "no_causal_mask": True, "proj_bias": True, "pool_type": "last"},
                **{"norm_kwargs": {"eps": 1e-06}, "act_kwargs": {"approximate": "tanh"}},
            },
        },
        "preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]},
    },
    "multilingual": {
        "model_cfg": {
            "embed_dim": 512,
            "vision_cfg": {"image_size": 224, "layers": 12, "width": 768, "patch_size": 32},
            "text_cfg": {
                **{"hf_model_name": "xlm-roberta-base", "hf_tokenizer_name": "xlm-roberta-base"},
                **{"hf_pooler_type": "mean_pooler", "hf_proj_type": "mlp", "hf_model_pretrained": True},
            },
            "custom_text": True,
        },
        "preprocess_cfg": CLIP_MEAN,
    },
    "NLLB": {
        "model_cfg": {
            "embed_dim": 768,
            "custom_text": True,
            "init_logit_bias": -10,
            "vision_cfg": {"image_size": 384, "timm_model_name": "vit_base_patch16_siglip_384", "timm_pool": "map"},
            "text_cfg": {
                **{"hf_tokenizer_name": "facebook/nllb-200-distilled-600M", "hf_proj_type": "linear"},
                **{"hf_model_name": "facebook/nllb-200-distilled-600M", "hf_pooler_type": "cls_pooler"},
                "tokenizer_kwargs": {"language": "eng_Latn"},
            },
        },
        "preprocess_cfg": CLIP_MEAN,
    },
    "MobileCLIP": {
        "model_cfg": {
            "embed_dim": 512,
            "vision_cfg": {
                **{"timm_model_name": "fastvit_mci1", "timm_model_pretrained": False, "timm_pool": "avg"},
                **{"timm_proj": None, "timm_drop": 0.0, "timm_drop_path": 0.0, "image_size": 256},
            },
            "text_cfg": {**CLIP_TEXT, "no_causal_mask": True},
            "custom_text": True,
        },
        "preprocess_cfg": {
            **{"mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0], "interpolation": "bilinear"},
            "resize_mode": "shortest",
        },
    },
    "CLIPA": {
        "model_cfg": {
            "embed_dim": 768,
            "vision_cfg": {
                **{"image_size": 336, "layers": 24, "width": 1024, "patch_size": 14, "no_ln_pre": True},
                **{"pool_type": "avg", "final_ln_after_pool": True},
            },
            "text_cfg": {
                **{"context_length": 32, "vocab_size": 32000, "hf_tokenizer_name": "bert-base-uncased"},
                **{"tokenizer_kwargs": {"strip_sep_token": True}, "width": 768, "heads": 12, "layers": 12},
                **{"pool_type": "last", "no_causal_mask": True},
            },
        },
        "preprocess_cfg": {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "interpolation": "bilinear"},
    },
    "CoCa": {
        "model_cfg": {
            "embed_dim": 512,
            "vision_cfg": {
                **{"image_size": 224, "layers": 12, "width": 768, "patch_size": 32, "attentional_pool": True},
                **{"attn_pooler_heads": 8, "output_tokens": True},
            },
            "text_cfg": {
                **{"context_length": 76, "vocab_size": 49408, "layers": 12, "heads": 8, "width": 512},
                **{"embed_cls": True, "output_tokens": True},
            },
            "multimodal_cfg": {
                **{"context_length": 76, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12},
                "attn_pooler_heads": 8,
            },
            "custom_text": True,
        },
        "preprocess_cfg": CLIP_MEAN,
    },
    "PLIP of one's own": {
        "model_cfg": {
            "embed_dim": 512,
            "quick_gelu": True,
            "vision_cfg": {"image_size": 224, "layers": 12, "width": 768, "patch_size": 32},
            "text_cfg": CLIP_TEXT,
        }
    },
    "bos": {
        "model_cfg": {
            "embed_dim": 512,
            "vision_cfg": {"timm_model_name": "vit_base_patch16_224.augreg_in21k"},
            "text_cfg": {
                **CLIP_TEXT,
                "hf_tokenizer_name": "google/gemma-2b",
                "tokenizer_kwargs": {
                    "add_bos_token": False,
                    "add_eos_token": True,
                    "padding_side": "right",
                    "use_fast": True,
                },
            },
        }
    },
}


@pytest.mark.parametrize("kind", ON_THE_HUB)
def test_what_repositories_have_passes(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "open_clip_config.json"
    file.write_text(json.dumps(ON_THE_HUB[kind], indent=2), encoding="utf-8-sig")
    assert read_settings(file) == ON_THE_HUB[kind]


@pytest.mark.parametrize(("architecture", "millions"), [("ViT-B-32", 151), ("ViT-H-14", 986), ("RN50", 102)])
def test_a_models_size_is_never_thought_too_large(architecture: str, millions: int) -> None:
    found = numbers(open_clip.get_model_config(architecture))
    assert 0.55 * millions < found / 1e6 <= millions


def test_settings_of_more_than_the_weights_hold_are_refused(tmp_path: Path) -> None:
    weights = tmp_path / "weights.pt"
    weights.write_bytes(bytes(1 << 20))
    check_size(
        open_clip.get_model_config("ViT-B-32")
        | {"text_cfg": {"vocab_size": 10, "layers": 0, "width": 8}, "vision_cfg": {"layers": 1, "width": 64}},
        weights,
    )
    with pytest.raises(RefusedSettings, match=r"a model of 1\d\d,\d{3},\d{3} numbers, but its weights \(weights.pt\)"):
        check_size(open_clip.get_model_config("ViT-B-32"), weights)


def test_a_file_of_holes_is_not_large(tmp_path: Path) -> None:
    weights = tmp_path / "weights.pt"
    with weights.open("wb") as file:
        file.truncate(1 << 40)
    if getattr(weights.stat(), "st_blocks", 1) or not hasattr(os, "SEEK_HOLE"):
        pytest.skip("this system has no files with holes, or does not tell")
    for content in (b"", b"x"):
        with weights.open("r+b") as file:
            file.write(content)
        with pytest.raises(RefusedSettings, match="a model of"):
            check_size(open_clip.get_model_config("ViT-B-32"), weights)


def test_a_model_of_timm_is_measured_before_it_is_built(tmp_path: Path) -> None:
    pytest.importorskip("timm")
    weights = tmp_path / "weights.pt"
    weights.write_bytes(bytes(1 << 20))
    check_timm_model("fastvit_mci0", weights)
    check_timm_model("no_such_model", weights)
    with pytest.raises(RefusedSettings, match=r"a model of 4,\d{3},\d{3},\d{3} numbers"):
        check_timm_model("eva02_enormous_patch14_clip_224", weights)


def test_a_pipe_is_no_settings(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no pipes")
    os.mkfifo(tmp_path / "open_clip_config.json")
    with pytest.raises(RefusedSettings, match="no ordinary file"):
        read_object(tmp_path / "open_clip_config.json")
