"""Measure what an assistant waits for: `clipsearch mcp` from its start to the first answer, and each tool after that.

    python -m benchmarks.agents [--runs 9] [--calls 20] [--library LIBRARY]

The official client starts the server, on the library of the sample images unless another one is named. Medians, beside
a process that imports the SDK alone, which no server that uses it can beat, in turns in the same run. That no start
loads torch is checked.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult

HERE = Path(__file__).resolve().parent.parent
SAMPLES = HERE / "sample_images"
KNOWN = "red envelope"
NEW = "a picture number {} of something nobody has asked for"


@dataclass(slots=True)
class Figures:
    """What was measured, in seconds and bytes."""

    sdk: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    first_new: list[float] = field(default_factory=list)
    calls: dict[str, list[float]] = field(default_factory=dict)
    memory: int = 0


def import_seconds() -> float:
    """Return how long a process takes that imports the SDK's server and ends."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import mcp.server.mcpserver"], check=True, cwd=HERE)
    return time.perf_counter() - started


def server_of(library: Path) -> StdioServerParameters:
    """Return how the server of a library is started."""
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    return StdioServerParameters(
        command=sys.executable, args=["-m", "clipsearch", "mcp", "--library", str(library)], env=environment, cwd=HERE
    )


def process_of(library: Path) -> psutil.Process:
    """Return the server that this process has started."""
    for child in psutil.Process().children(recursive=True):
        if "mcp" in child.cmdline() and str(library) in child.cmdline():
            return child
    raise RuntimeError("the server is not there")


def check_no_torch(server: psutil.Process) -> None:
    """Raise if a process has loaded torch."""
    loaded = [file.path for file in server.memory_maps() if "libtorch" in file.path]
    if loaded:
        raise RuntimeError(f"the server has loaded {loaded[0]}")


async def checked(answer: Awaitable[CallToolResult]) -> dict[str, Any]:
    """Return an answer's object; raises if it is an error."""
    result = await answer
    if result.is_error or result.structured_content is None:
        raise RuntimeError(str(result.content))
    structure: dict[str, Any] = result.structured_content
    return structure


async def first_answer(library: Path, text: str) -> float:
    """Return how long it takes from the start of the server to its first answer."""
    started = time.perf_counter()
    async with Client(server_of(library)) as client:
        await checked(client.call_tool("search_photos", {"query": text}))
        taken = time.perf_counter() - started
        check_no_torch(process_of(library))
    return taken


async def calls_after(library: Path, calls: int, figures: Figures) -> None:
    """Measure each tool in a session that is open."""
    async with Client(server_of(library)) as client:
        hits = (await checked(client.call_tool("search_photos", {"query": KNOWN, "limit": 20})))["hits"]
        ids = [hit["id"] for hit in hits]
        work: dict[str, tuple[str, Callable[[int], dict[str, Any]]]] = {
            "search_photos, text cached": ("search_photos", lambda _: {"query": KNOWN}),
            "search_photos, a new text": ("search_photos", lambda n: {"query": NEW.format(f"{n} more")}),
            "photo_details of 20": ("photo_details", lambda _: {"ids": ids}),
            "contact_sheet of 20": ("contact_sheet", lambda _: {"ids": ids}),
            "view_photo, 1,024 pixels": ("view_photo", lambda n: {"id": ids[n % len(ids)]}),
            "library_overview": ("library_overview", lambda _: {}),
        }
        for name, (tool, arguments) in work.items():
            await checked(client.call_tool(tool, arguments(0)))  # what is made once is made
            taken = figures.calls[name] = []
            for number in range(1, calls + 1):
                started = time.perf_counter()
                await checked(client.call_tool(tool, arguments(number)))
                taken.append(time.perf_counter() - started)
        figures.memory = process_of(library).memory_info().rss


async def measure(library: Path, runs: int, calls: int) -> Figures:
    """Return all figures; what takes turns is measured in turns."""
    figures = Figures()
    await first_answer(library, KNOWN)  # which caches the text, and warms the disk
    for number in range(runs):
        figures.sdk.append(import_seconds())
        figures.first.append(await first_answer(library, KNOWN))
        figures.first_new.append(await first_answer(library, NEW.format(number)))
    await calls_after(library, calls, figures)
    return figures


def main() -> None:
    """Print the figures as Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--calls", type=int, default=20)
    parser.add_argument("--library", type=Path, help="instead of that of the sample images; its text cache grows")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = arguments.library
        if library is None:
            library = Path(folder) / "library"
            command = ["-m", "clipsearch", "index", str(SAMPLES), "--model", "builtin", "--library", str(library)]
            subprocess.run([sys.executable, *command], check=True, capture_output=True, cwd=HERE)
        figures = asyncio.run(measure(library.resolve(), arguments.runs, arguments.calls))
    show(figures)


def show(figures: Figures) -> None:
    """Print the figures."""
    bound = statistics.median(figures.sdk)
    print("| from the start | median s | least s | of the SDK's import |\n|-|-|-|-|")
    rows = (
        ("a process that imports the SDK", figures.sdk),
        ("`clipsearch mcp` to its first answer, text cached", figures.first),
        ("the same, a new text", figures.first_new),
    )
    for name, taken in rows:
        median = statistics.median(taken)
        print(f"| {name} | {median:.2f} | {min(taken):.2f} | {median / bound:.2f} |")
    print("\n| in an open session | median ms | most ms |\n|-|-|-|")
    for name, taken in figures.calls.items():
        print(f"| {name} | {1000 * statistics.median(taken):.1f} | {1000 * max(taken):.1f} |")
    print(f"\nMemory of the server after that: {figures.memory / 1e6:,.0f} MB, without the workers that decode.")


if __name__ == "__main__":
    main()
