"""Tests of indexer.processes.confined: what a process does to itself holds for all that it does then."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

SCRIPT = """
import os, signal, sys
from indexer.processes.confined import confine
confine(256 * 2**20, 3)
os.write(2, b"noise of a decoder")
os.kill(os.getpid(), signal.SIGINT)
try:
    bytearray(2**30)
    print("grew")
except MemoryError:
    print("refused")
print(os.nice(0), len(bytearray(100 * 2**20)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory can't be limited elsewhere")
@pytest.mark.parametrize("debug", ["", "1"])
def test_it_is_deaf_mute_modest_and_small(debug: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "CLIPSEARCH_DEBUG": debug}
    ended = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment, check=True)
    nice = os.nice(0)
    assert ended.stdout.split() == ["refused", str(min(19, nice + 3)), str(100 * 2**20)]
    assert ended.stderr == ("noise of a decoder" if debug else "")
