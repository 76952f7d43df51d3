"""clipsearch index."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.completion import completers
from cli.help.commands import HelpedCommand
from cli.help.headings import GENERAL, WHICH, WORK, headed
from cli.options.basic import (
    LibraryOptions,
    ListenerOptions,
    NamedPath,
    device_option,
    library_options,
    listener_options,
    max_megapixels_option,
    option_group,
)
from cli.options.rules import rule_options
from cli.output.damaged import telling_damage
from cli.output.error_sentences import SOME_FAILED
from cli.process.starting import STOPPED

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.output.run_progress import CommandListener
    from indexer.arrays import FloatArray
    from indexer.files.ignore import ScanRules
    from indexer.indexing.summary import Summary
    from indexer.models.encoder import Encoder
    from indexer.store.store import Store


@dataclass(frozen=True, slots=True)
class EncodingOptions:
    """How much is done at once, how large a picture may be, and whether small ones are kept."""

    batch_size: int | None
    workers: int | None
    thumbnails: bool
    max_megapixels: float | None


@click.command(cls=HelpedCommand)
@click.argument(
    "folders", metavar="[PATH]...", nargs=-1, type=NamedPath(path_type=Path), shell_complete=completers.folders
)
@headed(
    GENERAL,
    click.option(
        "--model",
        shell_complete=completers.models,
        metavar="NAME",
        help="The model for a new library. For one that has another model: build the new embeddings beside the old,"
        " which answer until all are done. CLIPSEARCH_MODEL is the default for new libraries. Example: --model builtin",
    ),
)
@device_option
@option_group(
    "encoding",
    EncodingOptions,
    click.option(
        "--batch-size",
        metavar="N",
        type=click.IntRange(min=1),
        help="Pictures encoded at once. Default: the model's choice.",
    ),
    click.option(
        "--workers",
        metavar="N",
        type=click.IntRange(min=0),
        help="Processes that decode. Default: one for each core; 0 decodes in this process.",
    ),
    click.option(
        "--thumbnails",
        is_flag=True,
        help="Also make the small pictures that clipsearch serve shows, of known pictures too. They are kept in the"
        " cache folder, by default at most 2 GB (CLIPSEARCH_THUMBNAILS).",
    ),
    max_megapixels_option,
    heading=WORK,
)
@rule_options
@headed(
    WHICH,
    click.option(
        "--reindex",
        is_flag=True,
        help="Encode every picture again, and try those that failed.",
    ),
    click.option(
        "--prune",
        is_flag=True,
        help="Also forget the pictures of a folder that is now empty, or of a PATH that is gone.",
    ),
)
@listener_options
@library_options
def index(
    folders: tuple[Path, ...],
    encoding: EncodingOptions,
    rules: Callable[[ScanRules], ScanRules] | None,
    reindex: bool,
    prune: bool,
    listening: ListenerOptions,
    library: LibraryOptions,
) -> None:
    """Encode the pictures in one or more folders, once.

    A later run encodes only what is new or changed, recognises what was moved or copied, and forgets what is gone;
    without PATH it goes over the folders that the library already has. Pictures are only read, never written. Ctrl-C
    keeps what was encoded. Exit code 3 means that some files could not be indexed; clipsearch failures lists them.

    \b
    Example:
      clipsearch index ~/Photos /nas/camera
    """
    from indexer.decoding.limits import allowing, most_pixels
    from indexer.indexing.run import index as run_index
    from indexer.library_model.loading import LibraryModel
    from indexer.models.agreement import agree
    from indexer.models.loading import check_model
    from indexer.models.names import parse_model_name
    from indexer.store.models import active_model
    from indexer.store.roots import roots
    from indexer.store.store import Store
    from search.index.refreshing import Refresher, RefreshingListener, refresh_unless_stopped
    from search.places.naming import prepare_names

    asked = None if library.model is None else str(parse_model_name(library.model))  # checked even if all is encoded
    if rules is not None and not folders:
        raise click.UsageError("Name the PATH that --exclude, --include-hidden or --follow-links is for.")
    with (
        allowing(encoding.max_megapixels),
        listening.open() as listener,
        telling_damage(listener.warn),
        Store.create(library.folder) if folders else Store.open(library.folder) as store,
    ):
        most_pixels()  # a bad setting is told before folders are looked through
        if not folders and not roots(store):
            raise click.UsageError("Name a folder to index, such as: clipsearch index ~/Photos")
        switching = _is_switch(store, asked)
        if asked is not None and (switching or active_model(store) is None):
            check_model(asked)  # before folders are looked through, and before anything is said
        if asked is not None:
            agree(asked)
        model = LibraryModel(store, library.device, listener.warn, asked, replace=reindex or switching)

        def load() -> Encoder:
            encoder = model()
            if switching:
                listener.tell(f"All pictures are encoded by {asked}; until that is done the old model answers.")
            return encoder

        refresher = Refresher(library.folder)
        summary = run_index(
            store,
            folders,
            load,
            RefreshingListener(listener, refresher),
            batch_size=encoding.batch_size,
            reindex=reindex or switching,
            prune=prune,
            rules=rules,
            workers=encoding.workers,
            thumbnails=encoding.thumbnails,
        )
        listener.summary(summary)
        _tell_unfinished_switch(store, listener)
        _tell_better_builtin(store, listener)
        refresher.finish(listener.stopping)
        if (active := active_model(store)) is not None:
            refresh_unless_stopped(store, active, listener.stopping)
        prepare(store, model.kept, listener, library.device)
        if not listener.stopping():
            prepare_names(store, listener.tell)
        stopped = listener.stopping()  # perhaps with all pictures encoded
    raise click.exceptions.Exit(STOPPED if stopped else exit_code(summary))


def exit_code(summary: Summary) -> int:
    """Return the exit code of a run."""
    if summary.stopped:
        return STOPPED
    if summary.missing:
        return 1
    return SOME_FAILED if summary.failed or summary.failed_before or summary.unread else 0


def _is_switch(store: Store, asked: str | None) -> bool:
    """Return whether another model than the library's is asked for; cancel a switch if the library's is asked for."""
    from indexer.store.lock import only_writer
    from indexer.store.models import active_model, models, switch_to

    active = active_model(store)
    if asked is None or active is None:
        return False
    if asked == active.name and len(models(store)) > 1:
        with only_writer(store):  # fails while another process builds the other model's embeddings
            switch_to(store, active)
    return asked != active.name


def _tell_unfinished_switch(store: Store, listener: CommandListener) -> None:
    """Remind of a model whose embeddings are not complete yet."""
    import shlex

    from indexer.store.models import active_model, models

    active = active_model(store)
    for model in models(store):
        if active is not None and not model.active:
            new, old = shlex.quote(model.name), shlex.quote(active.name)  # a library's names may be anything
            listener.tell(
                f"The switch to {model.name} is not complete; clipsearch index --model {new} goes on with it, "
                f"clipsearch index --model {old} calls it off."
            )


def prepare(store: Store, loaded: Encoder | None, listener: CommandListener, device: str | None = None) -> None:
    """Prepare what is used from now on, if it is missing: the exported towers, and the cut-off's embeddings.

    Without a device no model is loaded for this, and nothing is prepared of one that was not asked for here.
    """
    from indexer.image_tower import prepare as images
    from indexer.library_model.loading import load_stored
    from indexer.library_model.stored_judging import judge_stored
    from indexer.models.agreement import is_agreed
    from indexer.store.models import active_model
    from indexer.text_tower import prepare as texts
    from search.texts.background import keep_background

    active = active_model(store)
    if active is None or not is_agreed(active.name):
        return
    load = None if device is None else lru_cache(lambda model: load_stored(model, device))
    is_loaded = loaded is not None and loaded.fingerprint == active.fingerprint
    texts_due, images_due = (side.is_due(active.fingerprint, not is_loaded) for side in (texts, images))
    if texts_due and images_due and is_loaded and in_full(loaded) is not None and store.folder is not None:
        prompts = _prepare_beside(store, loaded, listener)
    else:
        texts.prepare_texts(store, loaded, load, listener.tell, listener.stopping)
        images.prepare_images(store, in_full(loaded) if images_due else None, load, listener.tell, listener.stopping)
        prompts = None
    if not listener.stopping():
        keep_background(store, loaded, prompts)
    if images_due:
        judge_stored(store, listener.stopping)


def in_full(loaded: Encoder | None) -> Encoder | None:
    """Return a loaded model unless it is its exports: new ones must be compared with the model itself."""
    from indexer.library_model.ready import ReadyEncoder

    return None if isinstance(loaded, ReadyEncoder) else loaded


def _prepare_beside(store: Store, loaded: Encoder | None, listener: CommandListener) -> FloatArray | None:
    """Export texts and embed the prompts in a thread while pictures are exported here: each keeps but one core busy."""
    from concurrent.futures import ThreadPoolExecutor

    from indexer.image_tower.prepare import measure_export, prepare_images
    from indexer.store.store import Store
    from indexer.text_tower.prepare import prepare_texts
    from search.texts.background import background_rows

    def prepare_the_texts() -> FloatArray | None:
        assert store.folder is not None and loaded is not None
        with Store.open(store.folder) as own:  # a connection is for one thread
            prepare_texts(own, loaded, None, listener.tell, listener.stopping)
        return None if listener.stopping() else background_rows(loaded.fingerprint, loaded.dim)

    with ThreadPoolExecutor(1) as thread:
        prompts = thread.submit(prepare_the_texts)
        prepare_images(store, in_full(loaded), None, listener.tell, listener.stopping, measure=False)
    if loaded is not None and not listener.stopping():
        measure_export(loaded)
    return prompts.result()


def _tell_better_builtin(store: Store, listener: CommandListener) -> None:
    """Say that the built-in model of this version is another than the one that made the library."""
    from indexer.models.names import BUILTIN
    from indexer.store.models import active_model

    active = active_model(store)
    if active is None or active.name != BUILTIN:
        return
    from indexer.models.builtin_weights import fingerprint

    if active.fingerprint != fingerprint():
        listener.tell(
            "The built-in model has become another since this library was made; clipsearch index --reindex encodes the "
            "pictures with it."
        )
