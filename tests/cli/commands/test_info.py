"""Tests of clipsearch info."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.cli.conftest import Invoke


def test_info_json(indexed: Invoke, photos: Path) -> None:
    info = json.loads(indexed("info", "--format", "json").stdout)
    assert (info["pictures"], info["model"], info["roots"][0]["path"]) == (3, "colour", str(photos))


def test_info_for_people(indexed: Invoke, photos: Path) -> None:
    lines = dict(line.split(None, 1) for line in indexed("info").stdout.splitlines())
    assert (lines["model:"], lines["pictures:"]) == ("colour (3 dimensions)", "3 (3 encoded)")
    assert (lines["dates:"], lines["places:"]) == ("0 of 3 pictures", "0 of 3 pictures")
    assert re.fullmatch(r"\d+\.\d kB", lines["database:"])
    assert lines["index:"] == "exact: every picture is looked at"
    assert lines["root:"].startswith(f"{photos}: 3 pictures, indexed 20")
