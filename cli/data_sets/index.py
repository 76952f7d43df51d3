"""clipsearch index into a data-set library."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options.basic import LibraryOptions
from cli.output.summaries import exit_code
from cli.process.starting import STOPPED
from indexer.errors import InvalidRequest, LibraryError

if TYPE_CHECKING:
    from cli.output.run_progress import CommandListener
    from indexer.data_set_runs.model import DataSetModel
    from indexer.data_sets.encoded import Engine
    from indexer.data_sets.pictures_table import PicturesTable
    from indexer.files.found import Problem
    from indexer.files.ignore import ScanRules
    from indexer.models.encoder import Encoder
    from indexer.sources.item import Source
    from indexer.store.store import Store

ChangeRules = Callable[["ScanRules"], "ScanRules"]
Prepare = Callable[["Store", "Encoder | None", "CommandListener", str], None]


@dataclass(frozen=True, slots=True)
class DataSetRun:
    """What a run into a data set was asked for."""

    library: LibraryOptions
    engine: str  # local or ray
    workers: int | None
    batch_size: int | None
    rules: ChangeRules | None
    reindex: bool
    prune: bool


def data_set_of(library: LibraryOptions, store: str | None) -> str | None:
    """Return the address of the data set that a run is into; None if it is into a local library."""
    if library.data_set is not None:
        if store == "local":
            raise click.UsageError(f"The library {library.data_set} is a data set; leave --store out, or say lance.")
        return library.data_set
    if store != "lance":
        return None
    from indexer.paths import absolute
    from indexer.store.store import DATABASE_NAME

    if os.path.exists(library.folder / DATABASE_NAME):
        raise LibraryError(
            f"There is a library in {library.folder} already, which is no data set; name another with --library."
        )
    return str(absolute(library.folder))


def refuse_sources(places: Sequence[Path | str]) -> None:
    """Raise InvalidRequest for what pictures can be read from only into a data set."""
    from indexer.addresses import is_url

    for place in places:
        text = str(place)
        if is_url(text) or (not os.path.isdir(text) and text.lower().endswith(PACKED)):
            raise InvalidRequest(
                f"{text} can't be indexed into a local library, which holds pictures of folders; for a data set, add"
                " --store lance and a new --library, a folder or a URL."
            )


PACKED = (".tar", ".tar.gz", ".tgz", ".parquet", ".arrow")  # files with many pictures


def index_into(
    address: str, places: Sequence[Path | str], run: DataSetRun, listener: CommandListener, prepare: Prepare
) -> int:
    """Bring a data set up to date with what is named, or with all its sources, and return the exit code."""
    from indexer.data_set_runs.afterwards import optimize_if_due
    from indexer.data_set_runs.model import DataSetModel
    from indexer.data_set_runs.run import index_data_set, open_library
    from indexer.data_sets.description import Description
    from indexer.data_sets.lance_tables import check_writable

    check_writable(address)
    table = open_library(address)
    sources, rules = _sources(table, places, run.rules, listener.problem)
    model = DataSetModel(
        address, table.description if table else None, run.library.device, listener.warn, run.library.model
    )

    def load() -> Encoder:
        if model.kept is None:
            listener.loading()
        return model()

    summary = index_data_set(
        address,
        sources,
        _engine(run, load, listener),
        lambda: Description.of(load()),
        listener,
        prune=run.prune,
        reindex=run.reindex,
        rules=rules,
    )
    listener.summary(summary)
    if not listener.stopping():
        optimize_if_due(address, summary, listener.tell, listener.warn)
    if not listener.stopping():
        _prepare(address, model, listener, run.library.device, prepare)
    return STOPPED if listener.stopping() else exit_code(summary)


def _sources(
    table: PicturesTable | None,
    places: Sequence[Path | str],
    change: ChangeRules | None,
    report: Callable[[Problem], None],
) -> tuple[list[Source], dict[str, ScanRules]]:
    """Return the sources that are named, or all of the library, with the rules of each by its address."""
    from indexer.data_sets.sources_table import SourcesTable
    from indexer.files.ignore import ScanRules
    from indexer.sources.opening import open_source

    known = {one.address: one.rules for one in SourcesTable(table.address).all()} if table else {}
    if not places and not known:
        raise click.UsageError("Name what to index, such as: clipsearch index s3://bucket/photos --library ...")
    rules: dict[str, ScanRules] = {}
    sources: list[Source] = []
    for place in places or known:
        address = open_source(str(place)).address
        rules[address] = known.get(address, ScanRules())
        if change is not None:
            rules[address] = change(rules[address])
        sources.append(open_source(str(place), rules[address], report))
    return sources, rules


def _engine(run: DataSetRun, load: Callable[[], Encoder], listener: CommandListener) -> Engine:
    """Return what encodes."""
    if run.engine == "ray":
        return _ray_engine(run, load, listener)
    from indexer.data_set_runs.local_engine import LocalEngine

    return LocalEngine(
        load,
        workers=run.workers,
        batch_size=run.batch_size,
        stopping=listener.stopping,
        bottleneck=listener.bottleneck,
    )


def _ray_engine(run: DataSetRun, load: Callable[[], Encoder], listener: CommandListener) -> Engine:
    """Return what encodes on a cluster; raises InvalidRequest if it is not installed."""
    from indexer.installation import is_installed, needs_extra

    if not is_installed("ray"):
        raise InvalidRequest(f"Encoding with --engine ray {needs_extra('ray')}")
    if run.workers is not None:
        raise click.UsageError("--workers is for --engine local; of a cluster Ray decides that, so leave it out.")
    from indexer.ray_engine.engine import RayEngine

    return RayEngine(load, batch_size=run.batch_size, stopping=listener.stopping)


def _prepare(address: str, model: DataSetModel, listener: CommandListener, device: str, prepare: Prepare) -> None:
    """Prepare what queries will need, if a model was loaded."""
    if model.kept is None:
        return
    from search.data_sets.opened import open_data_set

    with open_data_set(address, device=device) as data_set:
        prepare(data_set.companion.store, model.kept, listener, device)
