"""Render the sample pictures: python sample_images/render.py [--only NAME ...] [--out DIR] [--preview].

Needs the dev-only packages bpy (Blender as a Python module), pillow and pillow-heif. Every thing shown is
built by the modules in scenes/; nothing is loaded from elsewhere, and fixed seeds make runs alike.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from scenes import food, fruit, furniture, household, leisure, outdoors, studio, tabletop, vehicles
from scenes.picture import Picture
from scenes.saving import save

HERE = Path(__file__).resolve().parent
LIMIT_BYTES = 8_000_000
PREVIEW_SIDE, PREVIEW_SAMPLES = 320, 16
FAMILIES = (tabletop, fruit, food, household, leisure, vehicles, outdoors, furniture)


def catalogue() -> list[Picture]:
    """Give all pictures; their names must differ, also without the ending."""
    pictures: list[Picture] = [picture for family in FAMILIES for picture in family.PICTURES]
    stems = [Path(p.name).stem for p in pictures]
    if len(set(stems)) < len(stems):
        raise SystemExit("two pictures have the same name")
    return pictures


def produce(picture: Picture, folder: Path, preview: bool) -> Path:
    """Build and render one picture into a folder."""
    studio.reset()
    picture.build()
    width, height, samples = picture.width, picture.height, picture.samples
    if preview:
        scale = PREVIEW_SIDE / max(width, height)
        width, height, samples = round(width * scale), round(height * scale), PREVIEW_SAMPLES
    with tempfile.TemporaryDirectory() as scratch:
        rendered = folder / f"{Path(picture.name).stem}.png" if preview else Path(scratch) / "picture.png"
        studio.render(
            rendered,
            width,
            height,
            samples,
            transparent=picture.transparent,
            look=picture.look,
            exposure=picture.exposure,
        )
        return rendered if preview else save(rendered, picture, folder)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Render the sample pictures.")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="names, with or without the ending")
    parser.add_argument("--out", type=Path, help="folder for the pictures (default: this script's own)")
    parser.add_argument("--preview", action="store_true", help="small, quick PNGs (default folder: a temporary one)")
    options = parser.parse_args(arguments)
    folder = options.out or (Path(tempfile.gettempdir()) / "clipsearch-preview" if options.preview else HERE)
    folder.mkdir(parents=True, exist_ok=True)
    pictures = catalogue()
    if options.only:
        wanted = set(options.only)
        chosen = [p for p in pictures if p.name in wanted or Path(p.name).stem in wanted]
        missing = wanted - {p.name for p in chosen} - {Path(p.name).stem for p in chosen}
        if missing:
            parser.error(f"no such picture: {', '.join(sorted(missing))}")
        pictures = chosen
    for picture in pictures:
        start = time.monotonic()
        path = produce(picture, folder, options.preview)
        sys.stdout.write(f"{path}: {path.stat().st_size // 1024} KiB, {time.monotonic() - start:.0f} s\n")
    if not options.preview:
        total = sum(f.stat().st_size for p in catalogue() if (f := folder / p.name).exists())
        sys.stdout.write(f"{total / 1e6:.2f} MB in all\n")
        if total > LIMIT_BYTES:
            sys.stderr.write(f"the pictures exceed {LIMIT_BYTES / 1e6:.0f} MB\n")
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
