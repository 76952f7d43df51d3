"""The pictures of a label set, page by page: the least certain first, or by path."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.store.facts import facts_in
from indexer.store.soundness import PROBABLE
from search.corrections.as_stored import StoredSet
from search.corrections.looking import After, Corrected, LookOrder, look_at
from search.records import DIGITS
from server.api.picture_records import pictures_of
from server.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.arrays import Ids
    from search.corrections.judged_set import JudgedSet
    from search.library.library import Library

LIKELIEST = 6  # classes of a picture that are told
STALE = "The labels were made anew meanwhile, so begin with the first pictures again."


def looked_at(
    judged_set: JudgedSet | StoredSet,
    library: Library,
    label: str | None,
    order: LookOrder,
    corrected: Corrected,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Return a page of a label set as JSON; raises Refused for a cursor of other labels."""
    asked = _state(judged_set, label, order)
    after = None if cursor is None else _after(cursor, asked)
    page = look_at(judged_set, library, label=label, order=order, corrected=corrected, limit=limit, after=after)
    ids = page.images.tolist()
    told = labels_now(library, judged_set.label_set.id, ids)
    margins = dict(zip(ids, page.margins.tolist(), strict=True))
    chances = {} if isinstance(judged_set, StoredSet) else _chances(judged_set, library, page.images)
    pictures = [
        {
            "image": record,
            "margin": None if math.isnan(margins[record["id"]]) else round(margins[record["id"]], DIGITS),
            "chances": chances.get(record["id"], []),
            **told[record["id"]],
        }
        for record in pictures_of(library, ids)
    ]
    following = None if page.last is None else _cursor(asked, page.last)
    return {"total": page.total, "pictures": pictures, "cursor": following}


def labels_now(library: Library, label_set: int, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the labels of pictures in a set as they are now, and who said so, by id."""
    labels, facts = _labels(library, label_set, ids), facts_in(library.store, label_set, ids)
    return {
        image: {
            "labels": labels.get(image, []),
            "said_by": facts[image].said_by if image in facts else None,
            "said_at": facts[image].said_at if image in facts else None,
        }
        for image in ids
    }


def _chances(judged_set: JudgedSet, library: Library, images: Ids) -> dict[int, list[dict[str, Any]]]:
    """Return the likeliest classes of pictures, the most probable first, whatever a person said."""
    judged = judged_set.of(library, np.sort(images))
    columns = judged_set.judge.columns
    best = judged.chances.argsort(axis=1, kind="stable")[:, : -LIKELIEST - 1 : -1]
    return {
        image: [{"class": columns[column], "probability": round(float(chances[column]), DIGITS)} for column in row]
        for image, row, chances in zip(judged.images.tolist(), best.tolist(), judged.chances, strict=True)
    }


def _labels(library: Library, label_set: int, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Return the labels of pictures in a set, the most probable first."""
    select = (
        f"SELECT image, class, probability FROM labels WHERE label_set = ? AND {PROBABLE} AND image IN ({{marks}})"
        " ORDER BY probability DESC, class"
    )
    labels: dict[int, list[dict[str, Any]]] = {}
    for image, name, probability in library.store.db.rows_in(select, ids, label_set):
        labels.setdefault(image, []).append({"class": name, "probability": round(probability, DIGITS)})
    return labels


def _state(judged_set: JudgedSet | StoredSet, label: str | None, order: LookOrder) -> str:
    """Return what must be the same for a page to go on behind another one."""
    made = judged_set.label_set
    parts = repr((made.id, made.recipe, made.temperature, label, order))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _cursor(state: str, after: After) -> str:
    text = json.dumps([state, after[0].hex(), after[1]])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _after(cursor: str, state: str) -> After:
    """Return where a page goes on; raises Refused for what is no cursor of these labels."""
    try:
        own, key, image = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        after = float.fromhex(key), int(image)
    except (ValueError, TypeError, OverflowError):
        raise Refused(400, "This is no cursor of an answer; leave it out.") from None
    if own != state or not 0 <= after[1] < 2**63:
        raise Refused(410, STALE)
    return after
