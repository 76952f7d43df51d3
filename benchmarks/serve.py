"""Measure the server and its page on a library of a million pictures, on loopback alone and within bounds.

    python -m benchmarks.serve [--work FOLDER] [--pictures 1000000] [--seconds 30] [--requests 10000] [--skip-browser]

The library is that of benchmarks/serve_library.py: made of nothing, so there are no files. What is measured:

- the start: from the command to the address, and to the first answer to a text that is cached;
- searches of cached texts at a fixed rate, those that were asked before and such that never were. Each has its time to
  begin, whether those before it are answered or not, and its latency counts from then, so that a server that lags
  behind can't hide it; every answer has its 100 hits;
- memory (PSS of the server and its processes) as it answers requests of all kinds, one after another;
- the page in Chromium (benchmarks/serve_browser.js): until it shows pictures and takes keys, frames while the whole
  library is scrolled from end to end and jumped through, and its memory. Small pictures are made up by the script, of
  the usual size: the server has no files to make them of.

Targets: searches 50 a second with p95 <= 50 ms; page usable <= 1.0 s; no frame over 100 ms; memory flat, <= 400 MB.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.daily.place import machine, work_folder
from benchmarks.daily.processes import fresh, into_the_page_cache, memory
from benchmarks.serve_library import make_library

REPOSITORY = Path(__file__).parent.parent
RATE = 50  # searches a second
LOOKS = 5  # at the memory, while it answers
THINGS = ("cup", "car", "beach", "mountain", "dog", "cat", "tree", "flower", "boat", "bridge", "cake", "snow", "sunset")
TEXTS = tuple(f"{word} {where}" for word in THINGS for where in ("", "in the rain", "on a table", "at night"))
STARTS_WITHIN = 120.0  # seconds


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs."""

    address: str
    pid: int
    seconds: float  # until its address was printed
    began: float


def main() -> None:
    """Measure and print."""
    arguments = parse()
    work = work_folder(arguments.work)
    library = work / f"serve-{arguments.pictures}"
    fresh(make_library, library, arguments.pictures)
    fresh(embed_texts, library)
    into_the_page_cache(library)
    print(f"{machine()}; {arguments.pictures:,} pictures\n")
    print("| what | figure | target |\n|-|-|-|")
    report_start(library, arguments.starts)
    with serving(library) as server:
        for is_new in (False, True):
            asyncio.run(report_searches(server, arguments.seconds, arguments.rate, is_new))
        asyncio.run(report_memory(server, arguments.requests))
        if not arguments.skip_browser:
            report_browser(server, arguments.scroll_seconds)


def parse() -> argparse.Namespace:
    """Return what is to be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, help="where libraries are kept for the next time")
    parser.add_argument("--pictures", type=int, default=1_000_000)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=30, help="of searching at a fixed rate")
    parser.add_argument("--rate", type=float, default=RATE, help="searches a second")
    parser.add_argument("--requests", type=int, default=10_000, help="while memory is looked at")
    parser.add_argument("--scroll-seconds", type=float, default=20)
    parser.add_argument("--skip-browser", action="store_true")
    return parser.parse_args()


def embed_texts(library: Path) -> None:
    """Have the texts in the cache, as after their first search."""
    from search.library.library import open_library
    from search.query.ask import QueryRequest, ask
    from search.query.terms import make_query

    with open_library(library) as opened:
        for text in TEXTS:
            ask(opened, QueryRequest(make_query(text)))


@contextmanager
def serving(library: Path) -> Iterator[Served]:
    """Serve the library on a free port of this machine."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "clipsearch", "serve", "--no-open", "--port", "0", "--library", str(library)]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, env=environment)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, f"no address in {line!r}"
        yield Served(found[0].rstrip("/"), process.pid, time.perf_counter() - began, began)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def row(what: str, figure: str, target: str = "") -> None:
    """Print a row of the table."""
    print(f"| {what} | {figure} | {target} |", flush=True)


# -- the server alone ---------------------------------------------------------------------------------------------


def asked(text: str, weight: float = 1.0) -> dict[str, Any]:
    """Return the request that searches for a text; with another weight it is one that finds the same anew."""
    return {"terms": [{"text": text, "weight": weight}], "cutoff": "auto", "limit": 100}


def report_start(library: Path, starts: int) -> None:
    """Start a few times, and ask at once."""
    printed, answered = [], []
    for _ in range(starts):
        with serving(library) as server, httpx.Client(base_url=server.address, timeout=STARTS_WITHIN) as client:
            client.post("/api/v1/search", json=asked(TEXTS[0])).raise_for_status()
            answered.append(time.perf_counter() - server.began)
            printed.append(server.seconds)
    row("from the command to its address", f"{statistics.median(printed):.2f} s")
    row("from the command to the first answer", f"{statistics.median(answered):.2f} s")


async def report_searches(server: Served, seconds: float, rate: float, is_new: bool) -> None:
    """Search at a fixed rate."""
    latencies: list[float] = []
    limits = httpx.Limits(max_connections=32, max_keepalive_connections=32)
    async with httpx.AsyncClient(base_url=server.address, timeout=120, limits=limits) as client:
        for text in TEXTS:
            (await client.post("/api/v1/search", json=asked(text))).raise_for_status()

        async def one(number: int, due: float) -> None:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            weight = 1 + (number + 1) / 1e6 if is_new else 1.0
            response = await client.post("/api/v1/search", json=asked(TEXTS[number % len(TEXTS)], weight))
            latencies.append(time.perf_counter() - due)
            assert response.status_code == 200 and response.json()["hits"], response.text[:300]

        start = time.perf_counter() + 0.1
        await asyncio.gather(*(one(number, start + number / rate) for number in range(round(seconds * rate))))
        took = time.perf_counter() - start
    ordered = sorted(1000 * latency for latency in latencies)
    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        target = "<= 50 ms" if name == "p95" and not is_new else ""
        what = "a cached text, first asked" if is_new else "a cached text"
        row(f"search of {what}, {rate:g} a second, {name}", f"{at(ordered, share):.1f} ms", target)
    row("searches answered a second", f"{len(ordered) / took:.1f}")


def at(ordered: list[float], share: float) -> float:
    """Return the value below which a share of the values lies."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def report_memory(server: Served, requests: int) -> None:
    """Ask for one thing after another, and look at the server's memory now and then."""
    looks: list[float] = []
    async with httpx.AsyncClient(base_url=server.address, timeout=60) as client:
        ids = list(range(1, 101))
        for number in range(requests + 1):
            if number % max(1, requests // LOOKS) == 0:
                looks.append(memory(server.pid)[0])
            search = asked(TEXTS[number % len(TEXTS)])
            path, body = (
                ("facets", {key: search[key] for key in ("terms", "cutoff")})
                if number % 50 == 49
                else ("images", {"ids": ids})
                if number % 5 == 4
                else ("search", search)
            )
            (await client.post(f"/api/v1/{path}", json=body)).raise_for_status()
        shown = " ".join(f"{look:.0f}" for look in looks)
        row(f"memory over {requests:,} requests", f"{shown} MB", "flat, <= 400 MB")
        for what, body in (("by date", {}), ("ranked by a text, all", {"terms": [{"text": TEXTS[0]}], "most": None})):
            began = time.perf_counter()
            response = await client.post("/api/v1/layout", json=body)
            response.raise_for_status()
            seconds, size = time.perf_counter() - began, len(response.content) / 1e6
            row(f"the layout of all, {what}", f"{seconds:.2f} s, {size:.1f} MB")
        row("memory after that", f"{memory(server.pid)[0]:.0f} MB", "<= 400 MB")


# -- the page -----------------------------------------------------------------------------------------------------


def report_browser(server: Served, seconds: float) -> None:
    """Have the page opened and scrolled by a browser."""
    command = ["node", "benchmarks/serve_browser.js", server.address, str(seconds)]
    ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"the browser failed:\n{ended.stderr[-3000:]}")
    found = json.loads(ended.stdout)
    row("the page usable after", f"{found['usable_ms']:.0f} ms", "<= 1000 ms")
    row("pictures in the scroll", f"{found['count']:,}")
    for name, said in (("scroll", "scrolled from end to end"), ("jumps", "jumped by the scrubber")):
        frames = found[name]
        row(f"frames as it was {said}, median", f"{frames['median_ms']:.0f} ms")
        row(f"the longest of {frames['frames']}", f"{frames['longest_ms']:.0f} ms", "<= 100 ms")
    row("the last picture is reached", "yes" if found["reached_last"] else "NO")
    row("memory of the page, before and after", f"{found['heap_before_mb']:.0f} and {found['heap_after_mb']:.0f} MB")
    row("memory of the server", f"{memory(server.pid)[0]:.0f} MB", "<= 400 MB")


if __name__ == "__main__":
    main()
