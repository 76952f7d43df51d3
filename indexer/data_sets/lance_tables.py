"""Tables in Lance: made, opened, and written to by many at once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from indexer.addresses import is_url, table_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa


def open_table(address: str, table: str) -> Any | None:
    """Open a table of the library at an address at its newest version; None if it is not there."""
    import lance

    try:
        return lance.dataset(table_at(address, table), storage_options=storage_options(address))
    except (FileNotFoundError, ValueError):
        return None


def create_table(address: str, table: str, schema: pa.Schema) -> Any:
    """Make a table, or open the one that is there; any number of writers may do so at once."""
    import lance

    if (there := open_table(address, table)) is not None:
        return there
    try:
        options = storage_options(address)
        place = table_at(address, table)
        return lance.write_dataset(schema.empty_table(), place, schema, mode="create", storage_options=options)
    except OSError:
        if (there := open_table(address, table)) is not None:
            return there
        raise


def storage_options(address: str) -> dict[str, str] | None:
    """Return how an object store is talked to: without encryption where the environment names it so."""
    if not is_url(address):
        return None
    endpoints = (os.environ.get(name, "") for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT"))
    return {"allow_http": "true"} if any(name.startswith("http://") for name in endpoints) else {}


def upsert(dataset: Any, key: str, rows: pa.Table) -> None:
    """Add rows, or replace those with the same key, all or none; the dataset is at that version then."""
    merge = dataset.merge_insert(key).when_matched_update_all().when_not_matched_insert_all()
    merge.conflict_retries(50).execute(rows)
    dataset.checkout_latest()


def delete_keys(dataset: Any, key: str, keys: Sequence[str]) -> None:
    """Delete the rows with these keys, however many, all or none."""
    import pyarrow as pa

    rows = pa.table([pa.array(keys, pa.string())], schema=pa.schema([dataset.schema.field(key)]))
    dataset.merge_insert(key).when_matched_delete().conflict_retries(50).execute(rows)
    dataset.checkout_latest()
