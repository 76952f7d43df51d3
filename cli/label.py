"""clipsearch label."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import check_output, device_option, folder_option, library_folder, library_option, output_options
from search.classes import TEMPLATE

if TYPE_CHECKING:
    from search.library import Library
    from search.results import LabelledPicture


@click.command()
@click.argument("pictures", metavar="[PICTURE]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--classes",
    "listed",
    metavar="A,B,...",
    help='The classes, separated by commas; quote one that has a comma itself. Example: --classes "cup,not a cup"',
)
@click.option(
    "--classes-file",
    "file",
    metavar="FILE",
    type=click.File("rb"),
    help="A text file with one class a line (- for stdin). Example: --classes-file cifar100.txt",
)
@click.option(
    "--template",
    default=TEMPLATE,
    show_default=True,
    help='The text a class is put in, at {}. Example: --template "a blurry photo of a {}"',
)
@folder_option
@output_options
@click.option(
    "--model",
    help="With a library: refuse unless this is its model. Without one: the model to use. Example: --model builtin",
)
@device_option
@library_option
def label(
    pictures: tuple[Path, ...],
    listed: str | None,
    file: Iterable[bytes] | None,
    template: str,
    folder: Path | None,
    form: str,
    nul: bool,
    model: str | None,
    device: str,
    library: Path | None,
) -> None:
    """Label every picture with the most probable class, or only the PICTUREs named.

    Named pictures need not be in the library. JSON and CSV give the probability of every class. Without
    PICTURE, the best class of each picture is also stored in the library's table "labels".

    \b
    Example:
      clipsearch label --classes cup,car
      clipsearch label photo.jpg --classes "a diagram,a dog,a cat" --template "{}" --format json
    """
    from cli.output import tell
    from search.classes import class_prompts

    check_output(form, nul)
    names = [*_split(listed), *_lines(file)]
    classes = class_prompts(names, template)
    if len(classes.names) < len(names):
        tell(f"Classes named twice count once: {len(classes.names)} of {len(names)} are left.")
    if pictures and folder:
        raise click.UsageError("Name pictures or --in DIR, not both.")
    failed = False
    place = library_folder(library)
    with _library(place, model, device, bool(pictures)) as opened:
        found: list[LabelledPicture] = []
        if pictures:
            for result in opened.label_pictures(pictures, classes.names, template=template):
                if isinstance(result, tuple):
                    tell(f"{result[0]}: {result[1]}")
                    failed = True
                else:
                    found.append(result)
        else:
            if opened.store.read_only:
                tell("The library can't be written to, so the labels are only printed.")
            found.extend(opened.label(classes.names, template=template, folder=folder))
    _write(found, classes.names, form, nul)
    if failed:
        raise click.exceptions.Exit(1)


def _split(listed: str | None) -> list[str]:
    """Split --classes at its commas, as CSV does."""
    try:
        return next(csv.reader([listed], skipinitialspace=True), []) if listed else []
    except csv.Error as error:
        raise click.UsageError("--classes has a line break; separate the classes by commas.") from error


def _lines(file: Iterable[bytes] | None) -> list[str]:
    """Return the lines of --classes-file that are not empty."""
    try:
        lines = [line.decode("utf-8-sig").strip() for line in file or ()]
    except UnicodeDecodeError as error:
        raise click.UsageError("The classes file is not UTF-8 text; save it as UTF-8, one class a line.") from error
    return [line for line in lines if line]


def _library(place: Path, model: str | None, device: str, pictures_named: bool) -> Library:
    """Open the library; for named pictures, where there is none yet, a passing one with a model of its own."""
    from cli.output import tell
    from indexer.errors import LibraryMissing
    from indexer.model_choice import load_first_encoder
    from indexer.store import Store
    from search.library import Library, open_library

    try:
        return open_library(place, model=model, device=device)
    except LibraryMissing:
        if not pictures_named:
            raise
    return Library.with_encoder(Store.in_memory(), load_first_encoder(model, device, tell))


def _write(found: list[LabelledPicture], names: tuple[str, ...], form: str, nul: bool) -> None:
    """Write path, class and probability; JSON and CSV also get every class's probability."""
    from cli.output import Cell, write_rows

    def rows() -> Iterator[dict[str, Cell]]:
        for picture in found:
            row: dict[str, Cell] = {"class": picture.best, "probability": picture.probability, "path": picture.path}
            row["at"] = picture.at
            if form == "csv":
                row |= {f"p({name})": picture.probabilities[name] for name in names}
            yield row

    def records() -> Iterator[dict[str, object]]:
        for picture in found:
            rounded = {name: round(value, 6) for name, value in picture.probabilities.items()}
            yield {
                "path": picture.path,
                "at": picture.at,
                "class": picture.best,
                "probability": picture.probability,
                "probabilities": rounded,
            }

    columns = ["class", "probability", "path"]
    if any(picture.at is not None for picture in found):
        columns.append("at")
    if form == "csv":
        columns += [f"p({name})" for name in names]
    write_rows(rows(), columns, form, nul, records())
