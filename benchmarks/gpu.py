"""Measure what a GPU does for clipsearch: ONE command, under six minutes, on a bare machine with torch.

    python benchmarks/gpu.py --out gpu.md [--work FOLDER] [--minutes 5.7] [--files 1536]
    python benchmarks/gpu.py --tiny    # all of its logic, in a minute, without a GPU

It writes a Markdown table with the card's name after every row, so that a kill loses little, and prints it at the end:
the image tower alone (ViT-B-32-256 and ViT-L-14: fp16 and bf16, channels_last or not, eager, as a CUDA graph, and
compiled), clipsearch's encoder and its whole pipeline from 12 MP JPEGs, nvJPEG instead of the CPU's decoders, the share
of the slower stage's rate that is reached, cosines to fp32 on the CPU, memory, and a batch that does not fit.

Each section is a process with a time limit: what fails, hangs or breaks the GPU's context costs its rows. Weights are
random, which changes neither speed nor the cosines of whole paths; nothing is downloaded. The work folder needs 10 GB.

Wheels that a machine with torch, torchvision, numpy, Pillow and huggingface_hub may lack, beyond the standard library:

    open_clip_torch ftfy wcwidth regex timm safetensors tqdm    the models
    simplejpeg pillow-heif xxhash platformdirs                  decoding and hashing, in indexer/
    psutil                                                      memory, in this benchmark

clipsearch itself need not be installed, nor faiss-cpu, sqlite-utils or onnxruntime: only indexer/engine and what it
needs is run, from this folder. torch.compile needs triton, which comes with torch, and a C compiler.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

Row = dict[str, Any]
B, L = "ViT-B-32-256", "ViT-L-14"
# What runs, in this order, and for how many seconds at most. Compiling is last: it may take all the time that is left.
PLAN = (
    ("prepare", f"{B},{L}", 90),
    ("tower", B, 45),
    ("pipeline", B, 60),
    ("gpu decoding", B, 45),
    ("halving", B, 40),
    ("tower", L, 60),
    ("pipeline", L, 70),
    ("gpu decoding", L, 45),
    ("compiled", B, 80),
    ("compiled", L, 80),
)
TINY_PLAN = tuple((section, "tiny", 120) for section, model, _ in PLAN if model != L)
LEAST_SECONDS = 8  # with fewer left, a section isn't begun


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the sections one after another, and write the table whenever a row is new."""
    options = _options(arguments)
    if options.section:
        run_section(options.section, options.model, options)
        return
    with tempfile.TemporaryDirectory(prefix="clipsearch-gpu-") as folder:
        options.work = options.work or Path(folder)
        options.work.mkdir(parents=True, exist_ok=True)
        options.out = options.out or options.work / "gpu.md"
        options.rows = options.work / "rows.jsonl"
        options.rows.write_text("")
        _run_plan(TINY_PLAN if options.tiny else PLAN, options, time.monotonic() + 60 * options.minutes)
        print(options.out.read_text(encoding="utf-8"))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="the table, as Markdown; it is printed too")
    parser.add_argument("--work", type=Path, help="where pictures and models are made, and found again; else temporary")
    parser.add_argument("--minutes", type=float, default=5.7, help="what is not done then is left out")
    parser.add_argument("--files", type=int, help="12 MP pictures, more than are in flight at a time")
    parser.add_argument("--device", choices=["cuda", "cpu"], help="cuda, with --tiny cpu")
    parser.add_argument("--tiny", action="store_true", help="a tiny model and few small pictures")
    parser.add_argument("--in-process", action="store_true", help="run the sections in this process, without limits")
    for inner in ("--section", "--model", "--rows"):
        parser.add_argument(inner, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    options.files = options.files or (64 if options.tiny else 1536)
    options.device = options.device or ("cpu" if options.tiny else "cuda")
    return options


def _run_plan(plan: Sequence[tuple[str, str, int]], options: argparse.Namespace, end: float) -> None:
    """Run each section of a plan while there is time."""
    began = time.monotonic()
    for section, model, budget in plan:
        left = end - time.monotonic()
        if options.in_process:
            run_section(section, model, options)
        elif left < LEAST_SECONDS:
            _add(options.rows, section, model, "skipped: no time is left")
        else:
            command = _command(section, model, options)
            problem = watched(command, min(budget, left), lambda: _write_table(options, began))
            if problem:
                _add(options.rows, section, model, problem)
        _write_table(options, began)


def run_section(section: str, model: str, options: argparse.Namespace) -> None:
    """Run one section, in this process; an error becomes a row."""
    from benchmarks.gpu_material import Rows, Setting
    from benchmarks.gpu_sections import SECTIONS

    setting = Setting(Path(options.work), options.device, options.tiny, options.files)
    rows = Rows(Path(options.rows), section, model)
    rows.guarded(section, lambda: SECTIONS[section](setting, rows))


def _command(section: str, model: str, options: argparse.Namespace) -> list[str]:
    """Return the command line that runs one section."""
    chosen = {"section": section, "model": model, "rows": options.rows, "work": options.work, "device": options.device}
    command = [sys.executable, __file__, *(["--tiny"] if options.tiny else []), "--files", str(options.files)]
    return [*command, *(part for name, value in chosen.items() for part in (f"--{name}", str(value)))]


def watched(command: Sequence[str], seconds: float, tick: Callable[[], None]) -> str | None:
    """Run a command, and all that it starts, for so long at most; return what went wrong, if anything did."""
    environment = {"HF_HUB_OFFLINE": "1", **os.environ}
    end = time.monotonic() + seconds
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=errors, stderr=errors, env=environment, start_new_session=True)
        try:
            while process.poll() is None and time.monotonic() < end:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(min(1.0, max(0.01, end - time.monotonic())))
                tick()
        finally:
            late = process.poll() is None
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)  # its decoders too
            process.wait()
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip().splitlines()
    if late:
        return f"stopped after {seconds:.0f} s"
    if process.returncode:
        return f"exit code {process.returncode}: {said[-1][:200] if said else ''}"
    return None


def _add(file: Path, section: str, model: str, error: str) -> None:
    with file.open("a", encoding="utf-8") as opened:
        opened.write(json.dumps({"section": section, "model": model, "what": section, "error": error}) + "\n")


def read_rows(file: Path) -> list[Row]:
    """Return all whole rows of a file that may still be written to."""
    rows = []
    for line in file.read_text(encoding="utf-8").splitlines():
        with suppress(json.JSONDecodeError):
            rows.append(json.loads(line))
    return rows


def _write_table(options: argparse.Namespace, began: float) -> None:
    """Write the Markdown table of all rows so far."""
    text = table(read_rows(Path(options.rows)), time.monotonic() - began)
    part = options.out.with_name(options.out.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(options.out)


def table(rows: Sequence[Row], seconds: float) -> str:
    """Return rows as Markdown."""
    machine = next((row["machine"] for row in rows if row.get("machine")), "a machine that said nothing of itself")
    lines = [
        f"{machine}. {seconds:.0f} s in all.",
        "",
        "| model | what | pictures/s | of the slower stage | target | least cosine to fp32 | without the mean "
        "| GPU, MiB | host, MiB | notes |",
        "|-|-|-|-|-|-|-|-|-|-|",
    ]
    return "\n".join([*lines, *(_line(row) for row in rows if not row.get("machine"))]) + "\n"


def _line(row: Row) -> str:
    """Return one row of the table."""
    cells = [row["model"] if row["section"] != "prepare" else "", row["what"]]
    for name, form in FORMS.items():
        value = row.get(name)
        cells.append("" if value is None else format(value, form))
    error = f"**failed: {row['error']}**" if row.get("error") else ""
    cells.append(row.get("note") or error)
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


FORMS = {"rate": ",.0f", "share": ".2f", "target": "", "cosine": ".5f", "centred": ".5f", "gpu": ",.0f", "host": ",.0f"}

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that the section in hand is stopped too
    main()
