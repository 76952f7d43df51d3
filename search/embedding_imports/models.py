"""Whose embeddings files hold: the model that they name, that is asked for, and that the library has must be one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest, ModelMismatch
from indexer.models.names import parse_model_name

if TYPE_CHECKING:
    from indexer.data_sets.description import Description
    from search.embedding_imports.reading import Reader


def model_of(
    readers: Sequence[Reader],
    requested: str | None,
    library: Description | None,
    load: Callable[[str], Description],
) -> Description:
    """Return the model of a library that takes these embeddings: its own, or for a new one that of the embeddings.

    `load` describes a model by its name, from this machine. Raises ModelMismatch for embeddings of another model than
    that which is asked for, or the library has; InvalidRequest if nothing says whose they are.
    """
    for reader in readers:
        if (named := reader.description) is not None:
            if requested is not None and str(parse_model_name(requested)) != named.model:
                raise ModelMismatch(
                    f"The embeddings of {reader.name} were made by {named.model}, not by"
                    f" {requested}; leave --model out."
                )
            library = library or named
            _check_same(reader.name, named, library)
    unnamed = [reader.name for reader in readers if reader.description is None]
    if unnamed and requested is None:
        raise InvalidRequest(
            f"{unnamed[0]} does not say which model made its embeddings; name it, as with --model ViT-B-32/openai."
        )
    if library is None:
        assert requested is not None
        return load(requested)
    if requested is not None and str(parse_model_name(requested)) != library.model:
        raise ModelMismatch(
            f"This library has the embeddings of {library.model}, which can't be compared with those of {requested};"
            " import them into another library."
        )
    return library


def _check_same(name: str, made: Description, library: Description) -> None:
    """Raise ModelMismatch unless both are one model."""
    if made.fingerprint == library.fingerprint:
        return
    if made.model == library.model:
        raise ModelMismatch(
            f"The embeddings of {name} were made by {made.model} with other weights or preprocessing than this"
            " library's, so they can't be compared; import them into another library."
        )
    raise ModelMismatch(
        f"The embeddings of {name} were made by {made.model}, which can't be compared with those of {library.model} in"
        " this library; import them into another library."
    )
