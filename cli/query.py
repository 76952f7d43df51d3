"""clipsearch query."""

from __future__ import annotations

from pathlib import Path

import click

from cli.options import check_output, device_option, folder_option, library_folder, library_option, output_options


@click.command()
@click.argument("text")
@click.option("-k", default=10, show_default=True, type=click.IntRange(min=1), help="How many results. Example: -k 50")
@folder_option
@output_options
@click.option("--model", help="Refuse to answer unless this is the library's model. Example: --model builtin")
@device_option
@library_option
def query(
    text: str,
    k: int,
    folder: Path | None,
    form: str,
    nul: bool,
    model: str | None,
    device: str,
    library: Path | None,
) -> None:
    """Find the pictures nearest to TEXT: score (cosine) and path, best first; for videos also the second.

    \b
    Example:
      clipsearch query "red envelope"
      clipsearch query "dog on a beach" -k 50 -0 | xargs -0 -I{} cp {} ~/beach
    """
    from cli.output import write_rows
    from search.library import open_library

    check_output(form, nul)
    with open_library(library_folder(library), model=model, device=device) as opened:
        hits = opened.query(text, k, folder)
    columns = ("score", "path", "at") if form == "csv" or any(hit.at is not None for hit in hits) else ("score", "path")
    write_rows(({"score": hit.score, "path": hit.path, "at": hit.at} for hit in hits), columns, form, nul)
