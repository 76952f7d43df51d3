"""Tests of indexer.thumbnails.decoder and lane: whatever a job does, the process here lives and others are done."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from indexer.errors import PictureError, UnreachablePicture
from indexer.models.preprocess import Preprocess
from indexer.thumbnails.decoder import Decoder
from indexer.thumbnails.lane import Lane
from indexer.thumbnails.making import small_picture
from tests.conftest import SAMPLES
from tests.indexer.thumbnails.odd_jobs import Odd

LONG = 180.0  # seconds that nothing takes, however busy the machine is


class Clock:
    """A clock for lanes that a test sets."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def decoder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Decoder]:
    """A decoder that loses its patience soon only with what hangs: a busy machine may stop all else for seconds."""
    real = Lane._asked

    def asked(lane: Lane, worker: Any, job: Any) -> Any:
        lane._patience = 2.0 if isinstance(job, Odd) and job.what == "hangs" else LONG
        return real(lane, worker, job)

    monkeypatch.setattr(Lane, "_asked", asked)
    with Decoder(1, memory=1024**3) as opened:
        yield opened


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + LONG
    while not holds() and time.monotonic() < until:
        time.sleep(0.02)
    return holds()


def test_thumbnails_are_what_this_process_would_make(decoder: Decoder, tmp_path: Path) -> None:
    content = decoder.thumbnail(SAMPLES / "pizza.heic", 256)
    (tmp_path / "a.webp").write_bytes(content)
    with Image.open(tmp_path / "a.webp") as made:
        expected = small_picture(SAMPLES / "pizza.heic", 256)
        assert made.format == "WEBP" and made.size == expected.size and not made.info.get("exif")
        pairs = zip(made.convert("RGB").resize((4, 4)).tobytes(), expected.resize((4, 4)).tobytes(), strict=True)
        assert max(abs(one - other) for one, other in pairs) < 12


def test_uploads_are_prepared_as_a_file_would_be(decoder: Decoder) -> None:
    preprocess = Preprocess(32, 32)
    prepared = decoder.upload((SAMPLES / "car-red.jpg").read_bytes(), preprocess)
    with Image.open(SAMPLES / "car-red.jpg") as image:
        assert (prepared.width, prepared.height) == image.size
    assert prepared.pixels.shape == (1, 32, 32, 3)


@pytest.mark.parametrize(
    ("what", "reason", "kind"),
    [
        ("aborts", "crashed", PictureError),
        ("is killed", "was killed, perhaps because memory ran out", PictureError),
        ("hangs", "took longer than 2 s", PictureError),
        ("eats", "too large for the memory", PictureError),
        ("refuses", "not a picture", PictureError),
        ("is away", "no such file", UnreachablePicture),
        ("fails", "can't be decoded: odd", PictureError),
    ],
)
def test_a_bad_job_costs_no_other(
    decoder: Decoder, tmp_path: Path, what: str, reason: str, kind: type[PictureError]
) -> None:
    before = decoder.submit(Odd())
    bad = decoder.submit(Odd(what, tmp_path / "hangs"))
    after = decoder.submit(Odd())
    with pytest.raises(kind, match=reason) as raised:
        bad.result()
    assert type(raised.value) is kind
    assert before.result() and after.result() and before.result() != os.getpid()


def test_one_that_died_while_it_was_idle_is_replaced(decoder: Decoder) -> None:
    first = decoder.submit(Odd()).result()
    os.kill(first, signal.SIGKILL)
    assert decoder.submit(Odd()).result() != first


def test_one_that_has_grown_is_replaced(decoder: Decoder) -> None:
    first = decoder.submit(Odd("grows")).result()
    assert decoder.submit(Odd()).result() != first
    assert decoder.submit(Odd()).result() == decoder.submit(Odd()).result(), "others stay"


def test_idle_ones_end_and_the_last_one_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("indexer.thumbnails.lane.time", clock)
    with Decoder(3, idle=10.0, last_idle=100.0) as decoder:
        futures = [decoder.submit(Odd("waits", tmp_path / "go on")) for _ in range(6)]
        (tmp_path / "go on").touch()
        pids = {future.result() for future in futures}
        assert len(pids) == 3 and decoder.processes == 3
        clock.now = 20.0
        assert eventually(lambda: decoder.processes == 1)
        clock.now = 90.0
        time.sleep(1.5)  # in which lanes look; too short a wait would miss a fault, not make one
        assert decoder.processes == 1
        clock.now = 200.0
        assert eventually(lambda: decoder.processes == 0)
        assert eventually(lambda: not any(psutil.pid_exists(pid) for pid in pids))
        assert decoder.submit(Odd()).result() not in pids, "and begin again"


def test_an_idle_worker_is_small() -> None:
    with Decoder(1) as decoder:
        for name in ("pizza.heic", "car-red.jpg", "bookcase.avif", "apple-green.tif"):
            decoder.thumbnail(SAMPLES / name, 512)
        pid = decoder.submit(Odd()).result()
        assert psutil.Process(pid).memory_info().rss < 130 * 2**20


def test_no_process_is_started_before_there_is_work() -> None:
    with Decoder() as decoder:
        assert decoder.processes == 0


def test_the_newest_comes_first(decoder: Decoder, tmp_path: Path) -> None:
    done: list[str] = []
    futures = [decoder.submit(Odd("waits", tmp_path / "go on"))]
    for name in "abc":
        future = decoder.submit(Odd())
        future.add_done_callback(lambda _, name=name: done.append(name))  # type: ignore[misc]
        futures.append(future)
    assert decoder.waiting == 3
    (tmp_path / "go on").touch()
    for future in futures:
        future.result()
    assert eventually(lambda: done == ["c", "b", "a"])


def test_what_nobody_wants_any_more_is_not_done(decoder: Decoder, tmp_path: Path) -> None:
    first = decoder.submit(Odd("waits", tmp_path / "go on"))
    unwanted = decoder.submit(Odd("hangs", tmp_path / "hangs"))
    assert unwanted.cancel()
    (tmp_path / "go on").touch()
    assert first.result() == decoder.submit(Odd()).result(), "nothing hung"


def test_closing_ends_everything_at_once(tmp_path: Path) -> None:
    decoder = Decoder(2, patience=600)
    pid = decoder.submit(Odd()).result()
    hanging = [decoder.submit(Odd("hangs", tmp_path / f"{number}")) for number in range(4)]
    assert eventually(lambda: len(list(tmp_path.iterdir())) == 2)
    decoder.close()
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    for future in hanging:
        assert future.done()
        with pytest.raises((UnreachablePicture, CancelledError), match=r"^(its decoder was closed)?$"):
            future.result()
    with pytest.raises(CancelledError):
        decoder.submit(Odd()).result()
    decoder.close()  # again does no harm


def test_workers_write_nothing_themselves(decoder: Decoder, capfd: pytest.CaptureFixture[str]) -> None:
    decoder.submit(Odd("writes")).result()
    assert capfd.readouterr() == ("", "")


def test_a_job_that_cannot_travel_is_told(decoder: Decoder) -> None:
    class Local(Odd):
        """Can't be pickled."""

    with pytest.raises(UnreachablePicture, match="can't be decoded on this machine now"):
        decoder.submit(Local()).result()
    assert decoder.submit(Odd()).result()
