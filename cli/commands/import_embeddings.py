"""clipsearch import-embeddings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.completion import completers
from cli.data_sets.either_library import check_extra
from cli.help.commands import HelpedCommand
from cli.help.headings import GENERAL, WHICH, WORK, headed
from cli.options.basic import NamedPath, any_library_option, device_option
from cli.output.bars import CountBar
from cli.output.rows import tell
from cli.process.interrupts import INTERRUPTS
from indexer.wording import agreeing, counted, doing

if TYPE_CHECKING:
    from search.embedding_imports.importing import Imported

FEW = 20_000  # rows are read in a second or so


@click.command("import-embeddings", cls=HelpedCommand)
@click.argument("files", metavar="FILE|DIR...", nargs=-1, required=True, type=NamedPath(path_type=Path))
@headed(
    WHICH,
    click.option(
        "--root",
        metavar="DIR",
        help="The folder that relative paths start from, and that all pictures of a local library are below; for a data"
        " set also a URL. Example: --root ~/Photos",
    ),
    click.option(
        "--embedding-column",
        metavar="NAME",
        help="What the column of embeddings is called, if not as usual. Example: --embedding-column clip_l14",
    ),
    click.option(
        "--path-column",
        metavar="NAME",
        help="What the column of paths or URLs is called, if not as usual. Example: --path-column source_url",
    ),
)
@headed(
    WORK,
    click.option("--normalize", is_flag=True, help="Scale embeddings to the length 1; else others are refused."),
)
@headed(
    GENERAL,
    click.option(
        "--model",
        metavar="NAME",
        shell_complete=completers.models,
        help="The model that made them, where the files do not say. Example: --model ViT-B-32/openai",
    ),
    click.option(
        "--store",
        metavar="STORE",
        type=click.Choice(["lance"]),
        help="lance: make a new library a data set, which has pictures from anywhere.",
    ),
)
@device_option
@any_library_option
def import_embeddings(
    files: tuple[Path, ...],
    root: str | None,
    embedding_column: str | None,
    path_column: str | None,
    normalize: bool,
    model: str | None,
    store: str | None,
    device: str,
    library: Path | str,
) -> None:
    """Take embeddings that were made before, here or by other programs, into the library without encoding anything.

    Read are Parquet files and Lance datasets with a column of embeddings, NumPy files with a Parquet file beside, and
    folders as clip-retrieval and img2dataset lay them out. All rows are looked at first; if any is wrong, nothing is
    imported. Pictures that the library has already get the new embeddings. A later clipsearch index keeps those of
    files that have not changed.

    \b
    Example:
      clipsearch import-embeddings photos.parquet
      clipsearch import-embeddings laion/ --model ViT-B-32/openai --library s3://bucket/library
      clipsearch import-embeddings out.npy --model ViT-L-14/openai --root ~/Photos
    """
    from search.embedding_imports.target import ImportTarget, import_files

    check_extra()
    INTERRUPTS.nothing_stored()
    target = ImportTarget.at(library, store, device, tell)
    with CountBar("Reading", "rows", FEW) as bar:
        done = import_files(
            target,
            files,
            model=model,
            root=root,
            normalize=normalize,
            columns=(embedding_column, path_column),
            progress=bar,
            stored=INTERRUPTS.stored,
        )
    _tell(done, normalize)


def _tell(done: Imported, normalize: bool) -> None:
    """Say what was imported and what was left out; without any row that is exit code 1."""
    if done.without:
        tell(f"{doing(done.without, 'row', 'was', 'were', ',')} left out for want of an embedding.")
    if done.repeated:
        tell(f"{doing(done.repeated, 'row', 'was', 'were', ',')} left out: an earlier one says the same.")
    if normalize and done.scaled:
        tell(f"{counted(done.scaled, 'embedding', ',')} had another length than 1, and {_was(done.scaled)} scaled.")
    if not done.rows:
        tell("No embedding to import.")
        raise click.exceptions.Exit(1)
    replaced = f", {done.replaced:,} of them of pictures that the library had" if done.replaced else ""
    tell(f"Imported {counted(done.rows, 'embedding', ',')}{replaced}.")
    if done.not_optimized:
        from indexer.data_set_runs.afterwards import NOT_OPTIMIZED

        tell(NOT_OPTIMIZED.format(done.not_optimized))


def _was(count: int) -> str:
    return agreeing(count, "was", "were")
