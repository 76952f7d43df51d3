"""Tests of indexer.models.device."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from indexer.errors import InvalidRequest
from indexer.models.device import pick_device
from tests.conftest import REPOSITORY


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
