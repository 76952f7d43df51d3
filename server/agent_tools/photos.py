"""A photo as assistants are told of it: the API's record, with where it was taken only if that may be told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

URI = "clipsearch://photo/{}"
PLACES = ("latitude", "longitude", "place", "country")


def photo_record(record: dict[str, Any], *, places: bool) -> dict[str, Any]:
    """Return the API's record of a picture as a tool's."""
    hidden = {"thumb"} if places else {"thumb", *PLACES}
    copies = [{name: value for name, value in copy.items() if name != "thumb"} for copy in record["copies"]]
    told = {name: value for name, value in record.items() if name not in hidden}
    return {"uri": URI.format(record["id"]), **told, "copies": copies}


def photo_records(records: Iterable[dict[str, Any]], *, places: bool) -> list[dict[str, Any]]:
    """Return the same of several."""
    return [photo_record(record, places=places) for record in records]
