"""Measure what every command pays: `clipsearch --help`, and a query whose text is cached, on the sample images.

    python -m benchmarks.startup [--runs 15] [--against CHECKOUT]

Each command is a new process; the figures are medians, beside an empty Python process and `import torch` in the
same run, which a cold start that loads a model can't beat. With `--against`, another checkout of the repository is
measured in the same run, the two taking turns.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
SAMPLES = HERE / "sample_images"
COMMANDS = {
    "empty Python process": ["-c", ""],
    "`import torch`": ["-c", "import torch"],
    "`clipsearch --help`": ["-m", "clipsearch", "--help"],
    "`clipsearch query`, text cached": ["-m", "clipsearch", "query", "red envelope"],
    "`clipsearch label`, texts cached": ["-m", "clipsearch", "label", "--classes", "cup,car"],
}


def seconds(arguments: Sequence[str], checkout: Path, library: Path) -> float:
    """Return the wall time of a command of a checkout, with a library of its own."""
    environment = {**os.environ, "PYTHONPATH": str(checkout), "CLIPSEARCH_LIBRARY": str(library)}
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, cwd=checkout, env=environment)
    return time.perf_counter() - started


def medians(checkouts: Sequence[Path], folder: Path, runs: int) -> list[dict[str, float]]:
    """Return the median seconds of each command for each checkout, after one run to warm the disk cache."""
    libraries = [folder / str(number) for number in range(len(checkouts))]
    for checkout, library in zip(checkouts, libraries, strict=True):
        seconds(["-m", "clipsearch", "index", str(SAMPLES), "--model", "builtin"], checkout, library)
    found: list[dict[str, float]] = [{} for _ in checkouts]
    for name, arguments in COMMANDS.items():
        times = [
            [seconds(arguments, *pair) for pair in zip(checkouts, libraries, strict=True)] for _ in range(runs + 1)
        ]
        for column, result in enumerate(found):
            result[name] = statistics.median(row[column] for row in times[1:])
    return found


def main() -> None:
    """Print the figures as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--against", type=Path, help="another checkout of the repository")
    arguments = parser.parse_args()
    checkouts = [HERE, *([arguments.against.resolve()] if arguments.against else [])]
    with tempfile.TemporaryDirectory() as folder:
        found = medians(checkouts, Path(folder), arguments.runs)
    bound = found[0]["`import torch`"]
    against = "" if len(found) == 1 else " median s of the other | ratio |"
    print(f"| command | median s | of `import torch` |{against}\n|-|-|-|{'-|-|' if against else ''}")
    for name, own in found[0].items():
        other = f" {found[1][name]:.3f} | {own / found[1][name]:.2f} |" if against else ""
        print(f"| {name} | {own:.3f} | {own / bound:.2f} |{other}")


if __name__ == "__main__":
    main()
