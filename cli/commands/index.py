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
    AnyPlace,
    LibraryOptions,
    ListenerOptions,
    any_library_options,
    device_option,
    listener_options,
    max_megapixels_option,
    option_group,
)
from cli.options.rules import rule_options
from cli.output.damaged import telling_damage
from cli.output.summaries import exit_code
from cli.process.starting import STOPPED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cli.output.run_progress import CommandListener
    from indexer.arrays import FloatArray
    from indexer.files.ignore import ScanRules
    from indexer.models.encoder import Encoder
    from indexer.store.store import Store


@dataclass(frozen=True, slots=True)
class EncodingOptions:
    """How much is done at once, how large a picture may be, and whether small ones are kept."""

    batch_size: int | None
    workers: int | None
    thumbnails: bool
    max_megapixels: float | None
    engine: str


@click.command(cls=HelpedCommand)
@click.argument(
    "places", metavar="[PATH]...", nargs=-1, type=AnyPlace(path_type=Path), shell_complete=completers.folders
)
@headed(
    GENERAL,
    click.option(
        "--model",
        shell_complete=completers.models,
        metavar="NAME",
        help="The model for a new library. For one that has another model: build the new embeddings beside the old,"
        " which answer until all are done; a data set keeps its model. CLIPSEARCH_MODEL is the default for new"
        " libraries. Example: --model builtin",
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
    click.option(
        "--engine",
        metavar="ENGINE",
        type=click.Choice(["local", "ray"]),
        default="local",
        help="What encodes: local, this machine; or for a data set ray, the cluster that RAY_ADDRESS names."
        " Example: --engine ray",
    ),
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
@headed(
    GENERAL,
    click.option(
        "--store",
        metavar="STORE",
        type=click.Choice(["local", "lance"]),
        help="What a new library is: local, or a data set in lance, for pictures from anywhere. One at a URL is such.",
    ),
)
@any_library_options
def index(
    places: tuple[Path | str, ...],
    encoding: EncodingOptions,
    rules: Callable[[ScanRules], ScanRules] | None,
    reindex: bool,
    prune: bool,
    listening: ListenerOptions,
    store: str | None,
    library: LibraryOptions,
) -> None:
    """Encode the pictures in one or more folders, once.

    A later run encodes only what is new or changed, recognises what was moved or copied, and forgets what is gone;
    without PATH it goes over the folders that the library already has. Pictures are only read, never written. Ctrl-C
    keeps what was encoded. Exit code 3 means that some files could not be indexed; clipsearch failures lists them.

    Into a data set, a library at a URL or made with --store lance, PATH may also be a URL (s3, gs, az, hf, http), a tar
    or Parquet file, or a pattern of those.

    \b
    Example:
      clipsearch index ~/Photos /nas/camera
      clipsearch index "s3://bucket/shards/{0000..0999}.tar" --library s3://bucket/library
    """
    from cli.data_sets.index import DataSetRun, data_set_of, index_into
    from indexer.decoding.limits import allowing, most_pixels

    if rules is not None and not places:
        raise click.UsageError("Name the PATH that --exclude, --include-hidden or --follow-links is for.")
    with allowing(encoding.max_megapixels), listening.open() as listener, telling_damage(listener.warn):
        most_pixels()  # a bad setting is told before folders are looked through
        if (address := data_set_of(library, store)) is not None:
            if encoding.thumbnails:
                raise click.UsageError("--thumbnails are for clipsearch serve, which shows no data sets; leave it out.")
            asked = (encoding.engine, encoding.workers, encoding.batch_size)
            code = index_into(address, places, DataSetRun(library, *asked, rules, reindex, prune), listener, prepare)
        else:
            code = _index_folders(_folders(places, encoding), encoding, rules, reindex, prune, listener, library)
    raise click.exceptions.Exit(code)


def _folders(places: Sequence[Path | str], encoding: EncodingOptions) -> list[Path]:
    """Return the folders that a local library is to be indexed from; raises InvalidRequest for what it can't be."""
    from cli.data_sets.index import refuse_sources

    refuse_sources(places)
    if encoding.engine != "local":
        raise click.UsageError(
            f"--engine {encoding.engine} encodes into a data set, and this is a local library; add --store lance and a"
            " new --library, a folder or a URL."
        )
    return [Path(place) for place in places]


def _index_folders(
    folders: Sequence[Path],
    encoding: EncodingOptions,
    rules: Callable[[ScanRules], ScanRules] | None,
    reindex: bool,
    prune: bool,
    listener: CommandListener,
    library: LibraryOptions,
) -> int:
    """Bring a local library up to date and return the exit code."""
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
    with Store.create(library.folder) if folders else Store.open(library.folder) as store:
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
    return STOPPED if stopped else exit_code(summary)


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
