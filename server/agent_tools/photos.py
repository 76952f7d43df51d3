"""A photo as assistants are told of it: the API's record, with where it was taken only if that may be told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from search.records import DIGITS

URI = "clipsearch://photo/{}"
PLACES = ("latitude", "longitude", "place", "country")
OWN_CLOCK = len("2024-05-19T12:00:00")  # of a time; what follows is how far from UTC it was, which says where on earth


def photo_record(record: dict[str, Any], *, places: bool) -> dict[str, Any]:
    """Return the API's record of a picture as a tool's."""
    copies = [{name: value for name, value in copy.items() if name != "thumb"} for copy in record["copies"]]
    told = {name: value for name, value in record.items() if name != "thumb"}
    if told["score"] is not None:
        told["score"] = round(told["score"], DIGITS)  # more digits only take room in a model's context
    return {"uri": URI.format(record["id"]), **(told if places else unplaced(told)), "copies": copies}


def unplaced(photo: dict[str, Any]) -> dict[str, Any]:
    """Return a photo's record without what tells where it was taken, or that this is known."""
    told = {name: value for name, value in photo.items() if name not in PLACES}
    if told["taken_at"] is not None:
        told["taken_at"] = told["taken_at"][:OWN_CLOCK]
    if told.get("taken_from") == "gps":
        told["taken_from"] = None
    return told


def photo_records(records: Iterable[dict[str, Any]], *, places: bool) -> list[dict[str, Any]]:
    """Return the same of several."""
    return [photo_record(record, places=places) for record in records]
