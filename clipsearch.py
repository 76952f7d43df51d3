"""Find and sort your own photos by meaning: the public Python API.

    import clipsearch

    with clipsearch.open("my-library") as library:
        library.index(["~/Photos"])
        for hit in library.query("red envelope", k=10):
            print(hit.score, hit.path)
        for hit in library.similar("beach.jpg"):
            print(hit.score, hit.path)
        for group in library.duplicates():
            print(group.best.path, [(picture.match, picture.hit.path) for picture in group.pictures[1:]])
        for picture in library.label(["cup", "car"]):
            print(picture.path, picture.best, picture.probability)

Importing this module is free: torch and the models load when first needed.
"""

from __future__ import annotations

if __name__ == "__main__":
    import cli.process.starting  # noqa: F401  # hears Ctrl-C while the rest is imported

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from indexer.arguments import AnyPath, flag, path_of, paths_of, positive_number, text_of, whole_number
from indexer.errors import (
    ClipsearchError,
    FolderError,
    InvalidRequest,
    LibraryBusy,
    LibraryError,
    LibraryMissing,
    ModelError,
    ModelMismatch,
    OutputError,
    PictureError,
    UndoError,
)
from search.results import Hit, LabelledPicture, LibraryInfo
from search.training.image_encoder import ImageEncoder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path
    from typing import Any, Literal

    from indexer.files.found import Problem
    from indexer.indexing.listener import Listener
    from indexer.indexing.summary import Summary
    from indexer.store.failures import KnownFailure
    from indexer.store.store import Store
    from search.checking.findings import Finding
    from search.corrections.accuracy import Accuracy
    from search.corrections.learning import Lesson
    from search.data_set_answers.python_api import DataSet
    from search.duplicates.groups import DuplicateGroup
    from search.embedding_files.exported_columns import Precision
    from search.embedding_files.exporting import Exported
    from search.embedding_files.writing import Layout
    from search.embedding_imports.importing import Imported
    from search.labels.recipe import Recipe
    from search.library.library import Library as SearchLibrary
    from search.query.ask import Cutoff
    from search.query.sorting import Order
    from search.query.wider import Wider
    from search.training.torch_pictures import TorchPictures

__all__ = [
    "ClipsearchError",
    "FolderError",
    "Hit",
    "ImageEncoder",
    "InvalidRequest",
    "LabelledPicture",
    "Library",
    "LibraryBusy",
    "LibraryError",
    "LibraryInfo",
    "LibraryMissing",
    "ModelError",
    "ModelMismatch",
    "OutputError",
    "PictureError",
    "UndoError",
    "open",
    "open_data_set",
]

TextPart = str | tuple[str, float]  # of a query: a text, alone or with its weight
PicturePart = AnyPath | tuple[AnyPath, float]  # the same with a picture


def open(library: AnyPath | None = None, *, model: str | None = None, device: str = "auto") -> Library:
    """Open the library in a folder, made if needed; by default CLIPSEARCH_LIBRARY or the platform's data folder.

    `model` names the model of a new library; a library that has a model accepts no other. Raises LibraryError,
    InvalidRequest for arguments of other types, or on first use with another model ModelMismatch.
    """
    from indexer.paths import default_library, home_expanded
    from indexer.spelling import spelled_on_disk
    from indexer.store.store import Store

    model = None if model is None else text_of(model, "model")
    device = text_of(device, "device")
    _refuse_data_set(library)
    folder = default_library() if library is None else spelled_on_disk(home_expanded(path_of(library, "library")))
    return Library(Store.create(folder), model, device)


def open_data_set(
    address: AnyPath, *, model: str | None = None, device: str = "auto", as_of: int | str | None = None
) -> DataSet:
    """Return the library that is a data set at an address, a folder or a URL such as s3://bucket/lib.

    It is opened when it is first asked, and made by its first `index`. `as_of` is an earlier version, by its number or
    a moment such as "2026-03-31". Needs the extra lance. Raises InvalidRequest for arguments of other types.
    """
    from os import fspath

    from indexer.addresses import is_url
    from indexer.paths import absolute
    from search.data_set_answers.python_api import DataSet

    if not (as_of is None or isinstance(as_of, str) or (isinstance(as_of, int) and not isinstance(as_of, bool))):
        raise InvalidRequest("as_of is the number of a version, or a moment such as 2026-03-31.")
    where = address if isinstance(address, str) and is_url(address) else fspath(absolute(path_of(address, "address")))
    name = None if model is None else text_of(model, "model")
    return DataSet(text_of(where, "address"), name, text_of(device, "device"), as_of)


def _refuse_data_set(library: AnyPath | None) -> None:
    """Raise InvalidRequest for what is no folder of a local library."""
    from indexer.addresses import is_data_set, is_url
    from indexer.paths import home_expanded

    if library is None:
        return
    named = path_of(library, "library")
    if (isinstance(library, str) and is_url(library)) or is_data_set(home_expanded(named)):
        raise InvalidRequest(f"{library} is a data set; open it with clipsearch.open_data_set.")


class Library:
    """An open library. Use it as a context manager, from one thread."""

    def __init__(self, store: Store, model: str | None, device: str) -> None:
        """Take an open store; use `clipsearch.open` to get a library."""
        self._store = store
        self._model = model
        self._device = device
        self._search: SearchLibrary | None = None

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the library."""
        self._store.close()

    def index(
        self,
        folders: AnyPath | Iterable[AnyPath] = (),
        *,
        batch_size: int | None = None,
        workers: int | None = None,
        reindex: bool = False,
        max_megapixels: float | None = None,
        thumbnails: bool = False,
        listener: Listener | None = None,
    ) -> Summary:
        """Encode what is new or changed in the folders (none: all known ones) and forget what is gone; only reads them.

        `folders` is one folder, or several. Moved and copied files are recognised by their content. `workers` is the
        number of decoding processes, by default one for each core; 0 decodes in this process. `reindex` encodes every
        picture again. Pictures of more than `max_megapixels` million pixels (by default 400) are refused. With
        `thumbnails` small pictures are kept for the page, of known pictures too. Files that can't be indexed are passed
        to `listener.problem`, counted in the summary and kept in `failures`.

        Raises FolderError if no folder exists, InvalidRequest for arguments of other types, LibraryBusy if another
        process indexes this library, ModelError if the model can't be loaded or fails.
        """
        import warnings

        from indexer.decoding.limits import allowing
        from indexer.download.reporting import reporting
        from indexer.indexing.listener import SilentListener, check_listener
        from indexer.indexing.run import index as run_index
        from indexer.library_model.loading import LibraryModel
        from indexer.store.models import active_model, check_request
        from search.index.refreshing import refresh_index
        from search.places.naming import prepare_names

        def warn(line: str) -> None:
            warnings.warn(line, stacklevel=4)

        named = paths_of(folders, "folders")
        check_listener(listener)
        active = active_model(self._store)
        if active is not None:
            check_request(active, self._model)
        self._search = None
        with (
            allowing(None if max_megapixels is None else positive_number(max_megapixels, "max_megapixels")),
            reporting(getattr(listener, "download", None)),
        ):
            summary = run_index(
                self._store,
                named,
                LibraryModel(self._store, self._device, warn, self._model),
                SilentListener() if listener is None else listener,
                batch_size=None if batch_size is None else whole_number(batch_size, "batch_size", 1),
                workers=None if workers is None else whole_number(workers, "workers", 0),
                reindex=flag(reindex, "reindex"),
                thumbnails=flag(thumbnails, "thumbnails"),
            )
        if (active := active_model(self._store)) is not None:
            refresh_index(self._store, active)
        prepare_names(self._store)
        return summary

    def failures(self, folder: AnyPath | Iterable[AnyPath] | None = None) -> list[KnownFailure]:
        """Return the files and folders, all or those below one folder or several, that could not be indexed, by path.

        Raises FolderError for a folder that is not in the library.
        """
        from indexer.paths import absolute
        from indexer.store.failures import known_failures

        folders = [] if folder is None else paths_of(folder, "folder")
        return known_failures(self._store, *map(absolute, folders))

    def query(
        self,
        text: str | None = None,
        k: int | None = None,
        *,
        plus: str | Iterable[TextPart] = (),
        minus: str | Iterable[TextPart] = (),
        like: AnyPath | Iterable[PicturePart] = (),
        unlike: AnyPath | Iterable[PicturePart] = (),
        folder: AnyPath | Iterable[AnyPath] = (),
        after: str | date | None = None,
        before: str | date | None = None,
        camera: str | Iterable[str] = (),
        near: str | AnyPath | tuple[float, float] | None = None,
        radius: str | None = None,
        label: str | Iterable[str] = (),
        types: str | Iterable[str] = (),
        min_size: str | tuple[int, int] | None = None,
        named: str | Iterable[str] = (),
        dated: bool | None = None,
        placed: bool | None = None,
        box: str | Sequence[float] | None = None,
        cutoff: Cutoff = "auto",
        sort: Order = "score",
        raw: bool = False,
        fold: bool = True,
    ) -> list[Hit]:
        """Return up to k (10) pictures that match, best first; `cutoff="none"` returns the nearest, matching or not.

        `plus` and `minus` are texts, `like` and `unlike` pictures (in the library or not): one, or a list of them, each
        alone or as a pair with its weight: query("horse", minus=[("grass", 0.5)], like="beach.jpg"). `cutoff` is "auto"
        (determined for each query), "none" or the least cosine. `folder`, `after`, `before` (2021, 2021-07,
        2021-07-04), `camera`, `near` ("Paris", "Japan", (48.85, 2.35) or a picture) with `radius` ("5km"), `label`,
        `types` ("jpeg"), `min_size` ("2mp"), `named` (what is in the path below and with the root), `dated` and
        `placed` (True or False) and `box` (south, west, north, east) filter the pictures to search; alone they return
        all pictures that pass, or k, newest first and without a score. What
        stands in double quotes in `text` is one more of `named`: query('beach "2019"'). `sort` is "score", "date" or
        "path". `raw` embeds texts without templates. With `fold` the largest of the copies of one picture that match
        is the hit, in the place of the one that scores best, and the others are its `copies`.

        Raises LibraryMissing before the first `index`, InvalidRequest for an empty text, terms that cancel each other
        or a filter that can't be understood, FolderError for a folder that is not in the library, PictureError for a
        picture that can't be read.
        """
        from search.filters.filters import NO_FILTERS, make_filters
        from search.filters.names import names_of
        from search.places.naming import with_places
        from search.query.ask import QueryRequest, ask
        from search.query.quoted import split_quoted
        from search.query.sorting import check_order, sorted_hits
        from search.query.terms import Query, make_terms

        text, quoted = (None, ()) if text is None else split_quoted(text_of(text, "text"))
        filters = make_filters(
            folder=folder,
            after=after,
            before=before,
            camera=camera,
            near=near,
            radius=radius,
            label=label,
            types=types,
            min_size=min_size,
            named=(*names_of(named), *quoted),
            dated=dated,
            placed=placed,
            box=box,
        )
        terms = make_terms(text, plus, minus, like, unlike)
        query = Query(terms) if terms or filters == NO_FILTERS else None
        most = None if k is None else whole_number(k, "k", 1)
        request = QueryRequest(query, most, filters, cutoff, flag(raw, "raw"), flag(fold, "fold"))
        check_order(sort)
        return with_places(sorted_hits(ask(self._searching(), request).hits, sort))

    def wider(self, text: str) -> Wider | None:
        """Return a wider text that some pictures match, and how many, if none matches this one: "mammal" for "gorilla".

        The nearest that there is, for English nouns; None if there is none, if pictures match the text itself, or if
        the model would have to be loaded to find out. Raises LibraryMissing before the first `index`, InvalidRequest
        for an empty text.
        """
        from search.query.ask import QueryRequest, ask
        from search.query.terms import make_query
        from search.query.wider import wider_match

        request = QueryRequest(make_query(text_of(text, "text")))
        return wider_match(self._searching(), request, ask(self._searching(), request))

    def similar(self, picture: AnyPath, k: int = 10, *, fold: bool = True) -> list[Hit]:
        """Return the k pictures most like one, in the library or not, best first; without the picture itself.

        With `fold` copies of one picture are one hit, the largest, with `copies`, also those of the picture itself.
        For those like several pictures together see `like` in `query`. Raises PictureError if it can't be read,
        LibraryMissing before the first `index`.
        """
        from search.places.naming import with_places
        from search.query.similar import similar

        path, most = path_of(picture, "picture"), whole_number(k, "k", 1)
        return with_places(similar(self._searching(), path, most, fold=flag(fold, "fold")))

    def duplicates(self, *, exact: bool = False, hard_links: bool = False) -> list[DuplicateGroup]:
        """Return groups of pictures that are the same, each the best first; `match` says how the others differ.

        The `spare` ones of a group can go without a loss: they are identical, or the same re-encoded or scaled. With
        `exact` only files that are the same byte for byte count; with `hard_links` other names of a file are shown too.
        """
        from search.duplicates.groups import find_duplicates

        exact, hard_links = flag(exact, "exact"), flag(hard_links, "hard_links")
        return find_duplicates(self._searching(), exact=exact, hard_links=hard_links)

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
        name: str | None = None,
        save: bool = False,
        folder: AnyPath | Iterable[AnyPath] | None = None,
        again: bool = False,
    ) -> Iterator[LabelledPicture]:
        """Label what is new or changed, or all `again`, then yield every picture, or those below `folder`, by path.

        A class is a name, or "name=prompt|prompt"; a text is a list of them, "cup,car". `templates` have {} where the
        class goes, or are a set of them, such as "openai80". `examples` are folders of pictures that show what a class
        is: {"our cat": "cat"}. What fits no class is "other", by default if the classes are few. With `multi` each
        class is judged on its own, so that a picture may have several labels; a label needs the probability
        `threshold` (0, with `multi` 0.5), or that of its class in `thresholds`. The `margin` of a picture shows how
        certain its labels are. They are stored in a label set called `name`, by default after its classes; without a
        name, and unless you `save` it, that is a draft, which is forgotten once there are 3 newer ones.

        Raises InvalidRequest for senseless classes or templates, FolderError for a folder that is not in the library.
        """
        from search.filters.filters import make_filters
        from search.labels.labelling import label_library
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
        filters = make_filters(folder=() if folder is None else folder)
        called = None if name is None else text_of(name, "name")
        keep, anew = flag(save, "save") or called is not None, flag(again, "again")
        done = label_library(self._searching(), recipe, name=called, keep=keep, filters=filters, again=anew)
        return done.pictures()

    def label_pictures(
        self,
        pictures: AnyPath | Iterable[AnyPath],
        classes: str | Iterable[str],
        *,
        templates: str | Iterable[str] = "a photo of a {}",
        other: bool | None = None,
        multi: bool = False,
        threshold: float | None = None,
        thresholds: Mapping[str, float] | None = None,
        examples: Mapping[str, AnyPath | Iterable[AnyPath]] | None = None,
    ) -> Iterator[LabelledPicture]:
        """Yield pictures, in the library or not, with their labels; see `label`. Nothing is stored.

        Of folders it is the pictures below them, as `index` would find them, of videos there each moment; each comes
        once, and a bad one there is a warning. Raises PictureError at a named picture that can't be read,
        InvalidRequest as `label` does.
        """
        import os

        from search.labels.make_recipe import make_recipe
        from search.unindexed.named_files import label_named

        recipe = make_recipe(
            classes,
            templates=templates,
            other=other,
            multi=multi,
            threshold=threshold,
            thresholds=thresholds,
            examples=examples,
        )
        paths = paths_of(pictures, "pictures")
        if any(map(os.path.isdir, paths)):
            return _below_folders(self._searching(), recipe, paths)
        return _readable(label_named(self._searching(), recipe, paths))

    def correct(self, name: str, label: str | Iterable[str], pictures: AnyPath | Iterable[AnyPath]) -> int:
        """Store that pictures have a label in the label set `name`, and return of how many; a fact that no run changes.

        `label` is one of the set's classes, or "other" for none of them; of a set made with `multi` it may be several,
        all that apply. Such pictures have the label with probability 1, and `said_by` says who. `undo_correction` takes
        the last one back. Raises InvalidRequest for an unknown set or label, and for a picture that is not in the
        library.
        """
        from indexer.arguments import texts_of
        from indexer.store.corrections import correct
        from indexer.store.labels import find_label_set
        from search.corrections.said import ids_of_files, login_name

        label_set = find_label_set(self._store, text_of(name, "name"))
        images = ids_of_files(self._store, paths_of(pictures, "pictures"))
        return len(correct(self._store, label_set.id, images, tuple(texts_of(label, "label")), login_name()).images)

    def undo_correction(self, name: str) -> int:
        """Take the last correction in a label set back, and return of how many pictures; again, the one before.

        Raises UndoError if there is none, InvalidRequest for an unknown set.
        """
        from indexer.store.corrections import undo_last
        from indexer.store.labels import find_label_set

        return len(undo_last(self._store, find_label_set(self._store, text_of(name, "name")).id).images)

    def accuracy(self, name: str) -> Accuracy:
        """Return how right the model is on the pictures that were corrected in a label set.

        It has `said`, `right`, `accuracy`, the 95% `interval`, and `labels`, with what is right of each. If the
        uncertain pictures were corrected first, the model does better on all; `doubtful` says how much harder these
        are, and `whole` is an estimate for all. Raises InvalidRequest for an unknown set.
        """
        from indexer.store.labels import find_label_set
        from search.corrections.accuracy import accuracy_of
        from search.corrections.judged_set import JudgedSet

        library = self._searching()
        label_set = find_label_set(self._store, text_of(name, "name"))
        return accuracy_of(JudgedSet(library, label_set), library, margins=True)

    def learn(self, name: str, *, take: bool = False) -> Lesson:
        """Return whether corrected pictures help as examples of their classes, each judged as if it was none.

        With `take` the label set learns, if that helps, and its pictures are labelled anew. The lesson has `held_out`,
        how many of these are right `before` and `after`, and the 95% `interval` of the gain. Raises InvalidRequest for
        an unknown set, or if nothing was corrected in it.
        """
        from indexer.store.labels import find_label_set
        from search.corrections.learning import lesson_from, take_lesson

        take = flag(take, "take")
        library = self._searching()
        label_set = find_label_set(self._store, text_of(name, "name"))
        lesson = lesson_from(library, label_set)
        if take and lesson.helped:
            take_lesson(library, label_set, lesson)
        return lesson

    def recalibrate(self, name: str) -> float:
        """Fit the model's temperature to the corrections in a label set, label it anew, and return the temperature.

        Raises InvalidRequest for an unknown set, too few corrections, or if it would not help on those held out.
        """
        from indexer.store.labels import find_label_set
        from search.corrections.recalibrating import recalibrate

        library = self._searching()
        label_set = find_label_set(self._store, text_of(name, "name"))
        return recalibrate(library, label_set).calibration.temperature

    def export_embeddings(
        self,
        target: AnyPath,
        *,
        layout: Layout | None = None,
        precision: Precision | None = None,
        labels: str | None = None,
        projection: bool = False,
        force: bool = False,
        folder: AnyPath | Iterable[AnyPath] = (),
        after: str | date | None = None,
        before: str | date | None = None,
        camera: str | Iterable[str] = (),
        near: str | AnyPath | tuple[float, float] | None = None,
        radius: str | None = None,
        label: str | Iterable[str] = (),
        types: str | Iterable[str] = (),
        min_size: str | tuple[int, int] | None = None,
        named: str | Iterable[str] = (),
        dated: bool | None = None,
        placed: bool | None = None,
        box: str | Sequence[float] | None = None,
    ) -> Exported:
        """Write the embeddings, of length 1, into a FILE.parquet, FILE.npy or FILE.lance, or a folder ("out/").

        A row is a picture or a moment of a video, with what is known of it. A folder is laid out as clip-retrieval
        does, or by `layout` as "img2dataset" does. `precision` is "fp16" or "fp32"; `labels` adds those of a label
        set, `projection` x and y. `folder` to `box` are filters as of `query`. What is returned has `rows`, the
        `targets` and the `action` for `clipsearch undo`. Raises OutputError if something is there, unless it is
        replaced by `force`, or can't be written; InvalidRequest, FolderError, LibraryError.
        """
        from search.data_sets.sqlite_data_set import SqliteDataSet
        from search.embedding_files.asked import export_request
        from search.embedding_files.exporting import export_embeddings
        from search.filters.filters import make_filters

        filters = make_filters(
            folder=folder,
            after=after,
            before=before,
            camera=camera,
            near=near,
            radius=radius,
            label=label,
            types=types,
            min_size=min_size,
            named=named,
            dated=dated,
            placed=placed,
            box=box,
        )
        request = export_request(
            target,
            filters,
            self._store,
            layout=layout,
            precision=precision,
            labels=labels,
            projection=flag(projection, "projection"),
            force=flag(force, "force"),
        )
        return export_embeddings(SqliteDataSet(self._searching()), request, self._store.folder)

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
        """Take in embeddings that were made before, from files and folders as `export_embeddings` writes them.

        Or as other programs do: Parquet, NumPy with Parquet beside, Lance, and the layout of clip-retrieval. All rows
        are looked at first; if one is wrong, nothing is imported. `model` says which model made them where the files
        do not, `root` what relative paths start from, and below which folder new pictures are. `normalize` scales
        embeddings of another length than 1, which are refused else. What is returned has `rows`, and how many of these
        were `replaced`. Raises ModelMismatch, InvalidRequest, LibraryError, and another ClipsearchError for bad files.
        """
        from search.embedding_imports.target import ImportTarget, import_files

        named = paths_of(files, "files")
        model = self._model if model is None else text_of(model, "model")
        start = None if root is None else str(path_of(root, "root"))
        embedding = None if embedding_column is None else text_of(embedding_column, "embedding_column")
        path = None if path_column is None else text_of(path_column, "path_column")
        self._search = None
        return import_files(
            ImportTarget.of_store(self._store, self._device),
            named,
            model=model,
            root=start,
            normalize=flag(normalize, "normalize"),
            columns=(embedding, path),
        )

    def torch_dataset(
        self,
        *,
        label_set: str | None = None,
        threshold: float | None = None,
        labelled_only: bool = False,
        transform: Callable[[Any], Any] | None = None,
        with_embeddings: bool = True,
        unreadable: Literal["raise", "skip"] = "raise",
        folder: AnyPath | Iterable[AnyPath] = (),
        after: str | date | None = None,
        before: str | date | None = None,
        camera: str | Iterable[str] = (),
        near: str | AnyPath | tuple[float, float] | None = None,
        radius: str | None = None,
        label: str | Iterable[str] = (),
        types: str | Iterable[str] = (),
        min_size: str | tuple[int, int] | None = None,
        named: str | Iterable[str] = (),
        dated: bool | None = None,
        placed: bool | None = None,
        box: str | Sequence[float] | None = None,
    ) -> TorchPictures:
        """Return the pictures that pass the filters, as `query` has them, as a map-style data set of torch, by path.

        An item is a dict: `image`, upright and sRGB, of Pillow or as `transform` returns it; `label`, an index into the
        data set's `classes`, -1 without one; `embedding`, float32 (dim,); `path`. Labels are those of `label_set`, at
        least as probable as the `threshold`, by default as in `clipsearch export-labels`; without it there are none.
        Files are opened when they are asked for, so that a DataLoader's workers decode them; `unreadable` says whether
        one that can't be read raises PictureError or is skipped. Videos are left out.

        Raises LibraryMissing before the first `index`, InvalidRequest for an unknown label set or a filter that can't
        be understood, FolderError for a folder that is not in the library.
        """
        from indexer.arguments import share
        from search.filters.filters import make_filters
        from search.subsets.selection import Labels
        from search.training.pictures import torch_pictures

        filters = make_filters(
            folder=folder,
            after=after,
            before=before,
            camera=camera,
            near=near,
            radius=radius,
            label=label,
            types=types,
            min_size=min_size,
            named=named,
            dated=dated,
            placed=placed,
            box=box,
        )
        name = None if label_set is None else text_of(label_set, "label_set")
        least = None if threshold is None else share(threshold, "threshold")
        only = flag(labelled_only, "labelled_only")
        labels = Labels(name, none=name is None and not only, threshold=least, only=only, needed=only)
        return torch_pictures(self._searching(), filters, labels, transform, with_embeddings, unreadable)

    def check(self, *, repair: bool = True, files: bool = False) -> list[Finding]:
        """Check everything that the library holds, repair what can be made again, and return what was found.

        With `files` every picture is read too. A finding has an `area`, a `state` ("repaired", "can be repaired",
        "remains", or "note" for what is no damage), what it is and perhaps a path. Raises LibraryError.
        """
        from search.checking.run import Check

        return list(Check(self._store, flag(repair, "repair"), flag(files, "files")))

    def info(self) -> LibraryInfo:
        """Return the library's model, counts, sizes and roots."""
        from search.library.info import library_info

        return library_info(self._store)

    def _searching(self) -> SearchLibrary:
        """Return the library to search in, opened on first use and again after indexing."""
        if self._search is None:
            from search.library.library import Library as SearchLibrary

            self._search = SearchLibrary(self._store, model=self._model, device=self._device)
        return self._search


def _below_folders(library: SearchLibrary, recipe: Recipe, paths: Sequence[Path]) -> Iterator[LabelledPicture]:
    """Return labelled pictures of folders and files; raises PictureError at a file that was named."""
    import warnings

    from indexer.paths import absolute
    from search.unindexed.labelling import label_unindexed

    named = {*paths, *map(absolute, paths)}

    def report(problem: Problem) -> None:
        if problem.path in named:
            raise PictureError(f"{problem.path}: {problem.reason}")
        warnings.warn(f"{problem.path}: {problem.reason}", stacklevel=6)

    return label_unindexed(library, recipe, paths, report).labelled.pictures()


def _readable(results: Iterable[LabelledPicture | tuple[Path, str]]) -> Iterator[LabelledPicture]:
    """Yield labelled pictures; raises PictureError at one that can't be read."""
    for result in results:
        if isinstance(result, tuple):
            raise PictureError(f"{result[0]}: {result[1]}")
        yield result


if __name__ == "__main__":
    from cli.main import main

    main(prog_name="clipsearch")
