"""A contact sheet of many pictures, as a child process writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from indexer.paths import readable
from indexer.store.store import Store
from indexer.wording import counted
from search.export.collected import MOST_PROBLEMS
from search.export.new_sheet import NewSheet, StoppedMeanwhile, write_new_sheet
from server.children.picked_hits import PickedHits
from server.children.told import Told, path_records


def write(request: dict[str, Any], told: Told) -> dict[str, Any]:
    """Write the contact sheet of a request, and return what was done."""
    library, count = Path(request["library"]), len(request["ids"])
    with Store.open(library) as store:
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
                report=lambda done: told.progress(done, count),
                stopping=told.stopping,
            )
        except StoppedMeanwhile:
            return {**_result(None), "stopped": True, "sentence": "Stopped, so there is no contact sheet."}
    return _result(sheet)


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
