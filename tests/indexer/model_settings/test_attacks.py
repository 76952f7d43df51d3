"""Model folders that try to run their author's code, or to open what is not theirs: nothing of it happens.

Before there were checks, each case of the first test but that with hf_model_name ran the code, and settings of absurd
sizes took all memory.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import ModelError
from indexer.model_settings.kinds import RefusedSettings
from indexer.models.loading import load_encoder
from tests.indexer.model_settings.foreign import plant_code, with_tokenizer, write_settings
from tests.indexer.models.tiny import TEXTS, TINY, local_dir

AUTO_MAP = {"auto_map": {"AutoTokenizer": ["evil.Evil", "evil.Evil"], "AutoConfig": "evil.EvilConfig"}}
TRUST = {"tokenizer_kwargs": {"trust_remote_code": True}}


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    return tmp_path / "trace"


@pytest.mark.parametrize(
    ("text", "tokenizer"),
    [
        (TRUST, {**AUTO_MAP, "tokenizer_class": "Evil"}),
        ({}, {**AUTO_MAP, "tokenizer_class": "Evil"}),  # asked on the terminal
        ({}, {"auto_map": ["evil.Evil", "evil.Evil"], "tokenizer_class": "Evil"}),
        ({**TRUST, "hf_model_name": "org/words"}, {}),
        ({"tokenizer_kwargs": {"trust_remote_code": 1}}, {**AUTO_MAP, "tokenizer_class": "Evil"}),
    ],
)
def test_no_code_of_a_folder_runs(
    tmp_path: Path, trace: Path, text: dict[str, Any], tokenizer: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    folder = with_tokenizer(tmp_path / "evil", tokenizer, **text)
    plant_code(folder, trace)
    about = {"model_type": "evil", "auto_map": {"AutoConfig": "evil.EvilConfig", "AutoModel": "evil.EvilModel"}}
    (folder / "config.json").write_text(json.dumps(about))
    with pytest.raises(ModelError) as caught:
        load_encoder(f"local-dir:{folder}", "cpu")
    assert not trace.exists()
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_an_auto_map_for_other_programs_does_no_harm(tmp_path: Path, trace: Path) -> None:
    """Repositories that serve transformers too name code for it; open_clip's way needs none."""
    folder = with_tokenizer(tmp_path / "both", {"auto_map": {"AutoProcessor": "evil.Evil"}, "processor_class": "Evil"})
    plant_code(folder, trace)
    (folder / "config.json").write_text(
        json.dumps({"model_type": "evil", "auto_map": {"AutoConfig": "evil.EvilConfig"}})
    )
    assert load_encoder(f"local-dir:{folder}", "cpu").encode_texts(TEXTS).shape == (3, 24)
    assert not trace.exists()


def edited(**sections: dict[str, Any]) -> dict[str, Any]:
    """Return the small model's settings with other keys in its sections."""
    model = copy.deepcopy(TINY)
    for name, keys in sections.items():
        (model if name == "model_cfg" else model.setdefault(name, {})).update(keys)
    return model


ELSEWHERE = [
    "../../etc/passwd",
    "/etc/passwd",
    "https://example.org/x",
    "C:\\x",
    "\\\\host\\share",
    "org/../../x",
    "~/x",
    ".",
]


HANDED_ON = (  # what AutoTokenizer and open_clip's tokenizers take
    *("trust_remote_code", "use_auth_token", "vocab_file", "tokenizer_file", "cache_dir", "subfolder", "gguf_file"),
    *("revision", "config", "bpe_path", "tokenizer_type", "auto_map", "code_revision", "proxies", "_from_pipeline"),
)


@pytest.mark.parametrize(
    ("sections", "key"),
    [
        *[({"text_cfg": {"tokenizer_kwargs": {key: value}}}, key) for key in HANDED_ON for value in (True, "x")],
        ({"text_cfg": {"tokenizer_kwargs": {"reduction_mask": "syntax"}}}, "reduction_mask"),  # downloads pickles
        ({"text_cfg": {"tokenizer_kwargs": [["trust_remote_code", True]]}}, "tokenizer_kwargs"),
        *[({"text_cfg": {"hf_tokenizer_name": place}}, "hf_tokenizer_name") for place in ELSEWHERE],
        *[({"text_cfg": {"hf_model_name": place}}, "hf_model_name") for place in ELSEWHERE],
        ({"text_cfg": {"hf_model_config": {"auto_map": {}}}}, "hf_model_config"),
        ({"text_cfg": {"trust_remote_code": True}}, "trust_remote_code"),
        *[
            ({"vision_cfg": {"timm_model_name": f"{kind}{place}"}}, "timm_model_name")
            for kind in ("hf-hub:", "hf_hub:", "local-dir:")
            for place in ("org/name", "../x")
        ],
        *[({"vision_cfg": {"timm_model_name": place}}, "timm_model_name") for place in ELSEWHERE],
        ({"vision_cfg": {"timm_model_pretrained_cfg": {"file": "x"}}}, "timm_model_pretrained_cfg"),
        ({"vision_cfg": {"timm_kwargs": {"pretrained_cfg": {}}}}, "timm_kwargs"),
        ({"vision_cfg": {"act_kwargs": {"inplace": True}}}, "inplace"),
        ({"vision_cfg": {"norm_kwargs": {"device": "cuda"}}}, "device"),
        ({"model_cfg": {"pretrained": "x.pt"}}, "pretrained"),
        ({"model_cfg": {"pretrained_image_path": "x.pt"}}, "pretrained_image_path"),
        ({"model_cfg": {"cast_dtype": "x"}}, "cast_dtype"),
        ({"model_cfg": {"embed_dim": True}}, "embed_dim"),
        ({"model_cfg": {"embed_dim": 24.0}}, "embed_dim"),
        ({"vision_cfg": {"image_size": 10**9}}, "image_size"),
        ({"vision_cfg": {"image_size": [10**9, 1]}}, "image_size"),
        ({"vision_cfg": {"image_size": 0}}, "image_size"),
        ({"vision_cfg": {"image_size": 2048, "patch_size": 1}}, "patches"),
        ({"vision_cfg": {"layers": 10**7}}, "layers"),
        ({"vision_cfg": {"layers": [10**7, 1, 1, 1]}}, "layers"),
        ({"vision_cfg": {"width": 10**12}}, "width"),
        ({"vision_cfg": {"mlp_ratio": 1e300}}, "mlp_ratio"),
        ({"vision_cfg": {"width": 16384, "layers": 256}}, "describe a model of"),
        ({"text_cfg": {"vocab_size": 10**15}}, "vocab_size"),
        ({"text_cfg": {"vocab_size": 4_000_000, "width": 16384}}, "describe a model of"),
        ({"text_cfg": {"context_length": 10**9}}, "context_length"),
        ({"multimodal_cfg": {"layers": 10**7}}, "layers"),
        ({"text_cfg": {"a\x1b]0;evil\x07\n" + "b" * 999: 1}}, r"a\x1b]0;evil\x07\n"),
    ],
)
def test_a_strange_setting_is_refused_by_name(tmp_path: Path, sections: dict[str, Any], key: str) -> None:
    folder = local_dir(tmp_path / "strange")
    write_settings(folder, edited(**sections))
    with pytest.raises(RefusedSettings) as caught:
        load_encoder(f"local-dir:{folder}", "cpu")
    assert key in str(caught.value)
    assert str(caught.value).isprintable() and len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[" * 100_000 + "]" * 100_000, "too deeply"),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, "too deeply"),
        (" " * (1 << 20) + "{}", "too large"),
        ("{", "no JSON"),
        ("[]", "no JSON object"),
        ('{"model_cfg": NaN}', "no JSON"),
        ('{"model_cfg": {"embed_dim": 1' + "0" * 5000 + "}}", "embed_dim|no JSON"),
        ('{"model_cfg": {}}', "no model_cfg with vision_cfg"),
        ('{"model_cfg": 5}', "model_cfg"),
        ('{"model_cfg": null, "preprocess_cfg": null}', "model_cfg"),
        ('{"code": "x.py"}', "code"),
    ],
)
def test_settings_that_are_none_are_one_sentence(tmp_path: Path, content: str, words: str) -> None:
    folder = local_dir(tmp_path / "broken")
    (folder / "open_clip_config.json").write_text(content)
    with pytest.raises(ModelError, match=words) as caught:
        load_encoder(f"local-dir:{folder}", "cpu")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "preprocessing", [{"size": 10**9}, {"std": [0, 0, 0]}, {"mean": [1e30] * 3}, {"mode": "L"}, {"x": 1}]
)
def test_a_strange_preprocessing_is_refused(tmp_path: Path, preprocessing: dict[str, Any]) -> None:
    folder = local_dir(tmp_path / "strange")
    write_settings(folder, TINY, preprocess_cfg=preprocessing)
    with pytest.raises(RefusedSettings, match="preprocess_cfg"):
        load_encoder(f"local-dir:{folder}", "cpu")


def test_a_pattern_that_never_ends_is_a_sentence(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The library `tokenizers` gives up on it after a while, by what is no Exception."""
    from tokenizers import Regex, Tokenizer, pre_tokenizers

    folder = with_tokenizer(tmp_path / "endless")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("(c|c)*$"), "isolated")
    tokenizer.save(str(folder / "tokenizer.json"))
    encoder = load_encoder(f"local-dir:{folder}", "cpu")
    for act in (encoder.encode_texts, encoder.token_counts):
        with pytest.raises(ValueError, match="its tokenizer fails on a text"):
            act(["c" * 100 + "!"])


def test_deep_and_broken_tokenizers_are_sentences(tmp_path: Path) -> None:
    for content in ("[" * 100_000, "{}", '{"added_tokens": 5}', "\xff", '{"model": {"type": "BPE", "vocab": {}}}'):
        folder = with_tokenizer(tmp_path / "broken")
        (folder / "tokenizer.json").write_text(content, encoding="latin-1")
        with pytest.raises(ModelError) as caught:
            load_encoder(f"local-dir:{folder}", "cpu")
        assert "\n" not in str(caught.value)
