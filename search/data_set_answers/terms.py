"""Pictures that a query on a data set names: files on this machine, or what is in the data set, by address or id."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.addresses import is_url
from indexer.arrays import unit_vector
from indexer.data_sets.columns import EMBEDDING, ID
from indexer.errors import InvalidRequest
from indexer.paths import home_expanded, readable
from search.data_set_answers.found import vectors_of
from search.query.terms import Term

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from search.data_sets.opened import OpenDataSet

_ID = re.compile(r"[0-9a-f]{32}")


def picture_terms(opened: OpenDataSet, pictures: Sequence[tuple[str, float]]) -> list[Term]:
    """Return the terms of pictures with their weights; raises InvalidRequest for a URL that is not in the data set.

    A file on this machine is encoded as it is now, also where the data set has it.
    """
    return [_term(opened, name, weight) for name, weight in pictures]


def _term(opened: OpenDataSet, name: str, weight: float) -> Term:
    path = None if is_url(name) else home_expanded(Path(name))
    if path is not None and os.path.isfile(path):
        return Term(picture=path, weight=weight)
    vectors = known_vectors(opened, name)
    if len(vectors):
        mean = unit_vector(np.asarray(vectors.mean(axis=0), dtype=np.float32))
        return Term(vector=tuple(mean.tolist()), weight=weight)
    if path is None:
        raise InvalidRequest(
            f"The library has no picture {readable(name)}; name one by the address or id that query shows, or a file"
            " on this machine."
        )
    return Term(picture=path, weight=weight)  # whoever reads it says what is wrong with it


def known_vectors(opened: OpenDataSet, name: str) -> FloatArray:
    """Return the embeddings (n, dim) of a picture of the data set by its address or id, of a video of each moment."""
    batches = opened.pictures.table.scan([EMBEDDING], where_named(name))
    none = np.empty((0, opened.model.dim), np.float32)
    return np.concatenate([none, *(vectors_of(batch) for batch in batches)])


def example_keys(opened: OpenDataSet, shown: Mapping[str, Sequence[str]]) -> dict[str, FloatArray]:
    """Return the embeddings (n, dim) of examples of classes: pictures of the data set, or files on this machine.

    Raises InvalidRequest for what is neither, PictureError for a file that can't be read.
    """
    keys = {}
    for name, pictures in shown.items():
        terms = picture_terms(opened, [(picture, 1.0) for picture in pictures])
        vectors = [
            opened.companion.picture_vector(term.picture) if term.picture is not None else term.vector for term in terms
        ]
        keys[name] = np.array(vectors, dtype=np.float32)
    return keys


def where_named(name: str) -> str:
    """Return the condition, in Lance's SQL, for the rows of a picture by its address or id."""
    if _ID.fullmatch(name):
        return f"{ID} = '{name}'"
    names = [name] if is_url(name) else dict.fromkeys([name, os.path.abspath(home_expanded(Path(name)))])
    listed = ", ".join("'{}'".format(readable(one).replace("'", "''")) for one in names)
    return f"address IN ({listed})"
