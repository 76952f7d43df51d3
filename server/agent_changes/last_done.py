"""What was done last outside the library, or said in a label set: what undo takes back first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer.errors import InvalidRequest, UndoError
from server.agent_changes.correcting import set_called

if TYPE_CHECKING:
    from search.library.library import Library
    from server.jobs.all_jobs import AllJobs

NO_SET = "Say with label_set in which label set the last correction is taken back."
SET_OF_LINKS = "label_set is for corrections alone; leave it out, or say what='correction'."


@dataclass(frozen=True, slots=True)
class Last:
    """What was done last, and is taken back first."""

    action: str
    what: str
    when: str
    said_by: str | None = None
    act: tuple[int, int] | None = None  # of a correction: the label set and the act

    def record(self) -> dict[str, Any]:
        """Return what is told of it."""
        return {"action": self.action, "what": self.what, "when": self.when, "said_by": self.said_by}


def last_done(own: Library, jobs: AllJobs, what: str, label_set: str | int | None) -> Last:
    """Return what was done last of a kind; raises UndoError if there is nothing, InvalidRequest for a set too many."""
    if what == "correction":
        if label_set is None:
            raise InvalidRequest(NO_SET)
        return _last_correction(own, label_set)
    if label_set is not None:
        raise InvalidRequest(SET_OF_LINKS)
    from search.journal.undo import find_action

    action = find_action(jobs.library)
    return Last(action.id, action.what, action.began)


def _last_correction(own: Library, wanted: str | int) -> Last:
    from indexer.store.corrections import NOTHING_CORRECTED, last_act
    from indexer.wording import counted
    from server.job_api.labelled_acts import act_id

    made = set_called(own, wanted)
    act = last_act(own.store, made.id)
    if act is None:
        raise UndoError(NOTHING_CORRECTED)
    select = (
        "SELECT a.labels, a.said_by, a.said_at, count(c.act) FROM correction_acts a"
        " LEFT JOIN corrections c ON c.act = a.id WHERE a.id = ? GROUP BY a.id"
    )
    labels, said_by, said_at, photos = own.store.db.execute(select, [act]).fetchone()
    said = ", ".join(f'"{label}"' for label in json.loads(labels)) or '"other"'
    what = f'{counted(photos, "photo", ",")} labelled {said} in "{made.name}"'
    return Last(act_id(made.id, act), what, str(said_at), str(said_by), (made.id, act))
