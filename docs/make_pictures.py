"""Make the pictures of the README from the sample images: a terminal, light and dark, and a contact sheet.

    python -m docs.make_pictures        (or: make pictures; needs tmux, chromium, the built-in model and places)

The commands run in a real terminal (tmux), with a home folder of their own; a browser without a window takes the
pictures. What they print is shown as it is, but for empty lines that follow each other, and for the path of that
folder, which gives way to another of the same length.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageChops
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

REPOSITORY = Path(__file__).parent.parent
PICTURES = Path(__file__).with_name("pictures")
SHOWN_HOME = "/home/matilda"
COLUMNS, LINES = 80, 60
TERMINALS = {
    "finding": (
        "clipsearch index ~/Photos",
        "clipsearch query blue car",
        "clipsearch query raspberry",
        "clipsearch query berry",
        "clipsearch query --near Austria --sort date",
    ),
    "labeling": ("clipsearch index --quiet ~/Photos", "clipsearch label --classes cup,car,fruit --name things"),
}
SHEET = ("clipsearch index --quiet ~/Photos", 'clipsearch query "cup" --plus fruit --html ~/sheet.html')
SHEET_WIDTH, TERMINAL_WIDTH = 1120, 760  # pixels
TALLEST = 1600  # what is taken of a page, before its empty end is cut off
COLOURS = 256  # of a PNG; more would make it large

PROMPT = "\033[1;34m$\033[0m "
DARK = TerminalTheme(
    (30, 30, 46),
    (205, 214, 244),
    [
        (69, 71, 90),
        (243, 139, 168),
        (166, 227, 161),
        (249, 226, 175),
        (137, 180, 250),
        (245, 194, 231),
        (148, 226, 213),
        (186, 194, 222),
    ],
)
LIGHT = TerminalTheme(
    (246, 246, 248),
    (40, 42, 54),
    [
        (70, 70, 80),
        (190, 30, 60),
        (40, 120, 40),
        (150, 95, 0),
        (30, 90, 200),
        (160, 40, 140),
        (0, 120, 130),
        (90, 90, 100),
    ],
)
THEMES = {"dark": DARK, "light": LIGHT}
WINDOW = """<!DOCTYPE html><meta charset="utf-8"><style>
body {{ margin: 0; }}
div {{ display: inline-block; background: {background}; border-radius: 10px; padding: 0 24px 18px; }}
p {{ margin: 0 0 8px -8px; padding-top: 14px; line-height: 0; }}
i {{ display: inline-block; width: 12px; height: 12px; border-radius: 50%; margin-right: 8px; background: {dots}; }}
pre {{ margin: 0; color: {foreground}; font: 14px/1.4 "DejaVu Sans Mono", monospace; }}
</style><div><p><i></i><i></i><i></i></p><pre>{code}</pre></div>"""


def main() -> None:
    """Make all pictures."""
    PICTURES.mkdir(exist_ok=True)
    for name, lines in TERMINALS.items():
        with home_with_photos() as home:
            shown = screen(home, lines)
        for theme in THEMES:
            photograph(window(shown, theme), PICTURES / f"{name}-{theme}.png", TERMINAL_WIDTH, scale=2, margin=0)
    with home_with_photos() as home:
        photograph(sheet(home), PICTURES / "contact-sheet.png", SHEET_WIDTH, scale=1, margin=32)


@contextmanager
def home_with_photos() -> Iterator[Path]:
    """Give a home folder with the sample images in Photos."""
    with tempfile.TemporaryDirectory(prefix="", dir="/tmp") as folder:
        assert len(folder) == len(SHOWN_HOME), "tables are laid out for a path of this length"
        photos = Path(folder) / "Photos"
        photos.mkdir()
        for picture in (REPOSITORY / "sample_images").glob("*.*"):
            if picture.suffix not in (".py", ".csv"):
                shutil.copy(picture, photos)
        yield Path(folder)


def screen(home: Path, lines: Iterable[str]) -> str:
    """Return what a terminal shows after the commands, colours as escape sequences; what finds nothing ends with 1."""
    tmux = ["tmux", "-L", home.name, "-f", os.devnull]
    typed = [f"printf '%s\\n' {shlex.quote(PROMPT + line)}; {line} || true; echo" for line in lines]
    shell = script(["clear", *typed, shlex.join([*tmux, "wait-for", "-S", "ran"]), "sleep 600"])
    size = ["-x", str(COLUMNS), "-y", str(LINES)]
    subprocess.run([*tmux, "new-session", "-d", *size, *shell], check=True, cwd=home, env=environment(home))
    try:
        subprocess.run([*tmux, "wait-for", "ran"], check=True, timeout=300)
        shown = subprocess.run([*tmux, "capture-pane", "-e", "-p"], check=True, capture_output=True, text=True)
    finally:
        subprocess.run([*tmux, "kill-server"], check=False)
    return re.sub(r"\n{3,}", "\n\n", shown.stdout.rstrip()).replace(str(home), SHOWN_HOME)


def sheet(home: Path) -> str:
    """Return the contact sheet of a query."""
    subprocess.run(script(SHEET), check=True, cwd=home, env=environment(home))
    return (home / "sheet.html").read_text(encoding="utf-8").replace(str(home), SHOWN_HOME)


def script(lines: Iterable[str]) -> list[str]:
    """Return the command that runs these lines, in which `clipsearch` is this repository's."""
    function = f'clipsearch() {{ {shlex.quote(sys.executable)} -m clipsearch "$@"; }}'
    return ["bash", "-c", "\n".join(["set -e", function, *lines])]


def environment(home: Path) -> dict[str, str]:
    """Return what the commands find in their environment: the home folder, and the built-in model."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "CLIPSEARCH_"))}
    return {**kept, "HOME": str(home), "PYTHONPATH": str(REPOSITORY), "CLIPSEARCH_MODEL": "builtin", "LANG": "C.UTF-8"}


def window(shown: str, theme: str) -> str:
    """Return a page that shows a terminal's text in a window."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(Text.from_ansi(shown), soft_wrap=True)
    colours = THEMES[theme]
    code = console.export_html(theme=colours, inline_styles=True, code_format="{code}")
    return WINDOW.format(
        code=code.rstrip(),
        background=f"rgb{tuple(colours.background_color)}",
        foreground=f"rgb{tuple(colours.foreground_color)}",
        dots=f"rgb{tuple(colours.ansi_colors[0])}" if theme == "dark" else "rgb(200, 200, 208)",
    )


def photograph(page: str, picture: Path, width: int, scale: int, margin: int) -> None:
    """Take a picture of a page, with so many pixels of what is empty around it."""
    with tempfile.TemporaryDirectory() as folder:
        source, taken = Path(folder) / "page.html", Path(folder) / "page.png"
        source.write_text(page, encoding="utf-8")
        options = [f"--window-size={width},{TALLEST}", f"--force-device-scale-factor={scale}", f"--screenshot={taken}"]
        subprocess.run([*browser(Path(folder) / "profile"), *options, source.as_uri()], check=True, capture_output=True)
        with Image.open(taken) as whole:
            small(trimmed(whole.convert("RGBA"), margin)).save(picture, optimize=True)


def browser(profile: Path) -> list[str]:
    """Return the command of a browser that asks no network."""
    name = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]
    plain = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
    return [name, *plain, *quiet, "--default-background-color=00000000", f"--user-data-dir={profile}"]


def trimmed(whole: Image.Image, margin: int) -> Image.Image:
    """Cut off the rows and columns that are all of the colour of the last corner, but for a margin."""
    corner = Image.new(whole.mode, whole.size, whole.getpixel((whole.width - 1, whole.height - 1)))
    box = ImageChops.difference(whole, corner).getbbox(alpha_only=False)
    assert box, "the page is empty"
    left, top, right, bottom = box
    return whole.crop(
        (
            max(0, left - margin),
            max(0, top - margin),
            min(whole.width, right + margin),
            min(whole.height, bottom + margin),
        )
    )


def small(picture: Image.Image) -> Image.Image:
    """Return a picture with few colours, which makes a small PNG; dithered where nothing is transparent."""
    if picture.getchannel("A").getextrema() != (255, 255):
        return picture.quantize(COLOURS)
    opaque = picture.convert("RGB")
    return opaque.quantize(palette=opaque.quantize(COLOURS), dither=Image.Dither.FLOYDSTEINBERG)


if __name__ == "__main__":
    main()
