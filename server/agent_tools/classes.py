"""Classes as assistants name them, as the API has them: what previews show is what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.api.models import FiltersBody
    from server.labelling.label_models import LabelSetBody


def label_body(
    classes: Sequence[str],
    *,
    filters: FiltersBody,
    other: bool | None,
    multi: bool,
    threshold: float | None,
    name: str | None = None,
) -> LabelSetBody:
    """Return what is asked for as POST /label-sets has it; raises InvalidRequest for a class with an empty prompt."""
    from indexer.arguments import text_of
    from search.labels.classes import parse_class
    from server.labelling.label_models import ClassBody, LabelSetBody

    parsed = [parse_class(text_of(written, "classes")) for written in classes]
    bodies = [ClassBody(name=one.name, prompts=list(one.prompts)) for one in parsed]
    return LabelSetBody(classes=bodies, name=name, other=other, multi=multi, threshold=threshold, filters=filters)
