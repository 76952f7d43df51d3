"""What a model is good at and what not, as far as its kind says: for who chooses words without having tried it."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.models.names import BUILTIN

ENGLISH = "English only"
SEVERAL = "English and other languages"


@dataclass(frozen=True, slots=True)
class Strengths:
    """What can be expected of a model."""

    kind: str
    good_at: tuple[str, ...]
    weak_at: tuple[str, ...]


# docs/builtin-model.md has the measurements, and what it can't do.
OF_BUILTIN = Strengths(
    "built-in: offline, small and coarse; it knows 1,000 kinds of things, and colours",
    (
        "common things: animals, plants, food, vehicles, clothes, instruments, household objects",
        "the colours black, blue, brown, grey, green, orange, pink, purple, red, white, yellow, and things in them",
    ),
    (
        "people, faces, activities and events",
        "most scenes and landscapes",
        "text in pictures",
        "which of two things has which colour; patterns, materials, light and dark shades",
    ),
)
OF_OTHERS = Strengths(
    "CLIP-like: trained on pictures from the web with their captions",
    (
        "what a caption would say: things, animals, food, places, scenes, weather, activities, clothes, colours",
        "kinds of pictures: screenshots, drawings, documents, portraits, aerial views",
    ),
    (
        "who somebody is: faces and private names mean nothing to it",
        "numbers of things, left and right, which thing has which property",
        "words such as not and without: say what is unwanted by itself",
        "small or long text in pictures, dates and times: filter by those",
    ),
)


def strengths_of(model_name: str) -> Strengths:
    """Return what can be expected of a model of this name."""
    return OF_BUILTIN if model_name == BUILTIN else OF_OTHERS
