"""Tests of indexer.models.names, indexer.models.loading, indexer.models.hub and indexer.models.device."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer.errors import BuiltinMissing, HubUnreachable, InvalidRequest, ModelMismatch, UnknownModel
from indexer.models import hub
from indexer.models import loading as model_choice
from indexer.models.builtin_encoder import BuiltinEncoder
from indexer.models.device import pick_device
from indexer.models.loading import load_encoder, load_first_encoder
from indexer.models.names import DEFAULT_MODEL, ModelName, parse_model_name
from indexer.store.models import check_request, load_stored, remember_model
from indexer.store.store import Store
from tests.conftest import REPOSITORY
from tests.fakes import ColourEncoder


def test_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint = tmp_path / "weights.pt"
    checkpoint.write_bytes(b"")
    (tmp_path / "open_clip_config.json").write_text("{}")
    assert parse_model_name("builtin") == ModelName("builtin", "builtin")
    assert parse_model_name(DEFAULT_MODEL) == ModelName("zoo", "ViT-B-32-256", "datacomp_s34b_b86k")
    assert parse_model_name("hf-hub:org/name") == ModelName("hf-hub", "org/name")
    assert parse_model_name(f"local-dir:{tmp_path}") == ModelName("local-dir", str(tmp_path))
    assert parse_model_name(f"ViT-B-32/{checkpoint}") == ModelName("file", "ViT-B-32", str(checkpoint))
    monkeypatch.chdir(tmp_path)
    assert parse_model_name("ViT-B-32/weights.pt") == parse_model_name(f"ViT-B-32/{checkpoint}")


@pytest.mark.parametrize("name", ["", "ViT-B-32", "/tag", "hf-hub:name", "hf-hub:/a", "local-dir:/nowhere"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(UnknownModel):
        parse_model_name(name)


@pytest.mark.parametrize("name", [DEFAULT_MODEL, "builtin", "hf-hub:org/name"])
def test_a_parsed_name_prints_as_it_was(name: str) -> None:
    assert str(parse_model_name(name)) == name


def test_unknown_architecture_and_tag() -> None:
    with pytest.raises(UnknownModel, match="near it: ViT-B-32"):
        load_encoder("ViT-B-33/openai", "cpu")
    with pytest.raises(UnknownModel, match="tags: openai"):
        load_encoder("ViT-B-32/nobody", "cpu")


def test_unreachable_hub_names_both_ways_out() -> None:
    with pytest.raises(HubUnreachable, match=r"connect to the network.*--model builtin"):
        load_encoder(DEFAULT_MODEL, "cpu")


def test_a_hub_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setattr(hub, "DECIDE_SECONDS", 0.1)
    monkeypatch.setattr(hub, "_answers", lambda _: time.sleep(5))
    started = time.monotonic()
    with pytest.raises(HubUnreachable):
        hub.require_hub("a model")
    assert time.monotonic() - started < 4


def test_a_hub_that_refuses_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(HubUnreachable):
        hub.require_hub("a model")


@pytest.mark.parametrize("address", ["huggingface.co", "https://hugging face.co", "http://[", "http://127.0.0.1:9"])
def test_a_bad_address_is_an_unreachable_hub(address: str) -> None:
    assert not hub._answers(address)


def test_the_default_gives_way_to_the_builtin_model_in_two_lines() -> None:
    lines: list[str] = []
    assert isinstance(load_first_encoder(None, "cpu", lines.append), BuiltinEncoder)
    assert len(lines) == 2
    assert f"clipsearch index --model {DEFAULT_MODEL}" in lines[1]


def test_a_model_asked_for_by_name_never_gives_way() -> None:
    with pytest.raises(HubUnreachable):
        load_first_encoder(DEFAULT_MODEL, "cpu", lambda _: pytest.fail("gave way"))


def test_the_environment_names_the_model_of_a_new_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIPSEARCH_MODEL", "builtin")
    assert load_first_encoder(None, "cpu", lambda _: pytest.fail("gave way")).name == "builtin"
    with pytest.raises(HubUnreachable):
        load_first_encoder(DEFAULT_MODEL, "cpu", lambda _: pytest.fail("gave way"))


def test_without_the_extra_it_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_choice.builtin_weights, "is_installed", lambda: False)
    with pytest.raises(HubUnreachable):
        load_first_encoder(None, "cpu", lambda _: pytest.fail("gave way"))
    with pytest.raises(BuiltinMissing, match="pip install"):
        load_encoder("builtin", "cpu")


def test_weights_that_changed_are_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = remember_model(store, ColourEncoder())
    changed = ColourEncoder()
    changed.fingerprint = "another"
    monkeypatch.setattr(model_choice, "load_encoder", lambda *_: changed)
    with pytest.raises(ModelMismatch, match="--reindex"):
        load_stored(stored, "cpu")
    with pytest.raises(ModelMismatch, match="indexed with colour"):
        check_request(stored, "builtin")
    check_request(stored, None)


def test_devices() -> None:
    assert pick_device("cpu").type == "cpu"
    assert pick_device("auto").type in ("cpu", "cuda", "mps")
    with pytest.raises(InvalidRequest):
        pick_device("toaster")


def test_threads_that_wait_sleep_unless_told_otherwise() -> None:
    code = """
import os, sys
from indexer.models.device import pick_device
assert "torch" not in sys.modules, "which reads it when it is imported"
pick_device("cpu")
print(os.environ["OMP_WAIT_POLICY"])
"""
    for given, expected in ((None, "PASSIVE"), ("ACTIVE", "ACTIVE")):
        environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
        environment |= {"OMP_WAIT_POLICY": given} if given else {}
        command = [sys.executable, "-c", code]
        ended = subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=True)
        assert ended.stdout.strip() == expected
