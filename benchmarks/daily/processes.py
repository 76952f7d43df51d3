"""Run commands: how long they take, what they write, and the most memory they had."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
OFTEN = 0.05  # seconds between two looks at a command's memory


@dataclass(frozen=True, slots=True)
class Run:
    """One finished command."""

    seconds: float  # wall time of the process
    output: str  # standard output and standard error
    peak_pss: float = 0.0  # MB of the process and its children together, if memory was sampled
    peak_rss: float = 0.0


def run(
    command: Sequence[str | Path], sample: bool = False, env: Mapping[str, str] | None = None, **options: Any
) -> Run:
    """Run a command to its end; `sample` also looks at its memory, which slows it a little."""
    environment = dict(os.environ if env is None else env)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode at hand
    parts, peaks = [str(part) for part in command], (0.0, 0.0)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as written:  # a pipe could be full
        started = time.perf_counter()
        process = subprocess.Popen(parts, stdout=written, stderr=subprocess.STDOUT, env=environment, **options)
        while sample and process.poll() is None:
            pss, rss = memory(process.pid)
            peaks = max(peaks[0], pss), max(peaks[1], rss)
            time.sleep(OFTEN)
        process.wait()
        seconds = time.perf_counter() - started
        written.seek(0)
        output = written.read()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(parts)[:300]} failed:\n{output[-3000:]}")
    return Run(seconds, output, *peaks)


def memory(pid: int) -> tuple[float, float]:
    """Return the sums of PSS and of RSS over a process and its children, in MB."""
    pss = rss = 0
    try:
        for process in (found := psutil.Process(pid), *found.children(recursive=True)):
            now = process.memory_full_info()
            pss, rss = pss + now.pss, rss + now.rss
    except psutil.Error:
        pass  # it has just ended; what was added up is too little, which no peak minds
    return pss / 1e6, rss / 1e6


def fresh(work: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a new process."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def into_the_page_cache(*places: Path) -> None:
    """Read files, and all in folders: what else is read in between may have driven them out."""
    for place in places:
        for path in filter(Path.is_file, [place, *place.rglob("*")]):
            with path.open("rb") as file:
                while file.read(1 << 22):
                    pass
