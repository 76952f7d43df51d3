"""The columns of a data-set library's table of pictures, a row for each picture or moment of a video.

Texts are written as texts.py says: always UTF-8, also for a file's name that is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.data_sets.texts import to_column

if TYPE_CHECKING:
    import pyarrow as pa

    from indexer.data_sets.description import Description

ID, EMBEDDING = "id", "embedding"
# Lance then sees it when two writers add the same id at once, and the later one tries again.
KEY = {b"lance-schema:unenforced-primary-key": b"true"}


def schema_of(description: Description) -> pa.Schema:
    """Return the schema of the table of pictures."""
    import pyarrow as pa

    text, number = pa.string(), pa.float64()
    return pa.schema(
        [
            pa.field(ID, text, nullable=False, metadata=KEY),  # 32 hex digits: row_id
            pa.field("source", text),  # the address of the source, as it was named
            pa.field("shard", text),  # of what was read as one file: its address
            pa.field("address", text, nullable=False),  # of the picture
            pa.field("signature", text),  # of its file
            pa.field("content_hash", pa.binary(16)),
            pa.field("perceptual_hash", pa.binary()),
            pa.field("at_ms", pa.int32()),  # of a moment in a video; null for a still
            pa.field("size", pa.int64()),  # bytes
            pa.field("width", pa.int32()),
            pa.field("height", pa.int32()),
            pa.field("format", text),
            pa.field("taken_at", text),
            pa.field("taken_ms", pa.int16()),
            pa.field("taken_from", text),
            pa.field("camera_make", text),
            pa.field("camera_model", text),
            pa.field("lens", text),
            pa.field("latitude", number),
            pa.field("longitude", number),
            pa.field("orientation", pa.int8()),
            pa.field("caption", text),
            pa.field("extra", text),  # a JSON object: what else the source said
            pa.field("note", text),
            pa.field("indexed_at", text),
            pa.field(EMBEDDING, pa.list_(pa.float16(), description.dim)),
        ],
        metadata=description.metadata(),
    )


def row_id(address: str, at_ms: int | None, content_hash: bytes | None) -> str:
    """Return the id of a row: XXH3-128 of where the picture is and of its bytes, so that a retry gives the same one."""
    import xxhash

    parts = [to_column(address).encode(), str(at_ms or 0).encode(), content_hash or b""]
    return xxhash.xxh3_128(b"\0".join(parts)).hexdigest()
