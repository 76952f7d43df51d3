"""Measure what every command pays: `clipsearch --help`, and a query whose text is cached, on the sample images.

    python benchmarks/startup.py [--runs 15]

Each command is a new process; the figures are medians, beside an empty Python process and `import torch` in the
same run, which a cold start that loads a model can't beat.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SAMPLES = Path(__file__).parent.parent / "sample_images"


def median_seconds(arguments: list[str], runs: int) -> float:
    """Return the median wall time of a command, after one run to warm the disk cache."""
    times = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def main() -> None:
    """Print the figures as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CLIPSEARCH_LIBRARY"] = folder
        command = ["-m", "clipsearch"]
        subprocess.run([sys.executable, *command, "index", str(SAMPLES), "--model", "builtin"], check=True)
        subprocess.run([sys.executable, *command, "query", "red envelope"], check=True, capture_output=True)
        rows = {
            "empty Python process": median_seconds(["-c", ""], runs),
            "`import torch`": median_seconds(["-c", "import torch"], runs),
            "`clipsearch --help`": median_seconds([*command, "--help"], runs),
            "`clipsearch query`, text cached": median_seconds([*command, "query", "red envelope"], runs),
            "`clipsearch label`, texts cached": median_seconds([*command, "label", "--classes", "cup,car"], runs),
        }
    bound = rows["`import torch`"]
    print("| command | median s | of `import torch` |\n|-|-|-|")
    for name, seconds in rows.items():
        print(f"| {name} | {seconds:.3f} | {seconds / bound:.2f} |")


if __name__ == "__main__":
    main()
