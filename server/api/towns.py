"""The towns that the map shows behind the pictures, as bytes: where the land is, and what the towns are called."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter
from fastapi.responses import Response

from search.places.gazetteer import gazetteer_if_any
from search.places.towns import largest_towns
from server.api.binary import OCTETS, binary, packed
from server.http_errors import problems
from server.opened.dependencies import Opened

MOST, NAMED = 100_000, 12_000  # towns, and those with a name: 400 kB and 160 kB
STEPS = 65_535  # of latitude from -90 to 90 and longitude from -180 to 180: half a kilometre at most
CREDIT = "Towns: GeoNames, CC BY 4.0"
FORM = "uint32 length of the head, a head in JSON, uint16 latitudes, uint16 longitudes"

router = APIRouter(tags=["map"])


@router.get(
    "/map/towns",
    response_class=Response,
    responses={
        **binary(FORM),
        202: {"description": "The names of places are being read for the first time; ask again in a second or two"},
        204: {"description": "No names of places are installed"},
        **problems(503),
    },
)
async def towns(library: Opened) -> Response:
    """Return the largest towns, which the map shows behind the pictures."""
    content = await library.run(_towns)
    if content is None:
        return Response(status_code=202 if library.place_names.progress == "coming" else 204)
    return Response(content, media_type=OCTETS, headers={"Cache-Control": "private, max-age=86400"})


def _towns() -> bytes | None:
    """Return the towns as bytes; None if there are none, or not yet."""
    return _packed() if gazetteer_if_any() is not None else None


@cache
def _packed() -> bytes | None:
    import numpy as np

    found = largest_towns(MOST, NAMED)
    if found is None:
        return None
    head = {"count": len(found.latitudes), "names": found.names, "credit": CREDIT}
    latitudes = np.round((found.latitudes + 90) / 180 * STEPS).astype("<u2")
    longitudes = np.round((found.longitudes + 180) / 360 * STEPS).astype("<u2")
    return bytes(packed(head, [latitudes, longitudes]).body)
