"""What was said of many pictures at once, as an action among the others: done, listed, and taken back."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from indexer.errors import InvalidRequest, UndoError
from indexer.store.corrections import correct, last_act, undo_last
from indexer.store.labels import label_set_with_id
from indexer.store.soundness import MOST_ID
from indexer.wording import counted
from search.corrections.judging_again import judge_again

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.store.store import Store
    from search.library.library import Library
    from server.opened.open_library import OpenLibrary

FEWEST = 2  # pictures; single ones are said on the bench, which takes them back itself
MOST_LISTED = 50
_ID = re.compile(r"label-([0-9]{1,18})-([0-9]{1,18})")


def act_id(label_set: int, act: int) -> str:
    """Return what an act is called among the actions."""
    return f"label-{label_set}-{act}"


def parsed_act(name: str) -> tuple[int, int] | None:
    """Return the label set and the act that an action's id means; None if it is of another kind."""
    found = _ID.fullmatch(name)
    numbers = (int(found[1]), int(found[2])) if found else None
    return numbers if numbers and max(numbers) <= MOST_ID else None


def say(store: Store, label_set: int, ids: Sequence[int], labels: Sequence[str], said_by: str) -> dict[str, Any]:
    """Let a person say labels of pictures, and return what was done."""
    act = correct(store, label_set, ids, labels, said_by)
    sentence = f"Labelled {counted(len(act.images), 'picture', ',')}."
    return {"action": act_id(label_set, act.id), "done": len(act.images), "sentence": sentence}


def take_back(opened: OpenLibrary, library: Library, label_set: int, act: int) -> dict[str, Any]:
    """Take an act back, and return what was done; raises UndoError."""
    undone = undo_last(library.store, label_set, act)
    if undone.unjudged:  # by a model that had not seen them when the person spoke
        with contextlib.suppress(InvalidRequest):  # examples of its classes are elsewhere; then they have no label
            judged_set = opened.judged_sets.get(library, label_set_with_id(library.store, label_set))
            judge_again(judged_set, library, undone.unjudged)
    sentence = f"{counted(len(undone.images), 'picture', ',')} labelled as before."
    return {"taken_back": len(undone.images), "sentence": sentence}


def would_take_back(store: Store, label_set: int, act: int) -> dict[str, Any]:
    """Return what taking an act back would do; raises UndoError if it is not the last one that holds."""
    if last_act(store, label_set) != act:
        raise UndoError("Something else was corrected since, or this was taken back already; undo the last one first.")
    count = store.db.execute("SELECT count(*) FROM corrections WHERE act = ? AND standing", [act]).fetchone()[0]
    return {"taken_back": count, "sentence": f"{counted(count, 'picture', ',')} would be labelled as before."}


def acts(store: Store) -> list[dict[str, Any]]:
    """Return the last acts that were about several pictures, as actions."""
    rows = store.db.execute(
        "SELECT a.id, a.label_set, s.name, a.said_at, a.undone_at, count(*) AS pictures FROM correction_acts a"
        " JOIN label_sets s ON s.id = a.label_set JOIN corrections c ON c.act = a.id"
        " GROUP BY a.id HAVING pictures >= ? ORDER BY a.id DESC LIMIT ?",
        [FEWEST, MOST_LISTED],
    )
    return [
        {
            "id": act_id(label_set, act),
            "what": f'label {counted(pictures, "picture", ",")} in "{name}"',
            "began": said_at,
            "files": 0,
            "state": "done" if undone_at is None else "undone",
            "why_not": None,
        }
        for act, label_set, name, said_at, undone_at, pictures in rows
    ]
