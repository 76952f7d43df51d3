"""clipsearch similar."""

from __future__ import annotations

from pathlib import Path

import click

from cli.options import check_output, device_option, folder_option, library_folder, library_option, output_options


@click.command()
@click.argument("picture", type=click.Path(path_type=Path))
@click.option("-k", default=10, show_default=True, type=click.IntRange(min=1), help="How many results. Example: -k 50")
@folder_option
@output_options
@click.option("--model", help="Refuse to answer unless this is the library's model. Example: --model builtin")
@device_option
@library_option
def similar(
    picture: Path,
    k: int,
    folder: Path | None,
    form: str,
    nul: bool,
    model: str | None,
    device: str,
    library: Path | None,
) -> None:
    """Find the pictures most like PICTURE, which need not be in the library: score (cosine) and path, best first.

    PICTURE itself is left out, copies of it are not; of a video in the library, all moments are.

    \b
    Example:
      clipsearch similar ~/Photos/beach.jpg
      clipsearch similar /tmp/download.webp -k 50 --in ~/Photos/2024
    """
    from cli.output import write_rows
    from search.library import open_library
    from search.similar import similar as find_similar

    check_output(form, nul)
    with open_library(library_folder(library), model=model, device=device) as opened:
        hits = find_similar(opened, picture, k, opened.ids_in(folder))
    columns = ("score", "path", "at") if form == "csv" or any(hit.at is not None for hit in hits) else ("score", "path")
    write_rows(({"score": hit.score, "path": hit.path, "at": hit.at} for hit in hits), columns, form, nul)
