"""From a request's body to what is searched: the terms, the filters, the pictures that pass, and the ranking of them.

What comes in names pictures by id and folders by their root's id; no path of a request is looked at on the disk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest
from search.filters.coordinates import Coordinates, parse_coordinates
from search.filters.filters import RADIUS, Filters, describe, make_filters
from search.filters.passing import Passing
from search.filters.subtrees import parse_subtree
from search.places.named import Area, NamedPlace
from search.query.ask import QueryRequest
from search.query.quoted import split_quoted
from search.query.sorting import Order
from search.query.terms import Query, Term
from server.api.models import FiltersBody, SearchBody, TermBody
from server.errors import Refused

if TYPE_CHECKING:
    from search.library.library import Library

NO_SUCH_PICTURE = "Picture {} is not in the library any more; leave it out of the search, or choose another one."


@dataclass(frozen=True, slots=True)
class Asked:
    """What a body asks for, as the library answers it."""

    request: QueryRequest
    passing: Passing
    order: Order
    understood: str  # in words
    notes: tuple[str, ...]  # a sentence each


def asked(library: Library, body: SearchBody) -> Asked:
    """Return what a body asks for; raises InvalidRequest, FolderError or Refused for what can't be answered."""
    notes: list[str] = []
    terms, named = _terms(library, body.terms)
    filters = filters_of(body.filters, notes.append, named)
    query = Query(terms) if terms else None
    if query is None and (body.raw or body.cutoff not in ("auto", "none")):
        raise InvalidRequest("raw and cutoff are about what is searched for; give a text or a picture too.")
    if query is not None:
        notes += library.reader.notes(query.texts)
    order: Order = body.sort or ("score" if terms else "date")
    request = QueryRequest(query, None, filters, body.cutoff, body.raw, body.fold)
    parts = [_in_words(body.terms), describe(filters)]
    return Asked(
        request, passing_of(library, body.filters, filters), order, ", ".join(filter(None, parts)), tuple(notes)
    )


def filters_of(body: FiltersBody, say: Callable[[str], None], named: tuple[str, ...] = ()) -> Filters:
    """Return the filters of a body; `say` is told which of several places of a name is meant."""
    place, radius = _place(body.near, body.radius, say)
    filters = make_filters(
        after=body.after,
        before=body.before,
        camera=body.cameras,
        near=place if isinstance(place, Coordinates) else None,
        radius=body.radius if isinstance(place, Coordinates) else None,
        label=body.labels,
        types=body.types,
        min_size=body.min_size,
        named=(*body.named, *named),
        dated=body.dated,
        placed=body.placed,
        box=body.box,
    )
    filters = replace(filters, subtrees=tuple(map(parse_subtree, body.folders)))
    return filters if place is None or isinstance(place, Coordinates) else replace(filters, near=place, radius=radius)


def passing_of(library: Library, body: FiltersBody, filters: Filters) -> Passing:
    """Return the pictures that pass the filters of a body, the lasso in the library's plane among them."""
    passing = library.passing(filters)
    if body.lasso is None:
        return passing
    from search.plane.lasso import inside
    from search.plane.plane import plane_of

    plane = plane_of(library.store, library.model)
    return passing.among(plane.ids[inside(plane.points, body.lasso)].astype("int64"))


def _place(
    near: str | None, radius: str | None, say: Callable[[str], None]
) -> tuple[Coordinates | NamedPlace | Area | None, float]:
    """Return where pictures must have been taken, never by a file's name, and how near in metres."""
    if near is None or (coordinates := parse_coordinates(near)):
        if near is None and radius is not None:
            raise InvalidRequest("A radius needs a place; give it with near, such as 48.85,2.35.")
        return (None if near is None else coordinates), RADIUS
    from search.filters.coordinates import parse_radius
    from search.places.lookup import find_place

    place = find_place(near, say)
    if place.note:
        say(place.note)
    if isinstance(place, Area) and radius is not None:
        raise InvalidRequest(f"{place} has borders, and no radius; leave the radius out, or name a city.")
    usual = place.radius if isinstance(place, NamedPlace) and place.radius else RADIUS
    return place, usual if radius is None else parse_radius(radius)


def _terms(library: Library, bodies: list[TermBody]) -> tuple[tuple[Term, ...], tuple[str, ...]]:
    """Return the terms, and what in their texts has double quotes, which is looked for in names."""
    terms: list[Term] = []
    names: list[str] = []
    for body in bodies:
        if body.text is not None:
            text, quoted = split_quoted(body.text)
            names += quoted
            terms += [] if text is None else [Term(text, weight=body.weight)]
        elif body.id is not None:
            _check_known(library, body.id)
            terms.append(Term(image=body.id, weight=body.weight))
        else:
            terms.append(Term(vector=_uploaded(library, body.upload or ""), weight=body.weight))
    return tuple(terms), tuple(names)


def _uploaded(library: Library, token: str) -> tuple[float, ...]:
    """Return the embedding of a picture that was uploaded; raises Refused for one that is not kept any more."""
    from server.opened.uploads import UPLOADS

    return tuple(float(number) for number in UPLOADS.vector(token, library.model.fingerprint))


def _check_known(library: Library, image: int) -> None:
    """Raise Refused for a picture that has no embedding (any more)."""
    select = "SELECT 1 FROM embeddings WHERE image = ? AND model = ?"
    if library.store.db.execute(select, [image, library.model.id]).fetchone() is None:
        raise Refused(410, NO_SUCH_PICTURE.format(image))


def _in_words(terms: list[TermBody]) -> str:
    """Return what is searched for, in one line."""
    shown = []
    for term in terms:
        what = term.text or (f"picture {term.id}" if term.id is not None else "a picture of yours")
        weight = "" if abs(term.weight) == 1 else f" ({abs(term.weight):g} times)"
        shown.append(f"{'not ' if term.weight < 0 else ''}{what}{weight}")
    return ", ".join(shown)
