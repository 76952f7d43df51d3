"""What labelling as a request says would give, as JSON; nothing is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.paths import to_fields
from indexer.store.models import temperature_of
from search.corrections.preview import Preview, preview
from search.labels.judge import Judge
from search.records import DIGITS
from server.api.asking import filters_of, passing_of
from server.labelling.making import recipe_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.labels.recipe import Recipe
    from search.library.library import Library
    from search.progress import Progress
    from search.results import LabelledPicture
    from server.labelling.class_models import LabelSetBody


def preview_record(
    library: Library, body: LabelSetBody, examples: int, uncertain: int, progress: Progress
) -> dict[str, Any]:
    """Return how the pictures of a request would be labelled; what `progress` raises ends it.

    Raises as `made_set` does for what makes no sense.
    """
    notes: list[str] = []
    filters = filters_of(body.filters, notes.append)
    passing = passing_of(library, body.filters, filters)
    recipe = recipe_of(library, body)
    notes += _notes(library, recipe)
    pictures = len(library.index) if passing.count is None else passing.count

    def begun(done: int, total: int) -> None:
        """Take note that texts are being embedded, before any picture is judged."""
        progress(0, pictures)

    judge = Judge(library, recipe, temperature_of(library.store, library.model), notes.append, begun)
    made = preview(library, judge, passing, examples=examples, uncertain=uncertain, progress=progress)
    return {**_record(made), "notes": notes}


def _notes(library: Library, recipe: Recipe) -> list[str]:
    """Return what is to be known of classes."""
    prompts = (prompt for class_ in recipe.classes for prompt in class_.prompts)
    return [*recipe.notes, *library.reader.notes_on_classes(prompts)]


def _record(made: Preview) -> dict[str, Any]:
    labels = [
        {
            "label": name,
            "photos": count,
            "examples": [{"id": image, "probability": round(chance, DIGITS)} for image, chance in made.examples[name]],
        }
        for name, count in made.counts.items()
    ]
    uncertain = [_uncertain(image, picture) for image, picture in made.uncertain]
    return {"judged": made.total, "not_searchable": made.missing, "labels": labels, "uncertain": uncertain}


def _uncertain(image: int, picture: LabelledPicture) -> dict[str, Any]:
    return {
        "id": image,
        **to_fields(str(picture.path)),
        "at": picture.at,
        "margin": round(picture.margin, DIGITS),
        "labels": _chances(picture.labels),
        "likeliest": _chances(picture.probabilities.items()),
    }


def _chances(pairs: Iterable[tuple[str, float]]) -> list[dict[str, Any]]:
    return [{"label": name, "probability": round(chance, DIGITS)} for name, chance in pairs]
