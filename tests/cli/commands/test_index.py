"""Tests of clipsearch index: what it says, its exit codes, and switching to another model."""

from __future__ import annotations

import errno
import json
import os
import signal
from pathlib import Path

import pytest

import cli.commands.index
import search.index.building
import search.index.due
from cli.output.error_sentences import SOME_FAILED
from cli.process.starting import STOPPED
from indexer.arrays import FloatArray
from indexer.models import loading
from indexer.models.preprocess import Pixels
from indexer.store.lock import LOCK_NAME, only_writer
from indexer.store.models import models, remember_model
from indexer.store.store import Store
from tests.cli.conftest import Invoke, one_sentence
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder


def test_index_summary_is_on_stderr(clipsearch: Invoke, photos: Path, picture: MakePicture) -> None:
    picture("a.png", "red")
    (photos / "bad.jpg").write_text("text")
    result = clipsearch("index", photos)
    assert (result.exit_code, result.stdout) == (SOME_FAILED, "")
    assert "bad.jpg: not a picture" in result.stderr
    assert "2 pictures found: 1 encoded, 0 unchanged, 1 failed; " in result.stderr
    again = clipsearch("index", photos)
    assert again.exit_code == SOME_FAILED
    assert "1 file failed before" in again.stderr and "bad.jpg" not in again.stderr


def test_a_folder_that_can_not_be_read_is_not_success(
    indexed: Invoke, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def refuse(path: str, *arguments: int, **options: int) -> int:
        if str(path).endswith("sub"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refuse)
    for _ in range(2):
        result = indexed("index", photos, "--quiet")
        assert (result.exit_code, result.stderr.count("\n")) == (3, 1)
        assert "sub: the folder can't be read" in result.stderr
    monkeypatch.undo()
    assert "3 unchanged" in indexed("index", photos).stderr, "and nothing in it was forgotten"


def test_a_switch_is_not_called_off_while_it_is_being_made(
    indexed: Invoke, tmp_path: Path, encoder: ColourEncoder
) -> None:
    with Store.open(tmp_path / "lib") as store:
        remember_model(store, ColourEncoder("other"))
        store.db.execute("UPDATE models SET name = 'builtin' WHERE active = 1")
        with only_writer(store):
            one_sentence(indexed("index", "--model", "builtin"), "being indexed by")
        assert len(models(store)) == 2
        assert indexed("index", "--model", "builtin").exit_code == 0
        assert len(models(store)) == 1


def test_a_library_that_can_not_be_written_to(indexed: Invoke, tmp_path: Path) -> None:
    (tmp_path / "lib" / LOCK_NAME).unlink()
    (tmp_path / "lib" / LOCK_NAME).mkdir()
    for command in (["index"], ["roots", "remove", str(tmp_path / "photos"), "--yes"]):
        one_sentence(indexed(*command), "can't be written to", "--library")


def test_a_second_indexer_is_told_who_holds_the_library(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    with Store.open(tmp_path / "lib") as store, only_writer(store):
        one_sentence(indexed("index", photos), f"process {os.getpid()}", "since")
        assert indexed("query", "red", "-k", "1").exit_code == 0


def test_index_leaves_the_file_of_a_large_library_ready(
    clipsearch: Invoke, photos: Path, picture: MakePicture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        picture(f"{number}.png", f"rgb({number * 4}, {255 - number * 4}, 90)")
    for module in (search.index.building, search.index.due):
        monkeypatch.setattr(module, "EXACT_ROWS", 50)
    clipsearch("index", photos)
    assert len(list((tmp_path / "lib").glob("model-1-*.faiss"))) == 1
    assert "of the ten nearest" in clipsearch("info").stdout


def test_index_without_folders_goes_over_the_known_ones(indexed: Invoke, photos: Path, picture: MakePicture) -> None:
    picture("new.png", "lime")
    assert "1 encoded, 3 unchanged" in indexed("index").stderr


def test_index_mistakes(clipsearch: Invoke, photos: Path, picture: MakePicture) -> None:
    one_sentence(clipsearch("index"), "clipsearch index FOLDER")
    one_sentence(clipsearch("index", photos / "nowhere"), "folder that exists")
    empty = clipsearch("index", photos)
    assert (empty.exit_code, "No pictures in" in empty.stderr) == (0, True)
    one_sentence(clipsearch("query", "red"), "Nothing is indexed")
    picture("a.png", "red")
    partly = clipsearch("index", photos, photos / "nowhere")
    assert partly.exit_code == 1
    assert "nowhere: no such folder" in partly.stderr and "1 encoded" in partly.stderr
    one_sentence(clipsearch("query", "red", "--model", "ViT-B-32/openai"), "indexed with colour", "index --model")
    assert clipsearch("index", "--exclude", "*.gif").exit_code == 2
    assert clipsearch("index", photos, "--batch-size", "0").exit_code == 2


def test_another_model_is_built_beside_and_can_be_called_off(
    indexed: Invoke, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(ColourEncoder):
        def encode_images(self, batch: Pixels) -> FloatArray:
            raise RuntimeError("no such kernel")

    monkeypatch.setattr(loading, "load_encoder", lambda name, *_: Interrupted(name))
    assert indexed("index", "--model", "ViT-B-32/openai").exit_code == 1
    assert "colour" in indexed("info").stdout, "the old model goes on answering"
    plain = indexed("index")
    assert (plain.exit_code, "is not complete; clipsearch index --model ViT-B-32/openai" in plain.stderr) == (0, True)
    with Store.open(tmp_path / "lib") as store:
        assert len(models(store)) == 2
        store.db.execute("UPDATE models SET name = 'a; b' WHERE NOT active")
    assert "clipsearch index --model 'a; b' goes on" in indexed("index").stderr, "a name may be anyone's"
    with Store.open(tmp_path / "lib") as store:
        store.db.execute("UPDATE models SET name = 'ViT-B-32/openai' WHERE NOT active")
        store.db.execute("UPDATE models SET name = 'builtin' WHERE active")
    assert "not complete" not in indexed("index", "--model", "builtin").stderr
    monkeypatch.setattr(loading, "load_encoder", lambda name, *_: ColourEncoder(name))
    assert "3 encoded" in indexed("index", "--model", "ViT-B-32/openai").stderr
    assert "ViT-B-32/openai" in indexed("info").stdout


def test_stopped_run_exits_130(clipsearch: Invoke, photos: Path, picture: MakePicture) -> None:
    for number in range(200):
        picture(f"{number}.png", "red")

    class Interrupting(ColourEncoder):
        def encode_images(self, batch: Pixels) -> FloatArray:
            if not self.images_encoded:
                os.kill(os.getpid(), signal.SIGINT)
            return super().encode_images(batch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "load_encoder", lambda *_: Interrupting())
        result = clipsearch("index", photos)
    assert (result.exit_code, "200 encoded" in result.stderr) == (STOPPED, False), result.output
    assert "Stopped; what was encoded is kept" in result.stderr
    assert "200 pictures found" in clipsearch("index", photos).stderr


def test_ctrl_c_after_the_last_picture_exits_130_too(indexed: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails before: what is prepared for later runs was broken off, and the exit code said that all was done."""
    monkeypatch.setattr(cli.commands.index, "prepare", lambda *_: os.kill(os.getpid(), signal.SIGINT))
    assert indexed("index").exit_code == STOPPED


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("WRONG", "There is no model 'WRONG'"),
        ("ViT-B-32/nonsense", "has no weights 'nonsense'"),
        ("Nonsense/openai", "no architecture 'Nonsense'"),
        ("hf-hub:nonsense", "names no repository"),
        ("local-dir:/nowhere", "no open_clip_config.json"),
        ("", "There is no model"),
    ],
)
def test_a_wrong_model_is_told_before_anything_is_said_or_looked_at(
    indexed: Invoke, photos: Path, name: str, said: str, tmp_path: Path
) -> None:
    (photos / "broken.png").symlink_to("nowhere")
    switched = indexed("index", "--model", name)
    one_sentence(switched, said)
    assert "All pictures are encoded" not in switched.stderr and "broken" not in switched.stderr
    new = indexed("index", "--model", name, photos, "--library", tmp_path / "new")
    one_sentence(new, said)
    assert "broken" not in new.stderr
    assert "0 encoded, 3 unchanged" in indexed("index", photos).stderr


def test_another_limit_on_the_size_is_kept_to_and_tries_again(
    clipsearch: Invoke, photos: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture("large.png", "red", (2000, 1000))
    result = clipsearch("index", photos, "--max-megapixels", 1)
    assert result.exit_code == 3 and "2 megapixels, where the limit is 1 (--max-megapixels or " in result.stderr
    assert "1 file failed before" in clipsearch("index", photos, "--max-megapixels", 1.5).stderr
    monkeypatch.setenv("CLIPSEARCH_MAX_MEGAPIXELS", "1.9")
    assert "1 file failed before" in clipsearch("index").stderr
    monkeypatch.delenv("CLIPSEARCH_MAX_MEGAPIXELS")
    assert "1 encoded" in clipsearch("index").stderr
    assert clipsearch("index", "--max-megapixels", 0).exit_code == 2
    monkeypatch.setenv("CLIPSEARCH_MAX_MEGAPIXELS", "many")
    assert "millions of pixels" in clipsearch("index").stderr


def test_thumbnails_are_made_and_told(
    indexed: Invoke, photos: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "own cache"))
    result = indexed("index", photos)
    assert "thumbnail" not in result.stderr and not (tmp_path / "own cache" / "thumbnails").exists()
    result = indexed("index", "--thumbnails", "--log-json")
    events = [json.loads(line) for line in result.stderr.splitlines()]
    assert [event["total"] for event in events if event["event"] == "thumbnails"] == [3]
    assert [event["left"] for event in events if event["event"] == "progress"] == [2, 1, 0]
    assert events[-1]["thumbnails"] == {"pictures": 3, "have": 3, "no_room": 0}
    result = indexed("index", photos, "--thumbnails")
    assert result.exit_code == 0 and "3 pictures have thumbnails.\n3 pictures found: 0 encoded" in result.stderr
    monkeypatch.setenv("CLIPSEARCH_THUMBNAILS", "lots")
    one_sentence(indexed("index", photos, "--thumbnails"), "CLIPSEARCH_THUMBNAILS", "such as 500MB", code=2)
