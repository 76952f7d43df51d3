"""Subsets for tests: pictures on the disk with labels, and writing them as a data set."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from search.subsets.export import Exported, export_subset
from search.subsets.format import Format
from search.subsets.subset import Subset, SubsetPicture

ODD_NAMES = (
    "<script>alert(1)</script>.jpg".replace("/", ":"),
    "a\nb.png",
    "-rf.jpg",
    "\udcff\udcfe.jpg",
    "x" * 251 + ".jpg",
    'quote"&amp;.jpg',
    "dots.in.name.jpg",
    "NoSuffix",
)


def subset_picture(path: Path, *labels: tuple[str, float], colour: str = "red", **facts: object) -> SubsetPicture:
    """Make a picture on the disk, and return it with labels; a JPEG unless its name says PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    form = "PNG" if path.suffix == ".png" else "JPEG"
    Image.new("RGB", (16, 12), colour).save(path, form)
    known: dict[str, object] = {"format": form, "size": path.stat().st_size, "width": 16, "height": 12, **facts}
    return SubsetPicture("1", path, path.name, labels=labels, **known)  # type: ignore[arg-type]


def three(folder: Path) -> Subset:
    """Return a cup that a person named, two cars of one file name of which one has two labels, and one without."""
    pictures = [
        subset_picture(folder / "cup.jpg", ("cup", 1.0), said_by="ann", caption="a red cup"),
        subset_picture(folder / "a" / "car.png", ("car", 0.75), ("cup", 0.6), colour="blue", score=0.3),
        subset_picture(folder / "b" / "CAR.png", ("car", 0.5), colour="navy"),
        subset_picture(folder / "tree.jpg", colour="lime", latitude=48.85, longitude=2.35),
    ]
    return Subset("red things", "colour", pictures, "mine", ("cup", "car"))


def odd(folder: Path) -> Subset:
    """Return pictures with names and a class that no program should choke on."""
    pictures = [subset_picture(folder / name, ('<b>"cup"\n&', 0.9)) for name in ODD_NAMES]
    return Subset("odd", "colour", pictures, "mine", ('<b>"cup"\n&',))


def written(form: Format, subset: Subset, folder: Path, library: Path, *, link: bool = False) -> Exported:
    """Write a subset as a data set."""
    library.mkdir(exist_ok=True)
    return export_subset(subset, form.plan(subset), form, folder, library, link=link)
