"""Tests of groups, near, files and hashes, and of `clipsearch duplicates`."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image, ImageEnhance

from cli.commands.duplicates import duplicates as command
from cli.main import SentenceGroup
from indexer.decoding.frame import Frame
from indexer.decoding.metadata import Metadata
from indexer.errors import InvalidRequest
from indexer.files.found import FoundFile
from indexer.store.embeddings import MomentVector
from indexer.store.pictures import EncodedFile, store_batch
from indexer.store.roots import roots
from indexer.store.store import Store
from search.duplicates.files import Details, ranked_files
from search.duplicates.groups import DuplicateGroup, find_duplicates
from search.duplicates.near import same_shot
from search.filters.filters import make_filters
from search.library.library import Library
from tests.conftest import SAMPLES, MakePicture, run
from tests.fakes import ColourEncoder

Shot = Callable[..., Path]


@pytest.fixture
def shot(photos: Path) -> Shot:
    """Save the picture of a number, shot(1, "a.jpg", (800, 600)): the same number is the same scene."""

    def save(
        number: int, name: str, size: tuple[int, int] = (320, 240), taken: str | None = None, **options: object
    ) -> Path:
        grid = np.random.default_rng(number).integers(0, 256, (6, 8, 3), dtype=np.uint8)
        exif = Image.Exif()
        if taken:
            exif.get_ifd(0x8769)[0x9003] = taken
        path = photos / name
        path.parent.mkdir(parents=True, exist_ok=True)
        options.setdefault("quality", 90)
        Image.fromarray(grid).resize(size, Image.Resampling.BICUBIC).save(path, exif=exif, **options)
        return path

    return save


@pytest.fixture
def library(store: Store, picture: MakePicture, photos: Path, encoder: ColourEncoder) -> Library:
    """A library with one plain picture."""
    picture("plain.png", "red")
    run(store, photos, encoder)
    return Library.with_encoder(store, encoder)


def index(library: Library, photos: Path) -> None:
    run(library.store, photos, ColourEncoder())


def names(groups: list[DuplicateGroup]) -> list[list[str]]:
    return [[picture.hit.path.name for picture in group.pictures] for group in groups]


# -- which pictures ---------------------------------------------------------------------------------------------


def test_copies_and_near_copies_come_as_one_group(library: Library, photos: Path, shot: Shot) -> None:
    shot(1, "small.jpg", (160, 120))
    original = shot(1, "large.jpg", (640, 480))
    (photos / "sub").mkdir()
    (photos / "sub" / "large copy.jpg").write_bytes(original.read_bytes())
    shot(2, "other.jpg", (640, 480))
    index(library, photos)
    (group,) = find_duplicates(library)
    assert names([group]) == [["large.jpg", "large copy.jpg", "small.jpg"]]
    assert group.best.path == original
    assert [hit.path.name for hit in group.others] == ["large copy.jpg", "small.jpg"]
    assert [one.identical for one in group.pictures] == [False, True, False]
    assert [one.hit.score > 0.98 for one in group.pictures] == [True, True, True]
    assert isinstance(group.pictures[2].bits, int) and 0 <= group.pictures[2].bits <= 20


def test_exact_compares_bytes_alone(library: Library, photos: Path, shot: Shot) -> None:
    shot(1, "small.jpg", (160, 120))
    (photos / "copy.jpg").write_bytes(shot(1, "large.jpg").read_bytes())
    index(library, photos)
    assert names(find_duplicates(library, exact=True)) == [["copy.jpg", "large.jpg"]]


def test_the_copies_of_a_worse_picture_are_in_the_group_of_the_better(
    library: Library, photos: Path, shot: Shot
) -> None:
    (photos / "small copy.jpg").write_bytes(shot(1, "small.jpg", (160, 120)).read_bytes())
    shot(1, "large.jpg", (640, 480))
    index(library, photos)
    assert names(find_duplicates(library)) == [["large.jpg", "small.jpg", "small copy.jpg"]]


def test_the_best_has_pixels_then_a_date_then_bytes_then_age_then_a_short_path(
    library: Library, photos: Path, shot: Shot
) -> None:
    time = "2021:07:04 12:00:00"
    shot(1, "a.jpg", quality=95)
    shot(1, "b.jpg", quality=60, taken=time)
    shot(1, "c.jpg", quality=80, taken=time)
    shot(1, "z.jpg", (640, 480), quality=60)
    (photos / "long name.jpg").write_bytes((photos / "a.jpg").read_bytes())
    index(library, photos)
    assert names(find_duplicates(library)) == [["z.jpg", "c.jpg", "b.jpg", "a.jpg", "long name.jpg"]]


def test_a_shot_of_another_time_is_another_shot(library: Library, photos: Path, shot: Shot) -> None:
    shot(1, "first.jpg", (640, 480), taken="2021:07:04 12:00:00")
    shot(1, "next.jpg", (640, 480), taken="2021:07:04 12:00:01", quality=80)
    shot(1, "first small.jpg", taken="2021:07:04 12:00:00")
    index(library, photos)
    assert names(find_duplicates(library)) == [["first.jpg", "first small.jpg"]]


def test_a_picture_joins_the_nearest_of_two_shots(library: Library, photos: Path, shot: Shot) -> None:
    first = shot(1, "first.jpg", (640, 480), taken="2021:07:04 12:00:00")
    with Image.open(first) as image:
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9003] = "2021:07:04 12:00:01"
        second = image.crop((8, 0, 640, 480)).resize((640, 480))
        second.save(photos / "second.jpg", exif=exif, quality=80)
        second.resize((320, 240)).save(photos / "small.jpg")
    index(library, photos)
    assert names(find_duplicates(library)) == [["second.jpg", "small.jpg"]]


def test_the_embedding_and_the_hash_must_both_agree(library: Library, photos: Path, shot: Shot) -> None:
    path = shot(1, "a.png")
    with Image.open(path) as image:
        red, green, blue = image.convert("RGB").split()
        Image.merge("RGB", (blue, green, red)).save(photos / "colours.png")  # to the fake model another colour
        image.transpose(Image.Transpose.ROTATE_180).save(photos / "turned.png")  # to it nearly the same
    index(library, photos)
    assert names(find_duplicates(library, threshold=0.9999)) == []
    turned = ImageEnhance.Brightness(Image.open(path)).enhance(0.95)
    turned.save(photos / "darker.png")
    index(library, photos)
    assert ["a.png", "darker.png"] in [sorted(group) for group in names(find_duplicates(library, threshold=0.9999))]
    assert all("turned.png" not in group for group in names(find_duplicates(library, threshold=0.0)))


def test_no_chain_leads_from_one_shot_to_another(library: Library, photos: Path, shot: Shot) -> None:
    wide = shot(3, "wide.png", (900, 600))
    with Image.open(wide) as image:
        for step in range(1, 6):
            image.crop((step * 15, 0, 900, 600)).resize((900 - step, 600)).save(photos / f"step{step}.png")
    index(library, photos)
    groups = find_duplicates(library)
    assert len(groups) >= 1
    for group in groups:
        assert max(one.bits for one in group.pictures) <= 48
    together = next(group for group in names(groups) if "wide.png" in group)
    assert "step1.png" in together and "step5.png" not in together


def test_only_among(library: Library, photos: Path, shot: Shot) -> None:
    for name in ("a/1.jpg", "a/2.jpg", "b/3.jpg"):
        (photos / name).parent.mkdir(exist_ok=True)
        (photos / name).write_bytes(shot(1, "x.jpg").read_bytes())
    shot(1, "b/4.jpg", (160, 120))
    (photos / "x.jpg").unlink()
    index(library, photos)
    assert names(find_duplicates(library, filters=make_filters(folder=photos / "a"))) == [["1.jpg", "2.jpg"]]
    assert names(find_duplicates(library, filters=make_filters(folder=photos / "b"))) == [["3.jpg", "4.jpg"]]


@pytest.mark.parametrize("threshold", [-0.1, 1.01, float("nan")])
def test_a_threshold_is_a_cosine(library: Library, threshold: float) -> None:
    with pytest.raises(InvalidRequest, match="between 0 and 1"):
        find_duplicates(library, threshold=threshold)


def test_a_library_without_pictures_has_no_duplicates(library: Library, photos: Path) -> None:
    library.store.db.execute("DELETE FROM images")
    assert find_duplicates(library) == []


# -- what may have become of the files --------------------------------------------------------------------------


def test_files_that_are_gone_or_changed_are_in_no_group(library: Library, photos: Path, shot: Shot) -> None:
    content = shot(1, "a.jpg", (640, 480)).read_bytes()
    for name in ("b.jpg", "c.jpg", "d.jpg"):
        (photos / name).write_bytes(content)
    shot(1, "small.jpg", (160, 120))
    shot(1, "smaller.jpg", (120, 90))
    index(library, photos)
    assert len(find_duplicates(library)[0].pictures) == 6
    (photos / "a.jpg").unlink()
    (photos / "smaller.jpg").unlink()
    shot(5, "b.jpg", (640, 480))
    assert names(find_duplicates(library)) == [["c.jpg", "d.jpg", "small.jpg"]]
    for name in ("b.jpg", "c.jpg", "d.jpg"):
        (photos / name).unlink()
    assert find_duplicates(library) == []


def test_hashes_that_an_older_library_lacks_are_made_and_kept(library: Library, photos: Path, shot: Shot) -> None:
    for name, size in (("a.jpg", (640, 480)), ("b.jpg", (320, 240)), ("gone.jpg", (160, 120))):
        shot(1, name, size)
    shot(2, "far.jpg")
    index(library, photos)
    library.store.db.execute("UPDATE images SET perceptual_hash = NULL")
    (photos / "gone.jpg").unlink()
    assert names(find_duplicates(library, threshold=0.99)) == [["a.jpg", "b.jpg"]]
    rows = library.store.db.execute("SELECT path FROM images WHERE perceptual_hash IS NOT NULL").fetchall()
    assert {"a.jpg", "b.jpg"} <= {row[0] for row in rows} and ("gone.jpg",) not in rows


def test_a_library_that_can_not_be_written_answers_too(library: Library, photos: Path, shot: Shot) -> None:
    shot(1, "a.jpg", (640, 480))
    shot(1, "b.jpg")
    index(library, photos)
    library.store.db.execute("UPDATE images SET perceptual_hash = NULL")  # from before there was one
    library.store.read_only = True
    library.store.db.execute("PRAGMA query_only = ON")
    assert names(find_duplicates(library)) == [["a.jpg", "b.jpg"]]


def test_a_picture_without_an_embedding_is_compared_by_its_bytes(library: Library, photos: Path, shot: Shot) -> None:
    (photos / "copy.jpg").write_bytes(shot(1, "a.jpg", (640, 480)).read_bytes())
    shot(1, "small.jpg")
    index(library, photos)
    library.store.db.execute("DELETE FROM embeddings WHERE image IN (SELECT id FROM images WHERE path <> 'small.jpg')")
    assert names(find_duplicates(library)) == [["a.jpg", "copy.jpg"]]


# -- videos -------------------------------------------------------------------------------------------------------


def store_video(library: Library, name: str, content: bytes) -> None:
    """Store a video of three moments that look the same."""
    (root,) = roots(library.store)
    path = root.path / name
    path.write_bytes(content)
    status = path.stat()
    frame = Frame(FoundFile(name, status.st_size, status.st_mtime_ns), content[:16], 320, 240, "MP4", Metadata())
    vector = np.ones(3, np.float32) / np.float32(np.sqrt(3))
    store_batch(
        library.store,
        library.model,
        [EncodedFile(root, frame, tuple(MomentVector(at, vector) for at in (40, 1000, 2000)))],
    )


def test_videos_are_compared_by_their_bytes_alone(library: Library) -> None:
    store_video(library, "a.mp4", b"the very same bytes")
    store_video(library, "copy of a.mp4", b"the very same bytes")
    store_video(library, "b.mp4", b"other bytes but the same look")
    (group,) = find_duplicates(library, threshold=0.0)
    assert names([group]) == [["a.mp4", "copy of a.mp4"]]
    assert sum(not file.is_still for file in ranked_files(library.store)) == 3


# -- parts --------------------------------------------------------------------------------------------------------


def test_same_shot() -> None:
    def details(ratio: float, taken_at: str | None) -> Details:
        return Details(Path("x"), FoundFile("x", 1, 1), ratio, taken_at)

    one = details(1.5, "2021-07-04T12:30:00+02:00")
    assert same_shot(one, details(1.45, "2021-07-04T12:30:00"))
    assert same_shot(one, details(1.5, None))
    assert not same_shot(one, details(1.5, "2021-07-04T12:30:01+02:00"))
    assert not same_shot(one, details(4 / 3, None))
    assert not same_shot(one, details(1 / 1.5, None))


# -- the command --------------------------------------------------------------------------------------------------


def invoke(library: Library | Path, *arguments: str) -> tuple[int, bytes, str]:
    folder = library if isinstance(library, Path) else library.store.folder
    group = SentenceGroup(commands={"duplicates": command})
    result = CliRunner().invoke(group, ["duplicates", *arguments, "--library", str(folder)])
    return result.exit_code, result.stdout_bytes, result.stderr


@pytest.fixture
def odd_library(library: Library, photos: Path, shot: Shot) -> Library:
    """Two groups, one with a name that is not UTF-8 and one with a line break."""
    odd = photos / os.fsdecode(b"caf\xe9.jpg")
    odd.write_bytes(shot(1, "a.jpg", (640, 480)).read_bytes())
    shot(2, "b\n.jpg", (640, 480))
    shot(2, "small.jpg")
    index(library, photos)
    return library


def test_paths_come_out_byte_for_byte(odd_library: Library, photos: Path) -> None:
    folder = os.fsencode(photos)
    all_of_them = [folder + b"/" + name for name in (b"a.jpg", b"caf\xe9.jpg", b"b\n.jpg", b"small.jpg")]
    assert invoke(odd_library, "-0")[:2] == (0, b"".join(path + b"\0" for path in all_of_them))
    assert invoke(odd_library, "-0", "--others")[1] == b"".join(path + b"\0" for path in all_of_them[1::2])
    assert invoke(odd_library, "-0", "--others", "--exact")[1] == all_of_them[1] + b"\0"


def test_json_has_a_group_each(odd_library: Library, photos: Path) -> None:
    exit_code, stdout, stderr = invoke(odd_library, "--format", "json")
    groups = json.loads(stdout)
    assert exit_code == 0 and "2 groups" in stderr and "2 pictures" in stderr
    assert [group["group"] for group in groups] == [1, 2]
    first, second = groups[0]["pictures"]
    assert (first["path"], first["match"], first["width"], first["format"]) == (
        str(photos / "a.jpg"),
        "best",
        640,
        "JPEG",
    )
    assert second["path"].endswith("caf\\xe9.jpg") and (second["match"], second["score"]) == ("identical", 1.0)
    assert groups[1]["pictures"][1]["match"] == "near"
    others = json.loads(invoke(odd_library, "--format", "json", "--others")[1])
    assert [[one["match"] for one in group["pictures"]] for group in others] == [["identical"], ["near"]]


def test_csv_and_lines_have_a_row_for_each_picture(odd_library: Library) -> None:
    rows = list(csv.DictReader(io.StringIO(invoke(odd_library, "--format", "csv")[1].decode("utf-8", "replace"))))
    assert [(row["group"], row["match"]) for row in rows] == [
        ("1", "best"),
        ("1", "identical"),
        ("2", "best"),
        ("2", "near"),
    ]
    assert rows[2]["path"].endswith("b\n.jpg") and int(rows[2]["size"]) > 0
    assert all(row["bits"].isdigit() for row in rows)
    assert invoke(odd_library)[1].count(b"\t") == 9 * 4


def test_json_lines(odd_library: Library) -> None:
    lines = invoke(odd_library, "--format", "jsonl")[1].splitlines()
    assert [json.loads(line)["group"] for line in lines] == [1, 2]


def test_a_terminal_gets_a_table(odd_library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.output.rows.is_terminal", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "200")
    _, stdout, _ = invoke(odd_library)
    text = stdout.decode()
    assert "640 x 480" in text and "kB" in text and "caf\\xe9.jpg" in text and "b\\n.jpg" in text
    assert text.count("best") == 2


def test_wrong_usage_and_nothing_found(library: Library, tmp_path: Path) -> None:
    assert invoke(library)[2] == "No duplicates.\n"
    assert invoke(library, "--exact", "--threshold", "0.9")[0] == 2
    assert invoke(library, "--threshold", "1.5")[0] == 2
    assert invoke(library, "-0", "--format", "json")[0] == 2
    assert invoke(library, "--in", str(tmp_path / "elsewhere"))[0] == 1
    exit_code, _, stderr = invoke(tmp_path / "none")
    assert exit_code == 1 and "clipsearch index" in stderr


# -- the whole way ------------------------------------------------------------------------------------------------


def test_the_real_model_on_real_pictures(tmp_path: Path) -> None:
    from indexer.models.loading import load_encoder

    photos = tmp_path / "photos"
    photos.mkdir()
    for name in ("car-red.jpg", "car-blue.jpg", "cup-white.jpg", "teapot.webp", "guitar.jpg"):
        (photos / name).write_bytes((SAMPLES / name).read_bytes())
    with Image.open(photos / "car-red.jpg") as car:
        car.save(photos / "car-q40.jpg", quality=40)
        car.resize((512, 384)).save(photos / "car-small.webp")
        car.crop((160, 0, 1024, 768)).save(photos / "car-moved.jpg")
    with Image.open(photos / "guitar.jpg") as guitar:
        exif = Image.Exif()
        exif[0x0112] = 8
        guitar.transpose(Image.Transpose.ROTATE_270).save(photos / "guitar-turned.jpg", exif=exif)
        guitar.crop((6, 8, 594, 792)).save(photos / "guitar-cropped.png")
        guitar.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(photos / "guitar-mirrored.jpg")
    (photos / "teapot copy.webp").write_bytes((photos / "teapot.webp").read_bytes())
    with Store.create(tmp_path / "library") as store:
        run(store, photos, load_encoder("builtin", "cpu"))  # type: ignore[arg-type]
        with Library(store) as library:
            groups = find_duplicates(library)
    assert sorted(sorted(group) for group in names(groups)) == [
        ["car-q40.jpg", "car-red.jpg", "car-small.webp"],
        ["guitar-cropped.png", "guitar-turned.jpg", "guitar.jpg"],
        ["teapot copy.webp", "teapot.webp"],
    ]
    best = {group.best.path.name for group in groups}
    assert {"car-red.jpg", "teapot.webp"} < best and best & {"guitar.jpg", "guitar-turned.jpg"}
