"""clipsearch index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import device_option, library_folder, library_option

if TYPE_CHECKING:
    from indexer.encoder import Encoder
    from indexer.run import Summary
    from indexer.store import Store

STOPPED = 130  # the shell's exit code for a command ended by Ctrl-C


@click.command()
@click.argument("folders", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--model",
    help="The model for a new library, or with --reindex for this one; CLIPSEARCH_MODEL is the default for new"
    " libraries. Example: --model builtin",
)
@device_option
@click.option(
    "--batch-size",
    type=click.IntRange(min=1),
    help="Pictures encoded at once; the model's own choice if left out. Example: --batch-size 16",
)
@click.option(
    "--reindex",
    is_flag=True,
    help="Encode every picture again, with --model by another model, which takes over when all are done."
    " Example: --reindex --model builtin",
)
@click.option(
    "--prune",
    is_flag=True,
    help="Also forget the pictures of a folder that is now empty, or of a PATH that is gone. Example: --prune",
)
@library_option
def index(
    folders: tuple[Path, ...],
    model: str | None,
    device: str,
    batch_size: int | None,
    reindex: bool,
    prune: bool,
    library: Path | None,
) -> None:
    """Encode the pictures in one or more folders, once.

    A later run encodes only what is new or changed and forgets what is gone; without PATH it goes over the
    folders that the library already has. Pictures are only read, never written. Ctrl-C keeps what was encoded.

    \b
    Example:
      clipsearch index ~/Photos /nas/camera
    """
    from cli.progress import IndexProgress
    from indexer.model_choice import check_request
    from indexer.model_names import parse_model_name
    from indexer.roots import roots
    from indexer.run import index as run_index
    from indexer.store import Store

    if model is not None:
        parse_model_name(model)  # a mistake is told even if nothing must be encoded
    place = library_folder(library)
    with Store.create(place) if folders else Store.open(place) as store:
        if not folders and not roots(store):
            raise click.UsageError("Name a folder to index, such as: clipsearch index ~/Photos")
        active = store.active_model()
        if active is not None and not reindex:
            check_request(active, model)
        with IndexProgress() as listener:
            summary = run_index(
                store,
                folders,
                lambda: _load(store, model, device, reindex),
                listener,
                batch_size=batch_size,
                reindex=reindex,
                prune=prune,
            )
        _tell_summary(summary)
        _refresh_index(store)
    if summary.stopped:
        raise click.exceptions.Exit(STOPPED)
    if summary.missing:
        raise click.exceptions.Exit(1)


def _load(store: Store, model: str | None, device: str, reindex: bool) -> Encoder:
    """Load the library's model; for a new library, or one to be re-indexed, the one that was asked for."""
    from cli.output import tell
    from indexer.model_choice import load_encoder, load_first_encoder, load_stored

    active = store.active_model()
    if active is None:
        return load_first_encoder(model, device, tell)
    if reindex:
        return load_encoder(model or active.name, device)
    return load_stored(active, device)


def _refresh_index(store: Store) -> None:
    """Bring the FAISS file up to date, so that the next query need not."""
    from search.faiss_index import open_index

    active = store.active_model()
    if active is not None:
        open_index(store, active)


def _tell_summary(summary: Summary) -> None:
    """Write the summary of a run to stderr."""
    from cli.output import tell

    for folder in summary.without_pictures:
        tell(f"No pictures in {folder}.")
    for folder in summary.kept:
        tell(
            f"No pictures in {folder} any more; those in the library are kept, in case its drive is not mounted"
            " (--prune forgets them)."
        )
    if summary.unswitched:
        tell(
            f"{summary.unswitched} pictures were out of reach, so the old model goes on answering; "
            "mount their drive and run the same command again."
        )
    parts = [f"{summary.encoded} encoded", f"{summary.unchanged} unchanged", f"{summary.forgotten} forgotten"]
    parts.append(f"{summary.problems} with problems")
    if summary.links:
        parts.append(f"{summary.links} symbolic links not followed")
    rate = f" ({summary.rate:.1f} pictures/s)" if summary.encoded else ""
    tell(f"{summary.found} pictures found: {', '.join(parts)}; {summary.seconds:.1f} s{rate}.")
    if summary.stopped:
        tell("Stopped; what was encoded is kept, and the next run goes on from there.")
