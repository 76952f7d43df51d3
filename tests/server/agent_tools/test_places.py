"""Tests of assistants who are not told where photos were taken: no tool tells it, and none lets them find it out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import clipsearch
from indexer.store.store import Store
from server.agent_tools.models import WHERE
from tests.server.agent_tools.conftest import Assistant, Assistants, text_of

SECRETS = ("48.858", "2.294", "Paris", "France", "+02:00", "where it was taken", '"gps"')
ASKED: dict[str, dict[str, Any]] = {
    "search_photos": {},
    "contact_sheet": {},
    "label_preview": {"classes": ["tower", "cup"], "examples": 3},
    "find_duplicates": {},
}


@pytest.fixture
def pairs(tmp_path: Path, assistants: Assistants) -> Assistants:
    """Return what makes assistants of a photo that knows where it was taken, and of a copy that does not."""
    (photos := tmp_path / "photos").mkdir()
    image = Image.effect_mandelbrot((320, 240), (-2, -1.5, 1, 1.5), 50).convert("RGB")
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0x9003: "2024:05:19 12:00:00", 0x9011: "+02:00"})
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    image.save(photos / "first.jpg", exif=exif, quality=95)
    image.save(photos / "second.jpg", quality=95)
    with clipsearch.open(tmp_path / "pairs", model="builtin") as library:
        library.index([photos])
    with Store.open(tmp_path / "pairs") as store:
        store.db.execute("UPDATE images SET taken_from = 'gps' WHERE latitude IS NOT NULL")
    assistants.library = tmp_path / "pairs"
    return assistants


def told(assistant: Assistant) -> str:
    """Return all that the tools that read tell of two photos."""
    ids = [hit["id"] for hit in assistant.ask("search_photos")["hits"]]
    calls = [
        *ASKED.items(),
        ("view_photo", {"id": min(ids)}),
        ("photo_details", {"ids": ids}),
        ("library_overview", {}),
    ]
    results = [assistant.call(tool, **arguments) for tool, arguments in calls]
    assert not any(result.is_error for result in results)
    return "".join(map(text_of, results))


def test_no_tool_tells_where(pairs: Assistants) -> None:
    whole, less = told(pairs()), told(pairs(places=False))
    assert [secret for secret in SECRETS if secret not in whole] in ([], ["Paris", "France"])  # names are of an extra
    assert not [secret for secret in SECRETS if secret in less]
    assert "2024-05-19T12:00:00" in less and "second.jpg" in less


@pytest.mark.parametrize("tool", ASKED)
@pytest.mark.parametrize("filters", [{"near": "48.85,2.29"}, {"radius": "5km"}, {"placed": True}, {"placed": False}])
def test_no_filter_finds_it_out(assistants: Assistants, tool: str, filters: dict[str, Any]) -> None:
    sentence = assistants(places=False).refused(tool, **ASKED[tool], filters=filters)
    assert "not told here" in sentence and "leave them out" in sentence


def test_writing_tools_don_t_find_it_out_either(assistants: Assistants, tmp_path: Path) -> None:
    writer = assistants(allow_write=True, places=False)
    to, near = str(tmp_path / "there"), {"near": "48.85,2.29"}
    assert "not told here" in writer.refused("link_to", folder=to, filters=near)
    assert "not told here" in writer.refused("save_labels", name="a", classes=["cup"], filters=near)
    assert not Path(to).exists()


def test_schemas_offer_no_such_filter(assistants: Assistants) -> None:
    for places in (True, False):
        server = assistants(allow_write=True, places=places).server
        schemas = {tool.name: tool.parameters for tool in server._tool_manager.list_tools()}
        offering = [name for name, schema in schemas.items() if any(f'"{one}"' in json.dumps(schema) for one in WHERE)]
        assert bool(offering) == places
        assert all("filters" in schemas[name]["properties"] for name in (*ASKED, "link_to", "save_labels"))
