"""Tests of the exported text tower: tower, export, graph, tokens and open_clip_text."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from tokenizers import Tokenizer

from cli.main import main
from indexer.models.builtin_encoder import BuiltinEncoder
from indexer.models.encoder import Encoder, TextModule
from indexer.models.loading import load_encoder
from indexer.models.open_clip_text import text_module
from indexer.models.tokens import clean_text
from indexer.store.models import remember_model
from indexer.store.store import Store
from indexer.store.texts import cache_texts, cached_texts
from indexer.text_tower import export as text_export
from indexer.text_tower import tower as text_tower
from indexer.text_tower.export import NotExported, export_tower, prepare_texts
from indexer.text_tower.probes import probe_texts
from indexer.text_tower.tower import TextTower, open_tower, tower_folder
from search.texts.embeddings import embed_texts
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder
from tests.indexer.models.test_open_clip_encoder import TINY, local_dir

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import torch
    from open_clip.tokenizer import SimpleTokenizer, get_clean_fn
    from tokenizers import models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

TEXTS = [
    "a photo of a cup",
    "it's 3,5 x 12 cm &amp; caf\u00e9",
    "\u6d77\u8fba\u306e\u72ac \U0001f600",
    "word " * 300,
    "x",
]
SIGLIP_TEXT = {"context_length": 16, "vocab_size": 200, "width": 32, "heads": 2, "layers": 2, "pool_type": "last"}


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of this test alone."""
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "own cache"))
    return tmp_path / "own cache"


@pytest.fixture
def tiny(tmp_path: Path, own_cache: Path) -> Encoder:
    return load_encoder(f"local-dir:{local_dir(tmp_path / 'tiny')}", "cpu")


def opened(encoder: Encoder) -> TextTower:
    tower = open_tower(encoder.fingerprint)
    assert tower is not None
    return tower


def cosines(encoder: Encoder, texts: list[str] = TEXTS) -> Any:
    return (opened(encoder).encode_texts(texts) * encoder.encode_texts(texts)).sum(axis=1)


def strange_texts(count: int) -> list[str]:
    """Return texts of random characters of many scripts, with white space, digits and apostrophes among them."""
    chance = random.Random(4)
    ranges = [
        (32, 126),
        (32, 126),
        (160, 591),
        (880, 1279),
        (1424, 1791),
        (2304, 2431),
        (0x3040, 0x30FF),
        (0x4E00, 0x9FFF),
    ]
    ranges += [(0xAC00, 0xAD00), (0x1F300, 0x1F6FF), (0x2000, 0x206F)]
    pieces = [
        "'s",
        "'LL",
        " ",
        "  ",
        "\n",
        "\t",
        "12",
        "&lt;",
        "&#39;",
        "\u00c3\u00a9",
        " <end_of_text>",
        "\u0130",
        "-",
        "_",
    ]

    def piece() -> str:
        return chance.choice(pieces) if chance.random() < 0.3 else chr(chance.randint(*chance.choice(ranges)))

    return ["".join(piece() for _ in range(chance.randint(0, 40))) for _ in range(count)]


@pytest.mark.parametrize("cleaning", ["whitespace", "lower", "canonicalize"])
def test_texts_are_cleaned_as_open_clip_does(cleaning: str) -> None:
    theirs = get_clean_fn(cleaning)
    for text in [*probe_texts(), *strange_texts(500)]:
        assert clean_text(text, cleaning) == theirs(text)


def test_ordinary_text_needs_no_ftfy() -> None:
    code = (
        "import sys; from indexer.models.tokens import clean_text\n"
        "clean_text('a Cup, 50% off!', 'lower'); print('ftfy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"


@pytest.mark.parametrize("cleaning", ["lower", "canonicalize"])
def test_tokens_are_open_clips_own(cleaning: str) -> None:
    theirs = SimpleTokenizer(clean=cleaning, context_length=32)
    model = load_tiny_model()
    module = text_module(model, theirs)
    assert module is not None and (module.cleaning, module.context, module.pad) == (cleaning, 32, None)
    ours = Tokenizer.from_str(module.tokenizer)
    ours.enable_truncation(32)
    texts = [*probe_texts(), *strange_texts(500)]
    for text, expected in zip(texts, theirs(texts).numpy(), strict=True):
        ids = ours.encode(clean_text(text, cleaning)).ids
        assert ids + [0] * (32 - len(ids)) == expected.tolist(), text


def load_tiny_model() -> Any:
    from tests.indexer.models.test_open_clip_encoder import random_model

    return random_model()


def test_a_clip_model(tiny: Encoder) -> None:
    about = export_tower(tiny)
    tower = opened(tiny)
    assert (about.precision, about.pad, tower.is_exact) == ("int8", None, False)
    assert 0.99 <= about.least_cosine < 1 and cosines(tiny).min() >= 0.99
    assert tower.encode_texts(TEXTS).dtype == np.float32 and tower.encode_texts([]).shape == (0, 24)
    assert tower.context_length == tiny.context_length == 77
    assert tower.token_counts(TEXTS) == tiny.token_counts(TEXTS)
    assert tower.token_counts(["a photo of a cup", "word " * 300]) == [7, 302]


def test_a_text_that_is_too_long_is_cut_as_the_encoder_does(tiny: Encoder) -> None:
    export_tower(tiny)
    long, longer = opened(tiny).encode_texts(["cup " * 75, "cup " * 75 + "of tea"])
    assert np.array_equal(long, longer)


def test_fp32_where_int8_is_too_far_off(tiny: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_export, "LEAST_COSINES", {"int8": 1.01, "fp32": 0.999})
    about = export_tower(tiny)
    assert (about.precision, opened(tiny).is_exact) == ("fp32", True)
    assert about.least_cosine > 0.99999 and np.allclose(cosines(tiny), 1, atol=1e-5)


def test_no_tower_that_comes_out_differently(tiny: Encoder, monkeypatch: pytest.MonkeyPatch, own_cache: Path) -> None:
    module = tiny.text_module()
    assert module is not None
    monkeypatch.setattr(tiny, "text_module", lambda: replace(module, context=5))
    with pytest.raises(NotExported, match="differently"):
        export_tower(tiny)
    assert list(own_cache.iterdir()) == [] and open_tower(tiny.fingerprint) is None


def test_a_tower_that_sees_its_padding(tmp_path: Path, own_cache: Path) -> None:
    text = {**TINY["text_cfg"], "context_length": 16, "no_causal_mask": True, "pool_type": "last"}
    text["tokenizer_kwargs"] = {"clean": "canonicalize"}
    config = {**TINY, "custom_text": True, "init_logit_bias": -10.0, "text_cfg": text}
    encoder = load_encoder(f"local-dir:{save_siglip(tmp_path / 'siglip', config)}", "cpu")
    about = export_tower(encoder)
    assert (about.pad, about.context, about.cleaning) == (0, 16, "canonicalize")
    assert cosines(encoder).min() >= 0.99
    assert opened(encoder).token_counts(TEXTS) == encoder.token_counts(TEXTS)


def test_a_model_with_a_tokenizer_of_the_hub(tmp_path: Path, own_cache: Path) -> None:
    config = {
        **TINY,
        "custom_text": True,
        "text_cfg": {**SIGLIP_TEXT, "no_causal_mask": True, "hf_tokenizer_name": "org/name"},
    }
    folder = save_siglip(tmp_path / "siglip2", config)
    trained = Tokenizer(models.Unigram())
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    trained.train_from_iterator(
        probe_texts(),
        trainers.UnigramTrainer(vocab_size=200, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>"),
    )
    trained.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    fast = PreTrainedTokenizerFast(tokenizer_object=trained, pad_token="<pad>", eos_token="</s>", unk_token="<unk>")
    fast.save_pretrained(folder)
    encoder = load_encoder(f"local-dir:{folder}", "cpu")
    about = export_tower(encoder)
    assert (about.pad, about.context, about.cleaning) == (0, 16, "whitespace")
    assert cosines(encoder).min() >= 0.99
    assert opened(encoder).token_counts(TEXTS) == encoder.token_counts(TEXTS)


def save_siglip(folder: Path, config: dict[str, Any]) -> Path:
    """Save a random model whose configuration has what only the tokenizer reads."""
    network = {
        name: value
        for name, value in config["text_cfg"].items()
        if name not in ("tokenizer_kwargs", "hf_tokenizer_name")
    }
    local_dir(folder, {**config, "text_cfg": network})
    written = json.loads((folder / "open_clip_config.json").read_text())
    (folder / "open_clip_config.json").write_text(json.dumps({**written, "model_cfg": config}))
    return folder


@pytest.fixture(scope="module")
def builtin(cache: Path) -> Encoder:
    """The built-in model, its text tower exported."""
    encoder = BuiltinEncoder(torch.device("cpu"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLIPSEARCH_CACHE", str(cache))
        if open_tower(encoder.fingerprint) is None:
            export_tower(encoder)
    return encoder


def test_the_built_in_model(builtin: Encoder) -> None:
    about = opened(builtin).about
    assert (about.precision, about.pad, about.context) == ("int8", None, 256)
    texts = [*TEXTS, "a red envelope", "cats, dogs and birds"]  # not those that the export looked at
    assert cosines(builtin, texts).min() >= 0.99
    assert opened(builtin).token_counts(texts) == builtin.token_counts(texts)
    assert builtin.token_counts(["word " * 300]) == [302]


def test_the_ranking_stays(builtin: Encoder) -> None:
    """Any two texts are as near to each other as the encoder has them."""
    texts = probe_texts()[:80]
    theirs, ours = builtin.encode_texts(texts), opened(builtin).encode_texts(texts)
    assert np.abs(ours @ theirs.T - theirs @ theirs.T).max() < 0.03


def test_a_new_query_imports_no_torch(builtin: Encoder, sample_library: Path) -> None:
    library = str(sample_library)
    code = (
        "import sys; from cli.main import main\n"
        f"try: main(['query', 'an envelope, red', '-k', '1', '--format', 'paths', '--library', {library!r}])\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    path, modules = done.stdout.splitlines()
    assert Path(path).name == "red-envelope.jpg"
    assert {"onnxruntime", "tokenizers"} <= set(modules.split())
    assert not {"torch", "open_clip", "transformers", "timm", "huggingface_hub", "onnx", "PIL"} & set(modules.split())
    with Store.open(sample_library) as store:
        assert store.db.execute("SELECT exact FROM texts WHERE text = 'an envelope, red'").fetchone() == (0,)


def shorten(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {"gone": Path.unlink, "shorter": shorten, "flipped": flip}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", text_tower.FILES)
def test_a_damaged_tower_is_no_tower(tiny: Encoder, store: Store, name: str, damage: str) -> None:
    export_tower(tiny)
    DAMAGES[damage](tower_folder(tiny.fingerprint) / name)
    assert open_tower(tiny.fingerprint) is None
    model = remember_model(store, tiny)
    assert np.array_equal(embed_texts(store, model, ["a cup"], lambda: tiny), tiny.encode_texts(["a cup"]))
    assert store.db.execute("SELECT exact FROM texts").fetchall() == [(1,)]


@pytest.mark.parametrize("change", [{"format": 0}, {"fingerprint": "another"}, {"dim": 7}, {"more": 1}, {"sizes": {}}])
def test_another_versions_tower_is_no_tower(tiny: Encoder, store: Store, change: dict[str, Any]) -> None:
    export_tower(tiny)
    file = tower_folder(tiny.fingerprint) / text_tower.ABOUT
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    model = remember_model(store, tiny)
    assert np.array_equal(embed_texts(store, model, ["a cup"], lambda: tiny), tiny.encode_texts(["a cup"]))


def test_a_damaged_tower_is_written_again(tiny: Encoder, store: Store, own_cache: Path) -> None:
    export_tower(tiny)
    remember_model(store, tiny)
    shorten(tower_folder(tiny.fingerprint) / text_tower.WEIGHTS)
    prepare_texts(store, tiny, None, print, lambda: False)
    assert cosines(tiny).min() >= 0.99
    assert [file.name for file in own_cache.iterdir()] == [tower_folder(tiny.fingerprint).name]


def test_what_ends_an_export_leaves_nothing(tiny: Encoder, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(text_tower, "write_about", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export_tower(tiny)
    assert list(own_cache.iterdir()) == []


class Exports(ColourEncoder):
    """Fails to be exported, and counts how often that is tried."""

    tried = 0

    def text_module(self) -> TextModule | None:
        self.tried += 1
        raise RuntimeError("no such operator")


def test_a_failed_export_fails_no_run_and_is_remembered(
    store: Store, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = Exports()
    remember_model(store, encoder)
    for _ in range(3):
        prepare_texts(store, None, lambda _: encoder, lambda _: None, lambda: False)
    assert encoder.tried == 1
    monkeypatch.setattr(text_export, "_versions", lambda: {"torch": "99"})
    prepare_texts(store, encoder, None, lambda _: None, lambda: False)
    assert encoder.tried == 2, "another version may be able to"


def test_a_model_that_cannot_be_loaded_is_not_tried_again_and_again(tiny: Encoder, store: Store) -> None:
    def load(_: object) -> Encoder:
        tried.append(1)
        raise OSError("no such checkpoint")

    tried: list[int] = []
    remember_model(store, tiny)
    for _ in range(3):
        prepare_texts(store, None, load, lambda _: None, lambda: False)
    assert len(tried) == 1
    prepare_texts(store, tiny, load, lambda _: None, lambda: False)
    assert open_tower(tiny.fingerprint) is not None


def test_no_model_is_loaded_where_nothing_can_be_kept(tiny: Encoder, store: Store, own_cache: Path) -> None:
    own_cache.write_text("a file where the folder should be")
    remember_model(store, tiny)
    prepare_texts(store, None, lambda _: pytest.fail("loaded"), print, lambda: False)


def test_when_the_model_is_loaded_for_it(tiny: Encoder, store: Store) -> None:
    told: list[str] = []
    remember_model(store, tiny)
    prepare_texts(store, ColourEncoder(), None, told.append, lambda: False)  # another model, as before a switch
    prepare_texts(store, tiny, None, told.append, lambda: True)
    assert (open_tower(tiny.fingerprint), told) == (None, [])
    prepare_texts(store, None, lambda _: tiny, told.append, lambda: False)
    assert len(told) == 1 and open_tower(tiny.fingerprint) is not None
    prepare_texts(store, None, lambda _: pytest.fail("loaded again"), told.append, lambda: False)
    assert len(told) == 1


def test_an_index_run_prepares_text_queries_once(tmp_path: Path, own_cache: Path, picture: MakePicture) -> None:
    def run(*arguments: object) -> str:
        result = CliRunner().invoke(main, [str(one) for one in arguments])
        assert result.exit_code == 0, result.output
        return result.stderr

    model = f"local-dir:{local_dir(tmp_path / 'tiny')}"
    folder = picture("red.png", "red").parent
    assert "Preparing text queries" in run("index", folder, "--model", model)
    assert open_tower(load_encoder(model, "cpu").fingerprint) is not None
    assert "Preparing" not in run("index", folder)
    shutil.rmtree(own_cache)
    assert "Preparing text queries" in run("index", folder), "the model is loaded for it, once"
    assert "Preparing" not in run("index", folder, "--reindex")


def test_exact_embeddings_take_the_place_of_others_only(tiny: Encoder, store: Store) -> None:
    export_tower(tiny)
    model = remember_model(store, tiny)
    exact = tiny.encode_texts(["a cup"])
    near = embed_texts(store, model, ["a cup"], lambda: pytest.fail("loaded"))
    assert not np.array_equal(near, exact) and (near * exact).sum() >= 0.99
    assert np.array_equal(embed_texts(store, model, ["a cup"], lambda: tiny, exact=True), exact)
    assert np.array_equal(embed_texts(store, model, ["a cup"], lambda: pytest.fail("loaded")), exact)
    cache_texts(store, model, {"a cup": near[0]}, exact=False)  # as another process may
    assert np.array_equal(cached_texts(store, model, ["a cup"], exact=True)["a cup"], exact[0])


def test_texts_of_an_older_library_are_exact(store: Store, encoder: ColourEncoder) -> None:
    model = remember_model(store, encoder)
    store.db.execute("ALTER TABLE texts DROP COLUMN exact")
    store.db.execute("DELETE FROM _sqlite_migrations WHERE name LIKE 'm009%'")
    store.db.execute(
        "INSERT INTO texts (model, text, vector) VALUES (?, 'red', ?)", [model.id, np.ones(3, "<f4").tobytes()]
    )
    assert store.folder is not None
    with Store.open(store.folder) as again:
        assert cached_texts(again, model, ["red"], exact=True)["red"].tolist() == [1, 1, 1]
