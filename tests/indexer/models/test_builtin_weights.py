"""Tests of indexer.models.builtin_weights, with the real weights."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from indexer.errors import BuiltinMissing
from indexer.models import builtin_weights
from indexer.models.builtin_encoder import BuiltinEncoder


def test_damaged_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtin_weights, "TEXT_SHA256", "0" * 64)
    with pytest.raises(BuiltinMissing, match=r"model.safetensors is not the expected one"):
        BuiltinEncoder(torch.device("cpu"))


def test_weights_are_found_without_importing_their_packages() -> None:
    code = (
        "import sys; from indexer.models.builtin_weights import locate; locate(); "
        "print(*[m for m in sys.modules if m.startswith(('efficientnet_lite2', 'gt_all', 'torch'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
