"""Classes as assistants name them, as the API has them: what previews show is what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.api.models import FiltersBody
    from server.labelling.class_models import ClassBody, LabelSetBody


def label_body(
    classes: Sequence[str | ClassBody],
    *,
    filters: FiltersBody,
    other: bool | None,
    multi: bool,
    threshold: float | None,
    name: str | None = None,
) -> LabelSetBody:
    """Return what is asked for as POST /label-sets has it; raises InvalidRequest for a class with an empty prompt."""
    from server.labelling.class_models import LabelSetBody

    bodies = [_class_body(one) if isinstance(one, str) else one for one in classes]
    return LabelSetBody(classes=bodies, name=name, other=other, multi=multi, threshold=threshold, filters=filters)


def _class_body(written: str) -> ClassBody:
    """Return a class that is written NAME or NAME=PROMPT|PROMPT."""
    from indexer.arguments import text_of
    from search.labels.classes import parse_class
    from server.labelling.class_models import ClassBody

    one = parse_class(text_of(written, "classes"))
    return ClassBody(name=one.name, prompts=list(one.prompts))
