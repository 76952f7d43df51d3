"""What the text chunks of a PNG say: Creation Time and its like, and the blocks that ImageMagick writes as text."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from typing import Any

from PIL import Image

from indexer.metadata.exif import loaded_exif
from indexer.metadata.iptc import iptc_of_resources, read_iptc
from indexer.metadata.metadata import Reading, dated
from indexer.metadata.spellings import parse_timestamp
from indexer.metadata.xmp import read_xmp
from indexer.side_data.xml_bounds import LARGEST

# In lower case, without blanks and punctuation. ImageMagick's date:create and create-date are times of the file.
DATES = ("creationtime", "exifdatetimeoriginal", "datetimeoriginal", "exifdatetimedigitized")
PROFILE = "raw profile type "
_BLANKS = re.compile(r"\s+")


def read_png_text(info: Mapping[Any, Any]) -> list[Reading]:
    """Return what the texts of a PNG, Pillow's Image.info, say; never raises."""
    texts = {key: value for key, value in info.items() if isinstance(key, str) and isinstance(value, str)}
    readings = [_read_profile(key[len(PROFILE) :], text) for key, text in texts.items() if _is_profile(key)]
    named = {"".join(filter(str.isalnum, key.lower())): text for key, text in texts.items()}
    times = dated(*(("png-text", parse_timestamp(named.get(name, ""))) for name in DATES))
    return [Reading(times), *readings]


def profile_exif(info: Mapping[Any, Any]) -> Image.Exif | None:
    """Return the EXIF of a text that Pillow does not take for one: in "Raw profile type APP1"."""
    text = next((value for key, value in info.items() if str(key).lower() == f"{PROFILE}app1"), "")
    content = _profile(text) if isinstance(text, str) else b""
    if not content.startswith(b"Exif\0\0"):
        return None
    return loaded_exif(content)


def _is_profile(key: str) -> bool:
    return key.lower().startswith(PROFILE)


def _read_profile(kind: str, text: str) -> Reading:
    """Return what an XMP or IPTC profile says; EXIF is read with that of other formats."""
    content = _profile(text)
    match kind.lower():
        case "iptc" | "8bim":
            return read_iptc(iptc_of_resources(content) or content)
        case "xmp":
            return read_xmp(content, "xmp")
        case "app1" if b"<x:xmpmeta" in content:
            return read_xmp(content[content.index(b"<x:xmpmeta") :], "xmp")
    return Reading()


def _profile(text: str) -> bytes:
    """Return the bytes of a profile: its name, its length, and hexadecimal digits, on lines."""
    if len(text) > 2 * LARGEST:
        return b""
    with contextlib.suppress(ValueError, IndexError):
        return bytes.fromhex(_BLANKS.sub("", text.split("\n", 3)[3]))
    return b""
