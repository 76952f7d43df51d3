"""What a library holds, as assistants are told it: cut to some 8,000 characters for a library of any size."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.files.formats import VIDEO_FORMATS
from indexer.store.embeddings import count_without_embedding
from indexer.store.labels import label_sets
from search.facets.counts import count_cameras, count_types, count_years
from search.facets.folder_levels import count_levels
from search.texts.model_strengths import ENGLISH, SEVERAL, strengths_of
from server.job_api.index_records import index_state
from server.opened.state import state_of

if TYPE_CHECKING:
    from indexer.store.labels import LabelSet
    from search.columns.columns import Columns
    from search.library.library import Library
    from server.jobs.all_jobs import AllJobs
    from server.opened.open_library import OpenLibrary

LEVELS, MOST_FOLDERS = 2, 50
MOST_SETS = 10
# Characters of JSON that each list may have; all together leave room for what has no list.
ROOM = {
    "folders": 2_000,
    "cameras": 600,
    "years": 700,
    "types": 300,
    "countries": 300,
    "places": 500,
    "label_sets": 1_500,
}
ROOM_OF_ROOTS = 900
ROOM_OF_LABELS = 400  # of one set
ROOT = ("path", "indexed_at", "state")


def fitting(records: list[dict[str, Any]], room: int) -> tuple[list[dict[str, Any]], int]:
    """Return the first records that fit into so many characters of JSON, and how many are left out.

    One that is too long by itself is passed over.
    """
    kept = []
    for record in records:
        length = len(json.dumps(record, ensure_ascii=False, separators=(",", ":"))) + 1
        if length <= room:
            kept.append(record)
            room -= length
    return kept, len(records) - len(kept)


def named(counts: Iterable[tuple[str, int]]) -> list[dict[str, Any]]:
    """Return names with their counts."""
    return [{"name": name, "count": count} for name, count in counts]


def overview(opened: OpenLibrary, library: Library, jobs: AllJobs, places: bool) -> dict[str, Any]:
    """Return what a library holds, with names of `places` or without.

    What is counted is kept as long as the library stays as it is.
    """
    key = ("overview", places, opened.place_names.progress)
    made = opened.rankings.get(state_of(library), key, lambda: _counted(opened, library, places), lambda counted: 0)
    index, more_folders = _index(jobs, library, made["not_searchable"])
    left_out = {**made["left_out"], **({"index.folders": more_folders} if more_folders else {})}
    counted = {name: value for name, value in made.items() if name != "not_searchable"}
    return {**counted, "left_out": left_out, "index": index, "model": _model(library)}


def _counted(opened: OpenLibrary, library: Library, places: bool) -> dict[str, Any]:
    """Return the counts, and how many more each list has that was cut."""
    columns = opened.columns.of(library.store)
    moments, videos = _videos(library, columns)
    folders, more_folders = count_levels(columns, LEVELS, MOST_FOLDERS)
    sets = label_sets(library.store)[::-1]
    whole = {
        "years": named((f"{one.year:04}", one.count) for one in count_years(columns, None)),
        "types": named(count_types(columns, None).items()),
        "cameras": named(count_cameras(columns, None).items()),
        "folders": named(folders),
        "label_sets": [_label_set(opened, library, one) for one in sets[:MOST_SETS]],
    }
    known = {"dated": int(np.count_nonzero(columns.dated))}
    if places:
        countries, cities = opened.places.of(columns).counts(None)
        whole |= {"countries": named(countries.items()), "places": named(cities.items())}
        known["placed"] = int(np.count_nonzero(columns.placed))
    cut = {name: fitting(records, ROOM[name]) for name, records in whole.items()}
    before = {"folders": more_folders, "label_sets": len(sets[MOST_SETS:])}
    left_out = {name: more + before.get(name, 0) for name, (_, more) in cut.items()}
    return {
        "photos": len(columns) - moments,
        "videos": videos,
        "moments": moments,
        **known,
        **{name: records for name, (records, _) in cut.items()},
        "left_out": {name: more for name, more in left_out.items() if more},
        "not_searchable": count_without_embedding(library.store, library.model),
    }


def _videos(library: Library, columns: Columns) -> tuple[int, int]:
    """Return how many moments of videos there are, and of how many files."""
    counts = zip(columns.formats.names, columns.formats.counts(None).tolist(), strict=True)
    moments = sum(count for form, count in counts if form in VIDEO_FORMATS)
    if not moments:
        return 0, 0
    marks = ", ".join("?" * len(VIDEO_FORMATS))
    select = f"SELECT DISTINCT root, ifnull(path_bytes, path) FROM images WHERE format IN ({marks})"
    row = library.store.db.execute(f"SELECT count(*) FROM ({select})", sorted(VIDEO_FORMATS)).fetchone()
    return moments, int(row[0])


def _label_set(opened: OpenLibrary, library: Library, one: LabelSet) -> dict[str, Any]:
    """Return a label set with how many photos have each label, the most frequent first."""
    found = opened.label_counts.of(library.store, one.id)
    counts = sorted(((name, found[name]) for name in one.label_names), key=lambda pair: -pair[1])
    labels, more = fitting(named(counts), ROOM_OF_LABELS)
    return {"name": one.name, "draft": one.draft, "several": one.kind == "multi", "labels": labels, "more": more}


def _index(jobs: AllJobs, library: Library, not_searchable: int) -> tuple[dict[str, Any], int]:
    """Return how far the library is up to date at this moment, and how many folders of it are left out."""
    state = index_state(library, jobs, with_roots=True)
    roots = [
        {"id": f"{root['id']}:", "photos": root["pictures"], **{name: root[name] for name in ROOT}}
        for root in state["roots"]
    ]
    folders, more = fitting(roots, ROOM_OF_ROOTS)
    progress = state["progress"] or {"done": None, "total": None}
    record = {
        "running": state["running"],
        "done": progress["done"],
        "total": progress["total"],
        "not_searchable": not_searchable,
        "failures": state["failures"],
        "folders": folders,
    }
    return record, more


def _model(library: Library) -> dict[str, Any]:
    """Return what the model is good at."""
    name = library.model.name
    strengths = strengths_of(name)
    return {
        "name": name,
        "kind": strengths.kind,
        "languages": ENGLISH if library.reader.reads_english_only else SEVERAL,
        "good_at": list(strengths.good_at),
        "weak_at": list(strengths.weak_at),
    }
