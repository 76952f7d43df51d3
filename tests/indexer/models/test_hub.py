"""Tests of indexer.models.hub."""

from __future__ import annotations

import threading

import pytest

from indexer.errors import HubUnreachable
from indexer.models import hub
from indexer.models.loading import load_encoder
from indexer.models.names import DEFAULT_MODEL


def test_unreachable_hub_names_both_ways_out() -> None:
    with pytest.raises(HubUnreachable, match=r"connect to the network.*--model builtin"):
        load_encoder(DEFAULT_MODEL, "cpu")


def test_a_hub_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setattr(hub, "DECIDE_SECONDS", 0.1)
    given_up = threading.Event()
    monkeypatch.setattr(hub, "_answers", lambda _: not given_up.wait(60))  # it would answer after a minute
    with pytest.raises(HubUnreachable):
        hub.require_hub("a model")
    given_up.set()


def test_a_hub_that_refuses_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(HubUnreachable):
        hub.require_hub("a model")


@pytest.mark.parametrize("address", ["huggingface.co", "https://hugging face.co", "http://[", "http://127.0.0.1:9"])
def test_a_bad_address_is_an_unreachable_hub(address: str) -> None:
    assert not hub._answers(address)
