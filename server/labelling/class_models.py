"""What requests say of a class."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from server.api.models import Body, ImageId

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
