"""Google Takeout's JSON beside a picture: which file it is, and what it says of time and place.

Takeout names it after the picture, IMG.jpg.json or IMG.jpg.supplemental-metadata.json, and cuts that to 46 characters
before .json. A number is behind the suffix, IMG.jpg(1).json for IMG(1).jpg, and an edited picture or the video of a
live photo has that of the original.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator
from typing import Any

from indexer.files.formats import is_video
from indexer.metadata.metadata import Reading, dated
from indexer.metadata.places import Place, place_of
from indexer.metadata.texts import or_none
from indexer.metadata.timestamps import from_epoch

SUFFIX = ".json"
LARGEST = 1024 * 1024  # bytes; they have two thousand
LONGEST_NUMBER = 40  # characters; the work of making a number of digits grows with their square
LONGEST = 46  # characters of a name that Takeout leaves before ".json"
SUPPLEMENT = ".supplemental-metadata"
# What Google adds to the name of an edited picture, in its languages.
EDITED = (
    *("-edited", "-effects", "-animation", "-collage", "-smile", "-mix"),
    *("-bearbeitet", "-modifié", "-editado", "-editada", "-modificato", "-bewerkt", "-redigeret", "-redigerad"),
    *("-edytowane", "-編集済み", "-edytowany", "-已修改", "-已編輯", "-수정됨", "-изменено", "-muokattu", "-redigert"),
)

_NUMBERED = re.compile(r"(?P<stem>.+)(?P<number>\(\d{1,4}\))", re.S)


def read_takeout(content: bytes) -> Reading:
    """Return what Takeout's JSON says; nothing for another JSON; never raises."""
    return or_none(lambda: _read(json.loads(content, parse_int=_whole))) or Reading()


def takeout_name(picture: str, names: Collection[str]) -> str | None:
    """Return which of a folder's names (in lower case) is the JSON of a picture, or None."""
    return next((name for name in _candidates(picture.lower()) if name in names), None)


def _candidates(picture: str) -> Iterator[str]:
    """Yield the names, in lower case, that the JSON of a picture may have, the most likely first."""
    stem, suffix = os.path.splitext(picture)
    yield from _names_for(picture, "")
    number = ""
    if match := _NUMBERED.fullmatch(stem):
        stem, number = match["stem"], match["number"]
        yield from _names_for(stem + suffix, number)
    for edited in EDITED:
        if stem.endswith(edited):
            yield from _names_for(stem.removesuffix(edited) + suffix, number)
    if is_video(picture):
        for still in (".heic", ".jpg", ".jpeg", ".heif"):
            yield from _names_for(stem + still, number)
    yield f"{stem}{number}{SUFFIX}"  # of a title without a suffix


def _names_for(title: str, number: str) -> Iterator[str]:
    """Yield the names of the JSON for a title: with what Takeout adds, cut, with the number before .json."""
    whole = title + SUPPLEMENT
    yield title[:LONGEST] + number + SUFFIX
    # Takeout has cut them at different lengths over the years, also with the number counted.
    for end in range(len(whole), min(len(title), LONGEST - len(number)) - 1, -1):
        yield whole[:end] + number + SUFFIX


def _read(content: Any) -> Reading:
    """Return what a JSON document says, if it is one of Takeout's."""
    if not isinstance(content, dict):
        return Reading()
    time = or_none(lambda: from_epoch(_whole(content["photoTakenTime"]["timestamp"])))
    # What a person has set in Google Photos, then what the file says itself.
    place = or_none(lambda: _place(content["geoData"])) or or_none(lambda: _place(content["geoDataExif"]))
    return Reading(dated(("takeout", time)), place)


def _whole(written: Any) -> int:
    """Return a whole number; raises ValueError for what is none, and for one of more digits than mean something."""
    if isinstance(written, str) and len(written) > LONGEST_NUMBER:
        raise ValueError("a number without end")
    return int(written)


def _place(place: dict[str, Any]) -> Place | None:
    """Return a place; 0, 0 is none."""
    return place_of(float(place["latitude"]), float(place["longitude"]))
