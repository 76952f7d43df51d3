"""Tests of the public Python API: every argument, found by its signature, takes one or several, and refuses the rest.

A new argument is tried as soon as it has a row in GOOD; without one the first test fails.
"""

from __future__ import annotations

import inspect
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest

import clipsearch
from clipsearch import ClipsearchError, InvalidRequest
from indexer.indexing.listener import SilentListener
from indexer.models import loading
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder

METHODS = {name: method for name, method in vars(clipsearch.Library).items() if not name.startswith("_")}
CALLABLES = {"open": clipsearch.open, **METHODS}
ARGUMENTS = [
    (method, name)
    for method, function in CALLABLES.items()
    for name in inspect.signature(function).parameters
    if name != "self"
]


def annotation(method: str, name: str) -> str:
    return str(inspect.signature(CALLABLES[method]).parameters[name].annotation)


def takes_several(method: str, name: str) -> bool:
    """Say whether an argument's annotation has room for several."""
    return "Iterable[" in annotation(method, name)


def takes_paths(method: str, name: str) -> bool:
    """Say whether an argument is a path, or several."""
    return "Path" in annotation(method, name) or "PicturePart" in annotation(method, name)


SEVERAL = [argument for argument in ARGUMENTS if takes_several(*argument)]

# What each argument takes, with what else the call needs; {photos} is the folder of the pictures.
GOOD: dict[tuple[str, str], Any] = {
    ("open", "library"): "{photos}/../other",
    ("open", "model"): "builtin",
    ("open", "device"): "cpu",
    ("index", "folders"): "{photos}",
    ("index", "batch_size"): 2,
    ("index", "workers"): 0,
    ("index", "reindex"): True,
    ("index", "listener"): SilentListener(),
    ("index", "max_megapixels"): 900,
    ("index", "thumbnails"): True,
    ("failures", "folder"): "{photos}/a",
    ("query", "text"): "something red",
    ("query", "k"): 2,
    ("query", "plus"): "something red",
    ("query", "minus"): "something blue",
    ("query", "like"): "{photos}/a/red.png",
    ("query", "unlike"): "{photos}/a/blue.png",
    ("query", "folder"): "{photos}/a",
    ("query", "after"): "2001",
    ("query", "before"): "2101",
    ("query", "camera"): "nikon",
    ("query", "near"): (48.85, 2.35),
    ("query", "radius"): "5km",
    ("query", "label"): "lime",
    ("query", "types"): "png",
    ("query", "min_size"): "1x1",
    ("query", "named"): "red",
    ("query", "dated"): False,
    ("query", "placed"): True,
    ("query", "box"): (47.5, 8, 48, 9),
    ("query", "cutoff"): 0.2,
    ("query", "sort"): "path",
    ("query", "raw"): True,
    ("wider", "text"): "something red",
    ("query", "fold"): True,
    ("similar", "picture"): "{photos}/a/red.png",
    ("similar", "k"): 1,
    ("similar", "fold"): True,
    ("torch_dataset", "label_set"): "red,lime",
    ("torch_dataset", "threshold"): 0.5,
    ("torch_dataset", "labelled_only"): True,
    ("torch_dataset", "transform"): np.asarray,
    ("torch_dataset", "with_embeddings"): False,
    ("torch_dataset", "unreadable"): "skip",
    ("check", "repair"): False,
    ("check", "files"): True,
    ("duplicates", "exact"): True,
    ("duplicates", "hard_links"): True,
    ("label", "classes"): "red",
    ("label", "templates"): "a photo of a {{}}",
    ("label", "other"): False,
    ("label", "multi"): True,
    ("label", "threshold"): 0.5,
    ("label", "thresholds"): {"red": 0.5},
    ("label", "examples"): {"red": "{photos}/a"},
    ("label", "name"): "colours",
    ("label", "save"): True,
    ("label", "folder"): "{photos}/a",
    ("label", "again"): True,
    **{
        ("export_embeddings", name): value
        for name, value in {
            "target": "{photos}/../api.npy",
            "layout": "plain",
            "precision": "fp16",
            "labels": "red,lime",
            "projection": True,
            "force": True,
            "folder": "{photos}/a",
            "after": "2001",
            "before": "2101",
            "camera": "nikon",
            "near": (48.85, 2.35),
            "radius": "5km",
            "label": "lime",
            "types": "png",
            "min_size": "1x1",
            "named": "red",
            "dated": False,
            "placed": True,
            "box": (47.5, 8, 48, 9),
        }.items()
    },
    ("import_embeddings", "files"): "{photos}/../import.npy",
    ("import_embeddings", "model"): "builtin",
    ("import_embeddings", "root"): "{photos}",
    ("import_embeddings", "normalize"): True,
    ("import_embeddings", "embedding_column"): "embedding",
    ("import_embeddings", "path_column"): "path",
    ("correct", "name"): "red,lime",
    ("correct", "label"): "lime",
    ("correct", "pictures"): "{photos}/a/blue.png",
    ("undo_correction", "name"): "red,lime",
    ("accuracy", "name"): "red,lime",
    ("learn", "name"): "red,lime",
    ("learn", "take"): True,
    ("recalibrate", "name"): "red,lime",
    ("label_pictures", "pictures"): "{photos}/a/red.png",
    **{
        ("label_pictures", name): value
        for name, value in {
            "classes": "red",
            "templates": "a photo of a {{}}",
            "other": False,
            "multi": True,
            "threshold": 0.5,
            "thresholds": {"red": 0.5},
            "examples": {"red": "{photos}/a"},
        }.items()
    },
}
FILTERS = ["folder", "after", "before", "camera", "near", "radius", "label"]
FILTERS += ["types", "min_size", "named", "dated", "placed", "box"]
GOOD |= {("torch_dataset", name): GOOD["query", name] for name in FILTERS}
BESIDE: dict[str, dict[str, Any]] = {
    "query": {"text": "something red"},
    "similar": {"picture": "{photos}/a/red.png"},
    "label": {"classes": ["red", "lime"]},
    "correct": {"name": "red,lime", "label": "red", "pictures": "{photos}/a/red.png"},
    "learn": {"name": "red,lime"},
    "export_embeddings": {"target": "{photos}/../api.npy", "force": True},
    "import_embeddings": {"files": "{photos}/../import.npy"},
    "label_pictures": {"pictures": "{photos}/a/red.png", "classes": ["red", "lime"]},
}


class Odd:
    """An object whose description fails, too."""

    def __repr__(self) -> str:
        raise RuntimeError


EMBEDDINGS = [("export_embeddings", "target"), ("export_embeddings", "near"), ("import_embeddings", "root")]
BAD = {
    "a number": 3.5,
    "none in a list": [None],
    "bytes": b"/photos",
    "bytes in a list": [b"red"],
    "a number in a list": ["red", 3],
    "a dictionary": {1: 2},
    "an object": Odd(),
    "objects": [Odd()],
    "a class": Path,
    "lists in a list": [["red"]],
    "not a number": float("nan"),
    "an array": np.zeros((2, 2)),
}


class OfBytes:
    """A path that is bytes."""

    def __fspath__(self) -> bytes:
        return b"/photos"


@pytest.fixture
def library(
    tmp_path: Path, photos: Path, picture: MakePicture, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[clipsearch.Library]:
    """A library of three pictures with a label set, in an empty current folder."""
    monkeypatch.setattr(loading, "load_encoder", lambda *_: encoder)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    picture("a/red.png", "red")
    picture("a/blue.png", "blue")
    picture("b/lime.png", "lime")
    with clipsearch.open(tmp_path / "library") as opened:
        opened.index([photos], workers=0)
        list(opened.label(["red", "lime"]))
        yield opened


def filled(value: Any, photos: Path) -> Any:
    """Return a value with the folder of the pictures in it."""
    if isinstance(value, str):
        return value.format(photos=photos)
    return {key: filled(item, photos) for key, item in value.items()} if isinstance(value, Mapping) else value


def call(library: clipsearch.Library, photos: Path, method: str, /, **arguments: Any) -> Any:
    """Call a method, or clipsearch.open, and return what it gives, comparable."""
    beside = {} if method == "query" and "text" in arguments else BESIDE.get(method, {})
    given = {**{name: filled(value, photos) for name, value in beside.items()}, **arguments}
    if method == "query" and {"plus", "like"} & arguments.keys():
        given.pop("text")
    if method == "index":
        given.setdefault("workers", 0)
    if method == "import_embeddings":
        library.export_embeddings(photos.parent / "import.npy", force=True)
    if "radius" in given:
        given["near"] = (48.85, 2.35)
    if method == "open":
        with clipsearch.open(**{"library": photos.parent / "opened", **given}):
            return None
    result = getattr(library, method)(**given)
    if method == "index":
        return [getattr(result, name) for name in ("found", "encoded", "unchanged", "problems", "missing")]
    if method == "export_embeddings":
        return result.rows
    if method == "torch_dataset":
        return result.paths
    return list(result) if isinstance(result, Iterable) else result


def test_every_argument_is_known_here() -> None:
    assert set(ARGUMENTS) == set(GOOD)
    singles = [argument for argument in ARGUMENTS if takes_paths(*argument) and argument not in SEVERAL]
    named = [("open", "library"), ("query", "near"), ("similar", "picture"), *EMBEDDINGS, ("torch_dataset", "near")]
    assert singles == named


def as_paths(value: str) -> list[Any]:
    return [Path(value), PurePosixPath(value)] if os.sep in value else []


@pytest.mark.parametrize(("method", "name"), SEVERAL)
def test_one_or_several(library: clipsearch.Library, photos: Path, method: str, name: str) -> None:
    """One thing alone is what a list, tuple, set, array or generator of it is, and never its letters."""
    value = filled(GOOD[method, name], photos)

    def same(wrap: Callable[[Any], Any]) -> Any:
        if isinstance(value, dict):
            return call(library, photos, method, **{name: {key: wrap(item) for key, item in value.items()}})
        return call(library, photos, method, **{name: wrap(value)})

    alone = same(lambda item: item)
    wraps: list[Callable[[Any], Any]] = [
        lambda item: [item],
        lambda item: (item,),
        lambda item: {item},
        lambda item: iter([item]),
        lambda item: {item: 1}.keys(),
        lambda item: np.array([item]),
        lambda item: [item, item] if name not in ("plus", "minus", "like", "unlike", "pictures") else [item],
    ]
    item = next(iter(value.values())) if isinstance(value, dict) else value
    wraps += [lambda _, path=path: path for path in as_paths(item)]
    wraps += [lambda _, path=path: [path] for path in as_paths(item)]
    for wrap in wraps:
        assert same(wrap) == alone


@pytest.mark.parametrize(("method", "name"), ARGUMENTS)
def test_other_types_are_refused_in_one_sentence(
    library: clipsearch.Library, photos: Path, method: str, name: str
) -> None:
    for bad in BAD.keys() - ({"a number"} if name == "max_megapixels" else set()):
        with pytest.raises(InvalidRequest) as error:
            call(library, photos, method, **{name: BAD[bad]})
        message = str(error.value)
        assert message.endswith((".", "2021-07-04T15:30.")) and "\n" not in message, (bad, message)
    assert library.index(photos, workers=0).found == 3, "nothing else was indexed"


@pytest.mark.parametrize(("method", "name"), [argument for argument in ARGUMENTS if takes_paths(*argument)])
@pytest.mark.parametrize("bad", ["", "a\0b", OfBytes()], ids=["empty", "NUL", "of bytes"])
def test_paths_that_name_nothing(library: clipsearch.Library, photos: Path, method: str, name: str, bad: Any) -> None:
    for value in [bad, [bad]]:
        with pytest.raises(InvalidRequest):
            call(library, photos, method, **{name: {"red": value} if name == "examples" else value})


def test_a_folder_alone_is_not_its_letters(library: clipsearch.Library, photos: Path, tmp_path: Path) -> None:
    """A text is a list of letters, the first of which may be "/"."""
    (tmp_path / "empty" / "p").mkdir()
    summary = library.index(str(photos), workers=0)
    assert (summary.found, summary.missing) == (3, [])
    assert [root.path for root in library.info().roots] == [photos]


def test_texts_for_numbers_and_flags_are_refused(library: clipsearch.Library, photos: Path) -> None:
    for method, name in ARGUMENTS:
        if isinstance(GOOD[method, name], (bool, int)):
            with pytest.raises(InvalidRequest, match=name):
                call(library, photos, method, **{name: "no"})
    least_of = {("index", "workers"): 0, ("index", "batch_size"): 1, ("query", "k"): 1, ("similar", "k"): 1}
    for (method, name), least in least_of.items():
        with pytest.raises(InvalidRequest, match=f"{name} is a whole number of at least {least}"):
            call(library, photos, method, **{name: least - 1})
        assert call(library, photos, method, **{name: np.int64(least)}) is not None


def test_terms_alone_and_with_their_weights(library: clipsearch.Library) -> None:
    pair = ("something red", 0.5)
    assert library.query(plus=pair) == library.query(plus=[pair]) == library.query(plus=iter([pair]))
    assert [hit.path.name for hit in library.query(plus=("something red", "something blue"), cutoff="none", k=1)]


def test_no_other_exception_leaves(library: clipsearch.Library, photos: Path) -> None:
    """Nonsense of the right type is an error of ours, too."""
    for method, name in ARGUMENTS:
        if isinstance(GOOD[method, name], str):
            for text in ("", "\0", "nonsense", "\udcff", "~nobody-of-this-name/x", "a" * 5000, "{}"):
                try:
                    call(library, photos, method, **{name: text})
                except ClipsearchError as error:
                    assert "\n" not in str(error)


def test_mistakes_are_told_at_once_not_when_results_are_read(library: clipsearch.Library, photos: Path) -> None:
    with pytest.raises(InvalidRequest):
        library.label_pictures(3, ["red", "lime"])  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest):
        library.label_pictures(photos / "a" / "red.png", [])
    with pytest.raises(InvalidRequest):
        library.label(3)  # type: ignore[arg-type]


def test_folders_are_labelled_without_being_indexed(library: clipsearch.Library, photos: Path, tmp_path: Path) -> None:
    before = library.info()
    shutil.copytree(photos, tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "bad.png").write_bytes(b"no picture")
    with pytest.warns(UserWarning, match=r"bad\.png: not a picture"):
        found = list(library.label_pictures([tmp_path / "elsewhere", photos / "a"], ["red", "lime"]))
    listed = sorted(path for path in (tmp_path / "elsewhere").rglob("*.png") if path.name != "bad.png")
    assert sorted(one.path for one in found) == sorted([*listed, *(photos / "a").glob("*.png")])
    for bad in (tmp_path / "none.png", tmp_path / "elsewhere" / "bad.png"):
        with pytest.raises(clipsearch.PictureError, match=bad.name):
            library.label_pictures([photos, bad], ["red", "lime"])
    assert library.info() == before


def test_corrections_are_facts_that_can_be_measured_learnt_from_and_undone(
    library: clipsearch.Library, photos: Path, picture: MakePicture
) -> None:
    for shade in range(30):
        picture(f"more/{shade}.png", f"rgb({250 - 8 * shade}, {8 * shade}, 0)")
    library.index(photos, workers=0)
    list(library.label("red,lime", other=False, name="two"))
    assert library.correct("two", "lime", photos / "a" / "blue.png") == 1
    (blue,) = [one for one in library.label("red,lime", other=False, name="two") if one.path.name == "blue.png"]
    assert (blue.best, blue.probability) == ("lime", 1.0) and blue.said_by
    assert library.undo_correction("two") == 1
    with pytest.raises(clipsearch.UndoError):
        library.undo_correction("two")
    library.correct("two", "red", [photos / "more" / f"{shade}.png" for shade in range(10)])
    library.correct("two", "lime", [photos / "more" / f"{shade}.png" for shade in range(10, 30)])
    measured = library.accuracy("two")
    assert measured.said == 30 and measured.interval is not None and 0 < measured.right < 30
    lesson = library.learn("two")
    assert lesson.held_out == 30 and library.accuracy("two").right == measured.right
    if lesson.helped:
        assert library.learn("two", take=True).after == library.accuracy("two").right
    assert library.recalibrate("two") != 1.0
    assert library.accuracy("two").said == 30
    with pytest.raises(InvalidRequest, match="is not in the library"):
        library.correct("two", "red", photos / "none.png")
