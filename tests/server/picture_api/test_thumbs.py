"""Pictures over HTTP: small ones for ever, the files themselves in parts, and hostile ones that are sent."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

import clipsearch
from indexer.files.content import digest_of
from indexer.store.store import Store
from indexer.thumbnails.decoder import Decoder
from indexer.thumbnails.kept import KeptThumbnails
from indexer.thumbnails.names import Thumb
from server.opened.dependencies import pictures_of
from server.opened.open_library import OpenLibrary
from server.opened.pictures import Pictures
from server.picture_api import thumbs
from server.running.app import make_app
from tests.conftest import SAMPLES
from tests.indexer.thumbnails.odd_jobs import Odd
from tests.indexer.thumbnails.test_decoder import eventually
from tests.indexer.thumbnails.test_jobs import png
from tests.server.copies import copy_of

BYTES = {"Content-Type": "application/octet-stream"}
NAME = '<img src=x onerror=alert(1)> "a"; filename=b.html \u202e\u0645.jpg'


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a library of some pictures with odd names, and their originals."""
    folder = tmp_path_factory.mktemp("originals")
    photos = folder / "photos"
    photos.mkdir()
    shutil.copy(SAMPLES / "car-red.jpg", photos / NAME)
    shutil.copy(SAMPLES / "pizza.heic", photos / "pizza.heic")
    shutil.copy(SAMPLES / "mug-blue.png", photos / "mug.png")
    with clipsearch.open(folder / "library", model="builtin") as library:
        library.index([photos])
    return folder


@pytest.fixture
def own(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may change; the library knows its pictures where they are now."""
    return copy_of(made, tmp_path / "own")


class Shared(Decoder):
    """One for all tests: starting its workers takes long."""

    def close(self) -> None:
        """Stay open when a server ends."""


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    shared = Shared(2)
    yield shared
    Decoder.close(shared)


@pytest.fixture
def kept(tmp_path: Path) -> KeptThumbnails:
    """Where this test's small pictures are kept; the rest of the cache folder is that of all tests."""
    return KeptThumbnails(tmp_path / "cache" / "thumbnails" / "1", 10**9)


@pytest.fixture
def client(own: Path, decoder: Decoder, kept: KeptThumbnails) -> Iterator[TestClient]:
    app = make_app(OpenLibrary(own / "library"))
    app.state.pictures = Pictures(kept, decoder)
    with TestClient(app, base_url="http://127.0.0.1:8765") as asking:
        yield asking


def the(client: TestClient, name: str) -> dict[str, Any]:
    """Return a picture as the API tells it."""
    found = client.post("/api/v1/search", json={"limit": 10}).json()["hits"]
    return next(hit for hit in found if hit["name"] == name)


def small(client: TestClient, picture: dict[str, Any], side: int = 256) -> Any:
    return client.get(f"/api/v1/thumb/{picture['id']}/{picture['thumb']}-{side}.webp")


def shown(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def files_of(own: Path) -> dict[Path, int]:
    """Return when each file was written, but SQLite's own."""
    files = (path for path in own.rglob("*") if path.is_file() and not path.name.endswith(("-shm", "-wal")))
    return {path: path.stat().st_mtime_ns for path in files}


def path_of(own: Path, name: str) -> Path:
    return own / "photos" / name


@pytest.mark.parametrize("side", [256, 512, 2048])
def test_a_small_picture_is_made_and_may_be_kept_for_ever(client: TestClient, kept: KeptThumbnails, side: int) -> None:
    picture = the(client, NAME)
    told = small(client, picture, side)
    assert (told.status_code, told.headers["content-type"]) == (200, "image/webp")
    assert told.headers["cache-control"] == "private, max-age=31536000, immutable"
    image = shown(told.content)
    assert image.format == "WEBP" and max(image.size) == min(side, max(picture["width"], picture["height"]))
    wanted = Thumb.parse(picture["thumb"])
    assert wanted is not None
    if side == 2048:
        assert kept.names() == set()
    else:
        assert eventually(lambda: kept.get(wanted, side) == told.content)


def test_a_kept_one_is_shown_without_the_file_or_the_row(client: TestClient, kept: KeptThumbnails, own: Path) -> None:
    """As of a drive that is not mounted now."""
    picture = the(client, "pizza.heic")
    first = small(client, picture)
    assert eventually(lambda: len(kept.names()) == 1)
    shutil.rmtree(own / "photos")
    again = small(client, picture)
    assert (again.status_code, again.content) == (200, first.content)
    assert "immutable" in again.headers["cache-control"]


def test_changed_bytes_are_shown_but_never_kept_under_the_old_address(
    client: TestClient, kept: KeptThumbnails, own: Path
) -> None:
    picture = the(client, "mug.png")
    Image.new("RGB", (50, 100), "red").save(path_of(own, "mug.png"))
    told = small(client, picture)
    assert (told.status_code, told.headers["cache-control"]) == (200, "no-store")
    assert shown(told.content).size == (50, 100)
    now = digest_of([path_of(own, "mug.png").read_bytes()])
    assert eventually(lambda: kept.get(Thumb(now), 256) == told.content)
    old = Thumb.parse(picture["thumb"])
    assert old is not None and kept.get(old, 256) is None


def test_an_address_of_before_shows_the_picture_of_now(client: TestClient) -> None:
    picture = the(client, "mug.png")
    for thumb in ("0" * 32, f"{picture['thumb']}-5"):
        told = small(client, {**picture, "thumb": thumb})
        assert (told.status_code, told.headers["cache-control"]) == (200, "no-store")


@pytest.mark.parametrize(
    ("happens", "status", "sentence"),
    [
        ("gone", 404, "The file of this picture is not there any more"),
        ("unmounted", 404, "its drive may not be mounted"),
        ("put away", 404, "A sync client has put this picture away"),
        ("a folder", 422, "not a regular file"),
        ("a pipe", 422, "not a regular file"),
        ("empty", 422, "the file is empty"),
        ("damaged", 422, "This picture can't be shown: "),
        ("forgotten", 404, "This picture is not in the library any more"),
    ],
)
@pytest.mark.parametrize("what", ["thumb", "original"])
def test_a_picture_that_cannot_be_shown_is_told(
    client: TestClient, own: Path, what: str, happens: str, status: int, sentence: str
) -> None:
    picture, path = the(client, "mug.png"), path_of(own, "mug.png")
    match happens:
        case "unmounted":
            shutil.rmtree(own / "photos")
        case "damaged":
            path.write_bytes(path.read_bytes()[:2000])
        case "forgotten":
            with Store.open(own / "library") as store:
                store.db.execute("DELETE FROM images WHERE id = ?", [picture["id"]])
        case "empty":
            path.write_bytes(b"")
        case _:
            path.unlink()
    match happens:
        case "put away":
            path.with_name("mug.png.nextcloud").touch()
        case "a folder":
            path.mkdir()
        case "a pipe":
            os.mkfifo(path)
    told = small(client, picture) if what == "thumb" else client.get(f"/api/v1/images/{picture['id']}/original")
    if (what, happens) == ("original", "damaged"):
        assert told.status_code == 200, "its bytes are what they are"
        return
    assert told.status_code == status and sentence in told.json()["error"]
    assert told.json()["error"].endswith(".") and "immutable" not in told.headers.get("cache-control", "")


@pytest.mark.parametrize(
    "address",
    [
        "thumb/1/zz-256.webp",
        "thumb/1/" + "0" * 32 + "-257.webp",
        "thumb/1/" + "0" * 32 + "-01-256.webp",
        "thumb/1/" + "0" * 32 + "--1-256.webp",
        "thumb/x/" + "0" * 32 + "-256.webp",
        "thumb/0/" + "0" * 32 + "-256.webp",
        "thumb/" + "9" * 40 + "/" + "0" * 32 + "-256.webp",
        "thumb/1/..%2f..%2fetc%2fpasswd-256.webp",
        "images/..%2f1/original",
        "images/-1/original",
        "images/99999/original",
        "thumb/99999/" + "0" * 32 + "-256.webp",
    ],
)
def test_other_addresses_are_refused(client: TestClient, address: str) -> None:
    told = client.get(f"/api/v1/{address}")
    assert told.status_code in (404, 422) and told.json()["error"]


def test_a_disk_that_is_full_costs_no_picture_and_is_told(client: TestClient, kept: KeptThumbnails) -> None:
    kept.folder.parent.parent.mkdir(parents=True, exist_ok=True)
    kept.folder.parent.write_text("in the way")
    picture = the(client, "mug.png")
    for _ in range(2):
        assert small(client, picture).status_code == 200
    assert eventually(lambda: "can't be kept" in (pictures_of(client.app).trouble or ""))  # type: ignore[arg-type]
    assert "can't be kept" in client.get("/api/v1/session").json()["trouble"]


def test_the_original_is_the_file_and_runs_nothing(client: TestClient, own: Path) -> None:
    told = client.get(f"/api/v1/images/{the(client, NAME)['id']}/original")
    assert told.status_code == 200 and told.content == path_of(own, NAME).read_bytes()
    headers = told.headers
    assert headers["content-type"] == "image/jpeg" and headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert headers["accept-ranges"] == "bytes" and headers["content-length"] == str(len(told.content))
    disposition = headers["content-disposition"]
    assert disposition.startswith("inline; filename*=UTF-8''") and disposition.endswith(".jpg")
    assert not set('<>"\r\n /') & set(disposition.removeprefix("inline; filename*=")) and disposition.count(";") == 1
    heic = client.get(f"/api/v1/images/{the(client, 'pizza.heic')['id']}/original")
    assert heic.headers["content-type"] == "image/heic"


def test_parts_of_the_original(client: TestClient, own: Path) -> None:
    content, address = path_of(own, NAME).read_bytes(), f"/api/v1/images/{the(client, NAME)['id']}/original"
    size = len(content)
    for asked, first, end in (("0-9", 0, 10), ("100-", 100, size), ("-7", size - 7, size), (f"5-{10**12}", 5, size)):
        told = client.get(address, headers={"Range": f"bytes={asked}"})
        assert (told.status_code, told.content) == (206, content[first:end]), asked
        assert told.headers["content-range"] == f"bytes {first}-{end - 1}/{size}"
        assert told.headers["content-length"] == str(end - first)
    for asked in (f"{size}-", "-0", "0-1,5-6"):
        told = client.get(address, headers={"Range": f"bytes={asked}"})
        assert (told.status_code, told.headers["content-range"]) == (416, f"bytes */{size}")
        assert told.json()["error"].endswith(".")
    assert client.get(address, headers={"Range": "bytes=9-1"}).status_code == 200


def test_an_original_that_has_changed_is_not_put_together_of_two(client: TestClient, own: Path) -> None:
    address = f"/api/v1/images/{the(client, 'mug.png')['id']}/original"
    tag = client.get(address).headers["etag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    same = client.get(address, headers={"Range": "bytes=0-9", "If-Range": tag})
    assert same.status_code == 206
    with path_of(own, "mug.png").open("ab") as file:
        file.write(b"more")
    other = client.get(address, headers={"Range": "bytes=0-9", "If-Range": tag})
    assert other.status_code == 200 and other.content == path_of(own, "mug.png").read_bytes()
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_an_upload_is_searched_with_as_the_file_itself(client: TestClient, own: Path) -> None:
    before = files_of(own)
    told = client.post("/api/v1/uploads", content=path_of(own, NAME).read_bytes(), headers=BYTES)
    assert told.status_code == 200
    sent = told.json()
    picture = the(client, NAME)
    assert (sent["width"], sent["height"]) == (picture["width"], picture["height"])
    found = client.post("/api/v1/search", json={"terms": [{"upload": sent["upload"]}]}).json()["hits"]
    assert found[0]["id"] == picture["id"] and found[0]["score"] > 0.99
    assert files_of(own) == before, "nothing of it is stored"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty"),
        (b"<html><script>alert(1)</script></html>" * 9, "not a picture"),
        (png(20_000, 10_000), "it has more than the 100 megapixels that can be sent"),
        ((SAMPLES / "car-red.jpg").read_bytes()[:3000], "truncated"),
        (os.urandom(100_000), "not a picture"),
    ],
)
def test_hostile_uploads_are_refused_in_a_sentence(client: TestClient, content: bytes, sentence: str) -> None:
    told = client.post("/api/v1/uploads", content=content, headers=BYTES)
    assert told.status_code == 422 and sentence in told.json()["error"] and told.json()["error"].endswith(".")


def test_an_upload_that_is_too_large_is_cut_off(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(60):
            sent += 1
            yield bytes(2**20)

    told = client.post("/api/v1/uploads", content=pieces(), headers=BYTES)
    assert told.status_code == 413 and "larger than 50 MiB" in told.json()["error"]
    assert thumbs.UPLOAD_BYTES == 50 << 20


def test_a_worker_that_dies_costs_one_picture(
    client: TestClient, decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = the(client, "mug.png")
    dying = [decoder.submit(Odd("aborts")) for _ in range(3)]
    assert small(client, picture).status_code == 200
    assert all("crashed" in str(future.exception()) for future in dying)
    monkeypatch.setattr(thumbs, "Upload", lambda content, preprocess: Odd("aborts"))
    told = client.post("/api/v1/uploads", content=b"anything", headers=BYTES)
    assert told.status_code == 422 and "its decoder crashed" in told.json()["error"]


def test_nothing_is_decoded_in_the_server(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pillow opens nothing in this process while pictures are shown and searched with."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("decoded in the server")

    picture = the(client, "mug.png")
    monkeypatch.setattr("PIL.Image.open", never)
    monkeypatch.setattr("indexer.decoding.decode.decode_picture", never)
    assert small(client, picture).status_code == 200
    content = (SAMPLES / "car-red.jpg").read_bytes()
    assert client.post("/api/v1/uploads", content=content, headers=BYTES).status_code == 200


def test_a_video_shows_its_moments(tmp_path: Path, kept: KeptThumbnails, decoder: Decoder) -> None:
    pytest.importorskip("av")
    from tests.indexer.video.writing import BLUE, GREEN, RED, scene, write

    photos = tmp_path / "videos"
    photos.mkdir()
    write(photos / "three.mp4", scene(RED, 4) + scene(GREEN, 4) + scene(BLUE, 4))
    with clipsearch.open(tmp_path / "video library", model="builtin") as library:
        library.index([photos])
    app = make_app(OpenLibrary(tmp_path / "video library"))
    app.state.pictures = Pictures(kept, decoder)
    with TestClient(app, base_url="http://127.0.0.1:8765") as client:
        hits = client.post("/api/v1/search", json={"limit": 10, "fold": False}).json()["hits"]
        colours = {}
        for hit in hits:
            told = small(client, hit)
            assert told.status_code == 200 and "immutable" in told.headers["cache-control"]
            red, green, blue = shown(told.content).convert("RGB").getpixel((60, 4))  # type: ignore[misc]
            colours[hit["at"]] = max((red, "red"), (green, "green"), (blue, "blue"))[1]
        assert [colours[at] for at in sorted(colours)] == ["red", "green", "blue"]
        part = client.get(f"/api/v1/images/{hits[0]['id']}/original", headers={"Range": "bytes=0-99"})
        assert (part.status_code, part.headers["content-type"], len(part.content)) == (206, "video/mp4", 100)


def test_the_routes_are_described_for_tools(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    thumb = paths["/api/v1/thumb/{image}/{thumb}-{side}.webp"]["get"]["responses"]
    original = paths["/api/v1/images/{image}/original"]["get"]["responses"]
    upload = paths["/api/v1/uploads"]["post"]
    assert set(thumb["200"]["content"]) == {"image/webp"} and set(thumb["404"]["content"]) == {"application/json"}
    assert {"image/jpeg", "video/mp4"} <= set(original["206"]["content"]) and "416" in original
    assert set(upload["requestBody"]["content"]) == {"application/octet-stream"}
