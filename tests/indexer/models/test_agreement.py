"""Tests of indexer.models.agreement."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from indexer.errors import ModelError, ModelNotAllowed, UnknownModel
from indexer.models.agreement import Question, agree, asking, is_agreed, require
from indexer.models.names import DEFAULT_MODEL
from indexer.paths import own_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "model"
    made.mkdir()
    (made / "open_clip_config.json").write_text("{}")
    (made / "open_clip_model.safetensors").write_bytes(b"weights")
    return made


@pytest.fixture
def questions() -> list[Question]:
    return []


def test_the_default_models_need_no_question() -> None:
    for name in (DEFAULT_MODEL, "builtin"):
        require(name)
    assert not own_folder().exists()


@pytest.mark.parametrize(
    ("name", "origin"),
    [
        ("ViT-B-32/openai", "the weights openai of open_clip's ViT-B-32"),
        ("hf-hub:org/name", "the repository org/name of the Hugging Face hub"),
        ("local-dir:/models/x", "the folder /models/x"),
        ("ViT-B-32//models/x.pt", "the file /models/x.pt, as a ViT-B-32"),
        ("something", "unknown place"),
    ],
)
def test_other_models_are_asked_about_once(name: str, origin: str, questions: list[Question]) -> None:
    with pytest.raises(ModelNotAllowed, match=r"was never asked for.*clipsearch query TEXT --model ") as caught:
        require(name)
    assert origin in str(caught.value)
    with (
        asking(lambda question: questions.append(question) or False),
        pytest.raises(ModelNotAllowed, match="is not used"),
    ):
        require(name)
    with asking(lambda question: questions.append(question) or True):
        require(name)
        require(name)
    require(name, opens=False)
    assert [question.name for question in questions] == [name] * 2 and origin in questions[0].origin


def test_nothing_is_looked_at_before_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A path on the network would tell its server who is here."""
    for module, function in ((os, "stat"), (os, "listdir"), (os, "scandir"), (Path, "is_file"), (Path, "resolve")):
        monkeypatch.setattr(module, function, lambda *_, **__: pytest.fail("was looked at"))
    for name in (r"local-dir:\\host\share", "local-dir://host/share", "ViT-B-32///host/share/x.pt", "hf-hub:org/name"):
        assert not is_agreed(name)
        with pytest.raises(ModelError):
            require(name)


@pytest.mark.parametrize("name", ["local-dir:models", "local-dir:~/x", "ViT-B-32/../x.pt", "local-dir:", "a/b/c"])
def test_a_path_that_is_not_whole_is_refused(name: str) -> None:
    with asking(lambda _: pytest.fail("asked")), pytest.raises(UnknownModel, match="no whole path"):
        require(name)


def test_a_name_that_is_none() -> None:
    for name in (b"hf-hub:org/name", 5, None):
        with pytest.raises(UnknownModel, match="damaged"):
            require(name)  # type: ignore[arg-type]


def test_a_name_is_shown_in_one_line() -> None:
    with pytest.raises(ModelNotAllowed) as caught:
        require("hf-hub:org/\x1b]0;evil\x07\nname\u202e")
    assert str(caught.value).isprintable() and r"\x1b" in str(caught.value)
    assert "--model" not in str(caught.value), "it can't be typed"
    with pytest.raises(ModelNotAllowed) as caught:
        require("hf-hub:org/" + "x" * 10**6)
    assert len(str(caught.value)) < 2000


def test_what_was_agreed_to_is_kept_for_this_user_alone() -> None:
    agree("hf-hub:org/name")
    agree("hf-hub:org/name")
    (file,) = own_folder().iterdir()
    assert json.loads(file.read_text()) == {"name": "hf-hub:org/name", "content": ""}
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(own_folder().stat().st_mode) == 0o700
    file.write_text('[1]\nnull\n{"name": 5}\n' + "[" * 99999 + "\n" + file.read_text() + "\x00\xff{")
    require("hf-hub:org/name")
    assert not is_agreed("hf-hub:org/other")


def test_the_environment_names_a_model_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIPSEARCH_MODEL", "hf-hub:org/name")
    require("hf-hub:org/name")
    monkeypatch.delenv("CLIPSEARCH_MODEL")
    require("hf-hub:org/name")
    monkeypatch.setenv("CLIPSEARCH_MODEL", "local-dir:/nowhere")
    assert not is_agreed("local-dir:/nowhere")


def test_a_folder_that_has_changed_is_asked_about_anew(folder: Path, questions: list[Question]) -> None:
    name = f"local-dir:{folder}"
    agree(name)
    require(name)
    (folder / "open_clip_model.safetensors").write_bytes(b"other weights")  # these are known by their fingerprint
    (folder / "README.md").write_text("read me")
    require(name)
    (folder / "open_clip_config.json").write_text('{"model_cfg": {}}')
    require(name, opens=False)
    with pytest.raises(ModelNotAllowed, match="has changed since"):
        require(name)
    with asking(lambda question: questions.append(question) or True):
        require(name)
    require(name)
    assert [question.changed for question in questions] == [True]
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelNotAllowed, match="has changed since"):
        require(name)


def test_a_folder_that_is_gone_has_not_changed(folder: Path) -> None:
    agree(f"local-dir:{folder}")
    folder.rename(folder.with_name("away"))
    require(f"local-dir:{folder}")


def test_where_nothing_can_be_written_it_holds_for_this_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CLIPSEARCH_CONFIG", str(tmp_path / "file" / "config"))
    agree("hf-hub:org/name")
    require("hf-hub:org/name")
    with pytest.raises(ModelNotAllowed, match=r"name it each time, as .* can't be written to \(or set CLIP"):
        require("hf-hub:org/other")


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    own_folder().mkdir()
    try:
        (own_folder() / "models.jsonl").symlink_to(victim)
    except OSError:
        pytest.skip("this system has no links")
    agree("hf-hub:org/name")
    assert victim.read_text() == "mine"
