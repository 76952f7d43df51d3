"""A data-set library in Python: what `clipsearch.open_data_set` returns."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Literal

from indexer.arguments import (
    AnyPath,
    flag,
    path_of,
    paths_of,
    several,
    skips,
    text_of,
    texts_of,
    transform_of,
    whole_number,
)
from indexer.errors import InvalidRequest
from search.query.terms import Query, make_terms

if TYPE_CHECKING:
    import pyarrow as pa

    from indexer.data_sets.encoded import Engine
    from indexer.data_sets.optimizing import Optimized
    from indexer.indexing.listener import Listener
    from indexer.indexing.summary import Summary
    from search.data_set_answers.hits import DataSetHit
    from search.data_set_answers.info import DataSetInfo
    from search.data_set_answers.labelled import LabelledRow
    from search.data_set_answers.torch_stream import StreamedPictures
    from search.data_sets.opened import OpenDataSet
    from search.embedding_files.exported_columns import Precision
    from search.embedding_files.exporting import Exported
    from search.embedding_files.writing import Layout
    from search.embedding_imports.importing import Imported
    from search.query.ask import Cutoff
    from search.query.sorting import Order

TextPart = str | tuple[str, float]
PicturePart = AnyPath | tuple[AnyPath, float]


class DataSet:
    """A library that is a data set, opened when it is first asked. Use it as a context manager, from one thread.

    Wherever there are `filters` they are those of `Library.query`, but `label`, by name: after="2021", types="jpeg",
    folder="s3://bucket/photos/2021".
    """

    def __init__(self, address: str, model: str | None, device: str, as_of: int | str | None) -> None:
        """Take the address; use `clipsearch.open_data_set`."""
        self.address = address
        self._model, self._device, self._as_of = model, device, as_of
        self._opened: OpenDataSet | None = None

    def __enter__(self) -> DataSet:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close it; another call opens it again, at its newest version then."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def query(
        self,
        text: str | None = None,
        k: int | None = None,
        *,
        plus: str | Iterable[TextPart] = (),
        minus: str | Iterable[TextPart] = (),
        like: AnyPath | Iterable[PicturePart] = (),
        unlike: AnyPath | Iterable[PicturePart] = (),
        cutoff: Cutoff = "auto",
        sort: Order = "score",
        raw: bool = False,
        fold: bool = True,
        **filters: Any,
    ) -> list[DataSetHit]:
        """Return up to k (10) pictures that match, best first, as `Library.query` does; hits have an `address`.

        `like` and `unlike` are files on this machine, or pictures of the data set by their address or id. Filters alone
        return the newest k (1,000) that pass. Raises LibraryMissing if there is no data set, and as `Library.query`.
        """
        from search.data_set_answers.ask import ask_data_set
        from search.data_set_answers.hits import sorted_hits, with_places
        from search.data_set_answers.terms import picture_terms
        from search.filters.filters import NO_FILTERS, make_filters
        from search.filters.names import names_of
        from search.query.ask import QueryRequest
        from search.query.quoted import split_quoted
        from search.query.sorting import check_order

        text, quoted = (None, ()) if text is None else split_quoted(text_of(text, "text"))
        named = (*names_of(filters.pop("named", ())), *quoted)
        passing = make_filters(named=named, **filters)
        most = None if k is None else whole_number(k, "k", 1)
        check_order(sort)
        request = QueryRequest(None, most, passing, cutoff, flag(raw, "raw"), flag(fold, "fold"))
        pictures = [*_weighted(like, "like", 1.0), *_weighted(unlike, "unlike", -1.0)]
        texts = make_terms(text, plus, minus, (), ())
        opened = self._searching()
        terms = (*texts, *picture_terms(opened, pictures))
        query = Query(terms) if terms or passing == NO_FILTERS else None
        answer = ask_data_set(opened, replace(request, query=query))
        return with_places(sorted_hits(answer.hits, sort))

    def similar(self, picture: AnyPath, k: int = 10, *, fold: bool = True, **filters: Any) -> list[DataSetHit]:
        """Return the k pictures most like one: of the data set by its address or id, or a file; without itself."""
        from search.data_set_answers.hits import with_places
        from search.data_set_answers.similar import similar
        from search.filters.filters import make_filters

        name, most = _name(picture, "picture"), whole_number(k, "k", 1)
        passing = make_filters(**filters)
        return with_places(similar(self._searching(), name, most, passing, fold=flag(fold, "fold")))

    def label(
        self,
        classes: str | Iterable[str],
        *,
        templates: str | Iterable[str] = "a photo of a {}",
        other: bool | None = None,
        multi: bool = False,
        threshold: float | None = None,
        thresholds: Mapping[str, float] | None = None,
        examples: Mapping[str, AnyPath | Iterable[AnyPath]] | None = None,
        **filters: Any,
    ) -> Iterator[LabelledRow]:
        """Yield all pictures, or those that pass, with their labels, as they are stored; see `Library.label`.

        Nothing is kept: neither in the data set, nor in memory.
        """
        from search.data_set_answers.labelled import DataSetLabels
        from search.filters.filters import make_filters
        from search.labels.judge import Judge
        from search.labels.make_recipe import make_recipe

        recipe = make_recipe(
            classes,
            templates=templates,
            other=other,
            multi=multi,
            threshold=threshold,
            thresholds=thresholds,
            examples=examples,
        )
        passing, opened = make_filters(**filters), self._searching()
        return DataSetLabels(opened, Judge(opened.companion, recipe), passing).pictures()

    def scan(
        self, columns: str | Iterable[str] | None = None, rows: int = 8192, **filters: Any
    ) -> Iterator[pa.RecordBatch]:
        """Yield columns, or all, of the pictures that pass, at most so many rows at once, embeddings among them."""
        from search.filters.filters import make_filters

        wanted = None if columns is None else texts_of(columns, "columns")
        pictures = self._searching().pictures
        known = pictures.table.dataset.schema.names
        if unknown := [name for name in wanted or () if name not in known]:
            raise InvalidRequest(f"There is no column {unknown[0]!r}; there are {', '.join(known)}.")
        return pictures.scan(wanted, make_filters(**filters), whole_number(rows, "rows", 1))

    def count(self, **filters: Any) -> int:
        """Return how many pictures there are, or how many pass."""
        from search.filters.filters import make_filters

        return self._searching().pictures.count(make_filters(**filters))

    def torch_dataset(
        self,
        *,
        transform: Callable[[Any], Any] | None = None,
        with_embeddings: bool = True,
        unreadable: Literal["raise", "skip"] = "raise",
        **filters: Any,
    ) -> StreamedPictures:
        """Return the pictures that pass as an iterable data set of torch, of the version that is open now.

        An item is a dict: `image`, upright and sRGB, of Pillow or as `transform` returns it; `caption`; `embedding`,
        float32 (dim,); `address`. They are read from where they lie, in stored order, and shared by the workers of a
        DataLoader, which needs multiprocessing_context="spawn". One that can't be read, or has changed since it was
        indexed, raises PictureError, or is left out. Videos are left out. Raises InvalidRequest.
        """
        from search.filters.filters import make_filters

        skip, transform = skips(unreadable), transform_of(transform)
        passing, with_embeddings = make_filters(**filters), flag(with_embeddings, "with_embeddings")
        version = self._searching().pictures.version
        from search.data_set_answers.torch_stream import StreamedPictures

        return StreamedPictures(self.address, version, passing, transform, with_embeddings, skip)

    def info(self) -> DataSetInfo:
        """Return the model, counts, version, index and sources."""
        from search.data_set_answers.info import data_set_info

        return data_set_info(self.address, self._as_of)

    def optimize(self) -> Optimized:
        """Merge small files, bring the index up to date and drop versions that are old, and say what was done."""
        from indexer.data_sets.pictures_table import PicturesTable

        self.close()
        return PicturesTable.open(self.address, self._as_of).optimize()

    def index(
        self,
        sources: AnyPath | Iterable[AnyPath] = (),
        *,
        engine: Literal["local", "ray"] = "local",
        batch_size: int | None = None,
        workers: int | None = None,
        reindex: bool = False,
        prune: bool = False,
        listener: Listener | None = None,
    ) -> Summary:
        """Encode what is new or changed in the sources (none: all known ones); it makes a data set if need be.

        A source is a folder, a bucket's URL, or tar, Parquet or list files. Pictures that can't be read are passed to
        `listener.problem` and kept among the failures. Afterwards the library is optimized if that pays; a warning says
        if it could not be. Raises SourceError if no source can be read, ModelError.
        """
        from indexer.data_set_runs.afterwards import optimize_if_due
        from indexer.data_set_runs.model import DataSetModel
        from indexer.data_set_runs.run import index_data_set, open_library
        from indexer.data_sets.description import Description
        from indexer.data_sets.sources_table import SourcesTable
        from indexer.files.ignore import ScanRules
        from indexer.indexing.listener import SilentListener, check_listener
        from indexer.sources.opening import open_source

        if self._as_of is not None:
            raise InvalidRequest("An earlier version of a library can only be read; leave as_of out.")
        check_listener(listener)
        named = [_name(one, "sources") for one in several(sources, "sources")]
        batch = None if batch_size is None else whole_number(batch_size, "batch_size", 1)
        processes = None if workers is None else whole_number(workers, "workers", 0)
        self.close()
        table = open_library(self.address)
        known = {one.address: one.rules for one in SourcesTable(self.address).all()} if table else {}
        if not named and not known:
            raise InvalidRequest("Name what to index, such as s3://bucket/photos.")
        opened = [open_source(name, known.get(name, ScanRules())) for name in named or known]

        def warn(line: str) -> None:
            warnings.warn(line, stacklevel=4)

        model = DataSetModel(self.address, table.description if table else None, self._device, warn, self._model)
        summary = index_data_set(
            self.address,
            opened,
            _engine(engine, model, batch, processes),
            lambda: Description.of(model()),
            SilentListener() if listener is None else listener,
            prune=flag(prune, "prune"),
            reindex=flag(reindex, "reindex"),
            rules={source.address: known[source.address] for source in opened if source.address in known},
        )
        optimize_if_due(self.address, summary, lambda line: None, lambda line: warnings.warn(line, stacklevel=3))
        return summary

    def export_embeddings(
        self,
        target: AnyPath,
        *,
        layout: Layout | None = None,
        precision: Precision | None = None,
        projection: bool = False,
        force: bool = False,
        **filters: Any,
    ) -> Exported:
        """Write the embeddings of all pictures, or of those that pass, into files, as `Library.export_embeddings`."""
        from search.embedding_files.asked import export_request
        from search.embedding_files.exporting import export_embeddings
        from search.filters.filters import make_filters

        request = export_request(
            target,
            make_filters(**filters),
            None,
            layout=layout,
            precision=precision,
            labels=None,
            projection=flag(projection, "projection"),
            force=flag(force, "force"),
        )
        return export_embeddings(self._searching().pictures, request, None)

    def import_embeddings(
        self,
        files: AnyPath | Iterable[AnyPath],
        *,
        model: str | None = None,
        root: AnyPath | None = None,
        normalize: bool = False,
        embedding_column: str | None = None,
        path_column: str | None = None,
    ) -> Imported:
        """Take in embeddings from files, as `Library.import_embeddings`; it makes a data set if need be.

        `root` is a folder or a URL.
        """
        from search.embedding_imports.target import ImportTarget, import_files

        if self._as_of is not None:
            raise InvalidRequest("An earlier version of a library can only be read; leave as_of out.")
        named = paths_of(files, "files")
        model = self._model if model is None else text_of(model, "model")
        columns = (
            None if embedding_column is None else text_of(embedding_column, "embedding_column"),
            None if path_column is None else text_of(path_column, "path_column"),
        )
        start = None if root is None else _name(root, "root")
        scaled = flag(normalize, "normalize")
        self.close()
        target = ImportTarget(self.address, self._device)
        return import_files(target, named, model=model, root=start, normalize=scaled, columns=columns)

    def _searching(self) -> OpenDataSet:
        """Return the data set, opened on first use."""
        if self._opened is None:
            from search.data_sets.opened import open_data_set

            self._opened = open_data_set(self.address, model=self._model, device=self._device, as_of=self._as_of)
        return self._opened


def _engine(name: object, model: Any, batch_size: int | None, workers: int | None) -> Engine:
    """Return what encodes; raises InvalidRequest for another name, and if Ray is not installed."""
    if name == "local":
        from indexer.data_set_runs.local_engine import LocalEngine

        return LocalEngine(model, workers=workers, batch_size=batch_size)
    if name != "ray":
        raise InvalidRequest('engine is "local" or "ray".')
    from indexer.installation import advised, is_installed, needs_extra

    if not is_installed("ray"):
        raise InvalidRequest(advised(f"engine='ray' {needs_extra('ray')}"))
    if workers is not None:
        raise InvalidRequest("workers is for the local engine; of a cluster Ray decides that, so leave it out.")
    from indexer.ray_engine.engine import RayEngine  # type: ignore[import-not-found,unused-ignore]

    engine: Engine = RayEngine(model, batch_size=batch_size)
    return engine


def _name(value: object, what: str) -> str:
    """Return what names a picture or source: a URL as it is, a path as text."""
    if isinstance(value, str) and "://" in value and "\0" not in value:
        return value
    return fspath(path_of(value, what)) if isinstance(value, str | PathLike) else str(path_of(value, what))


def _weighted(items: AnyPath | Iterable[PicturePart], what: str, sign: float) -> Sequence[tuple[str, float]]:
    """Return names of pictures with their weights, checked as those of a local library are."""
    single = isinstance(items, tuple) and len(items) == 2 and isinstance(items[1], int | float)
    pairs: list[tuple[str, float]] = []
    for item in [items] if single else several(items, what):
        name, weight = item if isinstance(item, tuple) and len(item) == 2 else (item, 1.0)
        (checked,) = make_terms(None, (), (), [("picture", weight)], ())  # type: ignore[list-item]
        pairs.append((_name(name, what), sign * checked.weight))
    return pairs
