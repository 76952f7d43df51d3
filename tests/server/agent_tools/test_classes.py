"""Tests of classes as assistants name them: a name, or texts that say what is meant."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from indexer.errors import InvalidRequest
from server.agent_tools.classes import label_body
from server.api.models import FiltersBody
from server.labelling.class_models import LabelSetBody


def body_of(*classes: str, name: str | None = None) -> LabelSetBody:
    return label_body(classes, filters=FiltersBody(), other=None, multi=False, threshold=None, name=name)


def test_a_class_is_a_name_or_has_texts_of_its_own() -> None:
    body = body_of("cup", "crane=a tower crane|a crane's jib", r"a\=b", name="tools")
    assert [(one.name, one.prompts) for one in body.classes] == [
        ("cup", ["cup"]),
        ("crane", ["a tower crane", "a crane's jib"]),
        ("a=b", ["a=b"]),
    ]
    assert (body.name, body.multi, body.other, body.threshold, body.again) == ("tools", False, None, None, False)


def test_a_class_without_a_prompt_or_name_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="empty prompt"):
        body_of("cup=")
    with pytest.raises(ValidationError):
        body_of("=cup")
