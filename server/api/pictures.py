"""Pictures by id, one by one or in lists: no path ever comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from search.query.similar import similar_to
from server.api.models import Body, ImageId
from server.api.one_picture import described, path_of_picture
from server.api.picture_records import Picture, picture_records, pictures_of
from server.errors import Refused
from server.http_errors import problems
from server.opened.dependencies import Opened
from server.opened.file_manager import reveal as show_in_folder

if TYPE_CHECKING:
    from search.library.library import Library

router = APIRouter(tags=["pictures"])
Id = Annotated[int, Path(ge=1, lt=2**53)]


class Pictures(BaseModel):
    """Pictures in the order in which they were asked for."""

    images: list[Picture]


class Nearest(BaseModel):
    """Pictures like one, the nearest first."""

    hits: list[Picture]


class Wanted(Body):
    """Which pictures are asked for."""

    ids: Annotated[list[ImageId], Field(max_length=500)]


class SetName(BaseModel):
    """A label set, in a list of labels."""

    id: int
    name: str


class GivenLabel(BaseModel):
    """A label of a picture, and who says so where a person does."""

    set: SetName
    label: str = Field(alias="class")
    probability: float
    said_by: str | None
    said_at: str | None


class Moment(BaseModel):
    """A moment of a video that can be found."""

    id: int
    at: float


class Facts(BaseModel):
    """What else the library knows of a picture."""

    lens: str | None
    note: str | None
    indexed_at: str | None
    mtime: str | None


class OnePicture(BaseModel):
    """Everything of one picture."""

    image: Picture
    labels: list[GivenLabel]
    moments: list[Moment]
    copies: list[Picture]
    facts: Facts
    exists: bool = Field(description="whether its file is there now")


@router.post("/images", response_model=Pictures, responses=problems(422, 503))
async def images(library: Opened, wanted: Wanted) -> Response:
    """Return pictures by id, in that order; what is gone is left out."""
    return JSONResponse({"images": await library.ask(lambda own: pictures_of(own, wanted.ids))})


@router.get("/images/{id}", response_model=OnePicture, responses=problems(404, 422, 503))
async def image(library: Opened, id: Id) -> Response:
    """Return everything that is known of one picture."""
    return JSONResponse(await library.work(lambda own: described(own, id)))


@router.get("/images/{id}/similar", response_model=Nearest, responses=problems(404, 422, 503))
async def similar(library: Opened, id: Id, limit: Annotated[int, Query(ge=1, le=500)] = 30) -> Response:
    """Return the pictures most like one, with copies behind the largest of them; without the picture itself."""

    def look(own: Library) -> list[dict[str, Any]]:
        path_of_picture(own, id)
        return picture_records(own, similar_to(own, id, limit, fold=True))

    return JSONResponse({"hits": await library.ask(look)})


@router.post("/images/{id}/reveal", status_code=204, responses=problems(403, 404, 422, 503))
async def reveal(library: Opened, id: Id) -> Response:
    """Show a picture's file in the file manager of the machine that serves, where a person sits at it."""
    if not library.reveals:
        raise Refused(403, "No folder can be opened from here; copy the path, and open it yourself.")
    path = await library.ask(lambda own: path_of_picture(own, id))
    await library.run(lambda: show_in_folder(path))
    return Response(status_code=204)
