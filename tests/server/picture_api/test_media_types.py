"""Media types: none is of a kind that a browser runs."""

from __future__ import annotations

import pytest

from indexer.files.formats import VIDEO_FORMATS
from server.picture_api.media_types import MEDIA_TYPES, UNKNOWN, media_type


@pytest.mark.parametrize("form", [*MEDIA_TYPES, *sorted(VIDEO_FORMATS), "CR2", "<script>", "", "html"])
def test_nothing_that_runs(form: str) -> None:
    kind, _, rest = media_type(form).partition("/")
    assert kind in ("image", "video") or media_type(form) == UNKNOWN
    assert "svg" not in rest and "html" not in rest and "xml" not in rest


def test_usual_ones_are_known() -> None:
    assert (media_type("JPEG"), media_type("HEIF"), media_type("MP4")) == ("image/jpeg", "image/heic", "video/mp4")
