"""What requests say of classes, and of what is labelled with them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from server.api.models import Body, FiltersBody, ImageId

MOST_CLASSES = 5_000
MOST_TEXTS = 200
MOST_EXAMPLES = 1_000

Name = Annotated[str, Field(min_length=1, max_length=1_000)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class ClassBody(Body):
    """A class: its name, and what says what it is."""

    name: Name
    prompts: Annotated[list[Name], Field(max_length=MOST_TEXTS)] = Field(
        default_factory=list, description="texts that stand for it; its name if there are none"
    )
    examples: Annotated[list[ImageId], Field(max_length=MOST_EXAMPLES)] = Field(
        default_factory=list, description="pictures of the library that show it"
    )
    threshold: Share | None = None


class LabelSetBody(Body):
    """What to label with, and which pictures."""

    classes: Annotated[list[ClassBody], Field(max_length=MOST_CLASSES)] = Field(default_factory=list)
    preset: Name | None = Field(default=None, description="a ready-made list of classes, instead of these")
    name: Name | None = Field(default=None, description="keeps the set; without it a new one is a draft")
    multi: bool = Field(default=False, description="whether a picture may have several labels")
    other: bool | None = Field(default=None, description="whether what fits no class is other; null: if they are few")
    threshold: Share | None = None
    templates: Annotated[list[Name], Field(max_length=MOST_TEXTS)] | None = Field(
        default=None, description="texts with {}, or names of sets of them"
    )
    filters: FiltersBody = Field(default_factory=FiltersBody)
    again: bool = Field(default=False, description="whether what has a label is judged again")
