"""Label sets and what is measured of them, as the API tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.errors import ClipsearchError
from indexer.store.facts import count_said, fact_counts
from indexer.store.labels import LabelSet, counts_in, label_sets
from search.corrections.accuracy import NOTE, Accuracy, accuracy_of
from search.records import label_set_record
from server.errors import Refused

if TYPE_CHECKING:
    from search.library.library import Library
    from server.opened.open_library import OpenLibrary

NO_SUCH_SET = "This label set is not there any more; choose another one."


def set_of(library: Library, id: int) -> LabelSet:
    """Return the label set of an id; raises Refused if there is none."""
    found = next((one for one in label_sets(library.store) if one.id == id), None)
    if found is None:
        raise Refused(404, NO_SUCH_SET)
    return found


def set_record(library: Library, label_set: LabelSet) -> dict[str, Any]:
    """Return a label set as the API tells it."""
    judged = library.store.db.execute(
        "SELECT count(DISTINCT image) FROM labels WHERE label_set = ?", [label_set.id]
    ).fetchone()[0]
    corrected, waiting = count_said(library.store, label_set.id)
    said = fact_counts(library.store, label_set.id)
    record = label_set_record(label_set, counts_in(library.store, label_set.id), said)
    return {"id": label_set.id, **record, "judged": judged, "corrected": corrected, "waiting": waiting}


def label_counts(opened: OpenLibrary, library: Library, label_set: LabelSet) -> dict[str, int]:
    """Return how many pictures have each label of a set, in its order."""
    counts = opened.label_counts.of(library.store, label_set.id)
    return {name: counts[name] for name in label_set.label_names}


def accuracy_record(
    opened: OpenLibrary, library: Library, label_set: LabelSet, margins: bool = False
) -> dict[str, Any]:
    """Return how right the model is on what was said; what keeps it from being measured is its note."""
    try:
        return accuracy_of(opened.judged_sets.get(library, label_set), library, margins).record()
    except ClipsearchError as error:
        said, _ = count_said(library.store, label_set.id)
        nothing = Accuracy(said, 0, label_set.temperature, None, ()).record()
        unknown = dict.fromkeys(("right", "accuracy", "low", "high"))
        return {**nothing, **unknown, "note": f"{error} {NOTE}" if not said else str(error)}
