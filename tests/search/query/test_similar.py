"""Tests of search.query.similar and cli.commands.similar."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from cli.main import main
from indexer.decoding.frame import Frame
from indexer.errors import InvalidRequest, PictureError
from indexer.files.found import FoundFile
from indexer.metadata.metadata import Metadata
from indexer.store.embeddings import MomentVector
from indexer.store.pictures import EncodedFile, store_batch
from indexer.store.roots import roots
from indexer.store.store import Store
from search.filters.filters import make_filters
from search.library.library import Library
from search.query.similar import similar
from search.results import Hit
from tests.conftest import SAMPLES, MakePicture, run
from tests.fakes import ColourEncoder

ODD_NAME = os.fsdecode(b"caf\xe9.png")


@pytest.fixture
def library(store: Store, picture: MakePicture, photos: Path, encoder: ColourEncoder) -> Library:
    """A red picture, one nearly so, an orange and a blue one."""
    for name, colour in (("red.png", "red"), ("b/rose.png", "#ff2020"), ("orange.png", "orange"), ("blue.png", "blue")):
        picture(name, colour)
    run(store, photos, encoder)
    return Library.with_encoder(store, encoder)


def names(hits: list[Hit]) -> list[str]:
    return [hit.path.name for hit in hits]


def invoke(library: Path, *arguments: str) -> tuple[int, bytes, str]:
    result = CliRunner().invoke(main, ["similar", *arguments, "--library", str(library)])
    return result.exit_code, result.stdout_bytes, result.stderr


def test_the_nearest_come_first_and_the_picture_itself_does_not(library: Library, photos: Path) -> None:
    hits = similar(library, photos / "red.png")
    assert names(hits) == ["rose.png", "orange.png", "blue.png"]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[0].score == pytest.approx(1 / np.sqrt(1 + 2 * (32 / 255) ** 2), abs=1e-3)
    assert names(similar(library, photos / "red.png", 2)) == ["rose.png", "orange.png"]


def test_a_picture_from_elsewhere(library: Library, tmp_path: Path, encoder: ColourEncoder) -> None:
    Image.new("RGB", (9, 9), "#0000f0").save(tmp_path / "new.png")
    assert names(similar(library, tmp_path / "new.png", 1)) == ["blue.png"]
    assert len(similar(library, tmp_path / "new.png")) == 4


def test_a_copy_is_a_hit(library: Library, photos: Path, encoder: ColourEncoder) -> None:
    (photos / "copy.png").write_bytes((photos / "red.png").read_bytes())
    run(library.store, photos, encoder)
    hits = similar(library, photos / "red.png", 1)
    assert names(hits) == ["copy.png"]
    assert hits[0].score == pytest.approx(1.0, abs=1e-3)


def test_a_changed_picture_is_encoded_anew_and_still_left_out(
    library: Library, photos: Path, picture: MakePicture
) -> None:
    picture("red.png", "blue", (20, 20))
    hits = similar(library, photos / "red.png")
    assert names(hits)[0] == "blue.png"
    assert "red.png" not in names(hits)


def test_only_among(library: Library, photos: Path) -> None:
    assert names(similar(library, photos / "red.png", filters=make_filters(folder=photos / "b"))) == ["rose.png"]


def test_through_a_link_it_is_the_same_file(library: Library, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "link.png").symlink_to(photos / "red.png")
    assert names(similar(library, tmp_path / "link.png", 1)) == ["rose.png"]


@pytest.mark.parametrize("name", ["none.png", "broken.png", "", "clip.mp4"])
def test_what_is_no_picture_is_told(library: Library, tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.png").write_bytes(b"not a picture")
    with pytest.raises(PictureError, match=str(tmp_path / name)):
        similar(library, tmp_path / name)
    with pytest.raises(InvalidRequest):
        similar(library, tmp_path / "red.png", 0)


def store_video(library: Library, name: str, colours: list[tuple[float, float, float]]) -> None:
    """Store a video with a moment of each colour."""
    (root,) = roots(library.store)
    (root.path / name).write_bytes(name.encode())
    frame = Frame(FoundFile(name, 8, 1), name.encode().ljust(16), 9, 9, "MP4", Metadata())
    moments = tuple(
        MomentVector(1000 * at, (np.array(colour) / np.linalg.norm(colour)).astype(np.float32))
        for at, colour in enumerate(colours)
    )
    store_batch(library.store, library.model, [EncodedFile(root, frame, moments)])


def test_a_video_is_searched_by_all_its_moments_and_finds_none_of_them(library: Library, photos: Path) -> None:
    store_video(library, "a.mp4", [(0, 0, 1), (1, 0, 0), (1, 0, 0.01)])
    store_video(library, "b.mp4", [(0, 1, 0), (0.9, 0, 0.1)])
    hits = similar(library, photos / "a.mp4", 3)
    assert {(hit.path.name, hit.at) for hit in hits} == {("red.png", None), ("blue.png", None), ("b.mp4", 1.0)}
    hits = similar(library, photos / "red.png", 2)
    assert {(hit.path.name, hit.at) for hit in hits} == {("a.mp4", 1.0), ("a.mp4", 2.0)}


def test_cars_are_like_a_car(sample_library: Path, tmp_path: Path) -> None:
    car = SAMPLES / "car-red.jpg"
    with Image.open(car) as image:
        image.resize((500, 375)).save(tmp_path / "elsewhere.webp")
    for picture, first in ((car, None), (tmp_path / "elsewhere.webp", "car-red.jpg")):
        exit_code, stdout, _ = invoke(sample_library, str(picture), "-k", "3", "--format", "json", "--device", "cpu")
        found = [Path(hit["path"]).name for hit in json.loads(stdout)]
        assert exit_code == 0 and len(found) == 3
        assert found[0] == first if first else "car-red.jpg" not in found
        assert all(name.startswith("car-") for name in found), found
