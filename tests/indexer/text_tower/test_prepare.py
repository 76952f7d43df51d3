"""Tests of indexer.text_tower.prepare."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from indexer.exported import failures
from indexer.models.encoder import Encoder, TextModule
from indexer.models.loading import load_encoder
from indexer.store.models import remember_model
from indexer.store.store import Store
from indexer.text_tower import tower as text_tower
from indexer.text_tower.export import export_tower
from indexer.text_tower.prepare import prepare_texts
from indexer.text_tower.tower import open_tower, tower_folder
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder
from tests.indexer.models.tiny import local_dir
from tests.indexer.text_tower.towers import cosines, shorten


def test_a_damaged_tower_is_written_again(tiny: Encoder, store: Store, own_cache: Path) -> None:
    export_tower(tiny)
    remember_model(store, tiny)
    shorten(tower_folder(tiny.fingerprint) / text_tower.WEIGHTS)
    prepare_texts(store, tiny, None, print, lambda: False)
    assert cosines(tiny).min() >= 0.99
    folders = {tower_folder(tiny.fingerprint).name, tower_folder(tiny.fingerprint, exact=True).name}
    assert {file.name for file in own_cache.iterdir()} == folders
    (tower_folder(tiny.fingerprint, exact=True) / text_tower.TOKENIZER).unlink()
    prepare_texts(store, tiny, None, print, lambda: False)
    assert open_tower(tiny.fingerprint, exact=True) is not None


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
    monkeypatch.setattr(failures, "versions", lambda: {"torch": "99"})
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
    lines: list[str] = []
    remember_model(store, tiny)
    prepare_texts(store, ColourEncoder(), None, lines.append, lambda: False)  # another model, as before a switch
    prepare_texts(store, tiny, None, lines.append, lambda: True)
    assert (open_tower(tiny.fingerprint), lines) == (None, [])
    prepare_texts(store, None, lambda _: tiny, lines.append, lambda: False)
    assert len(lines) == 1 and open_tower(tiny.fingerprint) is not None
    prepare_texts(store, None, lambda _: pytest.fail("loaded again"), lines.append, lambda: False)
    assert len(lines) == 1


def test_an_index_run_prepares_text_queries_once(tmp_path: Path, own_cache: Path, picture: MakePicture) -> None:
    def run(*arguments: object) -> str:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
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


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("name", text_tower.FILES)
def test_damage_that_keeps_the_size_is_found_by_the_next_run(
    tiny: Encoder, store: Store, own_cache: Path, name: str, exact: bool
) -> None:
    """Before: only once a query had opened that very file, and never where none does."""
    export_tower(tiny)
    remember_model(store, tiny)
    prepare_texts(store, tiny, None, print, lambda: False)
    folder = tower_folder(tiny.fingerprint, exact)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    prepare_texts(store, tiny, None, print, lambda: False)
    about = text_tower.read_about(folder)
    assert about is not None and about.files.are_intact(folder, text_tower.FILES)
