"""The server's own side of decoding: no more at once than it bears."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from fastapi import FastAPI

from indexer.errors import InvalidRequest
from indexer.files.found import FoundFile
from indexer.models.preprocess import Preprocess
from indexer.thumbnails.decoder import Decoder
from indexer.thumbnails.jobs import Upload
from indexer.thumbnails.kept import KeptThumbnails
from indexer.thumbnails.names import Thumb
from indexer.thumbnails.room import VARIABLE
from server.errors import Refused
from server.opened.dependencies import closing_pictures, pictures_of
from server.opened.pictures import BUSY, MOST_SENT, MOST_WAITING, Pictures


class Full(Decoder):
    """One for which as much waits as may."""

    @property
    def waiting(self) -> int:
        return MOST_WAITING


def test_who_asks_too_much_is_told_to_wait(tmp_path: Path) -> None:
    pictures = Pictures(KeptThumbnails(tmp_path / "kept", 10**9), Full())
    for asking in (
        pictures.make(Thumb(bytes(16)), 256, tmp_path, FoundFile("", 1, 1), None),
        pictures.prepare(Upload(b"", Preprocess(2, 2))),
    ):
        with pytest.raises(Refused, match=BUSY) as raised:
            asyncio.run(asking)
        assert raised.value.status == 503


def test_uploads_in_hand_have_a_limit_together(tmp_path: Path) -> None:
    pictures = Pictures(KeptThumbnails(tmp_path / "kept", 10**9))
    with pictures.taking() as one:
        one(MOST_SENT // 2)
        with pictures.taking() as other, pytest.raises(Refused, match="Other pictures are being sent"):
            other(MOST_SENT // 2 + 1)
        with pictures.taking() as other:
            other(MOST_SENT // 2)
    with pictures.taking() as one:
        one(MOST_SENT)


def test_an_app_makes_its_own_when_they_are_needed_and_ends_them() -> None:
    app = FastAPI()

    async def live() -> Pictures:
        async with closing_pictures(app):
            assert not hasattr(app.state, "pictures")
            pictures = pictures_of(app)
            assert pictures_of(app) is pictures and pictures.trouble is None
            return pictures

    pictures = asyncio.run(live())
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(pictures.prepare(Upload(b"", Preprocess(2, 2))))


def test_a_room_that_makes_no_sense_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "lots")
    with pytest.raises(InvalidRequest, match=VARIABLE):
        Pictures()
