"""Tests of indexer.text_tower.tower, and of the embeddings that come of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.exported.folder import read_sealed, seal
from indexer.models.encoder import Encoder
from indexer.store.models import remember_model
from indexer.store.store import Store
from indexer.store.texts import cache_texts, cached_texts
from indexer.text_tower import export as text_export
from indexer.text_tower import tower as text_tower
from indexer.text_tower.export import export_tower
from indexer.text_tower.tower import open_tower, tower_folder
from search.texts.embeddings import embed_texts
from tests.fakes import ColourEncoder
from tests.indexer.text_tower.towers import DAMAGES, opened


def test_a_text_that_is_too_long_is_cut_as_the_encoder_does(tiny: Encoder) -> None:
    export_tower(tiny)
    long, longer = opened(tiny).encode_texts(["cup " * 75, "cup " * 75 + "of tea"])
    assert np.array_equal(long, longer)


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
    fields = read_sealed(file)
    assert fields is not None
    file.write_text(seal({**fields, **change}))
    model = remember_model(store, tiny)
    assert np.array_equal(embed_texts(store, model, ["a cup"], lambda: tiny), tiny.encode_texts(["a cup"]))


def test_exact_embeddings_take_the_place_of_others_only(tiny: Encoder, store: Store) -> None:
    export_tower(tiny)
    model = remember_model(store, tiny)
    exact = tiny.encode_texts(["a cup"])
    near = embed_texts(store, model, ["a cup"], lambda: pytest.fail("loaded"))
    assert not np.array_equal(near, exact) and (near * exact).sum() >= 0.99
    by_exact_tower = embed_texts(store, model, ["a cup"], lambda: pytest.fail("loaded"), exact=True)
    assert (by_exact_tower * exact).sum() > max(0.99999, (near * exact).sum())
    assert np.array_equal(embed_texts(store, model, ["a cup"], lambda: pytest.fail("loaded")), by_exact_tower)
    cache_texts(store, model, {"a cup": near[0]}, exact=False)  # as another process may
    assert np.array_equal(cached_texts(store, model, ["a cup"], exact=True)["a cup"], by_exact_tower[0])


@pytest.mark.parametrize("damage", DAMAGES)
def test_without_the_exact_tower_the_model_gives_exact_embeddings(tiny: Encoder, store: Store, damage: str) -> None:
    assert export_tower(tiny).has_exact
    DAMAGES[damage](tower_folder(tiny.fingerprint, exact=True) / text_tower.WEIGHTS)
    assert open_tower(tiny.fingerprint, exact=True) is None and open_tower(tiny.fingerprint) is not None
    model = remember_model(store, tiny)
    exact = embed_texts(store, model, ["a cup"], lambda: tiny, exact=True)
    assert np.array_equal(exact, tiny.encode_texts(["a cup"]))


def test_a_tower_in_fp32_is_the_exact_one(tiny: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_export, "LEAST_COSINES", {"int8": 1.01, "fp32": 0.999})
    assert not export_tower(tiny).has_exact
    tower = open_tower(tiny.fingerprint, exact=True)
    assert tower is not None and tower.is_exact and tower is open_tower(tiny.fingerprint)


def test_texts_of_an_older_library_are_exact(store: Store, encoder: ColourEncoder) -> None:
    model = remember_model(store, encoder)
    store.db.execute("ALTER TABLE texts DROP COLUMN exact")
    store.db.execute("DELETE FROM _sqlite_migrations WHERE name LIKE 'm009%'")
    vector = np.array([0, 1, 0], "<f4")
    store.db.execute("INSERT INTO texts (model, text, vector) VALUES (?, 'red', ?)", [model.id, vector.tobytes()])
    assert store.folder is not None
    with Store.open(store.folder) as again:
        assert cached_texts(again, model, ["red"], exact=True)["red"].tolist() == [0, 1, 0]
