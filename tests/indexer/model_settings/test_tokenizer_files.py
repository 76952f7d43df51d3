"""Tests of indexer.model_settings.tokenizer_files: a copy gives the same tokens, and leads nowhere else."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import ModelError
from indexer.model_settings.kinds import RefusedSettings
from indexer.model_settings.text_models import TYPES, copy_text_model
from indexer.model_settings.tokenizer_files import copy_tokenizer
from tests.indexer.model_settings.foreign import write_tokenizer
from tests.indexer.models.tiny import TEXTS, strange_texts

transformers = pytest.importorskip("transformers")
PIECES = [chr(number) for number in range(97, 123)] + ["ph", "oto", "cup", "car", "some", "thing", "else"]


def finder(folder: Path) -> Any:
    return lambda name: folder / name if (folder / name).exists() else None


def made(kind: str, folder: Path) -> Path:
    """Save a small tokenizer of a kind as transformers does."""
    if kind == "words":
        write_tokenizer(folder)
        return folder
    if kind == "Bert":
        words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *PIECES, *(f"##{piece}" for piece in PIECES)]
        (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
        (folder / "tokenizer_config.json").write_text('{"do_lower_case": true, "tokenizer_class": "BertTokenizer"}')
        (folder / "config.json").write_text('{"model_type": "bert", "architectures": ["BertModel"]}')
        return folder
    if kind == "Roberta":
        words = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", *PIECES, "\u0120"]
        (folder / "vocab.json").write_text(json.dumps({word: number for number, word in enumerate(words)}))
        (folder / "merges.txt").write_text("#version: 0.2\np h\n")
        (folder / "tokenizer_config.json").write_text('{"model_max_length": 512}')  # as that of roberta-base
        (folder / "config.json").write_text('{"model_type": "roberta", "vocab_size": 99}')
        return folder
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    special = {"XLMRoberta": ["<s>", "<pad>", "</s>", "<unk>"], "T5": ["<pad>", "</s>", "<unk>"]}[kind]
    pieces = [(piece, 0.0) for piece in special] + [("\u2581", -2.0), *((piece, -3.0) for piece in PIECES)]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=special.index("<unk>")))
    tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    tokenizer.add_special_tokens(special)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"tokenizer_class": f"{kind}Tokenizer", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return folder


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["words", "Bert", "Roberta", "XLMRoberta", "T5"])
def test_a_copy_gives_the_same_tokens(kind: str, tmp_path: Path) -> None:
    (tmp_path / "from").mkdir()
    (tmp_path / "to").mkdir()
    folder = made(kind, tmp_path / "from")
    copy_tokenizer(finder(folder), tmp_path / "to")
    texts = [*TEXTS, *strange_texts(50)]
    theirs, ours = (transformers.AutoTokenizer.from_pretrained(str(tmp_path / name)) for name in ("from", "to"))
    assert type(ours) is type(theirs) and ours.pad_token_id == theirs.pad_token_id
    assert [ours(text).input_ids for text in texts] == [theirs(text).input_ids for text in texts]
    assert len({tuple(ours(text).input_ids) for text in TEXTS}) == 3


def test_what_leads_elsewhere_is_left_out(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (tmp_path / "from").mkdir()
    (tmp_path / "to").mkdir()
    paths = dict.fromkeys(("vocab_file", "tokenizer_file", "merges_file", "spm_file", "added_tokens_file"), str(secret))
    strange = {
        "name_or_path": "org/x",
        "init_inputs": [str(secret)],
        "chat_template": "{{ x }}",
        "trust_remote_code": True,
    }
    write_tokenizer(tmp_path / "from", {**paths, **strange, "special_tokens_map_file": str(secret)})
    (tmp_path / "from" / "chat_template.jinja").write_text("{{ x }}")
    (tmp_path / "from" / "tokenization_evil.py").write_text("raise SystemExit")
    copy_tokenizer(finder(tmp_path / "from"), tmp_path / "to")
    assert {file.name for file in (tmp_path / "to").iterdir()} == {"tokenizer.json", "tokenizer_config.json"}
    kept = json.loads((tmp_path / "to" / "tokenizer_config.json").read_text())
    assert set(kept) == {"tokenizer_class", "bos_token", "eos_token", "pad_token", "unk_token", "sep_token"}


@pytest.mark.parametrize(
    "settings",
    [
        {"tokenizer_class": "TransfoXLTokenizer"},  # which older versions unpickle
        {"tokenizer_class": "RagTokenizer"},
        {"tokenizer_class": "os.system"},
        {"tokenizer_class": ["Bert"]},
        {"auto_map": ["evil.Evil", None]},
        {"auto_map": {"AutoTokenizer": "other/repository--evil.Evil"}},
        {"sp_model_kwargs": {"model_file": "/etc/passwd"}},
        {"bos_token": {"content": "x", "__type": "Other"}},
        {"added_tokens_decoder": {"x": {"content": "x"}}},
        {"model_max_length": "x"},
    ],
)
def test_a_strange_tokenizer_is_refused(settings: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    write_tokenizer(tmp_path, settings)
    with pytest.raises(RefusedSettings, match=next(iter(settings))):
        copy_tokenizer(finder(tmp_path), tmp_path / "to")


def test_a_folder_without_a_vocabulary(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no vocabulary"):
        copy_tokenizer(finder(tmp_path), tmp_path)


@pytest.mark.parametrize("kind", TYPES)
def test_a_text_model_keeps_its_form(kind: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = (
            transformers.AutoConfig.for_model(kind).to_diff_dict() | transformers.AutoConfig.for_model(kind).to_dict()
        )
    strange = {"auto_map": {"AutoModel": "evil.Evil"}, "_attn_implementation": "org/kernels", "quantization_config": {}}
    (tmp_path / "config.json").write_text(json.dumps({**whole, **strange}))
    (tmp_path / "to").mkdir()
    assert copy_text_model(finder(tmp_path), tmp_path / "to") > 1_000_000
    kept = json.loads((tmp_path / "to" / "config.json").read_text())
    assert kept["model_type"] == kind and not kept.keys() & strange.keys()
    copied = transformers.AutoConfig.from_pretrained(str(tmp_path / "to")).to_dict()
    place = ("transformers_version", "_name_or_path", "architectures")
    assert {key: copied[key] for key in copied if key not in place} == {
        key: whole[key] for key in copied if key not in place
    }


@pytest.mark.parametrize(
    "settings",
    [
        {"model_type": "evil"},
        {"model_type": ["roberta"]},
        {},
        {"model_type": "roberta", "num_hidden_layers": 10**7},
        {"model_type": "roberta", "hidden_size": 10**9},
        {"model_type": "roberta", "hidden_act": "os.system('x')"},
        {"model_type": "mt5", "d_ff": -1},
    ],
)
def test_a_strange_text_model_is_refused(settings: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(settings))
    with pytest.raises(RefusedSettings):
        copy_text_model(finder(tmp_path), tmp_path)
