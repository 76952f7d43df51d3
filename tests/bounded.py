"""Run what may not take for ever in a process of its own, with a bound in time and memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
PATIENCE = 600.0  # seconds of the clock, on a busy machine; what is measured takes a second or two
SLACK = 0.5  # seconds of the processor

PRELUDE = """
import time

def limit_memory(mebibytes):
    try:
        import resource
        used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + mebibytes * 2**20, resource.RLIM_INFINITY))
    except (ImportError, OSError):
        pass

def compare(make, work, size):
    for length in (size, 4 * size):
        material = make(length)
        start = time.process_time()
        work(material)
        print(time.process_time() - start)
"""


def run_bounded(code: str, mebibytes: int = 1024) -> str:
    """Return what code prints; fails if it takes longer than PATIENCE, more memory than said, or raises.

    Imports belong into its first lines: what they take does not count.
    """
    imports = [line for line in code.splitlines() if line.startswith(("import ", "from "))]
    rest = [line for line in code.splitlines() if line not in imports]
    whole = "\n".join([PRELUDE, *imports, f"limit_memory({mebibytes})", *rest])
    command = [sys.executable, "-"]
    result = subprocess.run(command, input=whole, cwd=REPOSITORY, capture_output=True, text=True, timeout=PATIENCE)
    assert result.returncode == 0, result.stderr[-2000:]
    return result.stdout


def grows_linearly(code: str, mebibytes: int = 1024) -> bool:
    """Return whether what code hands to `compare(make, work, size)` takes about four times as long for four times it.

    A square would take sixteen times as long. Only the processor's time counts, and a moment is nothing.
    """
    short, long = map(float, run_bounded(code, mebibytes).split())
    return long < 9 * short + SLACK
