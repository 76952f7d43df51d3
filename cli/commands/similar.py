"""clipsearch similar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.options.basic import NamedPath, device_option, library_folder, library_option
from cli.options.filters import filter_options, filters_from, sort_option
from cli.options.results import ResultOptions, deliver, result_options

if TYPE_CHECKING:
    from search.query.sorting import Order


@click.command()
@click.argument("picture", type=NamedPath(path_type=Path))
@click.option("-k", default=10, show_default=True, type=click.IntRange(min=1), help="How many results. Example: -k 50")
@filter_options
@sort_option
@result_options
@click.option("--model", help="Refuse to answer unless this is the library's model. Example: --model builtin")
@device_option
@library_option
def similar(
    picture: Path,
    k: int,
    sort: Order,
    results: ResultOptions,
    model: str | None,
    device: str,
    library: Path | None,
    **filters: Any,
) -> None:
    """Find the pictures most like PICTURE, which need not be in the library: score (cosine) and path, best first.

    PICTURE itself is left out, copies of it are not; of a video in the library, all moments are.

    \b
    Example:
      clipsearch similar ~/Photos/beach.jpg
      clipsearch similar /tmp/download.webp -k 50 --in ~/Photos/2024
    """
    from indexer.paths import readable
    from search.library.library import open_library
    from search.query.similar import similar as find_similar
    from search.query.sorting import sorted_hits

    chosen, place = filters_from(**filters), library_folder(library)
    with open_library(place, model=model, device=device) as opened:
        hits = find_similar(opened, picture, k, chosen)
    deliver(sorted_hits(hits, sort), results, place, f"like {readable(picture)}")
