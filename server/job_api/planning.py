"""From what is asked to be done to a plan of it, and from the plan to what a child process is told."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from indexer.errors import InvalidRequest
from indexer.paths import readable
from indexer.store.corrections import MOST_PICTURES, said_labels
from indexer.store.labels import label_set_with_id
from indexer.wording import counted, human_size
from server.errors import Refused
from server.job_api.picking import files_of, first_names, picked
from server.jobs.job import Job
from server.jobs.plans import AGAIN, Picked, Plan
from server.jobs.targets import notes_on, target_folder, target_sheet
from server.opened.state import state_of

if TYPE_CHECKING:
    from pathlib import Path

    from search.library.library import Library
    from server.job_api.action_models import Action
    from server.jobs.all_jobs import AllJobs
    from server.opened.open_library import OpenLibrary

DOING = {"copy": "Copying to", "link": "Linking to", "sheet": "Writing"}
VERBS = {"copy": "Copy", "link": "Link", "sheet": "Write a contact sheet of", "label": "Label"}


def asked_by(body: Action) -> str:
    """Return what a plan is bound to: all of a request but whether it is a dry run, as a hash, since it may be long."""
    return hashlib.sha256(body.model_dump_json(exclude={"dry_run", "plan"}).encode()).hexdigest()


def make_plan(opened: OpenLibrary, library: Library, jobs: AllJobs, body: Action) -> dict[str, Any]:
    """Return what an action would do, and keep it as a plan; raises InvalidRequest and the like for what can't be."""
    state = state_of(library)
    to = _target(body, jobs.library)
    pictures = picked(opened, library, body)
    if body.kind == "label":
        _check_labels(library, body, pictures)
    plan = jobs.plans.keep(Plan(asked_by(body), state, pictures, to))
    ids = pictures.ids.tolist()
    files, size = files_of(library, ids)
    return {
        "plan": plan.token,
        "pictures": len(ids),
        "copies": len(pictures.copies),
        "bytes": size,
        "first": first_names(library, ids),
        "folder": None if to is None else readable(to if body.kind != "sheet" else to.parent),
        "sentence": _sentence(library, body, plan, files, size),
        "notes": [] if to is None else _notes(body, to, jobs.library, size),
    }


def check_plan(opened: OpenLibrary, library: Library, jobs: AllJobs, body: Action) -> Plan:
    """Return the plan of a request, if all is still as it says; raises Refused, and what `make_plan` raises."""
    plan = jobs.plans.look(body.plan, asked_by(body))
    jobs.actions.refuse_second()
    _target(body, jobs.library)
    if state_of(library) != plan.state and not picked(opened, library, body).is_same(plan.picked):
        raise Refused(409, f"The library has changed, and other pictures are meant by now; {AGAIN}")
    return plan


def child_request(plan: Plan, body: Action, library: Path) -> dict[str, Any]:
    """Return what the child process that carries a plan out is told."""
    pictures = plan.picked
    order = "given" if body.ids is not None else body.sort or ("score" if body.terms else "date")
    return {
        "work": body.kind,
        "library": str(library),
        "ids": pictures.ids.tolist(),
        "scores": None if pictures.scores is None else pictures.scores.tolist(),
        "to": str(plan.to),
        "title": pictures.title,
        "numbered": body.numbered,
        "order": "date" if order == "score" and pictures.scores is None else order,
    }


def carried_out(jobs: AllJobs, plan: Plan, body: Action) -> Job:
    """Start what a plan says in a child process; raises Refused for one that was used, or if another job goes on."""
    jobs.actions.refuse_second()  # before the plan is used up
    jobs.plans.use(plan)
    job = Job(body.kind, f"{DOING[body.kind]} {readable(str(plan.to))}", len(plan.picked.ids))
    return jobs.actions.start(job, child_request(plan, body, jobs.library))


def _target(body: Action, library: Path) -> Path | None:
    """Return where the files go; raises what targets.py raises."""
    if body.kind == "label":
        return None
    return target_sheet(body.to, library) if body.kind == "sheet" else target_folder(body.to, library)


def _check_labels(library: Library, body: Action, pictures: Picked) -> None:
    """Raise InvalidRequest for labels that can't be said of these pictures."""
    if body.set is None:
        raise InvalidRequest("Say of which label set the labels are.")
    said_labels(label_set_with_id(library.store, body.set), body.labels)
    count = len(pictures.ids) + len(pictures.copies)
    if count > MOST_PICTURES:
        raise InvalidRequest(
            f"At most {MOST_PICTURES:,} pictures can be labelled at once, not {count:,}; narrow the search."
        )


def _notes(body: Action, to: Path, library: Path, size: int) -> list[str]:
    """Return what a person should know before."""
    return notes_on(to if body.kind != "sheet" else to.parent, library, size if body.kind == "copy" else 0)


def _sentence(library: Library, body: Action, plan: Plan, files: int, size: int) -> str:
    """Say what would be done."""
    if plan.to is not None:
        count = len(plan.picked.ids) if body.kind == "sheet" else files
        room = f" ({human_size(size)})" if body.kind == "copy" else ""
        return f"{VERBS[body.kind]} {counted(count, 'picture', ',')}{room} to {readable(plan.to)}."
    assert body.set is not None
    labels = said_labels(made := label_set_with_id(library.store, body.set), body.labels)
    what = ", ".join(f'"{label}"' for label in labels) or "none of the classes"
    copies = f" and {counted(len(plan.picked.copies), 'copy', ',')} of them" if plan.picked.copies else ""
    return f'Label {counted(len(plan.picked.ids), "picture", ",")}{copies} as {what} in "{made.name}".'
