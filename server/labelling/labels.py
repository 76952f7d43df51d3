"""Label sets: made, looked at, corrected, and put to use."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response

from indexer.arguments import text_of
from indexer.errors import InvalidRequest
from indexer.store.corrections import images_of_last, undo_last
from indexer.store.labels import keep_set, label_set_named, label_sets, remove_set, rename_set
from search.corrections.as_stored import StoredSet
from search.corrections.evaluating import evaluate_corrections
from search.corrections.judging_again import judge_again
from search.corrections.learning import forget_lessons, lesson_from, take_lesson
from search.corrections.recalibrating import recalibrate as fit_again
from search.corrections.said import login_name
from search.evaluation.records import report_record
from search.labels.classes import tidy
from search.labels.presets import PRESETS, preset
from search.texts.class_templates import TEMPLATE_SETS
from server.http_errors import problems
from server.jobs.carrying_out import answer_of, carry_out
from server.jobs.dependencies import Jobs
from server.labelling import label_models as models
from server.labelling.class_models import LabelSetBody
from server.labelling.correcting import corrected, standing
from server.labelling.making import labelled_more, made_set
from server.labelling.making_jobs import done_by, labelling_job
from server.labelling.pages import labels_now, looked_at
from server.labelling.set_records import accuracy_record, set_of, set_record
from server.labelling.sidecar_plans import exported
from server.opened.dependencies import Opened

if TYPE_CHECKING:
    from indexer.store.labels import LabelSet
    from search.corrections.judged_set import JudgedSet
    from search.library.library import Library
    from search.progress import Watch

router = APIRouter(tags=["labels"])
Id = Annotated[int, Path(ge=1, lt=2**53)]
LOOKED_AT = problems(404, 422, 503)
WRITTEN = problems(400, 403, 404, 409, 415, 422, 503)
UNDERWAY: dict[int | str, dict[str, Any]] = {
    202: {"model": models.LabelJob, "description": "It goes on; ask for the job until it has ended."}
}
FORGOTTEN = {"held_out": 0, "before": None, "after": None, "before_interval": None, "after_interval": None}


@router.get("/label-sets", response_model=models.LabelSets, responses=problems(503))
async def sets(library: Opened) -> Response:
    """Return all label sets, oldest first."""
    return JSONResponse(
        {"sets": await library.ask(lambda own: [set_record(own, one) for one in label_sets(own.store)])}
    )


@router.get("/presets", response_model=models.Presets)
async def presets() -> Response:
    """Return the ready-made lists of classes, and the sets of templates."""
    lists = [{"name": name, "classes": len(preset(name))} for name in PRESETS]
    return JSONResponse({"presets": lists, "templates": list(TEMPLATE_SETS)})


@router.post("/label-sets", response_model=models.Labelled, responses=problems(400, 403, 409, 410, 415, 422, 503))
async def make(library: Opened, body: LabelSetBody) -> Response:
    """Label pictures; what has its labels already in a set of this name and kind is not judged again."""
    return JSONResponse(await library.write(lambda own: made_set(own, body)))


@router.post(
    "/label-sets/jobs", response_model=models.LabelJob, responses={**problems(400, 403, 409, 415, 422, 503), **UNDERWAY}
)
async def begin_to_make(library: Opened, jobs: Jobs, body: LabelSetBody) -> Response:
    """Do the same as a job, which can be stopped; what it labels is in its `result`."""
    await library.write(lambda own: None)  # what can't be is told at once
    job = jobs.labelling.begin(labelling_job())
    return await answer_of(carry_out(library, job, done_by(job, lambda own, watch: made_set(own, body, watch))))


@router.get("/label-sets/{id}", response_model=models.LabelSetAnswer, responses=LOOKED_AT)
async def one_set(library: Opened, id: Id) -> Response:
    """Return a label set."""
    return JSONResponse(await library.ask(lambda own: set_record(own, set_of(own, id))))


@router.patch("/label-sets/{id}", response_model=models.LabelSetAnswer, responses=WRITTEN)
async def change(library: Opened, id: Id, body: models.SetChange) -> Response:
    """Rename a label set, or keep a draft for good."""

    def write(own: Library) -> dict[str, Any]:
        if body.name is not None:
            _rename(own, set_of(own, id), body.name)
        if body.keep:
            keep_set(own.store, set_of(own, id))
        return set_record(own, set_of(own, id))

    return JSONResponse(await library.write(write))


@router.delete("/label-sets/{id}", status_code=204, responses=problems(403, 404, 415, 422, 503))
async def remove(library: Opened, id: Id) -> Response:
    """Forget a label set with its labels and what people said in it; pictures and sidecars are not touched."""
    await library.write(lambda own: remove_set(own.store, set_of(own, id)))
    return Response(status_code=204)


@router.post("/label-sets/{id}/label", response_model=models.Labelled, responses=WRITTEN)
async def label_more(library: Opened, id: Id, body: models.MoreBody) -> Response:
    """Label the pictures that have no label in a set yet as it was made, such as new ones."""
    return JSONResponse(await library.write(lambda own: labelled_more(own, set_of(own, id), body)))


@router.post(
    "/label-sets/{id}/jobs",
    response_model=models.LabelJob,
    responses={**problems(400, 403, 404, 409, 415, 422, 503), **UNDERWAY},
)
async def begin_to_label_more(library: Opened, jobs: Jobs, id: Id, body: models.MoreBody) -> Response:
    """Do the same as a job, which can be stopped; what it labels is in its `result`."""

    def label(own: Library, watch: Watch) -> dict[str, Any]:
        return labelled_more(own, set_of(own, id), body, watch)

    await library.write(lambda own: set_of(own, id))  # what can't be is told at once
    job = jobs.labelling.begin(labelling_job())
    return await answer_of(carry_out(library, job, done_by(job, label)))


@router.get(
    "/label-sets/{id}/pictures", response_model=models.LookedAtPage, responses=problems(400, 404, 410, 422, 503)
)
async def look(
    library: Opened,
    id: Id,
    label: Annotated[str | None, Query(max_length=1_000)] = None,
    order: Literal["uncertain", "sure", "path"] = "uncertain",
    corrected: Literal["any", "yes", "no"] = "any",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Return the pictures of a set, the least certain first; pages stay in step while some are corrected."""

    def page(own: Library) -> dict[str, Any]:
        label_set = set_of(own, id)
        judged_set: JudgedSet | StoredSet
        try:
            judged_set = library.judged_sets.get(own, label_set)
        except InvalidRequest:  # examples of it are elsewhere; it can be looked at and corrected all the same
            judged_set = StoredSet(label_set)
        return looked_at(judged_set, own, label, order, corrected, limit, cursor)

    return JSONResponse(await library.ask(page))


@router.post("/label-sets/{id}/labels", response_model=models.LabelsNow, responses=problems(400, 404, 415, 422, 503))
async def labels_of_pictures(library: Opened, id: Id, body: models.IdsBody) -> Response:
    """Return the labels that pictures have now, for whoever shows them already: someone else may have said others."""

    def look(own: Library) -> list[dict[str, Any]]:
        told = labels_now(own, set_of(own, id).id, body.ids)
        return [{"id": image, **told[image]} for image in body.ids]

    return JSONResponse({"pictures": await library.ask(look)})


@router.post("/label-sets/{id}/corrections", response_model=models.CorrectionAnswer, responses=WRITTEN)
async def say(library: Opened, id: Id, body: models.CorrectionBody) -> Response:
    """Store what a person says of pictures: a fact that counts at once, and that no later run touches."""
    ids, said = body.ids, body.labels
    return JSONResponse(await library.change(lambda own: corrected(library, own, id, ids, said, login_name())))


@router.post("/label-sets/{id}/corrections/undo", response_model=models.UndoneAnswer, responses=WRITTEN)
async def undo(library: Opened, id: Id, body: models.UndoBody | None = None) -> Response:
    """Take the last thing that was said in a set back."""

    def write(own: Library) -> dict[str, Any]:
        label_set = set_of(own, id)
        act = body.act if body is not None else None
        undone = library.label_counts.following(
            own.store, id, images_of_last(own.store, id), lambda: undo_last(own.store, id, act)
        )
        if undone.unjudged:
            with contextlib.suppress(InvalidRequest):  # then they have no label, as new pictures
                judge_again(library.judged_sets.get(own, label_set), own, undone.unjudged)
        return {"act": undone.act, "ids": list(undone.images), **standing(library, own, id)}

    return JSONResponse(await library.change(write))


@router.get("/label-sets/{id}/accuracy", response_model=models.AccuracyAnswer, responses=LOOKED_AT)
async def accuracy(library: Opened, id: Id) -> Response:
    """Return how right the model is on what people said in a set."""
    return JSONResponse(await library.work(lambda own: accuracy_record(library, own, set_of(own, id), margins=True)))


@router.get("/label-sets/{id}/eval", response_model=models.EvalAnswer, responses=problems(400, 404, 422, 503))
async def evaluation(library: Opened, id: Id) -> Response:
    """Return what `clipsearch eval --from-corrections` measures."""
    return JSONResponse(await library.work(lambda own: report_record(evaluate_corrections(own, set_of(own, id)))))


@router.post("/label-sets/{id}/recalibrate", response_model=models.RecalibratedAnswer, responses=WRITTEN)
async def recalibrate(library: Opened, id: Id) -> Response:
    """Fit the temperature of the model to what was said, and judge the set anew; what was said stays."""

    def write(own: Library) -> dict[str, Any]:
        record = fit_again(own, set_of(own, id)).record()
        return {**record, "accuracy": accuracy_record(library, own, set_of(own, id))}

    return JSONResponse(await library.write(write))


@router.post("/label-sets/{id}/learn", response_model=models.LearntAnswer, responses=WRITTEN)
async def learn(library: Opened, id: Id, body: models.LearnBody) -> Response:
    """Say whether corrected pictures help as examples of their classes; unless it is a dry run, take what helps."""

    def write(own: Library) -> dict[str, Any]:
        record, taken = _learnt(own, set_of(own, id), body)
        label_set = set_of(own, id)
        answer = {**record, "taken": taken, "set": set_record(own, label_set)}
        return {**answer, "accuracy": accuracy_record(library, own, label_set)}

    return JSONResponse(await (library.work(write) if body.dry_run and not body.forget else library.write(write)))


@router.post("/label-sets/{id}/export", response_model=models.ExportAnswer, responses=WRITTEN)
async def export(library: Opened, id: Id, body: models.ExportBody) -> Response:
    """Say what an export into XMP sidecars would write; with the plan of that, write it."""
    if body.dry_run:
        return JSONResponse(await library.work(lambda own: exported(library.folder, own, set_of(own, id), body)))
    return JSONResponse(await library.write(lambda own: exported(library.folder, own, set_of(own, id), body)))


def _rename(library: Library, label_set: LabelSet, name: str) -> None:
    """Rename a set; raises InvalidRequest for a name that is empty or another set's."""
    new = tidy(text_of(name, "name"))
    if not new:
        raise InvalidRequest("The new name is empty; give one, such as mugs.")
    other = label_set_named(library.store, new)
    if other is not None and other.id != label_set.id:
        raise InvalidRequest(f'There is a label set "{new}" already; remove it first, or choose another name.')
    rename_set(library.store, label_set, new)


def _learnt(library: Library, label_set: LabelSet, body: models.LearnBody) -> tuple[dict[str, Any], bool]:
    """Return what learning is worth, and whether it was taken."""
    if body.forget:
        if not body.dry_run:
            forget_lessons(library, label_set)
        return {**FORGOTTEN, "interval": None, "better": 0, "worse": 0, "helped": False, "examples": {}}, False
    lesson = lesson_from(library, label_set)
    is_taken = lesson.helped and not body.dry_run
    if is_taken:
        take_lesson(library, label_set, lesson)
    return lesson.record(), is_taken
