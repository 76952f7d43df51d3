"""Tests of indexer.image_tower.prepare."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.image_tower import prepare
from indexer.image_tower.export import export_tower
from indexer.image_tower.packed_way import open_packed
from indexer.image_tower.prepare import PICTURES, pictures_of, prepare_images
from indexer.image_tower.tower import find_tower, open_tower, tower_folder
from indexer.models.encoder import Encoder
from indexer.store.models import remember_model
from indexer.store.store import Store
from tests.conftest import MakePicture, cut, run
from tests.fakes import ColourEncoder
from tests.indexer.text_tower.towers import DAMAGES


class Exports(ColourEncoder):
    """Fails to be exported, and counts how often that is tried."""

    tried = 0

    def image_module(self) -> None:
        self.tried += 1
        raise RuntimeError("no such operator")


def silently(store: Store, loaded: Encoder | None, load: object = None, stop: bool = False) -> None:
    prepare_images(store, loaded, load, lambda _: None, lambda: stop)  # type: ignore[arg-type]


def test_it_is_exported_once(tiny: Encoder, store: Store, own_cache: Path) -> None:
    lines: list[str] = []
    silently(store, tiny)
    assert not own_cache.exists(), "before the first picture there is nothing to do"
    remember_model(store, tiny)
    silently(store, ColourEncoder())  # another model, as before a switch
    silently(store, tiny, stop=True)
    assert find_tower(tiny.fingerprint) is None
    for _ in range(2):
        prepare_images(store, None, lambda _: tiny, lines.append, lambda: False)
    assert len(lines) == 1 and find_tower(tiny.fingerprint) is not None
    (tower_folder(tiny.fingerprint) / "fp32.bin").unlink()
    silently(store, tiny)
    assert find_tower(tiny.fingerprint) is not None, "written again"


def test_a_failed_export_fails_no_run_and_is_remembered(store: Store, own_cache: Path) -> None:
    encoder = Exports()
    remember_model(store, encoder)
    for _ in range(3):
        silently(store, encoder)
    assert encoder.tried == 1


def test_no_model_is_loaded_where_nothing_can_be_kept(tiny: Encoder, store: Store, own_cache: Path) -> None:
    own_cache.write_text("a file where the folder should be")
    remember_model(store, tiny)
    silently(store, None, lambda _: pytest.fail("loaded"))


def test_a_full_disk_leaves_nothing(
    tiny: Encoder, store: Store, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    remember_model(store, tiny)
    monkeypatch.setattr("indexer.exported.graph._optimise", full)
    silently(store, tiny)
    assert find_tower(tiny.fingerprint) is None
    assert [path.name for path in tower_folder(tiny.fingerprint).iterdir()] == ["failed.json"]


def test_it_is_compared_on_pictures_of_the_library(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    paths = [picture(f"{number}.png", f"rgb({number * 9}, 0, 0)") for number in range(20)]
    run(store, photos, encoder)
    pixels = pictures_of(store, encoder.preprocess)
    assert pixels.shape == (PICTURES, 2, 2, 3) and len({int(pixel[0, 0, 0]) for pixel in pixels}) == PICTURES
    for path in paths[:19]:
        cut(path)
    few = pictures_of(store, encoder.preprocess)
    assert len(few) < PICTURES + 2 and np.ptp(few) > 0, "made-up ones stand in for what can't be read"


def test_videos_are_not_decoded_for_it(store: Store, encoder: ColourEncoder) -> None:
    assert len(pictures_of(store, encoder.preprocess)) >= prepare.PICTURES // 4


def test_a_failure_takes_nothing_from_another_process(
    tiny: Encoder, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_the_race(*arguments: object) -> None:
        export_tower(*arguments)  # type: ignore[arg-type]
        raise OSError(39, "Directory not empty")

    remember_model(store, tiny)
    monkeypatch.setattr("indexer.image_tower.export.export_tower", lose_the_race)
    silently(store, tiny)
    assert find_tower(tiny.fingerprint) is not None


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["fp32.bin", "fp32.onnx", "int8.bin", "packed.safetensors"])
def test_what_was_found_damaged_is_written_again(tiny: Encoder, store: Store, name: str, damage: str) -> None:
    remember_model(store, tiny)
    silently(store, tiny)
    about, folder = find_tower(tiny.fingerprint), tower_folder(tiny.fingerprint)
    assert about is not None
    DAMAGES[damage](folder / name)
    if name == "packed.safetensors":
        with pytest.raises(ValueError, match="damaged"):
            open_packed(about, name)
    else:
        assert open_tower(about, name[:4]) is None
    silently(store, tiny)
    again = find_tower(tiny.fingerprint)
    assert again is not None and again.files.are_intact(folder, list(again.hashes))


@pytest.mark.parametrize("name", ["fp32.bin", "fp32.onnx", "int8.bin", "int8.onnx", "packed.safetensors"])
def test_damage_that_keeps_the_size_is_found_by_the_next_run(tiny: Encoder, store: Store, name: str) -> None:
    """Before: only once somebody had opened that very file."""
    remember_model(store, tiny)
    silently(store, tiny)
    silently(store, tiny)  # a run that finds all well, and notes that
    folder = tower_folder(tiny.fingerprint)
    DAMAGES["flipped"](folder / name)
    silently(store, tiny)
    again = find_tower(tiny.fingerprint)
    assert again is not None and again.files.are_intact(folder, list(again.hashes))
