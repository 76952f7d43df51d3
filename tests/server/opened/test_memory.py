"""Tests of server.opened.memory: what large arrays have taken is the system's again when they are gone."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import re, sys, threading
import numpy as np
from server.opened.memory import give_memory_back

def held():
    return int(re.search(r"RssAnon:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024

def work():
    for size in (2, 4, 8, 12, 16, 20):
        blocks = [np.ones(size << 17) for _ in range(4)]
        kept.append(np.ones(1000))
        del blocks

kept = []
if sys.argv[1] == "yes":
    assert give_memory_back()
before = held()
threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(held() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator")
def test_what_is_freed_goes_back() -> None:
    ended = subprocess.run([sys.executable, "-c", SCRIPT, "yes"], capture_output=True, text=True, check=True)
    assert float(ended.stdout) < 10, "MB"
