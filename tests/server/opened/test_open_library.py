"""The library while it is served: deleted, moved, replaced, indexed, damaged, switched to another model."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from indexer.errors import LibraryError
from indexer.store.models import models, remember_model, switch_to
from indexer.store.store import Store
from search.library.library import Library
from server.errors import Refused
from server.opened.open_library import REQUEST, SLOW_THREADS, OpenLibrary
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder

LONG = 600.0  # seconds that nothing takes, however busy the machine is


def best(client: TestClient, text: str = "red") -> str:
    answer = client.post("/api/v1/search", json={"terms": [{"text": text}], "cutoff": "none"})
    assert answer.status_code == 200, answer.text
    name: str = answer.json()["hits"][0]["name"]
    return name


def state(client: TestClient) -> str:
    token: str = client.get("/api/v1/session").json()["state"]
    return token


def refused(client: TestClient) -> str:
    """Return the sentence of a library that can't be read now."""
    for answer in (client.get("/api/v1/session"), client.post("/api/v1/search", json={})):
        assert answer.status_code == 503, answer.text
    sentence: str = answer.json()["error"]
    assert "\n" not in sentence and "Traceback" not in sentence
    return sentence


def test_a_moved_library_is_told_and_used_again_when_it_is_back(served: TestClient, colours: Path) -> None:
    assert best(served) == "red.png"
    away = colours.rename(colours.with_name("away"))
    assert "not there any more" in refused(served)
    assert served.get("/").status_code == 200  # the page itself goes on
    away.rename(colours)
    assert best(served) == "red.png"


def test_a_thread_that_comes_to_it_late_says_so_too(colours: Path) -> None:
    opened = OpenLibrary(colours)
    assert asyncio.run(opened.ask(lambda own: len(own.index))) > 0
    colours.rename(colours.with_name("away"))
    with pytest.raises(LibraryError, match="not there any more"):
        asyncio.run(opened.work(lambda own: len(own.index)))
    opened.close()


def test_a_deleted_library_is_told(served: TestClient, colours: Path) -> None:
    assert best(served) == "red.png"
    shutil.rmtree(colours)
    assert "moved or deleted" in refused(served)


def test_another_library_in_its_place_is_opened(
    served: TestClient, colours: Path, tmp_path: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    assert best(served) == "red.png"
    before = state(served)
    other = tmp_path / "other"
    picture("../more/crimson.png", "crimson")
    with Store.create(other) as store:
        run(store, tmp_path / "more", encoder)
    shutil.rmtree(colours)
    other.rename(colours)
    assert best(served) == "crimson.png" and served.get("/api/v1/session").json()["pictures"] == 1
    assert state(served) != before


def test_what_another_process_indexes_is_found_and_noticed(
    served: TestClient, colours: Path, picture: MakePicture, photos: Path, encoder: ColourEncoder
) -> None:
    before = state(served)
    assert best(served, "yellow") != "yellow.png" and state(served) == before  # a text that is cached changes nothing
    picture("yellow.png", "yellow")
    with Store.open(colours) as store:
        run(store, photos, encoder)
    assert state(served) != before
    assert best(served, "yellow") == "yellow.png"


def test_questions_are_answered_while_a_run_writes(served: TestClient, colours: Path) -> None:
    best(served)
    with Store.open(colours) as store, store.writing():
        store.db.execute("UPDATE images SET note = 'something'")
        assert best(served, "blue") == "blue.png"
        assert best(served, "lime") == "lime.png"


def test_a_switch_to_another_model_is_followed(
    served: TestClient, colours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert best(served) == "red.png"
    before = state(served)
    other = ColourEncoder("another")
    monkeypatch.setattr("search.library.shared.loading.stored_encoder", lambda stored, device: other)
    with Store.open(colours) as store:
        new = remember_model(store, other)
        rows = store.db.execute("SELECT image, vector FROM embeddings").fetchall()
        store.db.conn.executemany(
            "INSERT INTO embeddings (image, model, vector) VALUES (?, ?, ?)",
            [(*row[:1], new.id, row[1]) for row in rows],
        )
        switch_to(store, new)
        assert [model.name for model in models(store)] == ["another"]
    assert best(served, "lime") == "lime.png" and "lime" in other.texts_encoded
    assert served.get("/api/v1/session").json()["model"] == "another" and state(served) != before


def test_a_damaged_database_is_a_sentence_and_one_that_is_mended_is_used(served: TestClient, colours: Path) -> None:
    assert best(served) == "red.png"
    database = colours / "library.db"
    kept = database.read_bytes()
    for path in colours.glob("library.db*"):
        path.unlink()
    database.write_bytes(b"no database at all, but long enough to be read as the head of one" * 200)
    assert "damaged" in refused(served)
    database.unlink()
    database.write_bytes(kept)
    assert best(served) == "red.png"


def test_a_damaged_row_costs_itself(served: TestClient, colours: Path) -> None:
    with Store.open(colours) as store:
        store.db.execute("UPDATE images SET format = x'07' WHERE path = 'blue.png'")
    answer = served.post("/api/v1/search", json={}).json()
    assert {hit["name"] for hit in answer["hits"]} == {"red.png", "lime.png"}


def test_a_library_that_never_was_says_what_to_run(tmp_path: Path) -> None:
    opened = OpenLibrary(tmp_path / "none")
    with pytest.raises(Exception, match="clipsearch index FOLDER"):
        asyncio.run(opened.ask(lambda library: None))
    opened.close()


def in_threads(opened: OpenLibrary, function: Callable[[Library], Any], count: int = 12) -> list[Any]:
    async def all_of() -> list[Any]:
        return list(await asyncio.gather(*(opened.ask(function) for _ in range(count))))

    return asyncio.run(all_of())


def test_threads_have_their_own_connections_and_one_model_and_one_index(
    colours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[ColourEncoder] = []

    def load(stored: object, device: str) -> ColourEncoder:
        time.sleep(0.1)  # so that the others come meanwhile
        loaded.append(ColourEncoder())
        return loaded[-1]

    monkeypatch.setattr("search.library.shared.loading.stored_encoder", load)
    opened = OpenLibrary(colours)
    together = threading.Barrier(2)

    def look(library: Library) -> tuple[int, int, int, int]:
        together.wait(LONG)
        return threading.get_ident(), id(library.store), id(library.encoder), id(library.index._memory)

    seen = in_threads(opened, look, 2)
    assert len({one[0] for one in seen}) == len({one[1] for one in seen}) == 2
    assert len({one[2] for one in seen}) == len({one[3] for one in seen}) == 1
    assert len(loaded) == 1
    opened.close()


def test_one_thread_at_a_time_uses_the_model(colours: Path, encoder: ColourEncoder) -> None:
    opened = OpenLibrary(colours)
    inside: list[int] = [0]

    def encode(texts: list[str]) -> Any:
        inside[0] += 1
        assert inside[0] == 1
        time.sleep(0.02)
        inside[0] -= 1
        return np.eye(1, 3, dtype=np.float32).repeat(len(texts), axis=0)

    encoder.encode_texts = encode  # type: ignore[method-assign, assignment]
    in_threads(opened, lambda library: library.encoder.encode_texts(["red"]))
    opened.close()


def test_no_snapshot_stays_open_behind_a_question(colours: Path) -> None:
    opened = OpenLibrary(colours)

    def careless(library: Library) -> None:
        library.store.db.execute("BEGIN")
        library.store.db.execute("SELECT count(*) FROM images").fetchone()
        raise KeyError("careless")

    async def twice() -> bool:
        with pytest.raises(KeyError):
            await opened.work(careless)
        return not any(
            await asyncio.gather(*(opened.work(lambda library: library.store.db.conn.in_transaction) for _ in range(4)))
        )

    assert asyncio.run(twice())
    opened.close()


def test_what_sqlite_says_is_told_and_not_that_the_connection_was_closed_for_it(colours: Path) -> None:
    opened = OpenLibrary(colours)

    def fail(library: Library) -> None:
        library.store.db.execute("BEGIN")
        raise sqlite3.OperationalError("disk I/O error")

    with pytest.raises(sqlite3.OperationalError, match="disk I/O error"):
        asyncio.run(opened.work(fail))
    assert asyncio.run(opened.work(lambda library: library.model.name)) == "colour"
    opened.close()


def test_nothing_is_changed_in_a_read_only_server_or_an_unwritable_library(colours: Path) -> None:
    closed, opened = OpenLibrary(colours, read_only=True), OpenLibrary(colours)
    with pytest.raises(Refused, match="--read-only") as told:
        asyncio.run(closed.write(lambda library: None))
    assert told.value.status == 403
    assert asyncio.run(opened.write(lambda library: library.model.name)) == "colour"
    together = threading.Barrier(SLOW_THREADS)

    def unwritable(library: Library) -> None:
        library.store.read_only = True
        together.wait(LONG)

    async def all_of() -> None:
        await asyncio.gather(*(opened.work(unwritable) for _ in range(SLOW_THREADS)))

    asyncio.run(all_of())
    with pytest.raises(Refused, match="permissions") as told:
        asyncio.run(opened.write(lambda library: None))
    assert told.value.status == 403
    closed.close()
    opened.close()


def test_nobody_computes_for_who_is_gone(colours: Path) -> None:
    """Questions that wait for their turn are dropped when their client is."""
    opened = OpenLibrary(colours)
    computed: list[str] = []
    release = threading.Event()

    class Gone:
        async def is_disconnected(self) -> bool:
            return True

    async def asked() -> None:
        busy = [asyncio.ensure_future(opened.run(lambda: release.wait(LONG))) for _ in range(SLOW_THREADS)]
        await asyncio.sleep(0.1)
        REQUEST.set(Gone())  # type: ignore[arg-type]
        with pytest.raises(Refused, match="Nobody waits"):
            await opened.run(lambda: computed.append("for nobody"))
        release.set()
        await asyncio.gather(*busy)

    asyncio.run(asked())
    opened.close()
    assert computed == []


def test_connections_are_closed_in_the_end(colours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.opened.open_library.CLOSING_SECONDS", LONG)
    opened = OpenLibrary(colours)
    stores = in_threads(opened, lambda library: library.store, 6)
    opened.close()
    for store in {id(one): one for one in stores}.values():
        with pytest.raises(sqlite3.ProgrammingError):
            store.db.conn.execute("SELECT 1")
