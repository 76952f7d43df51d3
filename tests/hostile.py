"""A library in which every text is an attack on whoever shows it, and a pseudo terminal that shows commands' output."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from indexer.store.store import Store
from tests.conftest import REPOSITORY, run
from tests.fakes import ColourEncoder
from tests.label_sets import store_labels

PROGRAM = """
from indexer.models import loading
from tests import fakes
fakes.BACKGROUND = ("",)  # a text that names no colour has one of its own, too
loading.load_encoder = lambda *_: fakes.ColourEncoder()
from cli.main import main
import os, sys
runs = [[]]
for argument in sys.argv[1:]:
    if argument == "(next)":
        runs.append([])
    else:
        runs[-1].append(argument)
for run in runs:
    if run is not runs[0] and sys.stdin.isatty():
        sys.stdout.flush()
        os.write(2, b"(next)")
    try:
        main(run, prog_name="clipsearch")
    except SystemExit as end:
        code = end.code
sys.exit(code)
"""
NEXT = "(next)"  # between two commands of one process, on a terminal also between what they write
SGR = "\x1b[5;7m"  # which we never write
LONG = "".join(
    (
        "\x1b]0;PWNED\x07",  # a title
        "\x1b[2J\x1b[H",  # clear the screen
        SGR,
        "\rFORGED\n",
        "FORGED\x0b\x0c\x08\x7f",
        "\x9b2J\x9d0;PWNED\x9c",  # the same with control characters of 8 bits
        "\x85FORGED\u2028FORGED\u2029FORGED",
        "\u202egpj.exe\u202c\u2066x\u2069\u200e\u200f\u061c",
        "\u200b\u200d\ufeff\u2060\u00ad\u3164",
        "\x1b]8;;http:evil\x1b\\link\x1b]8;;\x1b\\",
        "\x1bP+q\x1b\\\x1b_Ga=T\x1b\\\x1b^x\x1b\\",
        "[bold red]loud[/] [link=http:evil]x[/link] $x^{$ \\x1b",
    )
)
TITLE, CLEAR, LINES, BYTES = "\x1b]0;PWNED\x07a", "=b\x1b[2J\x9b2J", "c\rFORGED\nFORGED\u202e", "d\udc9b2J\udcff"
PERSIAN, FAMILY = "\u0633\u0644\u0627\u0645 \u0645\u06cc\u200c\u062e\u0648", "\U0001f469\u200d\U0001f467"
NAMES = (
    TITLE,
    CLEAR,
    LINES,
    BYTES,
    LONG.replace("/", "")[:100],
    "-e[bold red]e$x^{$",
    PERSIAN,
    FAMILY,
)
# What our own drawing may write: colours, the cursor, links to files, and questions to the terminal for --preview
OURS = re.compile(
    r"\x1b\]8;;(?:file://[A-Za-z0-9._~%/-]*)?\x1b\\|\x1b\[[0-9;]*[mK]|\x1b\[\?25[lh]|\x1b\[[0-9]*[ABCDG]|\x1b\[c|\x1b\[16t|\x1b_Gi=[^\x1b]*\x1b\\"
)
FORGED = re.compile(r"[\r\n]FORGED")
MARKS = set(
    "\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad\u3164"
)


@dataclass(frozen=True)
class Hostile:
    """The library, its pictures, and an environment of its own."""

    library: Path
    photos: Path
    pictures: tuple[Path, ...]
    environment: dict[str, str]

    def plain(self, *arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[bytes]:
        """Run a command with pipes, or several, between which NEXT stands."""
        return subprocess.run(
            self._command(arguments), capture_output=True, input=stdin.encode(), env=self.environment, timeout=300
        )

    def on_terminal(self, *arguments: str | Path, ended_after: bytes | None = None, stdout: int | None = None) -> bytes:
        """Run a command, or several with NEXT between, on a pseudo terminal, and return what that got.

        Questions are answered with no. What goes on until Ctrl-C gets that after it has said `ended_after`; `stdout` is
        a file that takes the terminal's place.
        """
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 2000, 8000, 800))
        process = subprocess.Popen(
            self._command(arguments), stdin=theirs, stdout=stdout or theirs, stderr=theirs, env=self.environment
        )
        os.close(theirs)
        got, answered, deadline = b"", 0, time.monotonic() + 300
        with contextlib.suppress(OSError):  # Linux says so when the other side is closed
            while time.monotonic() < deadline:
                if not select.select([ours], [], [], 1.0)[0]:
                    if ended_after is not None and ended_after in got:
                        process.send_signal(signal.SIGINT)
                        ended_after = None
                    continue
                piece = os.read(ours, 65536)
                if not piece:
                    break
                got += piece
                if got.count(b"[y/N]") > answered:
                    answered += 1
                    os.write(ours, b"n\n")
        os.close(ours)
        process.wait(120)
        return got

    def _command(self, arguments: Sequence[str | Path]) -> list[bytes]:
        return [os.fsencode(part) for part in (sys.executable, "-c", PROGRAM, *arguments)]


def hostile_library(folder: Path) -> Hostile:
    """Make a library of pictures, a failure, a label set and an action, all with hostile texts."""
    photos, library = folder / f"ph{TITLE}{LINES}", folder / "library"
    deeper = photos / f"{CLEAR}\nFORGED"
    deeper.mkdir(parents=True)
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0132] = f"make{LONG}", f"model{LONG}", f"2020{TITLE}"
    for number, name in enumerate(NAMES):
        colour = ("red", "blue", "lime")[number % 3]
        Image.new("RGB", (16, 12 + number), colour).save(deeper / f"{name}.png", exif=exif)
    Image.new("RGB", (16, 12), "red").save(deeper / f"copy{TITLE}.png", exif=exif)
    Image.new("RGB", (16, 12), "red").save(deeper / f"copy2{LINES}.png", exif=exif)
    pictures = tuple(sorted(deeper.iterdir()))
    (deeper / f"bad{LINES}.png").write_bytes(b"no picture")
    with Store.create(library) as store:
        run(store, photos, ColourEncoder())
        ids = [row[0] for row in store.db.execute("SELECT id FROM images ORDER BY id")]
        store_labels(store, [f"cup{LONG}", f"=car{TITLE}{LINES}"], [(key, f"cup{LONG}", 0.9) for key in ids])
        hostile = {
            "models SET name": f"ViT-B-32/{LONG}",
            "label_sets SET name": f"set{LONG}",
            "label_sets SET templates": json.dumps([f"{{}} {LONG}"]),
            "label_sets SET exported_as": f"old{LONG}",
            "failures SET reason": f"reason {LONG}",
            "images SET note": f"note {LONG}",
            "images SET taken_at": f"2020 {LONG}",
            "images SET camera_model": f"camera {LONG}",
            "roots SET exclude": json.dumps([f"*{LONG}"]),
        }
        with store.writing():
            for column, text in hostile.items():
                store.db.execute(f"UPDATE {column} = ?", [text])
    environment = {
        **os.environ,
        "CLIPSEARCH_LIBRARY": str(library),
        "CLIPSEARCH_CONFIG": str(folder / "config"),
        "CLIPSEARCH_CACHE": str(folder / "cache"),
        "PYTHONPATH": str(REPOSITORY),
        "TERM": "xterm-256color",
        "HF_HUB_OFFLINE": "1",
    }
    for variable in ("NO_COLOR", "COLUMNS", "CLIPSEARCH_DEBUG"):
        environment.pop(variable, None)
    return Hostile(library, photos, pictures, environment)


def leaks(shown: bytes) -> list[str]:
    """Return what a terminal would obey or does not show, besides our own drawing."""
    text = shown.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    found = [f"{match[0]!r} at {text[max(0, match.start() - 30) : match.end()]!r}" for match in FORGED.finditer(text)]
    found += [SGR] * (SGR in text)
    rest = OURS.sub("", text)
    for position, letter in enumerate(rest):
        is_odd = unicodedata.category(letter) in ("Cc", "Cs", "Co") and letter not in "\n\r"
        if is_odd or letter in MARKS:
            found.append(f"{letter!r} at {rest[max(0, position - 30) : position + 10]!r}")
    return found
