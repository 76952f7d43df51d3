"""A hub on loopback that huggingface_hub asks in this process."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hub_server import Hub, serving

WEIGHTS = "open_clip_model.safetensors"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """Serve org/tiny, and let huggingface_hub ask there, with a cache of its own."""
    from huggingface_hub import constants

    served = tmp_path / "served"
    served.mkdir()
    (served / WEIGHTS).write_bytes(random.Random(0).randbytes(1_500_000))
    (served / "open_clip_config.json").write_text('{"model_cfg": {}}')
    with serving(Hub(served)) as started:
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 120)  # the hub is as busy as this machine
        monkeypatch.setattr(constants, "HF_HUB_ETAG_TIMEOUT", 120)
        monkeypatch.setattr(constants, "ENDPOINT", started.address)
        template = started.address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
        monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
        monkeypatch.setattr("time.sleep", _brief(monkeypatch))
        yield started


def _brief(monkeypatch: pytest.MonkeyPatch) -> object:
    """Return a sleep that shortens the client's second between two tries."""
    import time

    sleep = time.sleep
    return lambda seconds: sleep(min(seconds, 0.05))
