"""From a request's classes to a label set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.store.labels import find_label_set
from search.labels.classes import TEMPLATE, NamedClass, tidy
from search.labels.labelling import label_library
from search.labels.make_recipe import make_recipe
from search.labels.presets import preset
from search.labels.recipe import recipe_again
from search.library.content_keys import content_keys
from search.progress import UNWATCHED, Watch
from server.api.asking import filters_of, passing_of
from server.errors import Refused
from server.labelling.set_records import set_record

if TYPE_CHECKING:
    from indexer.store.labels import LabelSet
    from search.labels.recipe import Recipe
    from search.library.library import Library
    from server.labelling.class_models import ClassBody, LabelSetBody
    from server.labelling.label_models import MoreBody

GONE = "Picture {} is not in the library any more, so it can't be an example; choose another one."


def made_set(library: Library, body: LabelSetBody, watch: Watch = UNWATCHED) -> dict[str, Any]:
    """Label pictures as a request says, and return what was done, as JSON."""
    notes: list[str] = []
    filters = filters_of(body.filters, notes.append)
    recipe = recipe_of(library, body)
    notes += recipe.notes
    notes += library.reader.notes_on_classes(prompt for class_ in recipe.classes for prompt in class_.prompts)
    done = label_library(
        library,
        recipe,
        name=body.name or (None if body.preset is None else f"{body.preset}{' (multi)' * body.multi}"),
        keep=body.name is not None,
        filters=filters,
        passing=passing_of(library, body.filters, filters),
        again=body.again,
        tell=notes.append,
        watch=watch,
    )
    label_set = find_label_set(library.store, done.name)
    return {"set": set_record(library, label_set), "notes": notes, "judged": done.fresh}


def labelled_more(library: Library, label_set: LabelSet, body: MoreBody, watch: Watch = UNWATCHED) -> dict[str, Any]:
    """Label pictures as a set was made, such as those that are new since, and return what was done, as JSON."""
    notes: list[str] = []
    filters = filters_of(body.filters, notes.append)
    done = label_library(
        library,
        recipe_again(label_set),
        name=label_set.name,
        keep=not label_set.draft,
        filters=filters,
        passing=passing_of(library, body.filters, filters),
        again=body.again,
        tell=notes.append,
        watch=watch,
    )
    return {"set": set_record(library, find_label_set(library.store, done.name)), "notes": notes, "judged": done.fresh}


def recipe_of(library: Library, body: LabelSetBody) -> Recipe:
    """Return the recipe; raises InvalidRequest for classes that make no sense, Refused for examples that are gone."""
    classes = [_class(library, class_) for class_ in body.classes]
    if body.preset is not None:
        classes = [*preset(body.preset), *classes]
    return make_recipe(
        classes,
        templates=TEMPLATE if body.templates is None else body.templates,
        other=body.other,
        multi=body.multi,
        threshold=body.threshold,
    )


def _class(library: Library, body: ClassBody) -> NamedClass:
    name = tidy(body.name)
    prompts = tuple(filter(None, map(tidy, body.prompts))) or (name,)
    keys = content_keys(library.store, body.examples)
    gone = next((image for image in body.examples if image not in keys), None)
    if gone is not None:
        raise Refused(410, GONE.format(gone))
    taught = tuple(dict.fromkeys(keys[image] for image in body.examples))
    return NamedClass(name, prompts, (), body.threshold, taught)
