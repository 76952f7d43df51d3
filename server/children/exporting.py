"""Copies and links of many pictures, as a child process makes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from indexer.paths import readable
from indexer.store.store import Store
from indexer.wording import agreeing, counted, doing
from search.export.collected import Tally
from search.export.hit_folder import Putting, put_each, ranked_targets
from server.children.picked_hits import PickedHits
from server.children.told import Told, path_records


def export(request: dict[str, Any], told: Told) -> dict[str, Any]:
    """Copy or link the pictures of a request into its folder, and return what was done."""
    folder, count = Path(request["to"]), len(request["ids"])
    putting = Putting(
        folder,
        Path(request["library"]),
        "copy" if request["work"] == "copy" else "auto",
        count,
        f"{counted(count, 'picture', ',')} to {readable(folder)}",
        request["title"],
    )
    with Store.open(putting.library) as store:
        hits = PickedHits(store, request["ids"], request["scores"])
        tally = put_each(
            ranked_targets(hits, folder, count, numbered=request["numbered"]),
            putting,
            lambda action: Tally(folder, action),
            lambda done: told.progress(done, count),
            told.stopping,
        )
    return {
        "action": tally.action if tally.count else None,
        "done": tally.count,
        "there": tally.there,
        "problems": path_records(tally.first_problems),
        "more_problems": tally.problems - len(tally.first_problems),
        "stopped": told.stopping(),
        "sentence": _sentence(tally, putting, hits.gone, told.stopping()),
    }


def _sentence(tally: Tally, putting: Putting, gone: int, stopped: bool) -> str:
    """Say what was done."""
    verb = "Copied" if putting.kind == "copy" else "Linked"
    parts = [f"{verb} {counted(tally.count, 'picture', ',')} to {readable(putting.folder)}"]
    parts += [f"{doing(tally.symbolic, 'link', 'is', 'are', ',')} symbolic"] if tally.symbolic else []
    parts += [f"{tally.there:,} {agreeing(tally.there, 'was', 'were')} there already"] if tally.there else []
    parts += [f"{tally.problems:,} could not be read"] if tally.problems else []
    parts += [f"{gone:,} {agreeing(gone, 'is', 'are')} no longer in the library"] if gone else []
    return ("Stopped. " if stopped else "") + "; ".join(parts) + "."
