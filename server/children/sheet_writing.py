"""A contact sheet of many pictures, as a child process writes it."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from PIL import Image

from indexer.errors import PictureError
from indexer.models.device import cores
from indexer.paths import readable
from indexer.store.store import Store
from indexer.thumbnails.decoder import Decoder
from indexer.thumbnails.jobs import Small, SmallPicture
from indexer.wording import counted
from search.export.collected import MOST_PROBLEMS
from search.export.contact_sheet import THUMBNAIL_SIDE, Shown
from search.export.new_sheet import NewSheet, StoppedMeanwhile, write_new_sheet
from search.results import Hit
from server.children.picked_hits import PickedHits
from server.children.told import Told, path_records


def write(request: dict[str, Any], told: Told) -> dict[str, Any]:
    """Write the contact sheet of a request, and return what was done."""
    library, count = Path(request["library"]), len(request["ids"])
    with Store.open(library) as store, Decoder() as decoder:
        hits = PickedHits(store, request["ids"], request["scores"])
        try:
            sheet = write_new_sheet(
                hits.with_places(lambda sentence: None),
                Path(request["to"]),
                library,
                request["title"],
                count=count,
                order=request["order"],
                scored=request["scores"] is not None,
                shown=lambda some: _thumbnails(some, decoder),
                report=lambda done: told.progress(done, count),
                stopping=told.stopping,
            )
        except StoppedMeanwhile:
            return {**_result(None), "stopped": True, "sentence": "Stopped, so there is no contact sheet."}
    return _result(sheet)


def _thumbnails(hits: Iterable[Hit], decoder: Decoder) -> Iterator[tuple[Hit, Shown]]:
    """Yield hits with their thumbnails, some of which are made ahead in worker processes: no file ends them all."""
    ahead: deque[tuple[Hit, Future[Small]]] = deque()
    for hit in hits:
        ahead.append((hit, decoder.submit(SmallPicture(hit.path, THUMBNAIL_SIDE, hit.at))))
        if len(ahead) > cores():
            yield _shown(*ahead.popleft())
    while ahead:
        yield _shown(*ahead.popleft())


def _shown(hit: Hit, made: Future[Small]) -> tuple[Hit, Shown]:
    try:
        content = made.result().webp
    except PictureError as error:
        return hit, error
    with Image.open(io.BytesIO(content)) as picture:  # its head alone; it was written by us
        return hit, (content, *picture.size)


def _result(sheet: NewSheet | None) -> dict[str, Any]:
    problems = sheet.problems if sheet else ()
    result = {
        "action": sheet.action if sheet else None,
        "done": sheet.pictures if sheet else 0,
        "there": 0,
        "problems": path_records(problems[:MOST_PROBLEMS]),
        "more_problems": max(0, len(problems) - MOST_PROBLEMS),
    }
    if sheet is None:
        return result
    unseen = f"; {counted(len(problems), 'picture', ',')} could not be read" if problems else ""
    sentence = f"Wrote {counted(sheet.pictures, 'picture', ',')} to {readable(sheet.path)}{unseen}."
    return {**result, "sentence": sentence}
