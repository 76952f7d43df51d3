"""Tests of indexer.models.loading."""

from __future__ import annotations

import pytest

from indexer.errors import BuiltinMissing, HubUnreachable, UnknownModel
from indexer.models import loading as model_choice
from indexer.models.builtin_encoder import BuiltinEncoder
from indexer.models.loading import load_encoder, load_first_encoder
from indexer.models.names import DEFAULT_MODEL


def test_unknown_architecture_and_tag() -> None:
    with pytest.raises(UnknownModel, match="near it: ViT-B-32"):
        load_encoder("ViT-B-33/openai", "cpu")
    with pytest.raises(UnknownModel, match="tags: openai"):
        load_encoder("ViT-B-32/nobody", "cpu")


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


def test_an_empty_name_never_becomes_another_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIPSEARCH_MODEL", "")
    assert load_first_encoder(None, "cpu", lambda _: None).name == "builtin"
    with pytest.raises(UnknownModel, match="no model ''"):
        load_first_encoder("", "cpu", lambda _: pytest.fail("gave way"))


def test_without_the_extra_it_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_choice.builtin_weights, "is_installed", lambda: False)
    with pytest.raises(HubUnreachable):
        load_first_encoder(None, "cpu", lambda _: pytest.fail("gave way"))
    with pytest.raises(BuiltinMissing, match="pip install"):
        load_encoder("builtin", "cpu")
