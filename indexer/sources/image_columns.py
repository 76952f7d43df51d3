"""Which column of a table holds the pictures, or says where they are, and which others say something of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from indexer.errors import SourceError
from indexer.sources.record_fields import MOST_FIELDS, caption_field

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["struct", "bytes", "text"]

_BYTES = tuple(
    "image img jpg jpeg png webp bytes image_bytes img_bytes image_data picture photo content data video mp4".split()  # noqa: SIM905
)
TEXTS = tuple(
    "url image_url img_url image_path img_path file_name filename file_path filepath path uri image_uri src image img"  # noqa: SIM905
    " image_file file".split()
)
_NAMED = 12  # columns in a sentence


@dataclass(frozen=True, slots=True)
class Columns:
    """What is read of a table."""

    image: str
    kind: Kind
    others: tuple[str, ...]  # the caption's among them
    labels: dict[str, tuple[str, ...]]  # names of classes, by the column that holds their numbers


def columns_of(schema: pa.Schema, address: str, chosen: str | None = None) -> Columns:
    """Return what is read of a table; raises SourceError if it has no column of pictures, or not the chosen one."""
    features = _features(schema)
    image = _chosen(schema, chosen, address) if chosen is not None else _found(schema, features)
    if image is None:
        raise SourceError(
            f"{address} has no column that holds pictures or says where they are; it has: {_listed(schema)}."
            f" Name one with {address}#column=NAME"
        )
    caption = caption_field(list(schema.names))
    plain = [field.name for field in schema if field.name != image[0] and _is_plain(field.type)]
    first = [caption] if caption is not None and caption != image[0] else []
    others = list(dict.fromkeys(first + plain))[: MOST_FIELDS + 1]
    labels = {
        name: tuple(str(label) for label in names)
        for name, feature in features.items()
        if feature.get("_type") == "ClassLabel" and isinstance(names := feature.get("names"), list)
    }
    return Columns(image[0], image[1], tuple(others), labels)


def _chosen(schema: pa.Schema, chosen: str, address: str) -> tuple[str, Kind]:
    index = schema.get_field_index(chosen)
    if index < 0:
        raise SourceError(f"{address} has no column {chosen}; it has: {_listed(schema)}.")
    kind = _kind(schema.field(index).type)
    if kind is None:
        raise SourceError(f"The column {chosen} of {address} holds neither pictures nor texts; it is no such column.")
    return chosen, kind


def _found(schema: pa.Schema, features: dict[str, dict[str, object]]) -> tuple[str, Kind] | None:
    """Return the column of pictures: one that is declared so, then by its type and name."""
    kinds = {field.name: kind for field in schema if (kind := _kind(field.type)) is not None}
    for name, kind in kinds.items():
        if kind == "struct" or features.get(name, {}).get("_type") == "Image":
            return name, kind
    for known, wanted in ((_BYTES, "bytes"), (TEXTS, "text")):
        lower = {name.lower(): name for name, kind in reversed(kinds.items()) if kind == wanted}
        for name in known:
            if name in lower:
                return lower[name], kinds[lower[name]]
    return None


def _kind(kind: pa.DataType) -> Kind | None:
    """Return what a column of a type may be to pictures."""
    import pyarrow as pa

    if pa.types.is_struct(kind):
        index = kind.get_field_index("bytes")
        return "struct" if index >= 0 and _is_binary(kind.field(index).type) else None
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if _is_binary(kind):
        return "bytes"
    return "text" if _is_text(kind) else None


def _is_binary(kind: pa.DataType) -> bool:
    import pyarrow as pa

    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view, pa.types.is_fixed_size_binary)
    return any(test(kind) for test in tests)


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_plain(kind: pa.DataType) -> bool:
    """Return whether values of a type are small, and JSON can hold them."""
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        kind = kind.value_type
        return _is_text(kind) or bool(pa.types.is_integer(kind))
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_temporal, pa.types.is_decimal)
    return _is_text(kind) or any(test(kind) for test in tests)


def _features(schema: pa.Schema) -> dict[str, dict[str, object]]:
    """Return what `datasets` has written of the columns."""
    try:
        features = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
        return {name: feature for name, feature in features.items() if isinstance(feature, dict)}
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return {}


def _listed(schema: pa.Schema) -> str:
    names = [str(name) for name in schema.names]
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return (", ".join(names[:_NAMED]) or "none") + more
